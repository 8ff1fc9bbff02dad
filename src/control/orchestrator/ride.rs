//! For how long the batteries carry the load: what the API tells instead of counting sags.

use super::fleet::Fleet;
use super::io::BBU_SLOTS;

/// Seconds for which the units carry `load` alone; infinite without load, 0 if they cannot at all.
///
/// Units on equal droop lines give equal shares until one is at its limit or empty; then the others take over.
/// Sharing by charge does no worse, so this is a promise, not a hope.
pub(super) fn seconds(fleet: &Fleet, load: f64) -> f64 {
    if load <= 0.0 {
        return f64::INFINITY;
    }
    // NaN is no load that anybody could promise anything for.
    if !load.is_finite() || fleet.available < load {
        return 0.0;
    }
    let mut energy = [0.0; BBU_SLOTS];
    let mut power = [0.0; BBU_SLOTS];
    for ((unit, energy), power) in fleet.bbus.iter().zip(&mut energy).zip(&mut power) {
        if let Some(unit) = unit
            && unit.energy > 0.0
        {
            (*energy, *power) = (unit.energy, unit.available);
        }
    }
    let mut total = 0.0;
    // Each round empties a unit, so there are no more rounds than units.
    for _ in 0..BBU_SLOTS {
        let Some(share) = equal_share(&power, load) else { break };
        let mut time = f64::INFINITY;
        for (energy, power) in energy.iter().zip(&power) {
            let given = power.min(share);
            if given > 0.0 {
                time = time.min(energy / given);
            }
        }
        total += time;
        for (energy, power) in energy.iter_mut().zip(&mut power) {
            *energy -= power.min(share) * time;
            // What is left of a millijoule is a matter of rounding.
            if *energy < 1e-3 {
                *power = 0.0;
            }
        }
    }
    total
}

/// The share at which units that give no more than `most` carry `load` together; `None` if they cannot.
fn equal_share(most: &[f64; BBU_SLOTS], load: f64) -> Option<f64> {
    let (mut rest, mut free) = (load, most.iter().filter(|most| **most > 0.0).count());
    let mut share = 0.0;
    while free > 0 {
        let next = rest / free as f64;
        // Those below the share are at their limit; the others take the rest.
        let limited = most.iter().filter(|most| **most > 0.0 && **most < next);
        let (sum, count) = limited.fold((0.0, 0), |(sum, count), most| (sum + most, count + 1));
        share = next;
        let left = most.iter().filter(|most| **most > 0.0).count() - count;
        if left == free {
            return Some(share);
        }
        (rest, free) = (load - sum, left);
    }
    // All are at their limit: enough only if that is the load to the last bit.
    (rest <= 0.0).then_some(share)
}
