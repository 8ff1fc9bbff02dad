//! What the BBUs could still give, from what they hold.

use std::time::Duration;

use dpo_registers::units::{Joules, Percent, Seconds, Watts};

/// What the BBUs could give to the busbar from now on, above the reserve.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Deliverable {
    /// Power: their rating, or zero if there is nothing above the reserve.
    pub power: Watts,
    /// For how long they can give that power.
    pub time: Seconds,
    /// Energy that can reach the busbar.
    pub energy: Joules,
}

/// What bounds a discharge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Rating of the BBUs that answer.
    pub rating: Watts,
    /// State of charge that is kept.
    pub reserve: Percent,
    /// Share of a pack's energy that reaches the busbar.
    pub efficiency: f64,
    /// How long the BBUs allow the discharge; `None` if they do not say.
    pub allowed: Option<Duration>,
}

/// What is left of `stored` at the state of charge `charge`.
pub(super) fn deliverable(stored: Joules, charge: Percent, bounds: &Bounds) -> Deliverable {
    // The packs are taken as one: the reserve is the same share of each.
    let share = if charge > bounds.reserve { 1.0 - bounds.reserve.0 / charge.0 } else { 0.0 };
    let energy = stored.0 * share * bounds.efficiency;
    if !(energy > 0.0 && bounds.rating.0 > 0.0) {
        return Deliverable::default();
    }
    let allowed = bounds.allowed.map_or(f64::INFINITY, |left| left.as_secs_f64());
    let time = (energy / bounds.rating.0).min(allowed);
    Deliverable {
        power: bounds.rating,
        time: Seconds(time),
        energy: Joules(energy.min(time * bounds.rating.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(charge: f64, allowed: Option<u64>) -> Deliverable {
        let bounds = Bounds {
            rating: Watts(3_000.0),
            reserve: Percent(20.0),
            efficiency: 0.97,
            allowed: allowed.map(Duration::from_secs),
        };
        deliverable(Joules(1.0e6), Percent(charge), &bounds)
    }

    #[test]
    fn energy_above_the_reserve_reaches_the_bus_with_losses() {
        // 1 MJ at 80 %: 60 of 80 parts lie above the reserve, 97 % of them arrive.
        let full = left(80.0, None);
        assert_eq!(full.power, Watts(3_000.0));
        assert!((full.energy.0 - 727_500.0).abs() < 1.0, "{full:?}");
        assert!((full.time.0 - 242.5).abs() < 0.01, "{full:?}");
    }

    #[test]
    fn the_units_own_limit_ends_it_earlier() {
        let limited = left(80.0, Some(90));
        assert_eq!((limited.time, limited.energy), (Seconds(90.0), Joules(270_000.0)));
        assert_eq!(left(80.0, Some(0)).time, Seconds(0.0));
    }

    #[test]
    fn at_or_below_the_reserve_there_is_nothing() {
        assert_eq!(left(20.0, None), Deliverable::default());
        assert_eq!(left(0.0, None), Deliverable::default());
        assert_eq!(left(f64::NAN, None), Deliverable::default());
    }
}
