//! What the model knows exactly, for tests and figures. A gateway never sees this.

use std::time::Duration;

use dpo_registers::units::{Amperes, Celsius, Hertz, Joules, Ratio, Rpm, Volts, Watts};

use super::bbu::{Bbu, Charge, Discharge};
use super::clock::seconds;
use super::parameters::{BBU_SLOTS, CELLS, FIRST_BBU_UNIT, FIRST_PSU_UNIT, PSU_SLOTS};
use super::plant::Plant;
use super::psu::{Output, Psu};

/// The true state of the shelf at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Model time since the start.
    pub time: Duration,
    /// AC input voltage.
    pub ac_voltage: Volts,
    /// Its frequency.
    pub ac_frequency: Hertz,
    /// AC input power of all PSUs.
    pub ac_power: Watts,
    /// Bus voltage.
    pub bus_voltage: Volts,
    /// Power the load asks for.
    pub load_wanted: Watts,
    /// Power the load gets: what it asks for, or 0 after it dropped out.
    pub load_power: Watts,
    /// Power of the BBUs to the bus minus the power of their chargers.
    pub bbu_power: Watts,
    /// Source powers minus load and chargers; what the solution of the busbar leaves.
    pub residual: Watts,
    /// Losses in PSUs, converters, chargers and packs.
    pub loss_power: Watts,
    /// Energy in bulk capacitors and packs.
    pub stored: Joules,
    /// Energies since the start.
    pub energies: EnergyTruth,
    /// The PSUs, by slot.
    pub psus: [PsuTruth; PSU_SLOTS],
    /// The BBUs, by slot.
    pub bbus: [BbuTruth; BBU_SLOTS],
}

/// Energies since the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyTruth {
    /// Taken from AC.
    pub ac: Joules,
    /// Given to the load.
    pub load: Joules,
    /// Turned into heat.
    pub loss: Joules,
    /// Given to the bus by the BBUs.
    pub bbu_out: Joules,
    /// Taken from the bus by the chargers.
    pub charger: Joules,
}

/// State of an output stage of a PSU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PsuState {
    /// Not inserted.
    Absent,
    /// Off: no AC.
    Off,
    /// AC is good, waits to start.
    Starting,
    /// On.
    On,
    /// Off by a command or a trip, tries again.
    Resting,
    /// Off by a trip until cleared.
    Latched,
}

/// The true state of a PSU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PsuTruth {
    /// Modbus address.
    pub unit: u8,
    /// State.
    pub state: PsuState,
    /// Whether it answers Modbus.
    pub answers: bool,
    /// Whether the input stage runs.
    pub ac_ok: bool,
    /// Output current.
    pub output_current: Amperes,
    /// Output power.
    pub output_power: Watts,
    /// AC input power.
    pub input_power: Watts,
    /// AC input current.
    pub input_current: Amperes,
    /// Power factor.
    pub power_factor: Ratio,
    /// Current distortion (1 is 100 %).
    pub ithd: Ratio,
    /// Loss.
    pub loss: Watts,
    /// Power into the bulk capacitor.
    pub bulk_power: Watts,
    /// Voltage of the bulk capacitor.
    pub bulk_voltage: Volts,
    /// Hold-up energy left.
    pub hold_up: Joules,
    /// No-load voltage of the output line now; 0 if it is off.
    pub line: Volts,
    /// No-load voltage set.
    pub setpoint: Volts,
    /// Inlet temperature.
    pub inlet: Celsius,
    /// Outlet temperature.
    pub outlet: Celsius,
    /// Fan speed.
    pub fan: Rpm,
}

/// What a BBU does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BbuState {
    /// Not inserted.
    Absent,
    /// Neither charges nor discharges.
    Standby,
    /// The bus is low; the trigger or the start runs.
    Triggered,
    /// Its output is on.
    Discharging,
    /// Its discharge ended by time or an empty pack.
    Spent,
    /// Waits to charge.
    ChargeDelay,
    /// Charges.
    Charging,
}

/// The true state of a BBU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BbuTruth {
    /// Modbus address.
    pub unit: u8,
    /// State.
    pub state: BbuState,
    /// Whether it answers Modbus.
    pub answers: bool,
    /// State of charge, 0 to 1.
    pub state_of_charge: f64,
    /// Power to the bus.
    pub output_power: Watts,
    /// Power from the bus into the charger.
    pub charger_power: Watts,
    /// Pack voltage.
    pub pack_voltage: Volts,
    /// Pack current; positive charges.
    pub pack_current: Amperes,
    /// Cell voltages.
    pub cells: [Volts; CELLS],
    /// Loss in converter and charger.
    pub converter_loss: Watts,
    /// Heat in the pack.
    pub pack_heat: Watts,
    /// Power that the chemistry gives (positive) or takes.
    pub chemical_power: Watts,
    /// Pack temperature.
    pub pack_temperature: Celsius,
    /// Discharges so far.
    pub discharges: u32,
}

