//! What can be read of a twin. All of it is cheap; nothing of it changes anything.

use dpo_registers::units::{Amperes, Celsius, Joules, Ratio, Volts, Watts};

use super::STEP_S;
use super::bbu::{BbuState, ChargeStage, SupportCause};
use super::meter::Energies;
use super::psu::PsuState;
use super::shelf::Twin;
use crate::sim::parameters::{BBU_SLOTS, PSU_SLOTS};

/// A PSU now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PsuReading {
    /// State of the output.
    pub state: PsuState,
    /// Whether the power factor stage runs.
    pub pfc: bool,
    /// Whether it runs below the voltage at which it would stop (MOD-06).
    pub low_line: bool,
    /// Whether the controller has a supply and answers its bus.
    pub alive: bool,
    /// Output power.
    pub output: Watts,
    /// Output current.
    pub output_current: Amperes,
    /// Instantaneous input power.
    pub input: Watts,
    /// Mean input power over the last full cycle.
    pub input_mean: Watts,
    /// Instantaneous input current.
    pub input_current: Amperes,
    /// Hold-up energy that is left.
    pub bulk: Joules,
    /// Whether the hold-up is half used: the output fell (v3) or AC_LOSS is driven (HPR).
    pub dropped: bool,
    /// Output power that it can give at the present input.
    pub available: Watts,
    /// Restarts of the output since the start.
    pub restarts: u32,
    /// Seconds until armed settings fall back; 0 if none are in force.
    pub armed_for_s: f64,
}

/// A BBU now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BbuReading {
    /// State of the output.
    pub state: BbuState,
    /// Why it supports.
    pub cause: SupportCause,
    /// Stage of the charger.
    pub charge: ChargeStage,
    /// Power at the bus; positive discharges.
    pub output: Watts,
    /// Output current; 0 while it charges.
    pub output_current: Amperes,
    /// State of charge, 0 to 1.
    pub state_of_charge: Ratio,
    /// Power that it can give from now on.
    pub available: Watts,
    /// Energy that can reach the bus at rated power.
    pub energy: Joules,
    /// Voltage at the terminals of the pack.
    pub pack: Volts,
    /// Temperature of the pack.
    pub temperature: Celsius,
    /// How often it supported.
    pub supports: u32,
    /// Seconds until armed settings fall back; 0 if none are in force.
    pub armed_for_s: f64,
}

impl Twin {
    /// Simulated time since the start, in s.
    pub fn now_s(&self) -> f64 {
        self.steps as f64 * STEP_S
    }

    /// Bus voltage at the shelf.
    pub fn bus(&self) -> Volts {
        Volts(self.bus.v)
    }

    /// Voltage at the load, behind the busbar.
    pub fn load_voltage(&self) -> Volts {
        Volts(self.bus.load_v)
    }

    /// Whether the load runs; it stops when its voltage falls below the drop-out voltage.
    pub fn load_alive(&self) -> bool {
        self.load_on
    }

    /// How often the load was lost since the start.
    pub fn load_losses(&self) -> u32 {
        self.load_losses
    }

    /// Power that the load takes.
    pub fn load_power(&self) -> Watts {
        Watts(self.bus.load_w)
    }

    /// Power that the shelf takes from the grid at this instant.
    pub fn grid_power(&self) -> Watts {
        Watts(self.grid_w)
    }

    /// The same, mean over the last cycle of the nominal frequency, renewed each step.
    pub fn grid_power_mean(&self) -> Watts {
        Watts(self.cycle.mean_w())
    }

    /// Whether the AC_LOSS line is driven (HPR).
    pub fn ac_loss(&self) -> bool {
        self.ac_loss
    }

    /// Power of all PSUs at the bus.
    pub fn psu_power(&self) -> Watts {
        Watts(self.psus.iter().map(|psu| psu.output_w).sum())
    }

    /// Power of all BBUs at the bus; positive discharges.
    pub fn bbu_power(&self) -> Watts {
        Watts(self.bbus.iter().map(|bbu| bbu.output_w - bbu.charger.input_w).sum::<f64>() + 0.0)
    }

    /// The PSUs by slot.
    pub fn psus(&self) -> [PsuReading; PSU_SLOTS] {
        std::array::from_fn(|slot| self.psu(slot))
    }

    /// The BBUs by slot.
    pub fn bbus(&self) -> [BbuReading; BBU_SLOTS] {
        std::array::from_fn(|slot| self.bbu(slot))
    }

    /// A PSU by slot from 0; an absent one for a slot that does not exist.
    pub fn psu(&self, slot: usize) -> PsuReading {
        let Some(psu) = self.psus.get(slot) else {
            return PsuReading { state: PsuState::Absent, ..PsuReading::default() };
        };
        let works = !matches!(psu.state, PsuState::Absent | PsuState::Failed);
        PsuReading {
            state: psu.state,
            pfc: psu.pfc,
            low_line: psu.low,
            alive: works && psu.alive(self.bus.v),
            output: Watts(psu.output_w),
            output_current: Amperes(psu.output_a),
            input: Watts(psu.input_w),
            input_mean: Watts(psu.input_mean_w),
            input_current: Amperes(psu.input_a),
            bulk: Joules(psu.bulk_j),
            dropped: psu.dropped,
            available: Watts(psu.available_w(&self.psu_model)),
            restarts: psu.restarts,
            armed_for_s: f64::from(psu.armed_left()) * STEP_S,
        }
    }

    /// A BBU by slot from 0; an absent one for a slot that does not exist.
    pub fn bbu(&self, slot: usize) -> BbuReading {
        let Some(bbu) = self.bbus.get(slot) else {
            return BbuReading { state: BbuState::Absent, ..BbuReading::default() };
        };
        BbuReading {
            state: bbu.state,
            cause: bbu.cause,
            charge: bbu.charger.stage,
            output: Watts(bbu.output_w - bbu.charger.input_w),
            output_current: Amperes(bbu.output_a),
            state_of_charge: Ratio(bbu.pack.soc),
            available: Watts(bbu.available_w(&self.bbu_model)),
            energy: Joules(bbu.energy_j(&self.bbu_model)),
            pack: Volts(bbu.pack.voltage_v(self.bbu_model.pack())),
            temperature: Celsius(bbu.pack.temperature_c),
            supports: bbu.supports,
            armed_for_s: f64::from(bbu.armed_left()) * STEP_S,
        }
    }

    /// Energies since the start.
    pub fn energies(&self) -> Energies {
        self.energies
    }

    /// Energy in bulk capacitors, packs and busbar.
    pub fn stored(&self) -> Joules {
        let bulk: f64 = self.psus.iter().map(|psu| psu.bulk_j).sum();
        let packs: f64 = self.bbus.iter().map(|bbu| bbu.stored_j(&self.bbu_model)).sum();
        Joules(bulk + packs + self.bus.stored_j())
    }
}
