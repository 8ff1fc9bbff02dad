//! A quasi-static shelf: each device does at once what its settings say. Enough to close the loop; physics is the
//! twin's (`src/sim/twin`).

use std::f64::consts::TAU;

use dpo_registers::units::{Hertz, Joules, Ratio, Volts, Watts};

use crate::control::orchestrator::io::*;
use crate::control::orchestrator::{Orchestrator, TICK_S};
use crate::control::policy::{Policy, Shelf};

/// What the shelf is, whatever the policy takes it for.
const SHELF: Shelf = Shelf::V3;
/// What a charger needs for itself, in W.
const CHARGER_W: f64 = 40.0;
/// Samples in a tick.
const SAMPLES: usize = 5;
/// Ticks between two polls of a device, and before a setting that was written is in force.
const POLL_TICKS: u32 = 84;
const WRITE_TICKS: usize = 40;

pub struct Plant {
    pub orchestrator: Orchestrator,
    pub capabilities: Capabilities,
    /// Load in W.
    pub load: f64,
    /// Voltage of each phase in p.u.
    pub pu: [f64; 3],
    pub hz: f64,
    pub charge: [f64; BBU_SLOTS],
    pub energy_full: f64,
    pub psu_healthy: [bool; PSU_SLOTS],
    pub bbu_healthy: [bool; BBU_SLOTS],
    /// The gateway measures its input power.
    pub measures_input: bool,
    /// Polls arrive.
    pub polls: bool,
    pub demand: Demand,
    // What follows is the state of the shelf.
    pub ticks: u32,
    angle: f64,
    pub psu_output: [f64; PSU_SLOTS],
    pub bbu_output: [f64; BBU_SLOTS],
    walk: [f64; PSU_SLOTS],
    low_s: [f64; PSU_SLOTS],
    pub charging: [f64; BBU_SLOTS],
    climb: [f64; BBU_SLOTS],
    pub bus: f64,
    pub input: f64,
    seen_psu: [PsuSeen; PSU_SLOTS],
    seen_bbu: [BbuSeen; BBU_SLOTS],
    /// Settings on their way, oldest first.
    wire: Vec<Armed>,
    pub lines: Lines,
    pub action: Action,
    /// Writes of device settings: how often each changed.
    pub writes: u32,
    /// Load not served in J.
    pub unserved_j: f64,
    /// How much of the slope that they were told the PSUs keep.
    pub slow_walk: f64,
    /// What the gateway is told of the bus, if not the truth.
    pub bus_told: Option<f64>,
    /// What the gateway is told of the AC input, if not the truth.
    pub ac_told: Option<f64>,
}

impl Plant {
    pub fn new(policy: &Policy, capabilities: Capabilities) -> Self {
        let orchestrator = Orchestrator::new(policy, capabilities).unwrap();
        let action = Action {
            lines: Lines::default(),
            armed: Armed::default(),
            state: Default::default(),
            ride_through_s: 0.0,
        };
        Self {
            orchestrator,
            capabilities,
            load: 9000.0,
            pu: [1.0; 3],
            hz: 60.0,
            charge: [1.0; BBU_SLOTS],
            energy_full: 720_000.0,
            psu_healthy: [true; PSU_SLOTS],
            bbu_healthy: [true; BBU_SLOTS],
            measures_input: true,
            polls: true,
            demand: Demand::default(),
            ticks: 0,
            angle: 0.0,
            psu_output: [1500.0; PSU_SLOTS],
            bbu_output: [0.0; BBU_SLOTS],
            walk: [f64::INFINITY; PSU_SLOTS],
            low_s: [0.0; PSU_SLOTS],
            charging: [0.0; BBU_SLOTS],
            climb: [0.0; BBU_SLOTS],
            bus: 50.5,
            input: 9000.0 / 0.97,
            seen_psu: Default::default(),
            seen_bbu: Default::default(),
            wire: vec![Armed::default(); WRITE_TICKS],
            lines: Lines::default(),
            action,
            writes: 0,
            unserved_j: 0.0,
            slow_walk: 1.0,
            bus_told: None,
            ac_told: None,
        }
    }

    /// `seconds` of time; `each` looks at the shelf after every tick.
    pub fn run(&mut self, seconds: f64, mut each: impl FnMut(&Self)) {
        for _ in 0..(seconds / TICK_S).round() as u32 {
            self.tick();
            each(self);
        }
    }

