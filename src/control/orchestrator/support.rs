//! What the BBUs should hold: who supports with how much, at which voltage, and how they share.

use super::edge::{step, step_below};
use super::fleet::Fleet;
use super::io::{BBU_SLOTS, Share, Support};
use crate::control::policy::Policy;
use dpo_registers::units::{Ratio, Watts};

/// Steps in W of a limit.
const POWER_STEP: f64 = 50.0;
/// Change of a limit in W that is worth a write.
const LIMIT_BAND: f64 = 200.0;
/// Steps of a command in W, and the change that is worth a write.
struct Steps {
    power: f64,
    band: f64,
}
const CALM: Steps = Steps { power: 50.0, band: 100.0 };
/// In an event a command is short, and ends in small steps.
const EVENT: Steps = Steps { power: 25.0, band: 12.5 };
const CHARGE_STEP: f64 = 0.01;
const CHARGE_BAND: f64 = 0.015;
/// A unit that gives power on command already stays in front by this much charge, so that the units do not take
/// turns.
const STAY: f64 = 0.03;

/// The most each unit should give in support of `load` W: its fair share by energy and some more, so that the weak
/// are spared; all that it can give where the others would not do without one of them.
fn most(policy: &Policy, fleet: &Fleet, load: f64) -> [f64; BBU_SLOTS] {
    let mut most = [0.0; BBU_SLOTS];
    for (most, unit) in most.iter_mut().zip(&fleet.bbus) {
        if let Some(unit) = unit {
            let fair = load * unit.energy / fleet.energy.max(1.0);
            *most = unit.available.min(policy.battery.share_most * fair);
        }
    }
    let (sum, largest) =
        most.iter().fold((0.0, 0.0), |(sum, largest), most| (sum + most, f64::max(largest, *most)));
    if sum - largest < load {
        for (most, unit) in most.iter_mut().zip(&fleet.bbus) {
            *most = unit.map_or(0.0, |unit| unit.available);
        }
    }
    most
}

/// What the units should hold for the next sag at `load` W; `command` W of it on command now, outside of events
/// from units above the reserve alone.
pub(super) fn wanted(
    policy: &Policy,
    fleet: &Fleet,
    load: f64,
    (command, reserved): (f64, bool),
    held: &[Support; BBU_SLOTS],
) -> [Support; BBU_SLOTS] {
    let most = most(policy, fleet, load);
    let reserve = if reserved { policy.battery.reserve.0 } else { 0.0 };
    let steps = if reserved { CALM } else { EVENT };
    let powers = commands(fleet, command, reserve, steps.band, held);
    let mut wanted = [Support::Base; BBU_SLOTS];
    for (slot, wanted) in wanted.iter_mut().enumerate() {
        // A unit that cannot be relied on is left to its own trigger.
        if fleet.bbus[slot].is_none() {
            continue;
        }
        let (before_power, before_most) = match held[slot] {
            Support::Power(power) => (Some(power.0), None),
            Support::Voltage { most, .. } => (None, Some(most.0)),
            Support::Base => (None, None),
        };
        *wanted = if powers[slot] > 0.0 {
            Support::Power(Watts(step(before_power, powers[slot], steps.power, steps.band)))
        } else {
            let most = match before_most {
                // A limit that must be lower is lowered, also by little, if the unit cannot give it.
                Some(before) if fleet.bbus[slot].is_some_and(|unit| before <= unit.available) => {
                    step(Some(before), most[slot], POWER_STEP, LIMIT_BAND)
                }
                before => step_below(before, most[slot], POWER_STEP, LIMIT_BAND),
            };
            let most = fleet.bbus[slot].map_or(0.0, |unit| most.min(unit.available));
            Support::Voltage { bus: policy.battery.support_voltage, most: Watts(most) }
        };
    }
    wanted
}

/// `command` W spread over as few units as carry it, the fullest first: the others stay armed for a sag.
fn commands(
    fleet: &Fleet,
    command: f64,
    reserve: f64,
    band: f64,
    held: &[Support; BBU_SLOTS],
) -> [f64; BBU_SLOTS] {
    let mut powers = [0.0; BBU_SLOTS];
    // Below the band nothing is worth a write, above half of it what is being given goes on.
    let giving = held.iter().any(|held| matches!(held, Support::Power(_)));
    let least = if giving { band / 2.0 } else { band };
    let mut rest = if command >= least { command } else { 0.0 };
    let mut free = [true; BBU_SLOTS];
    while rest > 0.0 {
        let mut best: Option<(usize, f64, f64)> = None;
        for (slot, unit) in fleet.bbus.iter().enumerate() {
            let Some(unit) = unit.filter(|unit| free[slot] && unit.charge > reserve && unit.available > 0.0)
            else {
                continue;
            };
            let rank = unit.charge + if matches!(held[slot], Support::Power(_)) { STAY } else { 0.0 };
            if best.is_none_or(|(_, best, _)| rank > best) {
                best = Some((slot, rank, unit.available));
            }
        }
        let Some((slot, _, available)) = best else { break };
        free[slot] = false;
        powers[slot] = rest.min(available);
        rest -= powers[slot];
    }
    powers
}

/// A unit above the reserve may give power in normal operation.
pub(super) fn may_give(policy: &Policy, charge: f64, available: f64) -> bool {
    charge > policy.battery.reserve.0 && available > 0.0
}

/// How the units share (MOD-09): the same for all that can be relied on.
pub(super) fn share(policy: &Policy, fleet: &Fleet, held: Option<Share>) -> Option<Share> {
    if fleet.units == 0 || policy.battery.share_gain == 0.0 {
        return None;
    }
    let reference = step(held.map(|share| share.reference.0), fleet.charge, CHARGE_STEP, CHARGE_BAND);
    Some(Share { reference: Ratio(reference), gain: policy.battery.share_gain })
}
