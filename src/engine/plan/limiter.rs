//! The explicit limiter: a ramp limiter with a slow mean and recovery of the charge. It needs no forecast and no solver,
//! and its answer costs some ten operations.

use super::mpc::{Action, smooths};
use super::rack::RackModel;

/// Time in which a charge that is off its target would come back, in seconds.
const RECOVERY_S: f64 = 600.0;
/// Largest part of the rating by which recovery moves the power.
const RECOVERY_SHARE: f64 = 0.1;

/// Power that brings the charge back to its target, in W: above 0 charges.
pub fn recovery_w(rack: &RackModel, state_of_charge: f64) -> f64 {
    let most = RECOVERY_SHARE * rack.psu_rating_w;
    ((rack.target - state_of_charge) * rack.energy_j / RECOVERY_S).clamp(-most, most.min(rack.charge_w))
}

/// Power that the PSUs should give, W: the slow mean of the load where the grid wants a smooth one, and the load itself
/// where it does not; with what recovery wants, and within what the PSUs give.
pub fn reference_w(rack: &RackModel, load_w: f64, slow_mean_w: f64, state_of_charge: f64, psu_w: f64) -> f64 {
    let recovery = recovery_w(rack, state_of_charge);
    // Room for charging is of use only where somebody may be told to charge.
    let recovery = if rack.holds_limit { recovery } else { recovery.max(0.0) };
    let wanted = if smooths(rack) { slow_mean_w + recovery } else { load_w + recovery.max(0.0) };
    wanted.clamp(0.0, psu_w.max(0.0))
}

/// How far the PSUs' power may rise and fall in a time along some ramps at the AC input, up and down, in W/s; in W.
pub fn moves_w(rack: &RackModel, ramps: (f64, f64), dt_s: f64) -> (f64, f64) {
    (ramps.0 / rack.slope() * dt_s, ramps.1 / rack.slope() * dt_s)
}

/// One tick.
///
/// # Arguments
/// - `load_w`: the load when the answer acts.
/// - `reference_w`: where the power of the PSUs should go.
/// - `before_w`: power of the PSUs just before.
/// - `moves_w`: how far that may rise and fall since the last tick ([`moves_w`]). Along the grid's calm ramps the limit of the band is kept
///   as well.
/// - `battery_w`: most that the BBUs give and take.
/// - `psu_w`: most that the PSUs give.
pub fn tick(
    load_w: f64,
    reference_w: f64,
    before_w: f64,
    moves_w: (f64, f64),
    battery_w: (f64, f64),
    psu_w: f64,
) -> Action {
    let (rise, fall) = moves_w;
    let ramped = reference_w.clamp(before_w - fall, before_w + rise).clamp(0.0, psu_w.max(0.0));
    // What the battery cannot do, the PSUs must: a broken ramp is better than a dark rack.
    let battery = (load_w - ramped).clamp(-battery_w.1, battery_w.0);
    Action { psu_w: load_w - battery, discharge_w: battery.max(0.0), charge_w: (-battery).max(0.0) }
}

