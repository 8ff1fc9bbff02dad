//! Frequency over time: steps, ramps, and the way back.

/// A change of the frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrequencyChange {
    /// When it begins in s.
    pub at_s: f64,
    /// Frequency that it leads to in Hz.
    pub to_hz: f64,
    /// Rate in Hz/s, above 0; `None` is a step.
    pub hz_per_s: Option<f64>,
}

/// An excursion: from `nominal_hz` at `at_s` along a ramp to `extreme_hz`, there for `hold_s`, and back along a
/// ramp. Rates in Hz/s; ride-through limits for them are 1 to 5 Hz/s (EirGrid, IESO; `reference/grid.md` 1.3).
pub fn excursion(
    at_s: f64,
    nominal_hz: f64,
    extreme_hz: f64,
    hz_per_s: f64,
    hold_s: f64,
    back_hz_per_s: f64,
) -> Vec<FrequencyChange> {
    let there_s = (extreme_hz - nominal_hz).abs() / hz_per_s;
    vec![
        FrequencyChange { at_s, to_hz: extreme_hz, hz_per_s: Some(hz_per_s) },
        FrequencyChange { at_s: at_s + there_s + hold_s, to_hz: nominal_hz, hz_per_s: Some(back_hz_per_s) },
    ]
}

/// The frequency as it changes.
#[derive(Debug, Clone)]
pub(super) struct FrequencyLine {
    changes: Vec<FrequencyChange>,
    next: usize,
    from_hz: f64,
    from_s: f64,
    to_hz: f64,
    /// Signed; infinite for a step.
    hz_per_s: f64,
}

impl FrequencyLine {
    pub(super) fn new(hz: f64, changes: Vec<FrequencyChange>) -> Self {
        Self { changes, next: 0, from_hz: hz, from_s: 0.0, to_hz: hz, hz_per_s: f64::INFINITY }
    }

    /// From a time on this frequency, whatever was to come.
    pub(super) fn hold(&mut self, t_s: f64, hz: f64) {
        self.changes.clear();
        (self.next, self.from_s, self.from_hz, self.to_hz) = (0, t_s, hz, hz);
    }

    #[inline]
    pub(super) fn at(&mut self, t_s: f64) -> f64 {
        while let Some(change) = self.changes.get(self.next).filter(|c| c.at_s <= t_s) {
            let at_s = change.at_s;
            self.from_hz = self.along(at_s);
            self.from_s = at_s;
            self.to_hz = change.to_hz;
            self.hz_per_s =
                change.hz_per_s.map_or(f64::INFINITY, |r| r.copysign(change.to_hz - self.from_hz));
            self.next += 1;
        }
        self.along(t_s)
    }

    fn along(&self, t_s: f64) -> f64 {
        if self.from_hz == self.to_hz || self.hz_per_s.is_infinite() {
            return self.to_hz;
        }
        let now = self.from_hz + self.hz_per_s * (t_s - self.from_s);
        if self.hz_per_s > 0.0 { now.min(self.to_hz) } else { now.max(self.to_hz) }
    }
}
