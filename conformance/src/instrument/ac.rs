//! An AC source with meters: what it plays, and what was measured meanwhile.

use serde::{Deserialize, Serialize};

/// Most values of a series: an hour and a half at 10 ms. Whatever is behind the port may send anything.
const MOST: usize = 600_000;

/// A point of what an AC source plays. It holds until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcPoint {
    /// When the change begins, in milliseconds from the start.
    pub at_ms: u32,
    /// How long it takes, in milliseconds: voltage and frequency move on a straight line. 0 is a step.
    #[serde(default)]
    pub over_ms: u32,
    /// RMS voltages of L1, L2 and L3 against neutral afterwards, in volts.
    pub rms_v: [f64; 3],
    /// Frequency afterwards, in hertz.
    pub frequency_hz: f64,
}

/// What was measured while an AC source played. Each series has one value for each interval, from the start on, and all are
/// of one length; a series that was not measured is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcRecord {
    /// Length of an interval, in milliseconds.
    pub every_ms: u32,
    /// RMS voltages of the phases over the cycle that ends with the interval, in volts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rms_v: Vec<[f64; 3]>,
    /// Frequency at the end of the interval, in hertz.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frequency_hz: Vec<f64>,
    /// AC input power over the cycle that ends with the interval, in watts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_w: Vec<f64>,
    /// Lowest busbar voltage in the interval, in volts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bus_low_v: Vec<f64>,
    /// Highest busbar voltage in the interval, in volts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bus_high_v: Vec<f64>,
    /// Lowest power that the load took in the interval, in watts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load_w: Vec<f64>,
}

impl AcRecord {
    /// How many intervals there are.
    pub fn len(&self) -> usize {
        self.lengths().into_iter().map(|(_, length)| length).max().unwrap_or(0)
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lengths(&self) -> [(&'static str, usize); 6] {
        [
            ("rms_v", self.rms_v.len()),
            ("frequency_hz", self.frequency_hz.len()),
            ("input_w", self.input_w.len()),
            ("bus_low_v", self.bus_low_v.len()),
            ("bus_high_v", self.bus_high_v.len()),
            ("load_w", self.load_w.len()),
        ]
    }

    /// Checks the form: intervals of a length, series as long as each other, numbers that are some.
    ///
    /// # Errors
    /// The first series that does not fit, and why.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=1000).contains(&self.every_ms) {
            return Err(format!("every_ms is {}: from 1 to 1000 is wanted", self.every_ms));
        }
        let most = self.len();
        if most > MOST {
            return Err(format!("{most} values: {MOST} at most are taken"));
        }
        let uneven = |(_, length): &(&str, usize)| *length != 0 && *length != most;
        if let Some((name, length)) = self.lengths().into_iter().find(uneven) {
            return Err(format!("{name} has {length} values and another series {most}"));
        }
        let single = [&self.frequency_hz, &self.input_w, &self.bus_low_v, &self.bus_high_v, &self.load_w];
        let mut all = single.into_iter().flatten().chain(self.rms_v.iter().flatten());
        if all.any(|value| !value.is_finite()) {
            return Err("a value is no number".into());
        }
        Ok(())
    }

    /// The record in a few words, for logs: it has thousands of values.
    pub fn told(&self) -> String {
        let mean = |series: &[f64]| match series.len() {
            0 => "none".to_owned(),
            n => format!("{:.1}", series.iter().sum::<f64>() / n as f64),
        };
        let least = |series: &[f64]| series.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |series: &[f64]| series.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!(
            "{} intervals of {} ms; input power from {:.0} W to {:.0} W, mean {} W; busbar from {:.2} V to {:.2} V; load at \
             least {:.0} W",
            self.len(),
            self.every_ms,
            least(&self.input_w),
            most(&self.input_w),
            mean(&self.input_w),
            least(&self.bus_low_v),
            most(&self.bus_high_v),
            least(&self.load_w),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_named() {
        let good =
            AcRecord { every_ms: 10, input_w: vec![1.0; 3], load_w: vec![1.0; 3], ..AcRecord::default() };
        assert_eq!(good.check(), Ok(()));
        for (bad, word) in [
            (AcRecord { every_ms: 0, ..good.clone() }, "every_ms"),
            (AcRecord { load_w: vec![1.0; 2], ..good.clone() }, "load_w has 2 values"),
            (AcRecord { input_w: vec![1.0, f64::NAN, 1.0], ..good.clone() }, "no number"),
            (AcRecord { rms_v: vec![[1.0, 1.0, f64::INFINITY]; 3], ..good.clone() }, "no number"),
        ] {
            let told = bad.check().unwrap_err();
            assert!(told.contains(word), "{told}");
        }
        assert!(good.told().starts_with("3 intervals of 10 ms"), "{}", good.told());
    }
}