/// The optimizer's action along the ramps, where the devices hold the limit of power: whatever was forecast, a ramp is broken
/// only where the batteries cannot do what the load **that was read** asks for. Other devices get the action as it is.
///
/// # Arguments
/// As for [`tick`]; `dt_s` is the time since the last one, in which the grid's own ramps hold.
pub fn along(
    rack: &RackModel,
    action: Action,
    load_w: f64,
    before_w: f64,
    dt_s: f64,
    battery_w: (f64, f64),
    psu_w: f64,
) -> Action {
    if !(rack.holds_limit && smooths(rack)) {
        return action;
    }
    let ramps = (rack.grid.ramp_up_w_per_s, rack.grid.ramp_down_w_per_s);
    let along = tick(load_w, action.psu_w, before_w, moves_w(rack, ramps, dt_s), battery_w, psu_w);
    let off_w = action.psu_w - along.psu_w;
    if off_w.abs() < 1e-6 * rack.psu_rating_w {
        return action;
    }
    let battery = (action.discharge_w - action.charge_w + off_w).clamp(-battery_w.1, battery_w.0);
    Action { psu_w: along.psu_w, discharge_w: battery.max(0.0), charge_w: (-battery).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::super::rack::GridLimits;
    use super::*;

    fn rack() -> RackModel {
        RackModel {
            charge_w: 9000.0,
            grid: GridLimits {
                ramp_up_w_per_s: 360.0,
                ramp_down_w_per_s: 360.0,
                range_w: 1800.0,
                ..GridLimits::NONE
            },
            ..RackModel::ORV3
        }
    }

    #[test]
    fn a_step_of_the_load_becomes_a_ramp() {
        let rack = rack();
        let moves = moves_w(&rack, rack.grid.calm_ramps(), 0.1);
        let (mut psu, mut least, mut most) = (6000.0, f64::INFINITY, 0.0f64);
        for _ in 0..200 {
            let action = tick(14_000.0, 14_000.0, psu, moves, (18_000.0, 9000.0), 18_000.0);
            assert!((action.psu_w + action.discharge_w - action.charge_w - 14_000.0).abs() < 1e-9);
            let rise = rack.input_w(action.psu_w) - rack.input_w(psu);
            (least, most, psu) = (least.min(rise), most.max(rise), action.psu_w);
        }
        assert!(most <= 36.0 + 1e-9 && most > 35.0, "{most} W in 0.1 s at 360 W/s");
        assert!(psu < 14_000.0 && least > 34.0, "20 s are not enough for 8 kW at 360 W/s");
    }

    #[test]
    fn a_limit_of_the_band_is_kept_by_calmer_ramps() {
        // A load that swings by 8 kW each 4 s: the ramps allow 360 W/s, the band 200 W.
        let mut rack = rack();
        rack.grid.band_rms_w = 200.0;
        let moves = moves_w(&rack, rack.grid.calm_ramps(), 0.1);
        let mut band = super::super::band::Meter::default();
        let (mut psu, mut worst) = (10_000.0, 0.0f64);
        for i in 0..600 {
            let load = if i % 40 < 20 { 6000.0 } else { 14_000.0 };
            psu = tick(load, load, psu, moves, (18_000.0, 9000.0), 18_000.0).psu_w;
            let t_s = f64::from(i) * 0.1;
            band.reading(t_s, rack.input_w(psu), 5.0);
            worst = worst.max((band.energy_w2s(t_s - 5.0) / 5.0).sqrt());
        }
        assert!(worst <= 200.0 && worst > 50.0, "{worst} W");
    }

    #[test]
    fn what_the_battery_cannot_do_the_supplies_do() {
        let moves = moves_w(&rack(), rack().grid.calm_ramps(), 0.1);
        let action = tick(14_000.0, 14_000.0, 6000.0, moves, (2000.0, 0.0), 18_000.0);
        assert_eq!(action, Action { psu_w: 12_000.0, discharge_w: 2000.0, charge_w: 0.0 });
        let action = tick(2000.0, 2000.0, 14_000.0, moves, (2000.0, 1500.0), 18_000.0);
        assert_eq!(action, Action { psu_w: 3500.0, discharge_w: 0.0, charge_w: 1500.0 });
    }

    #[test]
    fn the_charge_comes_back_to_its_target() {
        let rack = rack();
        assert!(recovery_w(&rack, 0.7) > 1000.0 && recovery_w(&rack, rack.target) == 0.0);
        assert!(recovery_w(&rack, 0.95) < 0.0);
        assert!(recovery_w(&RackModel { charge_w: 100.0, ..rack }, 0.0) <= 100.0);
        // Without limits of the grid a charge above the target is left alone.
        assert_eq!(reference_w(&RackModel::ORV3, 9000.0, 0.0, 0.95, 18_000.0), 9000.0);
    }
}
