//! What a shelf device reports, independent of its register map.
//!
//! Every field is optional: a device that does not answer a register, or marks it not available,
//! leaves it `None`. Nothing is invented.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use dpo_registers::map::{MapInfo, PollClass};
use dpo_registers::units::{
    AmpereHours, Amperes, Celsius, Hertz, Percent, Ratio, Rpm, Seconds, Volts, Watts,
};

use tokio::time::Instant;

use super::choice::Readings;

/// Identity strings of a device, as it holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Part number.
    pub part_number: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Hardware revision.
    pub hardware: Option<String>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// Date of manufacture.
    pub date: Option<String>,
}

/// One alarm flag that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Register identifier in the map.
    pub register: &'static str,
    /// Bit identifier in the map.
    pub bit: &'static str,
    /// Name of the bit in the source document.
    pub name: &'static str,
}

/// Readings of a power supply unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PsuReading {
    /// Identity.
    pub identity: Identity,
    /// AC input voltage.
    pub input_voltage: Option<Volts>,
    /// AC input current.
    pub input_current: Option<Amperes>,
    /// AC input power.
    pub input_power: Option<Watts>,
    /// AC input frequency.
    pub input_frequency: Option<Hertz>,
    /// Power factor.
    pub power_factor: Option<Ratio>,
    /// Output voltage.
    pub output_voltage: Option<Volts>,
    /// Output current.
    pub output_current: Option<Amperes>,
    /// Output power.
    pub output_power: Option<Watts>,
    /// Voltage of the bulk capacitor.
    pub bulk_voltage: Option<Volts>,
    /// Inlet air temperature.
    pub inlet_temperature: Option<Celsius>,
    /// Outlet air temperature.
    pub outlet_temperature: Option<Celsius>,
    /// Fan speeds.
    pub fans: Vec<Rpm>,
    /// Output voltage setpoint.
    pub output_voltage_setpoint: Option<Volts>,
    /// Time since power-on.
    pub uptime: Option<Seconds>,
    /// Alarm flags that are set.
    pub alarms: Vec<Alarm>,
}

/// What a battery backup unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChargeState {
    /// Neither charging nor discharging.
    #[default]
    Idle,
    /// Taking power from the busbar.
    Charging,
    /// Giving power to the busbar.
    Discharging,
}

/// Readings of a battery backup unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BbuReading {
    /// Identity.
    pub identity: Identity,
    /// What it is doing.
    pub charge_state: Option<ChargeState>,
    /// Relative state of charge.
    pub state_of_charge: Option<Percent>,
    /// State of health.
    pub state_of_health: Option<Percent>,
    /// Pack voltage.
    pub pack_voltage: Option<Volts>,
    /// Pack current; positive charges the pack.
    pub pack_current: Option<Amperes>,
    /// Busbar voltage as the unit sees it.
    pub busbar_voltage: Option<Volts>,
    /// Voltages of the cells in series.
    pub cell_voltages: Vec<Volts>,
    /// Pack temperatures.
    pub temperatures: Vec<Celsius>,
    /// Charge that is left.
    pub remaining_capacity: Option<AmpereHours>,
    /// Charge of the full pack now.
    pub full_capacity: Option<AmpereHours>,
    /// Charge of the full pack when new.
    pub design_capacity: Option<AmpereHours>,
    /// Full cycles so far.
    pub cycle_count: Option<u32>,
    /// Discharges so far.
    pub discharge_count: Option<u32>,
    /// Charge current the unit allows or is told.
    pub charging_current: Option<Amperes>,
    /// Alarm flags that are set.
    pub alarms: Vec<Alarm>,
}

/// Whether a device is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    /// It answers.
    Present,
    /// It was found, but no longer answers; its readings are the last ones.
    Unavailable,
    /// Nothing was found at the address since the start.
    #[default]
    Absent,
}

/// One device as the gateway last saw it.
#[derive(Debug, Clone, Default)]
pub struct DeviceView<T> {
    /// Slot in the shelf, from 1.
    pub slot: u8,
    /// Modbus address.
    pub unit: u8,
    /// Identifier of the register map, for example `orv3-psu`.
    pub map: &'static str,
    /// Whether it is there.
    pub presence: Presence,
    /// When the last good answer came.
    pub last_seen: Option<SystemTime>,
    /// The readings.
    pub reading: T,
    /// Which reading was chosen for registers on whose scale sources disagree.
    pub readings: Readings,
    /// The words read, by address.
    pub words: Arc<BTreeMap<u16, u16>>,
    /// When each of these words was read: the instant at which its request began on the line.
    pub taken: Arc<BTreeMap<u16, Instant>>,
}

impl<T> DeviceView<T> {
    /// Instant of the oldest word among the registers of a poll class of `map`; `None` if none was read.
    pub fn oldest(&self, map: &MapInfo, class: PollClass) -> Option<Instant> {
        let of_class = map.registers.iter().filter(|r| r.poll == class);
        of_class.filter_map(|r| self.taken.get(&r.address)).min().copied()
    }

    /// Time of day of [`DeviceView::oldest`]; when the device was last heard if no word of the class was read.
    pub fn oldest_time(&self, map: &MapInfo, class: PollClass) -> Option<SystemTime> {
        let read = self.oldest(map, class).and_then(|at| SystemTime::now().checked_sub(at.elapsed()));
        read.or(self.last_seen)
    }
}