    pub fn tick(&mut self) {
        let held = self.wire.remove(0);
        self.physics(&held);
        self.poll();
        let mut ac = [[0.0; 3]; SAMPLES];
        for sample in &mut ac {
            self.angle += TAU * self.hz * TICK_S / SAMPLES as f64;
            for (phase, v) in sample.iter_mut().enumerate() {
                let peak = self.pu[phase] * 240.0 * std::f64::consts::SQRT_2;
                *v = peak * (self.angle - TAU * phase as f64 / 3.0).sin();
                *v = self.ac_told.unwrap_or(*v);
            }
        }
        let seen = Seen {
            ac: if self.capabilities.ac_samples { &ac } else { &[] },
            bus: Volts(self.bus_told.unwrap_or(self.bus)),
            input: self.measures_input.then_some(Watts(self.input)),
            frequency: Some(Hertz(self.hz)),
            psus: self.seen_psu,
            bbus: self.seen_bbu,
            demand: self.demand,
        };
        let before = self.action.armed;
        self.action = self.orchestrator.tick(&seen);
        self.writes += u32::from(before.psu != self.action.armed.psu) * PSU_SLOTS as u32;
        let pairs = before.bbu.iter().zip(&self.action.armed.bbu);
        self.writes += pairs.filter(|(before, now)| before != now).count() as u32;
        self.wire.push(self.action.armed);
        self.lines = self.action.lines;
        self.ticks += 1;
    }

    /// The PSUs give what they may, the BBUs the rest, each within its settings.
    fn physics(&mut self, held: &Armed) {
        let shelf = &SHELF;
        let charging: f64 = self.charging.iter().sum();
        let need = self.load + charging;
        let mut most = [0.0; PSU_SLOTS];
        for slot in 0..PSU_SLOTS {
            let volts = self.pu[slot % 3] * 240.0;
            let full = shelf.psu_current.0 * volts * shelf.efficiency.0;
            let normal = full.min(shelf.psu_rated.0);
            most[slot] = if !self.psu_healthy[slot] {
                0.0
            } else if volts >= shelf.psu_lowest.0 {
                self.low_s[slot] = 0.0;
                let walk = held.psu.walk_in;
                if self.walk[slot].is_finite()
                    && let Some(walk) = walk
                {
                    if !self.lines.hold {
                        self.walk[slot] += self.slow_walk * walk.slope_w_per_s * TICK_S;
                    }
                    if self.walk[slot] >= normal {
                        self.walk[slot] = f64::INFINITY;
                    }
                }
                normal.min(self.walk[slot])
            } else {
                self.low_s[slot] += TICK_S;
                let runs = |low: &LowLine| volts >= low.lowest.0 && self.low_s[slot] <= low.longest_s;
                let low = held.psu.low_line.filter(runs);
                let given = low.map_or(0.0, |low| full * low.current.0.min(1.0));
                let start = held.psu.walk_in.map_or(f64::INFINITY, |walk| walk.start.0 * shelf.psu_rated.0);
                self.walk[slot] = given.max(start);
                given.min(normal)
            };
        }
        let commanded: f64 = (0..BBU_SLOTS).map(|slot| self.commanded(held, slot)).sum();
        let rest = (need - commanded).max(0.0);
        let total: f64 = most.iter().sum();
        self.psu_output = spread(rest, &most, &[1.0; PSU_SLOTS]);
        let short = (rest - total).max(0.0);
        let mut able = [0.0; BBU_SLOTS];
        for slot in 0..BBU_SLOTS {
            let most = match held.bbu[slot].support {
                Support::Voltage { most, .. } => most.0,
                Support::Base | Support::Power(_) => shelf.bbu_rated.0,
            };
            let alive = self.bbu_healthy[slot] && self.charge[slot] > 0.0;
            able[slot] = if alive { most.min(shelf.bbu_rated.0) - self.commanded(held, slot) } else { 0.0 };
        }
        let weights = self.weights(held);
        let given = spread(short, &able, &weights);
        for slot in 0..BBU_SLOTS {
            self.bbu_output[slot] = given[slot] + self.commanded(held, slot) - self.charging[slot];
            self.charge[slot] -= self.bbu_output[slot] * TICK_S / self.energy_full;
            self.charge[slot] = self.charge[slot].clamp(0.0, 1.0);
        }
        let missing = (short - able.iter().sum::<f64>()).max(0.0);
        self.unserved_j += missing * TICK_S;
        let psus: f64 = self.psu_output.iter().sum();
        let lines = held.bbu.iter().map(|bbu| match bbu.support {
            Support::Voltage { bus, .. } => bus.0,
            Support::Base | Support::Power(_) => 48.0,
        });
        self.bus = match () {
            () if missing > 1.0 => 44.0,
            () if short > 1.0 => lines.fold(0.0, f64::max) - 0.5 * short / 18_000.0,
            () => 51.0 - 0.5 * psus / 18_000.0,
        };
        self.input = psus / shelf.efficiency.0;
        self.charge_batteries(held, short > 1.0);
    }

