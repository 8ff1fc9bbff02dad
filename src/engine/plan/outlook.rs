//! The load ahead, step by step: forecast or last reading, and what hints add.

use std::collections::VecDeque;

use super::super::forecast::{Forecaster, LARGEST_VALUE};
use super::super::hint::{Hint, HintKind, Hints};
use super::super::setpoint::Ahead;

/// Readings kept for a period that a hint names.
const KEPT: usize = 2048;
/// How far a step that a hint announces may be off its time either way, in seconds.
const TIMING_S: f64 = 0.1;
/// How much a step of unknown height may be, as a share of the rating.
const UNKNOWN_SHARE: f64 = 0.5;

/// Which of the intervals of a prediction is planned with: the one that holds 95 %. What lies above it is left to the devices.
const LEVEL: usize = 2;

/// Horizons that are planned with, in seconds: close enough that a line between two of them hides no iteration of a job, where those that
/// forecasts are scored at do not lie so close.
const HORIZONS_S: [f64; 14] = [0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 2.5, 3.5, 5.0, 7.0, 10.0, 15.0, 22.0];

/// What a forecaster says, as a planner gets it. Until an interval is known the mean alone is planned with, as a plan without forecasts
/// does with the last reading; a horizon so long that its own interval is not known yet has the one before it, about its
/// mean. Horizons below `least_s`, the distance of readings, are left out: nothing is measured there.
pub fn ahead(forecaster: &dyn Forecaster, least_s: f64) -> Vec<Ahead> {
    let (mut below_w, mut above_w) = (0.0, 0.0);
    let of = |horizon_s: &f64| {
        let prediction = forecaster.predict(*horizon_s).ok()?;
        let mean_w = prediction.mean;
        if let Some(interval) = prediction.intervals.and_then(|i| i.get(LEVEL).copied()) {
            (below_w, above_w) = ((mean_w - interval.low).max(0.0), (interval.high - mean_w).max(0.0));
        }
        let (low_w, high_w) = (mean_w - below_w, mean_w + above_w);
        Some(Ahead { horizon_s: *horizon_s, mean_w, low_w, high_w })
    };
    HORIZONS_S.iter().filter(|h| **h >= 0.99 * least_s).filter_map(of).collect()
}

/// A load expected at each step of a plan, in watts on the busbar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook {
    /// Expected.
    pub mean_w: Vec<f64>,
    /// Upper ends.
    pub high_w: Vec<f64>,
    /// Lower ends.
    pub low_w: Vec<f64>,
}

/// Where the steps of a plan lie.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    /// Seconds from the newest reading to the middle of each step; rising.
    pub middles_s: Vec<f64>,
}

impl Steps {
    /// Steps of these lengths in s, the first of which begins `from_s` after the reading.
    pub fn set(&mut self, from_s: f64, lengths_s: &[f64]) {
        self.middles_s.clear();
        let mut at_s = from_s;
        for length_s in lengths_s {
            self.middles_s.push(at_s + 0.5 * length_s);
            at_s += length_s;
        }
    }

    fn at(&self, step: usize) -> f64 {
        self.middles_s.get(step).or(self.middles_s.last()).copied().unwrap_or(0.0)
    }

    fn count(&self) -> usize {
        self.middles_s.len()
    }
}

/// Is it a forecast that can be planned with? Horizons rise, the ends are around the mean, all are powers.
pub fn sound(ahead: &[Ahead]) -> bool {
    let power = |w: f64| w.abs() <= LARGEST_VALUE;
    let each = |a: &Ahead| {
        a.horizon_s > 0.0
            && a.horizon_s <= 3600.0
            && [a.mean_w, a.low_w, a.high_w].into_iter().all(power)
            && a.low_w <= a.mean_w
            && a.mean_w <= a.high_w
    };
    !ahead.is_empty() && ahead.iter().all(each) && ahead.is_sorted_by(|a, b| a.horizon_s < b.horizon_s)
}

/// Mean, low and high of a forecast at a horizon, on the lines between its points; the last one holds on.
pub fn at(load_w: f64, ahead: &[Ahead], horizon_s: f64) -> (f64, f64, f64) {
    let after = ahead.partition_point(|a| a.horizon_s < horizon_s);
    let now = Ahead { horizon_s: 0.0, mean_w: load_w, low_w: load_w, high_w: load_w };
    let before = after.checked_sub(1).and_then(|i| ahead.get(i)).unwrap_or(&now);
    let Some(next) = ahead.get(after) else { return (before.mean_w, before.low_w, before.high_w) };
    let share = ((horizon_s - before.horizon_s) / (next.horizon_s - before.horizon_s)).clamp(0.0, 1.0);
    let mix = |a: f64, b: f64| a + (b - a) * share;
    (mix(before.mean_w, next.mean_w), mix(before.low_w, next.low_w), mix(before.high_w, next.high_w))
}

