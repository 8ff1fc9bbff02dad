//! A quantity over time, exact between its points.

/// Times closer than this, in seconds, are equal: differences of decimal fractions are not exact.
pub const TIME_TOLERANCE_S: f64 = 1e-9;
/// Values closer than this to a level (p.u. or hertz) are on it.
pub const VALUE_TOLERANCE: f64 = 1e-9;

/// Why points are no history.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum HistoryError {
    /// Fewer than two points.
    #[error("a history needs at least two points")]
    TooShort,
    /// A time or value is not finite.
    #[error("point {index} is not finite")]
    NotFinite {
        /// Index of the point, from 0.
        index: usize,
    },
    /// A time is before the one of the point before.
    #[error("point {index} lies before the one before it")]
    Order {
        /// Index of the point, from 0.
        index: usize,
    },
}

/// A quantity over time: straight lines between points; two points at one instant are a step.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    points: Vec<(f64, f64)>,
}

/// A time during which a quantity stays below a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Where it begins, in seconds.
    pub start_s: f64,
    /// Where it ends, in seconds.
    pub end_s: f64,
    /// The history begins inside it.
    pub cut_start: bool,
    /// The history ends inside it.
    pub cut_end: bool,
}

impl Run {
    /// How long it lasts, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s
    }
}

impl History {
    /// A history through points of time in seconds and value.
    ///
    /// # Errors
    /// [`HistoryError`] for fewer than two points, numbers that are not finite, and time that runs back.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, HistoryError> {
        if points.len() < 2 {
            return Err(HistoryError::TooShort);
        }
        let mut before = f64::NEG_INFINITY;
        for (index, (t, value)) in points.iter().enumerate() {
            if !(t.is_finite() && value.is_finite()) {
                return Err(HistoryError::NotFinite { index });
            }
            if *t < before {
                return Err(HistoryError::Order { index });
            }
            before = *t;
        }
        Ok(Self { points })
    }

    /// A history that holds each value until the next one, and the last until `end_s`.
    ///
    /// # Errors
    /// As [`History::new`].
    pub fn steps(steps: &[(f64, f64)], end_s: f64) -> Result<Self, HistoryError> {
        let ends = steps.iter().skip(1).map(|(t, _)| *t).chain([end_s]);
        Self::new(steps.iter().zip(ends).flat_map(|((t, v), end)| [(*t, *v), (end, *v)]).collect())
    }

    /// The points: time in seconds, value.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// When it begins, in seconds.
    pub fn start_s(&self) -> f64 {
        self.points.first().map_or(0.0, |p| p.0)
    }

    /// When it ends, in seconds.
    pub fn end_s(&self) -> f64 {
        self.points.last().map_or(0.0, |p| p.0)
    }

    /// The value at an instant; at a step the later one. `None` outside.
    pub fn at(&self, t_s: f64) -> Option<f64> {
        let after = self.points.partition_point(|(t, _)| *t <= t_s);
        let (left, right) = (self.points.get(after.checked_sub(1)?)?, self.points.get(after));
        match right {
            Some(right) => Some(between(*left, *right, t_s)),
            None => (left.0 == t_s).then_some(left.1),
        }
    }

    /// The value at an instant; at a step the earlier one. `None` outside.
    fn before(&self, t_s: f64) -> Option<f64> {
        let from = self.points.partition_point(|(t, _)| *t < t_s);
        let right = self.points.get(from)?;
        match from.checked_sub(1).and_then(|i| self.points.get(i)) {
            Some(left) => Some(between(*left, *right, t_s)),
            None => (right.0 == t_s).then_some(right.1),
        }
    }

    /// The part between two instants, cut to what there is; `None` if nothing is.
    pub fn slice(&self, from_s: f64, to_s: f64) -> Option<Self> {
        let (from, to) = (from_s.max(self.start_s()), to_s.min(self.end_s()));
        if from >= to {
            return None;
        }
        let mut points = vec![(from, self.at(from)?)];
        let first = self.points.partition_point(|(t, _)| *t <= from);
        let last = self.points.partition_point(|(t, _)| *t < to);
        points.extend(self.points.get(first..last).unwrap_or_default());
        points.push((to, self.before(to)?));
        Some(Self { points })
    }

    /// The same times with other values.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        Self { points: self.points.iter().map(|(t, v)| (*t, change(*v))).collect() }
    }

    /// The smallest value.
    pub fn min(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min)
    }

    /// The largest value.
    pub fn max(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The mean over time.
    pub fn mean(&self) -> f64 {
        let mut area = 0.0;
        for pair in self.points.windows(2) {
            if let [(t0, v0), (t1, v1)] = pair {
                area += (t1 - t0) * (v0 + v1) / 2.0;
            }
        }
        let length = self.end_s() - self.start_s();
        if length > 0.0 { area / length } else { self.points.first().map_or(0.0, |p| p.1) }
    }

    /// The times spent below `level`, each ended by a return to `level + hysteresis`, in order.
    pub fn runs_below(&self, level: f64, hysteresis: f64) -> Vec<Run> {
        let back = level + hysteresis;
        let mut runs = Vec::new();
        let mut since = match self.points.first() {
            Some((t, v)) if *v < level => Some((*t, true)),
            _ => None,
        };
        for pair in self.points.windows(2) {
            let [a, b] = pair else { continue };
            match since {
                None if b.1 < level => since = Some((crossing(*a, *b, level), false)),
                Some((start_s, cut_start)) if b.1 >= back => {
                    runs.push(Run { start_s, end_s: crossing(*a, *b, back), cut_start, cut_end: false });
                    since = None;
                }
                _ => {}
            }
        }
        if let Some((start_s, cut_start)) = since {
            runs.push(Run { start_s, end_s: self.end_s(), cut_start, cut_end: true });
        }
        runs
    }

    /// The depth that the history sustains: the lowest level for which the longest time below it is
    /// `long_enough`. `None` if even the whole history is not.
    pub fn sustained_low(&self, long_enough: impl Fn(f64) -> bool) -> Option<f64> {
        if !long_enough(self.end_s() - self.start_s()) {
            return None;
        }
        let (mut low, mut high) = (self.min(), self.max());
        // The longest time below a level grows with the level: bisect. 60 halvings exhaust a double.
        for _ in 0..60 {
            let middle = low + (high - low) / 2.0;
            let longest = self.runs_below(middle, 0.0).iter().map(Run::duration_s).fold(0.0, f64::max);
            if long_enough(longest) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }
}

/// The value at `t` on the line from `a` to `b`.
fn between(a: (f64, f64), b: (f64, f64), t: f64) -> f64 {
    if b.0 > a.0 { a.1 + (b.1 - a.1) * (t - a.0) / (b.0 - a.0) } else { b.1 }
}

/// When the line from `a` to `b` reaches `level`, which lies between their values.
fn crossing(a: (f64, f64), b: (f64, f64), level: f64) -> f64 {
    let share = (level - a.1) / (b.1 - a.1);
    if share.is_finite() { a.0 + (b.0 - a.0) * share.clamp(0.0, 1.0) } else { b.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_history() {
        assert_eq!(History::new(vec![(0.0, 1.0)]), Err(HistoryError::TooShort));
        assert_eq!(
            History::new(vec![(0.0, 1.0), (1.0, f64::NAN)]),
            Err(HistoryError::NotFinite { index: 1 })
        );
        assert_eq!(History::new(vec![(1.0, 1.0), (0.9, 1.0)]), Err(HistoryError::Order { index: 1 }));
    }

    #[test]
    fn a_step_has_two_values_and_the_later_one_counts() {
        let h = History::steps(&[(0.0, 1.0), (1.0, 0.5), (2.0, 1.0)], 3.0).unwrap();
        assert_eq!(h.at(1.0), Some(0.5));
        assert_eq!(h.before(1.0), Some(1.0));
        assert_eq!(h.at(3.0), Some(1.0));
        assert_eq!(h.at(3.1), None);
        assert_eq!(h.mean(), 2.5 / 3.0);
        let slice = h.slice(0.5, 1.0).unwrap();
        assert_eq!((slice.min(), slice.end_s()), (1.0, 1.0), "the step at the end is not in the slice");
        let runs = h.runs_below(0.9, 0.0);
        assert_eq!(runs, [Run { start_s: 1.0, end_s: 2.0, cut_start: false, cut_end: false }]);
    }

    #[test]
    fn crossings_of_slopes_are_where_the_line_is() {
        // Down from 1 to 0 within 1 s, up again within 2 s: below 0.5 from 0.5 s to 2 s.
        let h = History::new(vec![(0.0, 1.0), (1.0, 0.0), (3.0, 1.0)]).unwrap();
        let run = h.runs_below(0.5, 0.0)[0];
        assert_eq!((run.start_s, run.end_s), (0.5, 2.0));
        // With a hysteresis of 0.1 it ends at 0.6, at 2.2 s.
        assert!((h.runs_below(0.5, 0.1)[0].end_s - 2.2).abs() < 1e-12);
        // A level of 2/3 is sustained for 2 s: from 1/3 s to 7/3 s.
        assert!((h.sustained_low(|time| time >= 2.0).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert!(h.sustained_low(|time| time > 0.0).unwrap() < 1e-12);
        assert_eq!(h.sustained_low(|time| time >= 4.0), None);
    }

    #[test]
    fn a_run_that_the_record_cuts_says_so() {
        let h = History::steps(&[(0.0, 0.5), (1.0, 1.0), (2.0, 0.5)], 3.0).unwrap();
        let runs = h.runs_below(0.9, 0.0);
        assert_eq!(
            runs.iter().map(|r| (r.cut_start, r.cut_end)).collect::<Vec<_>>(),
            [(true, false), (false, true)]
        );
    }
}
