//! Voltage ride-through, and events one after another.

use super::power::Ridden;
use super::{Draft, Scene, Verdict};
use crate::gridcode::envelope::{Excursion, Side, Zone};
use crate::gridcode::model::Successive;

impl Scene<'_> {
    pub(super) fn voltage(&self) -> Draft {
        let Some(events) = &self.excursions else {
            return Draft::only(Verdict::Inconclusive, "the record has no voltage");
        };
        if events.is_empty() {
            return Draft::only(Verdict::NotApplicable, "the voltage never leaves the continuous range");
        }
        let mut draft = Draft::new();
        let powers = self.powers_before(events);
        for (index, (event, before)) in events.iter().zip(powers).enumerate() {
            let next = self.next_start(index);
            let (verdict, reason) = self.ride(event, before, next);
            draft.add(verdict, format!("{}: {reason}", name(event)));
            let start = Some(event.start_s);
            if let Some(margin) = event.time_margin_s {
                draft.margin("time until the load may trip", margin, "s", start);
            }
            match (event.side, event.value_margin) {
                (Side::Low, Some(margin)) => {
                    draft.margin("depth until the load may trip", margin, "p.u.", start)
                }
                (Side::High, Some(margin)) => {
                    draft.margin("height until the load may trip", margin, "p.u.", start)
                }
                (_, None) => {}
            }
        }
        draft
    }

    /// When the next event begins that does not overlap this one.
    fn next_start(&self, index: usize) -> Option<f64> {
        let events = self.excursions.as_deref().unwrap_or_default();
        let end = events.get(index)?.end_s;
        events.iter().map(|e| e.start_s).find(|start| *start >= end)
    }

    fn ride(&self, event: &Excursion, before: Option<f64>, next: Option<f64>) -> (Verdict, String) {
        let required = match event.zone {
            Zone::MustRide => "the load must ride through".to_owned(),
            Zone::MayTrip { from_s, level } => {
                format!("the load may trip from {from_s:.3} s on (beyond {level} for its minimum time)")
            }
            Zone::Unknown { level, .. } => format!("what the code asks beyond {level} is not known"),
        };
        if event.cut_end {
            return match event.zone {
                Zone::MayTrip { .. } => (Verdict::NotApplicable, required),
                _ => (Verdict::Inconclusive, format!("{required}; the record ends inside the event")),
            };
        }
        if event.cut_start {
            return (Verdict::Inconclusive, format!("{required}; the record begins inside the event"));
        }
        let (verdict, said) = match self.ridden(before, event.end_s, next) {
            Ridden::Yes(after) => {
                (Verdict::Pass, format!("it did: its power is back {after:.3} s after the event"))
            }
            Ridden::Interrupted => {
                (Verdict::NotApplicable, "the next event begins before the power had to be back".to_owned())
            }
            Ridden::No(why) => match event.zone {
                Zone::MustRide => (Verdict::Fail, format!("it did not: {why}")),
                Zone::MayTrip { .. } => (Verdict::NotApplicable, format!("it did: {why}")),
                Zone::Unknown { .. } => (Verdict::Inconclusive, why),
            },
            Ridden::CannotTell(why) => match event.zone {
                Zone::MayTrip { .. } => (Verdict::NotApplicable, why),
                _ => (Verdict::Inconclusive, why),
            },
        };
        let rode = verdict == Verdict::Pass && !event.must_ride();
        let said = if rode { "it rode through all the same".to_owned() } else { said };
        (verdict, format!("{required}; {said}"))
    }

    pub(super) fn successive(&self, rule: &Successive) -> Draft {
        let Some(events) = &self.excursions else {
            return Draft::only(Verdict::Inconclusive, "without a known voltage curve no event can be told");
        };
        if events.len() < 2 {
            let reason =
                format!("{} in the record", if events.is_empty() { "no event" } else { "one event" });
            return Draft::only(Verdict::NotApplicable, reason);
        }
        let mut draft = Draft::new();
        let powers = self.powers_before(events);
        for (index, (event, before)) in events.iter().zip(powers).enumerate().skip(1) {
            let since = rule.window_s.map_or(f64::NEG_INFINITY, |window| event.start_s - window);
            let count = events.iter().take(index + 1).filter(|e| e.start_s > since).count();
            let at = format!("event {} of {} at {:.3} s: ", index + 1, events.len(), event.start_s);
            if rule.events.is_some_and(|most| count > most as usize) {
                draft.add(Verdict::NotApplicable, format!("{at}one more than must be ridden through"));
                continue;
            }
            if !event.must_ride() {
                draft.add(Verdict::NotApplicable, format!("{at}need not be ridden through alone"));
                continue;
            }
            let (verdict, reason) = self.ride(event, before, self.next_start(index));
            draft.add(verdict, format!("{at}{reason}"));
        }
        draft
    }
}

fn name(event: &Excursion) -> String {
    let word = if event.side == Side::Low { "sag" } else { "swell" };
    format!("{word} at {:.3} s to {:.3} p.u. for {:.3} s", event.start_s, event.extreme, event.duration_s())
}