impl Outlook {
    /// A forecast, or the last reading where there is none.
    pub fn fill(&mut self, steps: &Steps, load_w: f64, ahead: &[Ahead]) {
        self.mean_w.clear();
        self.high_w.clear();
        self.low_w.clear();
        for step in 0..steps.count() {
            let (mean, low, high) = at(load_w, ahead, steps.at(step));
            self.mean_w.push(mean.max(0.0));
            self.high_w.push(high.max(0.0));
            self.low_w.push(low.max(0.0));
        }
    }

    /// Nothing above a power that nobody could carry.
    pub fn cut(&mut self, most_w: f64) {
        for list in [&mut self.mean_w, &mut self.high_w, &mut self.low_w] {
            list.iter_mut().for_each(|w| *w = w.min(most_w));
        }
    }

    /// Upper ends no higher than a power, nor below what is expected.
    pub fn bound(&mut self, most_w: f64) {
        for (high_w, mean_w) in self.high_w.iter_mut().zip(&self.mean_w) {
            *high_w = high_w.min(most_w.max(*mean_w));
        }
    }

    /// Without what a forecast says beyond the last reading: `mean` keeps what is expected, and drops the ends.
    pub fn trim(&mut self, load_w: f64, mean: bool) {
        for ((mean_w, high_w), low_w) in self.mean_w.iter_mut().zip(&mut self.high_w).zip(&mut self.low_w) {
            if !mean {
                *mean_w = load_w.max(0.0);
            }
            (*high_w, *low_w) = (*mean_w, *mean_w);
        }
    }

    /// Adds a power to each step from a time on, with its own uncertainty: upper ends rise early and fall late.
    fn step(&mut self, steps: &Steps, at_s: f64, by_w: f64, sure: bool) {
        for step in 0..steps.count() {
            let time_s = steps.at(step);
            let (early, late) = (time_s >= at_s - TIMING_S, time_s >= at_s + TIMING_S);
            let (up, down) = if by_w > 0.0 { (early, late) } else { (late, early) };
            let add = |place: Option<&mut f64>, yes: bool| {
                if let Some(place) = place.filter(|_| yes) {
                    *place = (*place + by_w).max(0.0);
                }
            };
            add(self.mean_w.get_mut(step), sure && time_s >= at_s);
            add(self.high_w.get_mut(step), up && (sure || by_w > 0.0));
            add(self.low_w.get_mut(step), down && (sure || by_w < 0.0));
        }
    }

    /// Nothing above a cap from a time on.
    fn cap(&mut self, steps: &Steps, at_s: f64, cap_w: f64) {
        for step in 0..steps.count() {
            let time_s = steps.at(step);
            if let Some(mean) = self.mean_w.get_mut(step).filter(|_| time_s >= at_s) {
                *mean = mean.min(cap_w);
            }
            if let Some(high) = self.high_w.get_mut(step).filter(|_| time_s >= at_s + TIMING_S) {
                *high = high.min(cap_w);
            }
            if let Some(low) = self.low_w.get_mut(step).filter(|_| time_s >= at_s - TIMING_S) {
                *low = low.min(cap_w);
            }
        }
    }
}

/// What the hints of now add to an outlook, and the readings that a period repeats.
#[derive(Debug, Default)]
pub struct Known {
    past: VecDeque<(f64, f64)>,
}

impl Known {
    /// Takes a reading: time in s, load in W.
    pub fn reading(&mut self, t_s: f64, load_w: f64) {
        if self.past.back().is_some_and(|last| t_s <= last.0) {
            return;
        }
        if self.past.len() == KEPT {
            self.past.pop_front();
        }
        self.past.push_back((t_s, load_w));
    }

    /// The load at a time of the past, on the line between readings; `None` before the first one.
    fn load_w(&self, t_s: f64) -> Option<f64> {
        let after = self.past.partition_point(|p| p.0 < t_s);
        let next = self.past.get(after)?;
        let before = self.past.get(after.checked_sub(1)?)?;
        let share = (t_s - before.0) / (next.0 - before.0);
        Some(before.1 + (next.1 - before.1) * share)
    }

