//! A shelf as an energy model: what the grid sees of a load, with the delays of a real one between engine and battery.
//!
//! Steps of 10 ms. It knows powers and energies, no voltages: a load that PSUs and BBUs can carry is carried. A test
//! (`tests/engine_plant.rs`) holds it against the electrical model of the simulation.

use std::collections::VecDeque;

use serde::Serialize;

use super::super::plan::RackModel;
use super::super::setpoint::{GridState, Setpoint, ShelfState};
use super::STEP_S;

/// When the chargers of the BBUs take power.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charging {
    /// By a rule of their own: with all of their power up to the target, so many seconds after the last discharge. What is asked
    /// changes nothing.
    OwnRule {
        /// The wait, s.
        wait_s: f64,
    },
    /// As far as a setpoint lets them.
    Commanded,
    /// What is left below the input limit, by themselves.
    Follows,
}

/// What the devices of a shelf can do, and how long the way to them is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hardware {
    /// Its name.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Power of all chargers, W.
    pub charge_w: f64,
    /// Do PSUs and BBUs hold an input limit by themselves?
    pub holds_limit: bool,
    /// When the chargers take power.
    pub charging: Charging,
    /// Shortest time between two setpoints that are sent, s.
    pub gap_s: f64,
    /// Age of a reading when the engine has it, s.
    pub telemetry_s: f64,
    /// From the engine through the gateway to the first write, s.
    pub chain_s: f64,
    /// Until the last device is written, s.
    pub write_s: f64,
    /// Time constant of a device's answer to what was written, s.
    pub response_s: f64,
    /// Power and energy of the BBUs over those of today: 1, but to find out whether they limit.
    #[serde(skip)]
    pub discharge_factor: f64,
    /// See `discharge_factor`.
    #[serde(skip)]
    pub energy_factor: f64,
}

impl Hardware {
    /// Devices of today: the PSUs' voltage is told over the bus, chargers of 265 W (BBU module 1.4). A poll of 12
    /// devices at 115200 bit/s takes 12 x 7 ms (a transaction as measured); six writes take 42 ms; the output moves at an
    /// assumed 5 V/s over 0.5 V. Redfish in a LAN: 20 ms, assumed. Setpoints go as often as the running engine sends them
    /// ([`KeeperConfig`](crate::engine::push::KeeperConfig): 0.5 s). Recharge begins 1 min after a discharge (BBU module 1.4), by a rule
    /// of the BBU: no register of today tells it how much. Better than the gateway of today in one thing, the poll of each 0.1 s.
    pub const TODAY: Self = Self {
        id: "today",
        title: "devices of today, steered over the bus",
        charge_w: 6.0 * 265.0,
        holds_limit: false,
        charging: Charging::OwnRule { wait_s: 60.0 },
        gap_s: 0.5,
        telemetry_s: 0.09,
        chain_s: 0.02,
        write_s: 0.042,
        response_s: 0.1,
        discharge_factor: 1.0,
        energy_factor: 1.0,
    };
    /// With the blocks of modifications 10 and 11: BBUs that hold the bus take what is above the PSUs' limit within
    /// milliseconds, and their recharge takes a limit. Chargers as strong as today. Setpoints with each plan: assumed, as there is no
    /// such device.
    pub const MODIFIED: Self = Self {
        id: "modified",
        title: "with the modifications: BBUs hold the limit by themselves",
        holds_limit: true,
        charging: Charging::Commanded,
        gap_s: 0.0,
        ..Self::TODAY
    };
    /// Beside that a charger as strong as the BBU, which follows the bus by itself. Assumed: no device has it.
    pub const TWO_WAY: Self = Self {
        id: "two-way",
        title: "modified, and chargers of 3 kW that follow by themselves (no device has them)",
        charge_w: 18_000.0,
        charging: Charging::Follows,
        ..Self::MODIFIED
    };
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TODAY, Self::MODIFIED, Self::TWO_WAY];

    /// The model that a planner gets of it.
    pub fn rack(&self, limits: super::super::plan::GridLimits) -> RackModel {
        RackModel {
            charge_w: self.charge_w,
            holds_limit: self.holds_limit,
            charger_follows: self.charging == Charging::Follows,
            // Strong chargers lose less: as the discharge.
            charge_efficiency: if self.charge_w > 2.0 * RackModel::ORV3.charge_w {
                0.95
            } else {
                RackModel::ORV3.charge_efficiency
            },
            discharge_w: RackModel::ORV3.discharge_w * self.discharge_factor,
            energy_j: RackModel::ORV3.energy_j * self.energy_factor,
            grid: limits,
            delay_s: self.chain_s + self.write_s + self.response_s,
            write_gap_s: self.gap_s,
            ..RackModel::ORV3
        }
    }
}

/// Heating of a pack, from the figures of the electrical model: a module's open-circuit voltage, resistance of its pack,
/// K/W of rise, and seconds.
const PACK_V: f64 = 41.5;
const PACK_OHM: f64 = 11.0 * 0.0055;
const PACK_K_PER_W: f64 = 0.08;
const PACK_TAU_S: f64 = 600.0;
/// A discharge below this is none: what is left of one that fades out, W.
const GIVES_W: f64 = 10.0;
/// Modules of a shelf.
const MODULES: f64 = 6.0;

/// What flows in a step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// Load, W.
    pub load_w: f64,
    /// Output of the PSUs, W.
    pub psu_w: f64,
    /// AC input, W.
    pub input_w: f64,
    /// BBUs on the bus: above 0 they discharge, W.
    pub bbu_w: f64,
    /// State of charge.
    pub state_of_charge: f64,
}

