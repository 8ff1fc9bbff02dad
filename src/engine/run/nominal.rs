//! The nominal AC voltage, by which events are seen: told by the operator, told by the gateway, or learned.

use std::ops::RangeInclusive;

use crate::engine::intake::AcInput;
use crate::engine::record::{Nominal, NominalFrom};
use crate::engine::setpoint::GridState;

/// The usual nominal voltages at the input of a shelf, whose PSUs take 200 to 277 V (IEC 60038, ANSI C84.1).
const USUAL_V: [f64; 6] = [200.0, 208.0, 220.0, 230.0, 240.0, 277.0];
/// Within 10 % of one of them a shelf is in continuous operation; what is beyond tells nothing of the nominal voltage.
const PLAUSIBLE_V: RangeInclusive<f64> = 180.0..=304.7;
/// Below this there is no AC.
const NO_AC_V: f64 = 100.0;
/// A nominal voltage can only be in this range.
const POSSIBLE_V: RangeInclusive<f64> = 50.0..=1000.0;
/// So many plausible readings are wanted at least, and at most kept.
const READINGS: usize = 10;
const MOST_READINGS: usize = 512;
/// And over this time, in seconds: a sag is over by then.
const SPAN_S: f64 = 5.0;

/// Finds the nominal voltage.
#[derive(Debug)]
pub(super) struct Finder {
    used: Option<Nominal>,
    /// Time and voltage of plausible readings.
    seen: Vec<(f64, f64)>,
    /// Readings with AC of no usual voltage; `None` once that was said.
    odd: Option<usize>,
}

impl Finder {
    /// By what the operator says, if anything.
    pub(super) fn new(configured_v: Option<f64>) -> Self {
        let used = configured_v
            .filter(|v| POSSIBLE_V.contains(v))
            .map(|volts| Nominal { volts, from: NominalFrom::Configured });
        Self { used, seen: Vec::new(), odd: Some(0) }
    }

    /// What is used now.
    pub(super) fn used(&self) -> Option<Nominal> {
        self.used
    }

    /// Takes a reading of the time `t_s`; gives what there is to say if another voltage is used from now on, or if none can be
    /// found.
    pub(super) fn take(&mut self, t_s: f64, ac: &AcInput, grid: GridState) -> Option<String> {
        match self.used {
            Some(Nominal { from: NominalFrom::Configured, .. }) => return None,
            Some(Nominal { from: NominalFrom::Learned, .. }) if ac.nominal_v.is_none() => return None,
            _ => (),
        }
        // It is declared from phase to neutral. Where that is nothing that a PSU could be fed with, PSUs stand between phases
        // (208 V of a net of 120 V), and what they read is of another scale.
        if let Some(volts) = ac.nominal_v.filter(|v| PLAUSIBLE_V.contains(v)) {
            let told = Some(Nominal { volts, from: NominalFrom::Gateway });
            if self.used == told {
                return None;
            }
            self.used = told;
            return Some(format!("nominal AC voltage: {volts} V, as the gateway declares it"));
        }
        if self.used.is_some() {
            return None;
        }
        // In an event the voltage is what it should not be.
        let v = ac.low_v.filter(|_| grid != GridState::Event)?;
        if !PLAUSIBLE_V.contains(&v) {
            return self.note_odd(v);
        }
        if self.seen.len() < MOST_READINGS {
            self.seen.push((t_s, v));
        }
        let begin_s = self.seen.first().map_or(t_s, |(first_s, _)| *first_s);
        if self.seen.len() < READINGS || t_s - begin_s < SPAN_S {
            return None;
        }
        let mut volts: Vec<f64> = self.seen.drain(..).map(|(_, v)| v).collect();
        volts.sort_by(f64::total_cmp);
        let middle = volts.get(volts.len() / 2).copied()?;
        let near = |a: &f64, b: &f64| (a - middle).abs().total_cmp(&(b - middle).abs());
        let volts = USUAL_V.into_iter().min_by(near)?;
        self.used = Some(Nominal { volts, from: NominalFrom::Learned });
        Some(format!(
            "nominal AC voltage: {volts} V, the usual one that is nearest to the {middle:.1} V of the first readings; \
             --nominal-v tells another one"
        ))
    }

