//! The last gate before a setpoint leaves: whatever was computed, what goes out is inside the limits.

use super::super::setpoint::{Reason, Setpoint, ShelfState, Source};
use super::PlanConfig;
use super::mpc::{Action, smooths};
use super::rack::RackModel;

/// How far a reading may lie in the future of the engine's clock, in seconds.
const AHEAD_S: f64 = 0.05;
/// Largest power that is taken for one.
const LARGEST_W: f64 = 1e9;
/// Error of a solution that counts as none, as a share of the rating.
const NEAR: f64 = 1e-4;

/// Are the readings numbers, and not too old?
pub fn fresh(now_s: f64, state: &ShelfState, most_age_s: f64) -> bool {
    let age_s = now_s - state.t_s;
    let powers = [state.load_w, state.input_w, state.bbu_w, state.bbu_available_w, state.psu_available_w];
    // Written so that NaN fails.
    age_s >= -AHEAD_S
        && age_s <= most_age_s
        && powers.iter().all(|w| w.abs() <= LARGEST_W)
        && (0.0..=1.0).contains(&state.state_of_charge)
}

/// Most that the BBUs give and take now: by their rating, by what is available, and by the charge for the time that a
/// setpoint holds.
pub fn battery_w(rack: &RackModel, state: &ShelfState, valid_s: f64) -> (f64, f64) {
    let give = rack.give_w(state.state_of_charge, valid_s).min(state.bbu_available_w.max(0.0));
    (give, rack.take_w(state.state_of_charge, valid_s))
}

/// Most that the PSUs give now.
pub fn psu_w(rack: &RackModel, state: &ShelfState) -> f64 {
    rack.most_output_w().min(state.psu_available_w.max(0.0))
}

/// Does an action keep what it may not break? The sum of powers, the battery's limits.
pub fn keeps(rack: &RackModel, action: &Action, battery_w: (f64, f64)) -> bool {
    let near = NEAR * rack.psu_rating_w;
    let inside = |w: f64, most: f64| (-near..=most + near).contains(&w);
    inside(action.discharge_w, battery_w.0)
        && inside(action.charge_w, battery_w.1)
        && inside(action.psu_w, LARGEST_W)
}

/// Within 0 and `most`, whatever it was.
fn within(value: f64, most: f64) -> f64 {
    if value.is_finite() { value.clamp(0.0, most.max(0.0)) } else { 0.0 }
}

/// Least power for which devices that follow a command are asked, as a share of the rating (300 W of a whole shelf, as the gateway
/// counts support): any power at all takes all PSUs down to the voltage of the BBUs.
const WORTH: f64 = 1.0 / 60.0;

/// An action without a discharge that is not worth it, where nothing but a smooth power is at stake; `gives`: whether the BBUs give
/// already, which then goes on down to half of it.
pub fn worth(rack: &RackModel, action: Action, gives: bool) -> Action {
    let least_w = WORTH * rack.psu_rating_w * if gives { 0.5 } else { 1.0 };
    if rack.holds_limit || action.discharge_w >= least_w {
        return action;
    }
    Action { psu_w: action.psu_w + action.discharge_w, discharge_w: 0.0, ..action }
}

/// Is a limit of the input to be held? One at the PSUs' own rating says nothing to devices that do not act by it.
fn bounds_input(rack: &RackModel) -> bool {
    rack.holds_limit || rack.input_limit_w.is_some()
}

/// The setpoint of an action.
pub fn setpoint(
    rack: &RackModel,
    now_s: f64,
    config: &PlanConfig,
    state: &ShelfState,
    action: &Action,
    source: Source,
) -> Setpoint {
    let (give, take) = battery_w(rack, state, config.valid_s);
    let psu = psu_w(rack, state);
    let bbu_discharge_w = within(action.discharge_w, give);
    // Never both at once.
    let charge = if bbu_discharge_w > 0.0 { 0.0 } else { within(action.charge_w, take) };
    // Where the grid wants nothing smooth a limit that follows the load would only wear the batteries. What was contracted is no
    // smaller for supplies that are away.
    let output = match (rack.holds_limit, smooths(rack)) {
        (true, true) => within(action.psu_w, psu),
        (true, false) => psu,
        (false, _) => rack.most_output_w(),
    };
    Setpoint {
        made_s: now_s,
        valid_until_s: now_s + config.valid_s,
        input_limit_w: bounds_input(rack).then(|| rack.input_w(output)),
        bbu_discharge_w,
        bbu_charge_limit_w: Some(charge),
        source,
    }
}

/// The setpoint without readings, or in an event of the grid.
///
/// In an event nothing is asked of the BBUs and nothing bounds their charge: they are the gateway's; what stays is a limit that was
/// contracted. Without readings what
/// they were told last fades out along the ramps, so that the grid does not see a step.
pub fn release(
    rack: &RackModel,
    now_s: f64,
    config: &PlanConfig,
    last: Option<(f64, Action)>,
    reason: Reason,
) -> Setpoint {
    let most = rack.most_output_w();
    let (mut discharge, mut charge, mut output) = (0.0, None, most);
    if let (Reason::StaleState, Some((at_s, action))) = (reason, last) {
        let dt_s = (now_s - at_s).clamp(0.0, 2.0 * config.step_s);
        let (up, down) = rack.grid.calm_ramps();
        let fade = |w: f64, ramp: f64| (within(w, rack.discharge_w) - ramp / rack.slope() * dt_s).max(0.0);
        discharge = fade(action.discharge_w, up);
        charge = Some(fade(action.charge_w, down).min(rack.charge_w));
        if rack.holds_limit && smooths(rack) {
            // The devices hold the limit: lifted at once, it would be a step of the grid's power.
            output = (within(action.psu_w, most) + up / rack.slope() * dt_s).min(most);
        }
        if discharge > 0.0 {
            charge = Some(0.0);
        }
    }
    Setpoint {
        made_s: now_s,
        valid_until_s: now_s + config.valid_s,
        input_limit_w: match reason {
            Reason::Grid => rack.input_limit_w.map(|_| rack.input_w(most)),
            _ => bounds_input(rack).then(|| rack.input_w(output)),
        },
        bbu_discharge_w: discharge,
        bbu_charge_limit_w: charge,
        source: Source::Limiter(reason),
    }
}