impl Truth {
    pub(super) fn of(plant: &Plant) -> Self {
        let mut psu_unit = FIRST_PSU_UNIT..;
        let mut bbu_unit = FIRST_BBU_UNIT..;
        let psus = plant.psus.each_ref().map(|p| psu(plant, p, psu_unit.next().unwrap_or_default()));
        let bbus = plant.bbus.each_ref().map(|b| bbu(b, bbu_unit.next().unwrap_or_default()));
        let e = plant.energies;
        Self {
            time: Duration::from_nanos(plant.now),
            ac_voltage: Volts(plant.ac_v),
            ac_frequency: Hertz(plant.ac_hz),
            ac_power: Watts(psus.iter().map(|p| p.input_power.0).sum()),
            bus_voltage: Volts(plant.bus_v),
            load_wanted: Watts(plant.wanted_w),
            load_power: Watts(plant.load_w),
            bbu_power: Watts(bbus.iter().map(|b| b.output_power.0 - b.charger_power.0).sum()),
            residual: Watts(plant.residual_w),
            loss_power: Watts(
                psus.iter().map(|p| p.loss.0).sum::<f64>()
                    + bbus.iter().map(|b| b.converter_loss.0 + b.pack_heat.0).sum::<f64>(),
            ),
            stored: Joules(plant.stored_j()),
            energies: EnergyTruth {
                ac: Joules(e.ac_j),
                load: Joules(e.load_j),
                loss: Joules(e.loss_j),
                bbu_out: Joules(e.bbu_out_j),
                charger: Joules(e.charger_j),
            },
            psus,
            bbus,
        }
    }

    /// Model time in s.
    pub fn time_s(&self) -> f64 {
        seconds(u64::try_from(self.time.as_nanos()).unwrap_or(u64::MAX))
    }
}

fn psu(plant: &Plant, psu: &Psu, unit: u8) -> PsuTruth {
    let state = match psu.output {
        _ if !psu.present => PsuState::Absent,
        Output::Off => PsuState::Off,
        Output::Starting { .. } | Output::Ready => PsuState::Starting,
        Output::On => PsuState::On,
        Output::Resting { .. } => PsuState::Resting,
        Output::Latched => PsuState::Latched,
    };
    PsuTruth {
        unit,
        state,
        answers: psu.answers(plant.bus_v),
        ac_ok: psu.ac_ok,
        output_current: Amperes(psu.output_a),
        output_power: Watts(psu.output_w),
        input_power: Watts(psu.input_w),
        input_current: Amperes(psu.input_a(plant.ac_v, plant.ac_hz)),
        power_factor: Ratio(psu.power_factor(plant.ac_v, plant.ac_hz)),
        ithd: Ratio(psu.ithd()),
        loss: Watts(psu.loss_w),
        bulk_power: Watts(psu.bulk_w),
        bulk_voltage: Volts(psu.bulk_v()),
        hold_up: Joules(psu.bulk_j),
        line: Volts(psu.output_line_v()),
        setpoint: Volts(psu.controls.setpoint_v()),
        inlet: Celsius(psu.inlet_c),
        outlet: Celsius(psu.outlet_c),
        fan: Rpm(psu.fan_rpm),
    }
}

fn bbu(bbu: &Bbu, unit: u8) -> BbuTruth {
    let state = match (bbu.discharge, bbu.charge) {
        _ if !bbu.present => BbuState::Absent,
        (Discharge::On { .. }, _) => BbuState::Discharging,
        (Discharge::Spent { .. }, _) => BbuState::Spent,
        (Discharge::Starting { .. }, _) => BbuState::Triggered,
        (Discharge::Off { below }, _) if below > 0 => BbuState::Triggered,
        (_, Charge::Delay { .. }) => BbuState::ChargeDelay,
        (_, Charge::On) => BbuState::Charging,
        (_, Charge::Idle) => BbuState::Standby,
    };
    BbuTruth {
        unit,
        state,
        answers: bbu.answers(),
        state_of_charge: bbu.pack.soc(),
        output_power: Watts(bbu.output_w),
        charger_power: Watts(bbu.charger_w),
        pack_voltage: Volts(bbu.pack.voltage_v()),
        pack_current: Amperes(bbu.pack.current_a()),
        cells: bbu.pack.cells_v().map(Volts),
        converter_loss: Watts(bbu.converter_loss_w),
        pack_heat: Watts(bbu.pack.heat_w()),
        chemical_power: Watts(bbu.pack.chemical_w()),
        pack_temperature: Celsius(bbu.pack_c),
        discharges: bbu.discharges,
    }
}