    fn note_odd(&mut self, v: f64) -> Option<String> {
        let odd = self.odd.as_mut().filter(|_| v > NO_AC_V)?;
        *odd += 1;
        if *odd < READINGS || !self.seen.is_empty() {
            return None;
        }
        self.odd = None;
        Some(format!(
            "nominal AC voltage: not known; {v:.1} V is near to none of 200 to 277 V, and no event shows by its voltage \
             until it is: tell it by --nominal-v"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ac(v: f64, nominal_v: Option<f64>) -> AcInput {
        AcInput { low_v: Some(v), high_v: Some(v), frequency_hz: Some(60.0), nominal_v }
    }

    /// Readings 0.5 s apart; what is used after them, and what was said.
    fn after(finder: &mut Finder, from: usize, volts: &[f64]) -> (Option<f64>, Vec<String>) {
        let told = volts
            .iter()
            .enumerate()
            .filter_map(|(n, v)| finder.take((from + n) as f64 * 0.5, &ac(*v, None), GridState::Normal));
        let told = told.collect();
        (finder.used().map(|nominal| nominal.volts), told)
    }

    #[test]
    fn the_usual_voltage_nearest_to_the_middle_reading_is_taken_and_said() {
        for (v, wanted) in [(238.9, 240.0), (206.0, 208.0), (232.0, 230.0), (270.0, 277.0), (198.0, 200.0)] {
            let mut finder = Finder::new(None);
            let mut volts = [v; 12];
            // A few that are far off do not move the middle.
            volts[3] = 190.0;
            volts[7] = 300.0;
            let (used, told) = after(&mut finder, 0, &volts);
            assert_eq!(used, Some(wanted), "{v}");
            assert!(told.len() == 1 && told[0].contains(&format!("{wanted} V")), "{told:?}");
            assert_eq!(finder.used().unwrap().from, NominalFrom::Learned);
        }
    }

    #[test]
    fn a_start_in_a_sag_or_without_ac_waits_for_the_voltage_to_come_back() {
        for low in [0.0, 150.0] {
            let mut finder = Finder::new(None);
            let (used, told) = after(&mut finder, 0, &[low; 40]);
            assert_eq!(used, None);
            assert_eq!(told.len(), usize::from(low > 100.0), "{told:?}");
            let (used, told) = after(&mut finder, 40, &[240.0; 12]);
            assert_eq!((used, told.len()), (Some(240.0), 1));
        }
        // A shallow one is an event if the gateway says so.
        let mut finder = Finder::new(None);
        for n in 0..40 {
            assert_eq!(finder.take(f64::from(n), &ac(200.0, None), GridState::Event), None);
        }
        assert_eq!(after(&mut finder, 40, &[277.0; 12]).0, Some(277.0));
        // And a short one is over before there is an answer, however quick the readings.
        let mut finder = Finder::new(None);
        for n in 0..220 {
            let v = if n < 60 { 200.0 } else { 277.0 };
            finder.take(f64::from(n) * 0.025, &ac(v, None), GridState::Normal);
        }
        assert_eq!(finder.used().map(|n| n.volts), Some(277.0));
    }

    #[test]
    fn the_gateway_knows_better_and_the_operator_best() {
        let mut finder = Finder::new(None);
        assert_eq!(after(&mut finder, 0, &[238.0; 12]).0, Some(240.0));
        let told = finder.take(9.0, &ac(238.0, Some(230.0)), GridState::Normal).unwrap();
        assert!(told.contains("230 V, as the gateway declares"), "{told}");
        assert_eq!(finder.take(9.5, &ac(238.0, Some(230.0)), GridState::Event), None);
        // A block that does not say it for once changes nothing.
        assert_eq!(after(&mut finder, 20, &[238.0; 40]), (Some(230.0), vec![]));
        let mut finder = Finder::new(Some(277.0));
        assert_eq!(finder.take(0.0, &ac(238.0, Some(230.0)), GridState::Normal), None);
        assert_eq!(finder.used(), Some(Nominal { volts: 277.0, from: NominalFrom::Configured }));
        // PSUs between two phases of a net of 120 V.
        let mut finder = Finder::new(None);
        for n in 0..12 {
            finder.take(f64::from(n), &ac(206.0, Some(120.0)), GridState::Normal);
        }
        assert_eq!(finder.used(), Some(Nominal { volts: 208.0, from: NominalFrom::Learned }));
        // Nonsense is none.
        assert_eq!(Finder::new(Some(f64::NAN)).used(), None);
        let mut finder = Finder::new(None);
        assert_eq!(finder.take(0.0, &ac(238.0, Some(0.0)), GridState::Normal), None);
        assert_eq!(finder.used(), None);
    }
}