/// The shelf.
#[derive(Debug, Clone)]
pub struct Shelf {
    hardware: Hardware,
    rack: RackModel,
    now_s: f64,
    /// When a setpoint was sent last, s.
    sent_s: f64,
    /// When a battery gave power last, s.
    gave_s: f64,
    /// Setpoints on their way: when the last device has them.
    coming: VecDeque<(f64, Setpoint)>,
    held: Option<Setpoint>,
    discharge_w: f64,
    charge_w: f64,
    charge: f64,
    /// Rise of the packs over the air, K.
    pub rise_k: f64,
    /// The last flows, for readings with an age.
    past: VecDeque<(f64, Flow)>,
}

impl Shelf {
    /// A shelf at rest, charged to the target.
    pub fn new(hardware: Hardware, rack: RackModel) -> Self {
        Self::charged(hardware, rack, rack.target)
    }

    /// A shelf at rest at a state of charge.
    pub fn charged(hardware: Hardware, rack: RackModel, state_of_charge: f64) -> Self {
        Self {
            hardware,
            rack,
            now_s: 0.0,
            sent_s: f64::NEG_INFINITY,
            gave_s: f64::NEG_INFINITY,
            coming: VecDeque::new(),
            held: None,
            discharge_w: 0.0,
            charge_w: 0.0,
            charge: state_of_charge,
            rise_k: 0.0,
            past: VecDeque::new(),
        }
    }

    /// Time, s.
    pub fn now_s(&self) -> f64 {
        self.now_s
    }

    /// Takes a setpoint, unless the one before was sent too short a time ago; the devices have it after chain and writes.
    pub fn send(&mut self, setpoint: Setpoint) {
        if self.now_s < self.sent_s + self.hardware.gap_s - 1e-9 {
            return;
        }
        self.sent_s = self.now_s;
        self.coming.push_back((self.now_s + self.hardware.chain_s + self.hardware.write_s, setpoint));
    }

    /// A reading as the engine has it now.
    pub fn reading(&self) -> Option<ShelfState> {
        let read_s = self.now_s - self.hardware.telemetry_s;
        let (t_s, flow) = self.past.iter().rev().find(|(t_s, _)| *t_s <= read_s + 1e-9)?;
        Some(ShelfState {
            t_s: *t_s,
            load_w: flow.load_w,
            input_w: flow.input_w,
            bbu_w: flow.bbu_w,
            state_of_charge: flow.state_of_charge,
            bbu_available_w: self.rack.discharge_w,
            psu_available_w: self.rack.psu_rating_w,
            grid: GridState::Normal,
        })
    }

    /// One step of [`STEP_S`] with this load.
    ///
    /// A setpoint whose time is over is let go: no limit, no discharge, and the charge waits (the fail-safe values). Below
    /// the reserve nothing is given and above full nothing is taken, whatever is asked.
    pub fn step(&mut self, load_w: f64) -> Flow {
        self.now_s += STEP_S;
        while let Some((_, setpoint)) = self.coming.front().copied().filter(|c| c.0 <= self.now_s + 1e-9) {
            self.coming.pop_front();
            self.held = Some(setpoint);
        }
        self.held = self.held.filter(|held| held.valid_until_s >= self.now_s);
        let give = self.rack.give_w(self.charge, STEP_S).min(load_w);
        let take = self.rack.take_w(self.charge, STEP_S);
        let asked = self.held.map_or(0.0, |h| h.bbu_discharge_w);
        let charge = match self.hardware.charging {
            Charging::OwnRule { wait_s } => {
                let begins = self.now_s - self.gave_s >= wait_s && self.charge < self.rack.target;
                if begins { self.rack.charge_w } else { 0.0 }
            }
            Charging::Commanded | Charging::Follows => {
                self.held.map_or(0.0, |h| h.bbu_charge_limit_w.unwrap_or(self.rack.charge_w))
            }
        };
        let limit = self.held.and_then(|h| h.input_limit_w).map(|w| self.rack.output_w(w));
        let share = 1.0 - (-STEP_S / self.hardware.response_s).exp();
        self.charge_w += (charge - self.charge_w) * share;
        let (discharge, taken) = match limit.filter(|_| self.hardware.holds_limit) {
            Some(limit) => {
                let over = load_w - limit;
                let follows = self.hardware.charging == Charging::Follows;
                let wanted = if follows { self.rack.charge_w } else { self.charge_w };
                (over.clamp(0.0, give), wanted.min((-over).max(0.0)).min(take))
            }
            None => {
                self.discharge_w += (asked - self.discharge_w) * share;
                (self.discharge_w.clamp(0.0, give), self.charge_w.min(take))
            }
        };
        if self.hardware.holds_limit {
            self.discharge_w = discharge;
        }
        if discharge > GIVES_W {
            self.gave_s = self.now_s;
        }
        let bbu_w = discharge - taken;
        self.charge = (self.charge + self.rack.charge_rate(bbu_w) * STEP_S).clamp(0.0, 1.0);
        let current = bbu_w / MODULES / PACK_V;
        let heat = current * current * PACK_OHM * PACK_K_PER_W;
        self.rise_k += (heat - self.rise_k) * STEP_S / PACK_TAU_S;
        let psu_w = load_w - bbu_w;
        let flow =
            Flow { load_w, psu_w, input_w: self.rack.input_w(psu_w), bbu_w, state_of_charge: self.charge };
        if self.past.len() == 64 {
            self.past.pop_front();
        }
        self.past.push_back((self.now_s, flow));
        flow
    }
}
