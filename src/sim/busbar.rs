//! The DC operating point of the busbar: lines with limits against a constant power.
//!
//! Each source is piecewise: nothing above its no-load voltage, a line, then constant power, then
//! constant current. Between two break points the sum of the source powers is a parabola in the bus
//! voltage, so the operating point is the root of a quadratic: exact, no iteration, no start value.
//! Of the points that balance, the highest voltage is the stable one.

/// A source as the busbar sees it. An ORing stage keeps current from flowing back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Source {
    /// Voltage without load in V.
    pub(super) no_load_v: f64,
    /// Slope of the line in ohm; above 0.
    pub(super) slope_ohm: f64,
    /// Most current in A.
    pub(super) max_a: f64,
    /// Most power in W.
    pub(super) max_w: f64,
}

/// Most sources on the bus.
pub(super) const MAX_SOURCES: usize = super::parameters::PSU_SLOTS + super::parameters::BBU_SLOTS;

impl Source {
    /// Voltages at which the law changes, from high to low.
    fn breaks(&self) -> [f64; 3] {
        let at_max_a = self.no_load_v - self.slope_ohm * self.max_a;
        let discriminant = self.no_load_v * self.no_load_v - 4.0 * self.slope_ohm * self.max_w;
        // The line never reaches `max_w` if the discriminant is negative.
        let at_max_w = if discriminant >= 0.0 { (self.no_load_v + discriminant.sqrt()) / 2.0 } else { 0.0 };
        let end_of_line = at_max_a.max(at_max_w);
        let end_of_power = if at_max_w > at_max_a { self.max_w / self.max_a } else { end_of_line };
        [self.no_load_v, end_of_line, end_of_power.min(end_of_line)]
    }

    /// Output power at bus voltage `v` as coefficients of 1, v and v².
    fn law(&self, v: f64) -> [f64; 3] {
        let [start, end_of_line, end_of_power] = self.breaks();
        if v >= start {
            [0.0; 3]
        } else if v >= end_of_line {
            [0.0, self.no_load_v / self.slope_ohm, -1.0 / self.slope_ohm]
        } else if v >= end_of_power {
            [self.max_w, 0.0, 0.0]
        } else {
            [0.0, self.max_a, 0.0]
        }
    }

    /// Output current in A at bus voltage `v`.
    pub(super) fn current(&self, v: f64) -> f64 {
        if v <= 0.0 || v >= self.no_load_v {
            return 0.0;
        }
        let [constant, linear, square] = self.law(v);
        constant / v + linear + square * v
    }
}

/// The bus voltage in V at which `sources` deliver `power_w` together; `None` if they cannot.
///
/// Without load it is the highest no-load voltage; without a source the bus is dead (`Some(0.0)` if
/// nothing is asked of it).
pub(super) fn solve(sources: &[Source], power_w: f64) -> Option<f64> {
    let top = sources.iter().map(|s| s.no_load_v).fold(0.0, f64::max);
    if power_w <= 0.0 {
        return Some(top);
    }
    let mut breaks = [0.0; 3 * MAX_SOURCES + 1];
    let used = 3 * sources.len().min(MAX_SOURCES);
    for (slot, source) in breaks.chunks_exact_mut(3).zip(sources) {
        slot.copy_from_slice(&source.breaks());
    }
    // One more break at 0 V ends the lowest segment.
    let breaks = breaks.get_mut(..=used)?;
    breaks.sort_unstable_by(|a, b| b.total_cmp(a));
    for pair in breaks.windows(2) {
        let [high, low] = pair else { continue };
        let low = low.max(0.0);
        if *high <= low {
            continue;
        }
        let middle = (high + low) / 2.0;
        let mut sum = [0.0; 3];
        for source in sources {
            for (total, part) in sum.iter_mut().zip(source.law(middle)) {
                *total += part;
            }
        }
        if let Some(v) = upper_root(sum, power_w)
            && v >= low - 1e-9
            && v <= high + 1e-9
        {
            return Some(v.clamp(low, *high));
        }
    }
    None
}

/// The higher root of `c + b v + a v² = power` for `a <= 0`. A segment without a line (`a = 0`) holds no
/// stable point: its power falls with the voltage, and the segment above was already too weak.
fn upper_root([c, b, a]: [f64; 3], power_w: f64) -> Option<f64> {
    if a >= 0.0 {
        return None;
    }
    let discriminant = b * b - 4.0 * a * (c - power_w);
    (discriminant >= 0.0).then(|| (b + discriminant.sqrt()) / (-2.0 * a))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PSU: Source = Source { no_load_v: 51.0, slope_ohm: 0.5 / 60.0, max_a: 93.0, max_w: f64::INFINITY };
    const BBU: Source = Source { no_load_v: 48.0, slope_ohm: 0.5 / 63.2, max_a: 1e3, max_w: 3000.0 };

    #[test]
    fn one_psu_at_60_a_is_half_a_volt_down() {
        let v = solve(&[PSU], 50.5 * 60.0).unwrap();
        assert!((v - 50.5).abs() < 1e-9, "{v}");
        assert!((PSU.current(v) - 60.0).abs() < 1e-6);
    }

    #[test]
    fn no_load_and_no_source() {
        assert_eq!(solve(&[PSU, BBU], 0.0), Some(51.0));
        assert_eq!(solve(&[], 0.0), Some(0.0));
        assert_eq!(solve(&[], 1.0), None);
    }

    #[test]
    fn the_current_limit_bounds_the_power() {
        // The line ends at 51 - 0.775 = 50.225 V and 93 A: nothing above 4670.9 W exists.
        let most = 50.225 * 93.0;
        let v = solve(&[PSU], most - 0.01).unwrap();
        assert!((v - 50.225).abs() < 1e-3, "{v}");
        assert_eq!(solve(&[PSU], most + 0.01), None);
    }

    #[test]
    fn a_bbu_stops_at_its_power_and_the_others_take_over() {
        let low = Source { no_load_v: 47.4, ..PSU };
        // 3 kW from the BBU, the rest from a PSU that sits lower.
        let v = solve(&[BBU, low], 3000.0 + 47.0 * 48.0).unwrap();
        assert!((v - 47.0).abs() < 1e-9, "{v}");
        assert!((BBU.current(v) * v - 3000.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_point_balances_and_is_the_highest(
            volts in proptest::collection::vec(46.0f64..52.0, 1..=MAX_SOURCES),
            limits in proptest::collection::vec((20.0f64..200.0, 500.0f64..6000.0), MAX_SOURCES),
            power in 1.0f64..40_000.0,
        ) {
            let sources: Vec<Source> = volts.iter().zip(&limits).map(|(v, (a, w))| Source {
                no_load_v: *v, slope_ohm: 0.008, max_a: *a, max_w: *w,
            }).collect();
            let given = |v: f64| sources.iter().map(|s| s.current(v) * v).sum::<f64>();
            let top = volts.iter().copied().fold(0.0, f64::max);
            let bottom = match solve(&sources, power) {
                Some(v) => {
                    prop_assert!((given(v) - power).abs() < 1e-5, "{} at {v}", given(v));
                    v + 1e-6
                }
                None => 0.001,
            };
            // Nothing above the point (or anywhere, if there is none) carries the load.
            for step in 0..2000 {
                let v = bottom + (top - bottom) * f64::from(step) / 2000.0;
                prop_assert!(given(v) < power + 1e-3, "{} W at {v}", given(v));
            }
        }
    }
}
