//! Cutting waveforms into stretches of one sampling rate.

use crate::gridcode::measure::Stretch;

/// Steps that differ by less than this share of themselves are of one rate: times are often rounded.
const SAME_STEP: f64 = 0.11;
/// Holes of up to so many samples are filled with straight lines.
const FILLED: usize = 2;

/// Stretches without gaps and of one rate, in order. Small holes are filled, and a note says how many.
pub(super) fn split(time_s: &[f64], phases: &[&[f64]], notes: &mut Vec<String>) -> Vec<Stretch> {
    let mut filled = 0;
    let phases: Vec<Vec<f64>> = phases.iter().map(|values| fill(values, &mut filled)).collect();
    if filled > 0 {
        notes.push(format!("{filled} missing samples were filled with straight lines"));
    }
    let whole = |i: usize| phases.iter().all(|phase| phase.get(i).is_some_and(|v| v.is_finite()));
    let step = |i: usize| Some(time_s.get(i + 1)? - time_s.get(i)?);
    let mut out = Vec::new();
    let mut from = 0;
    while from + 1 < time_s.len() {
        let first = step(from).unwrap_or(0.0);
        if first <= 0.0 || !whole(from) || !whole(from + 1) {
            from += 1;
            continue;
        }
        let mut to = from + 1;
        while step(to).is_some_and(|s| (s - first).abs() <= SAME_STEP * first) && whole(to + 1) {
            to += 1;
        }
        if let (Some(start_s), Some(end_s)) = (time_s.get(from), time_s.get(to)) {
            out.push(Stretch {
                start_s: *start_s,
                step_s: (end_s - start_s) / (to - from) as f64,
                phases: phases.iter().map(|p| p.get(from..=to).unwrap_or_default().to_vec()).collect(),
            });
        }
        // The last sample of a stretch may be the first one of the next, at another rate.
        from = to;
    }
    out
}

/// Fills holes of a few samples with straight lines.
fn fill(values: &[f64], filled: &mut usize) -> Vec<f64> {
    let mut out = values.to_vec();
    let mut last: Option<usize> = None;
    for (i, value) in values.iter().enumerate() {
        if !value.is_finite() {
            continue;
        }
        if let Some(before) = last
            && (2..=FILLED + 1).contains(&(i - before))
            && let Some(start) = values.get(before)
        {
            for hole in before + 1..i {
                if let Some(place) = out.get_mut(hole) {
                    *place = start + (value - start) * (hole - before) as f64 / (i - before) as f64;
                    *filled += 1;
                }
            }
        }
        last = Some(i);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_gaps_and_holes_cut_a_record() {
        let mut time: Vec<f64> = (0..11).map(|i| f64::from(i) * 0.001).collect();
        time.extend((1..6).map(|i| 0.010 + f64::from(i) * 0.02));
        time.extend((0..11).map(|i| 0.5 + f64::from(i) * 0.001));
        let mut values: Vec<f64> = time.clone();
        values[3] = f64::NAN;
        for hole in &mut values[20..23] {
            *hole = f64::NAN;
        }
        let mut notes = Vec::new();
        let parts = split(&time, &[&values], &mut notes);
        let found: Vec<(f64, usize)> =
            parts.iter().filter(|p| p.len() > 2).map(|p| (p.start_s, p.len())).collect();
        assert_eq!(found, [(0.0, 11), (0.010, 6), (0.5, 4), (0.507, 4)]);
        assert!((parts[0].step_s - 0.001).abs() < 1e-12);
        assert!((parts[0].phases[0][3] - 0.003).abs() < 1e-12);
        assert_eq!(notes, ["1 missing samples were filled with straight lines"]);
    }
}
