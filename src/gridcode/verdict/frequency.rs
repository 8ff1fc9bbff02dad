//! Frequency ride-through and the rate of change of frequency.

use super::power::Ridden;
use super::{Draft, Scene, Verdict};
use crate::gridcode::envelope::{Envelope, Excursion, Side, Zone};
use crate::gridcode::history::History;
use crate::gridcode::measure;
use crate::gridcode::model::{Bands, Rocof};

/// Around a voltage event the phase jumps, which is no frequency: values so many cycles from one are left out.
const MASK_CYCLES: f64 = 4.0;
/// Below this share of the limit a rate of change is no event.
const ROCOF_EVENT_SHARE: f64 = 0.1;

impl Scene<'_> {
    /// The frequency without the times around voltage events, where it is that of a grid the code is for.
    fn clean_frequency(&self) -> Result<History, (Verdict, String)> {
        if !self.grid_fits() {
            return Err((Verdict::NotApplicable, "the record is of a grid of another frequency".to_owned()));
        }
        let nothing = (Verdict::Inconclusive, "the record has no frequency".to_owned());
        let Some(frequency) = &self.signals.frequency_hz else { return Err(nothing) };
        let events = self.excursions.clone().or_else(|| self.sags(0.9)).unwrap_or_default();
        let around = MASK_CYCLES / self.nominal_hz + self.signals.window_s;
        let clear = |t: f64| events.iter().all(|e| t < e.start_s - around || t > e.end_s + around);
        let points = frequency.points().iter().copied().filter(|(t, _)| clear(*t)).collect();
        History::new(points).map_err(|_| nothing)
    }

    pub(super) fn frequency(&self, bands: &Bands) -> Draft {
        let history = match self.clean_frequency() {
            Ok(history) => history,
            Err((verdict, reason)) => return Draft::only(verdict, reason),
        };
        let envelope = Envelope::new(bands, &self.code.measurement, self.nominal_hz, 0.0);
        let mut events = envelope.excursions(&history, Side::Low);
        events.extend(envelope.excursions(&history, Side::High));
        events.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
        if events.is_empty() {
            return Draft::only(Verdict::NotApplicable, "the frequency never leaves the continuous range");
        }
        let mut draft = Draft::new();
        for (event, before) in events.iter().zip(self.powers_before(&events)) {
            let (verdict, reason) = self.stay(event, before, bands.power_within_share);
            let at = format!(
                "excursion at {:.3} s to {:.3} Hz for {:.3} s: ",
                event.start_s,
                event.extreme,
                event.duration_s()
            );
            draft.add(verdict, format!("{at}{reason}"));
            let start = Some(event.start_s);
            if let Some(margin) = event.time_margin_s {
                draft.margin("time until the load may trip", margin, "s", start);
            }
            // 0 Hz is no limit of any code: only a level that binds is one.
            if let Some(margin) = event.value_margin.filter(|m| *m < event.extreme - 1.0) {
                draft.margin("frequency until the load may trip", margin, "Hz", start);
            }
        }
        draft
    }

    fn stay(&self, event: &Excursion, before: Option<f64>, within: Option<f64>) -> (Verdict, String) {
        let (until, required) = match event.zone {
            Zone::MustRide => (event.end_s, "the load must ride through".to_owned()),
            Zone::MayTrip { from_s, .. } => (from_s, format!("the load may trip from {from_s:.3} s on")),
            Zone::Unknown { from_s, .. } => {
                (from_s, format!("what the code asks from {from_s:.3} s on is not known"))
            }
        };
        let (Some(power), Some(before)) = (&self.signals.power_w, before) else {
            let reason = format!("{required}; the power before or during it is not in the record");
            return (Verdict::Inconclusive, reason);
        };
        let least = 1.0 - within.unwrap_or(1.0 - self.code.measurement.ridden.value.share);
        let most = within.map(|share| 1.0 + share);
        let Some(part) = power.slice(event.start_s, until).map(|p| p.map(|w| w / before)) else {
            return match event.zone {
                Zone::MustRide => {
                    (Verdict::Inconclusive, format!("{required}; the record of the power is too short"))
                }
                _ => (Verdict::NotApplicable, required),
            };
        };
        let (low, high) = (part.min(), part.max());
        let seen =
            format!("the power stays between {:.1} and {:.1} % of what it was", low * 100.0, high * 100.0);
        if low < least - 1e-9 || most.is_some_and(|most| high > most + 1e-9) {
            return (Verdict::Fail, format!("{required}; {seen}"));
        }
        if event.cut_end && event.must_ride() {
            return (
                Verdict::Inconclusive,
                format!("{required}; {seen}, but the record ends inside the event"),
            );
        }
        (Verdict::Pass, format!("{required}; {seen}"))
    }

    pub(super) fn rocof(&self, rule: &Rocof) -> Draft {
        let history = match self.clean_frequency() {
            Ok(history) => history,
            Err((verdict, reason)) => return Draft::only(verdict, reason),
        };
        let Some(window_s) = rule.window_s.or(self.options.rocof_window_s) else {
            return Draft::only(
                Verdict::Inconclusive,
                "the code's window of measurement is missing; set one",
            );
        };
        let Some((rate, end_s)) = measure::rocof(&history, window_s) else {
            return Draft::only(
                Verdict::Inconclusive,
                format!("the record is shorter than the window of {window_s} s"),
            );
        };
        let said = format!("largest rate {rate:.3} Hz/s over {window_s} s, until {end_s:.3} s");
        let mut draft = Draft::new();
        draft.margin(
            "rate of change of frequency until the load may trip",
            rule.max_hz_per_s - rate.abs(),
            "Hz/s",
            None,
        );
        if rate.abs() < ROCOF_EVENT_SHARE * rule.max_hz_per_s {
            draft.add(Verdict::NotApplicable, said);
            return draft;
        }
        let start_s = end_s - window_s;
        let before = self.powers_before(&[Excursion {
            side: Side::Low,
            start_s,
            end_s,
            cut_start: false,
            cut_end: false,
            extreme: rate,
            zone: Zone::MustRide,
            time_margin_s: None,
            value_margin: None,
        }]);
        let must = rate.abs() <= rule.max_hz_per_s + 1e-9;
        match self.ridden(before.first().copied().flatten(), end_s, None) {
            Ridden::Yes(_) => draft.add(Verdict::Pass, format!("{said}; the load stayed")),
            Ridden::No(why) if must => draft.add(Verdict::Fail, format!("{said}; {why}")),
            Ridden::No(why) => draft.add(Verdict::NotApplicable, format!("{said}, beyond the limit; {why}")),
            Ridden::CannotTell(why) => draft.add(Verdict::Inconclusive, format!("{said}; {why}")),
            Ridden::Interrupted => draft.add(Verdict::NotApplicable, said),
        }
        draft
    }
}
