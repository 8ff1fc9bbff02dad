//! What a run costs a battery: cycles by rainflow counting, their depth, and heat.

use serde::Serialize;

/// Wear of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Wear {
    /// Full cycles that the charge moved is worth, a day of it.
    pub full_cycles_per_day: f64,
    /// Depth of the deepest cycle, as a share of the energy.
    pub deepest: f64,
    /// Cycles deeper than a thousandth of the energy, in an hour of it.
    pub cycles_per_hour: f64,
    /// Rise of the packs over the air at the end if it went on, K.
    pub rise_k: f64,
}

/// Turning points of a series.
fn turns(values: &[f64]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    for value in values {
        match out.as_slice() {
            [] => out.push(*value),
            [.., last] if last == value => {}
            [.., before, last] if (last - before) * (value - last) > 0.0 => {
                if let Some(place) = out.last_mut() {
                    *place = *value;
                }
            }
            _ => out.push(*value),
        }
    }
    out
}

/// Ranges of the cycles of a series with their counts (1, or 0.5 for what does not close): rainflow after ASTM E1049-85,
/// 5.4.4.
pub fn rainflow(values: &[f64]) -> Vec<(f64, f64)> {
    let (mut stack, mut cycles): (Vec<f64>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    for turn in turns(values) {
        stack.push(turn);
        while let [.., a, b, c] = stack.as_slice() {
            let (y, x) = ((b - a).abs(), (c - b).abs());
            if x < y {
                break;
            }
            if stack.len() == 3 {
                // The first point is in it: half a cycle.
                cycles.push((y, 0.5));
                stack.remove(0);
            } else {
                cycles.push((y, 1.0));
                let last = stack.pop();
                stack.truncate(stack.len().saturating_sub(2));
                stack.extend(last);
            }
        }
    }
    cycles.extend(stack.windows(2).map(|w| match w {
        [a, b] => ((b - a).abs(), 0.5),
        _ => (0.0, 0.0),
    }));
    cycles
}

/// Wear of a state of charge over `length_s` seconds; `rise_k` is the rise of the packs at which the mean heat would end.
pub fn wear(charge: &[f64], length_s: f64, rise_k: f64) -> Wear {
    let moved: f64 = charge.windows(2).map(|w| if let [a, b] = w { (b - a).abs() } else { 0.0 }).sum();
    let cycles = rainflow(charge);
    // A sum of nothing is a zero below 0.
    let counted = cycles.iter().filter(|c| c.0 > 1e-3).map(|c| c.1).sum::<f64>() + 0.0;
    let length_s = length_s.max(1e-9);
    Wear {
        full_cycles_per_day: moved / 2.0 * 86_400.0 / length_s,
        deepest: cycles.iter().map(|c| c.0).fold(0.0, f64::max),
        cycles_per_hour: counted * 3600.0 / length_s,
        rise_k,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        // ASTM E1049-85, figure 6: -2 1 -3 5 -1 3 -4 4 -2.
        let mut cycles = rainflow(&[-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0]);
        cycles.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(
            cycles,
            [(3.0, 0.5), (4.0, 0.5), (4.0, 1.0), (6.0, 0.5), (8.0, 0.5), (8.0, 0.5), (9.0, 0.5)]
        );
    }

    #[test]
    fn a_full_cycle_an_hour_is_24_a_day() {
        let charge: Vec<f64> = (0..=100).map(|i| (f64::from(i) / 50.0 - 1.0).abs()).collect();
        let wear = wear(&charge, 3600.0, 1.0);
        assert!(
            (wear.full_cycles_per_day - 24.0).abs() < 1e-9 && (wear.deepest - 1.0).abs() < 1e-9,
            "{wear:?}"
        );
    }
}