    /// The steps repeat what was a period ago: those whose past is known.
    fn repeat(&self, outlook: &mut Outlook, steps: &Steps, read_s: f64, period_s: f64) {
        for step in 0..steps.count() {
            let time_s = steps.at(step);
            let back = (time_s / period_s).ceil().max(1.0) * period_s;
            let told = |shift_s: f64| self.load_w(read_s + time_s - back + shift_s);
            let Some(mean) = told(0.0) else { continue };
            // An iteration that comes a little early or late is still inside.
            let around = [told(-TIMING_S), told(TIMING_S), Some(mean)].into_iter().flatten();
            let (low, high) =
                around.fold((mean, mean), |(low, high), w| (f64::min(low, w), f64::max(high, w)));
            for (place, w) in [
                (outlook.mean_w.get_mut(step), mean),
                (outlook.low_w.get_mut(step), low),
                (outlook.high_w.get_mut(step), high),
            ] {
                if let Some(place) = place {
                    *place = w.max(0.0);
                }
            }
        }
    }

    /// Mixes the hints of the time of a plan into an outlook.
    ///
    /// What a reading already shows is not added again: a job that started before it is in it. Hints with numbers that
    /// cannot be are passed over. Returns whether any hint said something.
    pub fn mix(
        &self,
        hints: &dyn Hints,
        outlook: &mut Outlook,
        steps: &Steps,
        read_s: f64,
        rating_w: f64,
    ) -> bool {
        let until_s = read_s + steps.at(steps.count()) + TIMING_S;
        let mut any = false;
        // The period first: what a scheduler announces comes on top of what repeats.
        hints.between(read_s, until_s, &mut |hint: &Hint| {
            if let HintKind::Period { period_s } = hint.kind
                && (0.05..=600.0).contains(&period_s)
            {
                self.repeat(outlook, steps, read_s, period_s);
                any = true;
            }
        });
        hints.between(read_s, until_s, &mut |hint: &Hint| {
            let unknown_w = UNKNOWN_SHARE * rating_w;
            let mut step = |at_s: f64, by_w: Option<f64>, sign: f64| {
                let height = by_w.unwrap_or(unknown_w);
                if at_s.is_finite() && at_s > read_s && (0.0..=LARGEST_VALUE).contains(&height) {
                    outlook.step(steps, at_s - read_s, sign * height, by_w.is_some());
                    any = true;
                }
            };
            match hint.kind {
                HintKind::Start { at_s, rise_w } => step(at_s, rise_w, 1.0),
                HintKind::End { at_s, fall_w } => step(at_s, fall_w, -1.0),
                HintKind::Checkpoint { at_s, duration_s, drop_w } => {
                    if (0.0..=3600.0).contains(&duration_s) {
                        step(at_s, drop_w, -1.0);
                        step(at_s + duration_s, drop_w, 1.0);
                    }
                }
                HintKind::Cap { at_s, cap_w } => {
                    if at_s.is_finite() && (0.0..=LARGEST_VALUE).contains(&cap_w) {
                        outlook.cap(steps, at_s - read_s, cap_w);
                        any = true;
                    }
                }
                HintKind::Period { .. } => {}
            }
        });
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Steps {
        let mut steps = Steps::default();
        steps.set(0.0, &[1.0; 5]);
        steps
    }

    struct Told(Vec<HintKind>);

    impl Hints for Told {
        fn between(&self, _: f64, _: f64, each: &mut dyn FnMut(&Hint)) {
            self.0.iter().for_each(|kind| each(&Hint { job: "a".to_owned(), kind: *kind }));
        }
    }

    fn mixed(known: &Known, kind: HintKind) -> (Outlook, bool) {
        let mut outlook = Outlook::default();
        outlook.fill(&steps(), 100.0, &[]);
        let any = known.mix(&Told(vec![kind]), &mut outlook, &steps(), 10.0, 1000.0);
        (outlook, any)
    }

    #[test]
    fn a_forecast_is_read_on_the_lines_between_its_points() {
        let ahead = [
            Ahead { horizon_s: 1.0, mean_w: 200.0, low_w: 150.0, high_w: 300.0 },
            Ahead { horizon_s: 3.0, mean_w: 400.0, low_w: 350.0, high_w: 500.0 },
        ];
        assert!(sound(&ahead));
        let mut outlook = Outlook::default();
        outlook.fill(&steps(), 100.0, &ahead);
        assert_eq!(outlook.mean_w, [150.0, 250.0, 350.0, 400.0, 400.0]);
        assert_eq!(outlook.high_w, [200.0, 350.0, 450.0, 500.0, 500.0]);
        assert_eq!(outlook.low_w, [125.0, 200.0, 300.0, 350.0, 350.0]);
    }

    #[test]
    fn what_is_no_forecast_is_seen() {
        let good = Ahead { horizon_s: 1.0, mean_w: 2.0, low_w: 1.0, high_w: 3.0 };
        assert!(sound(&[good]) && !sound(&[]) && !sound(&[good, good]));
        for bad in [
            Ahead { mean_w: f64::NAN, ..good },
            Ahead { high_w: f64::INFINITY, ..good },
            Ahead { low_w: 2.5, ..good },
            Ahead { high_w: 1.5, ..good },
            Ahead { horizon_s: 0.0, ..good },
            Ahead { horizon_s: f64::NAN, ..good },
        ] {
            assert!(!sound(&[bad]), "{bad:?}");
        }
    }

    #[test]
    fn a_start_raises_the_load_from_its_time_on_and_the_upper_end_earlier() {
        let known = Known::default();
        let (outlook, any) = mixed(&known, HintKind::Start { at_s: 12.55, rise_w: Some(50.0) });
        assert!(any);
        assert_eq!(outlook.mean_w, [100.0, 100.0, 100.0, 150.0, 150.0]);
        assert_eq!(outlook.high_w, [100.0, 100.0, 150.0, 150.0, 150.0]);
        assert_eq!(outlook.low_w, [100.0, 100.0, 100.0, 150.0, 150.0]);
        // One that the reading already shows.
        let (outlook, any) = mixed(&known, HintKind::Start { at_s: 9.0, rise_w: Some(50.0) });
        assert!(!any && outlook.mean_w == [100.0; 5]);
    }

    #[test]
    fn a_rise_of_unknown_height_moves_the_upper_end_only() {
        let (outlook, _) = mixed(&Known::default(), HintKind::Start { at_s: 12.0, rise_w: None });
        assert_eq!(outlook.mean_w, [100.0; 5]);
        assert_eq!(outlook.low_w, [100.0; 5]);
        assert_eq!(outlook.high_w, [100.0, 100.0, 600.0, 600.0, 600.0]);
    }

    #[test]
    fn a_checkpoint_ends_and_no_load_is_below_nothing() {
        let kind = HintKind::Checkpoint { at_s: 11.0, duration_s: 2.0, drop_w: Some(60.0) };
        assert_eq!(mixed(&Known::default(), kind).0.mean_w, [100.0, 40.0, 40.0, 100.0, 100.0]);
        // Within it: only the end is ahead.
        let kind = HintKind::Checkpoint { at_s: 9.0, duration_s: 2.0, drop_w: Some(60.0) };
        assert_eq!(mixed(&Known::default(), kind).0.mean_w, [100.0, 160.0, 160.0, 160.0, 160.0]);
        let kind = HintKind::End { at_s: 11.0, fall_w: Some(500.0) };
        assert_eq!(mixed(&Known::default(), kind).0.mean_w, [100.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_cap_holds_from_its_time_on() {
        let (outlook, _) = mixed(&Known::default(), HintKind::Cap { at_s: 12.0, cap_w: 70.0 });
        assert_eq!(outlook.mean_w, [100.0, 100.0, 70.0, 70.0, 70.0]);
    }

    #[test]
    fn a_period_repeats_the_readings() {
        let mut known = Known::default();
        (0..=100).for_each(|i| {
            let t_s = f64::from(i) * 0.1;
            known.reading(t_s, if t_s % 4.0 < 2.0 { 80.0 } else { 20.0 });
        });
        // 10.5, 11.5 are as 6.5, 7.5; then 8.5, 9.5, and 10.5 again.
        let (outlook, any) = mixed(&known, HintKind::Period { period_s: 4.0 });
        assert!(any);
        assert_eq!(outlook.mean_w, [20.0, 20.0, 80.0, 80.0, 20.0]);
    }

    #[test]
    fn numbers_that_cannot_be_are_passed_over() {
        for kind in [
            HintKind::Start { at_s: f64::NAN, rise_w: Some(1.0) },
            HintKind::Start { at_s: 12.0, rise_w: Some(f64::INFINITY) },
            HintKind::End { at_s: 12.0, fall_w: Some(-5.0) },
            HintKind::Period { period_s: 0.0 },
            HintKind::Cap { at_s: 12.0, cap_w: f64::NAN },
            HintKind::Checkpoint { at_s: 12.0, duration_s: f64::NAN, drop_w: None },
        ] {
            let (outlook, any) = mixed(&Known::default(), kind);
            assert!(!any && outlook.mean_w == [100.0; 5], "{kind:?}");
        }
    }
}
