//! Normal operation: what the batteries give or take so that the grid sees a load within its limits.
//!
//! One chain from the load to the power drawn from the grid: the lease owner's demand, the input limit, the slopes,
//! the swing, then the answer to the frequency. The battery command is what is left, limited by what the units can
//! give and take; what they cannot, the grid sees. The command travels over the bus: it follows a load within some
//! 50 ms, not within a millisecond.

use super::TICK_S;
use super::io::Demand;
use crate::control::policy::{Droop, Dynamic, Policy};

/// Parts of the rolling window.
const PARTS: usize = 32;
/// The batteries carry no more than this share of the load on command, so that a load that falls before the next
/// command does not lift the bus.
const SHARE_OF_LOAD: f64 = 0.8;
/// Time constant of the load that is shaped, in s. It must outlast the age of the polled battery power, or the
/// loop would answer its own echo.
const LOAD_S: f64 = 0.15;

/// What the batteries may do now, in W at the bus.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Room {
    /// The most they give.
    pub give: f64,
    /// The most they take.
    pub take: f64,
}

/// Memory of the chain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shaper {
    load: Option<f64>,
    /// Input power that the chain gave last, in W.
    grid: Option<f64>,
    swing: Swing,
}

impl Shaper {
    pub fn new() -> Self {
        Self { load: None, grid: None, swing: Swing::new() }
    }

    /// Goes on from `grid` W at the next load: the power before an event, which returns after it.
    pub fn resume(&mut self, grid: f64) {
        (self.load, self.grid) = (None, Some(grid));
    }

    /// The battery power in W at the bus, positive discharges. `load` in W at the bus, `hz` off the declared
    /// frequency.
    pub fn command(&mut self, policy: &Policy, demand: &Demand, load: f64, hz: f64, room: Room) -> f64 {
        let efficiency = policy.shelf.efficiency.0;
        let filtered = self.load.get_or_insert(load);
        *filtered += (load - *filtered) * (TICK_S / LOAD_S);
        let load = *filtered;
        let number = |asked: Option<_>| {
            asked.map(|watts: dpo_registers::units::Watts| watts.0).filter(|w| w.is_finite())
        };
        let asked = number(demand.battery).unwrap_or(0.0);
        let mut grid = (load - asked) / efficiency;
        if let Some(limit) = number(demand.input_limit) {
            grid = grid.min(limit.max(0.0));
        }
        if let Some(before) = self.grid {
            let up = policy.ramp.up.map_or(f64::INFINITY, |slope| slope.0 * TICK_S);
            let down = policy.ramp.down.map_or(f64::INFINITY, |slope| slope.0 * TICK_S);
            grid = grid.clamp(before - down, before + up);
        }
        if let Some(dynamic) = &policy.dynamic {
            grid = self.swing.limit(dynamic, grid);
        }
        let answer = policy.frequency.as_ref().map_or(0.0, |droop| answer(droop, hz) * load / efficiency);
        let most = room.give.min(SHARE_OF_LOAD * load).max(0.0);
        let wanted = load - (grid + answer) * efficiency;
        let battery = wanted.clamp(-room.take.max(0.0), most);
        // What the batteries could not do, the grid has seen: the chain goes on from there.
        let drawn = (load - battery) / efficiency;
        self.grid = Some(if battery == wanted { grid } else { drawn });
        if let Some(dynamic) = &policy.dynamic {
            self.swing.note(dynamic, drawn);
        }
        battery
    }
}

/// Share of the load that is drawn more (positive) or less when the frequency is `hz` off.
fn answer(droop: &Droop, hz: f64) -> f64 {
    if !hz.is_finite() {
        return 0.0;
    }
    let beyond = (hz.abs() - droop.dead_band.0).max(0.0);
    (beyond * droop.share_per_hz).min(droop.most.0) * hz.signum()
}

/// Extremes of a power within a rolling window, slow changes apart.
#[derive(Debug, Clone, PartialEq)]
struct Swing {
    slow: Option<f64>,
    parts: [(f64, f64); PARTS],
    /// Extremes of the closed parts.
    extremes: (f64, f64),
    at: usize,
    ticks: u32,
}

const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

fn both(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

impl Swing {
    fn new() -> Self {
        Self { slow: None, parts: [NOTHING; PARTS], extremes: NOTHING, at: 0, ticks: 0 }
    }

    /// `power` within the range that the window leaves.
    fn limit(&self, dynamic: &Dynamic, power: f64) -> f64 {
        let Some(slow) = self.slow else { return power };
        let (least, most) = both(self.extremes, self.parts[self.at % PARTS]);
        if least > most {
            return power;
        }
        // A swing that is already larger than allowed leaves the middle of itself.
        let (low, high) = (most - dynamic.range.0, least + dynamic.range.0);
        let (low, high) = if low <= high { (low, high) } else { ((low + high) / 2.0, (low + high) / 2.0) };
        power.clamp(slow + low, slow + high)
    }

    /// Takes a power that was drawn into the window.
    fn note(&mut self, dynamic: &Dynamic, power: f64) {
        let slow = self.slow.get_or_insert(power);
        let follow = (dynamic.band_low.0 * std::f64::consts::TAU * TICK_S).min(1.0);
        *slow += (power - *slow) * follow;
        let fast = power - *slow;
        let part = &mut self.parts[self.at % PARTS];
        *part = both(*part, (fast, fast));
        self.ticks += 1;
        // One part more than the window is long, so that the window is covered while a part fills.
        let part_ticks = (dynamic.window.0 / TICK_S / (PARTS - 1) as f64).ceil() as u32;
        if self.ticks >= part_ticks {
            self.ticks = 0;
            self.at = (self.at + 1) % PARTS;
            self.parts[self.at] = NOTHING;
            self.extremes = self.parts.iter().fold(NOTHING, |sum, part| both(sum, *part));
        }
    }
}