    /// A charger waits for its own need (40 W), takes it at once, and climbs from there.
    fn charge_batteries(&mut self, held: &Armed, short: bool) {
        for slot in 0..BBU_SLOTS {
            let (power, slope) = match held.bbu[slot].recharge {
                Recharge::Limited { power, slope_w_per_s } if self.capabilities.bbu_block => {
                    (power.0, slope_w_per_s)
                }
                // Register 291 of today has no slope.
                Recharge::Limited { power, .. } => (power.0, f64::INFINITY),
                Recharge::Hold | Recharge::Base => (0.0, f64::INFINITY),
            };
            let open = !short && self.charge[slot] < 1.0 && self.bbu_healthy[slot];
            let next = (self.climb[slot] + slope * TICK_S).min(power);
            self.climb[slot] = if open { next } else { 0.0 };
            self.charging[slot] = if self.climb[slot] > CHARGER_W { self.climb[slot] } else { 0.0 };
        }
    }

    fn weights(&self, held: &Armed) -> [f64; BBU_SLOTS] {
        std::array::from_fn(|slot| {
            let moved = held.bbu[slot]
                .share
                .map_or(0.0, |share| share.gain * (self.charge[slot] - share.reference.0));
            (1.0 + moved).max(1e-3)
        })
    }

    fn commanded(&self, held: &Armed, slot: usize) -> f64 {
        match held.bbu[slot].support {
            Support::Power(power) if self.bbu_healthy[slot] && self.charge[slot] > 0.0 => power.0,
            _ => 0.0,
        }
    }

    fn poll(&mut self) {
        for slot in 0..PSU_SLOTS {
            let seen = &mut self.seen_psu[slot];
            seen.age_ticks += 1;
            if self.polls && (self.ticks + 7 * slot as u32).is_multiple_of(POLL_TICKS) {
                *seen = PsuSeen {
                    present: true,
                    healthy: self.psu_healthy[slot],
                    output: Watts(self.psu_output[slot]),
                    input: Watts(self.psu_output[slot] / 0.97),
                    age_ticks: 0,
                };
            }
        }
        for slot in 0..BBU_SLOTS {
            let seen = &mut self.seen_bbu[slot];
            seen.age_ticks += 1;
            if self.polls && (self.ticks + 42 + 7 * slot as u32).is_multiple_of(POLL_TICKS) {
                let alive = self.bbu_healthy[slot] && self.charge[slot] > 0.0;
                *seen = BbuSeen {
                    present: true,
                    healthy: self.bbu_healthy[slot],
                    output: Watts(self.bbu_output[slot]),
                    state_of_charge: Ratio(self.charge[slot]),
                    available: Watts(if alive { 3000.0 } else { 0.0 }),
                    energy: Joules(self.charge[slot] * self.energy_full),
                    age_ticks: 0,
                };
            }
        }
    }
}

/// `power` over units by their weights, none over its `most`.
fn spread<const N: usize>(power: f64, most: &[f64; N], weights: &[f64; N]) -> [f64; N] {
    let mut given = [0.0; N];
    let mut rest = power;
    for _ in 0..N {
        let open = |unit: &usize| given[*unit] < most[*unit];
        let sum: f64 = (0..N).filter(open).map(|unit| weights[unit]).sum();
        if rest <= 1e-9 || sum <= 0.0 {
            break;
        }
        let each = rest / sum;
        for unit in 0..N {
            let more = (each * weights[unit]).min(most[unit] - given[unit]).max(0.0);
            given[unit] += more;
            rest -= more;
        }
    }
    given
}
