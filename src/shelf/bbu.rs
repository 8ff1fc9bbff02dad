//! The ORv3 battery backup unit: from its registers to a [`BbuReading`].
//!
//! The map marks the scale of the pack current as conflicting between its sources (10 mA steps, or
//! whole amperes; [`DOUBTFUL`]). Everything computed from it, the battery power above all, is as sure
//! as that. A configuration may choose the other reading for a device.

use std::collections::BTreeMap;

use dpo_registers::generated::orv3_bbu::{self, Image, Mode, reg};
use dpo_registers::map::MapInfo;
use dpo_registers::units::Amperes;

use super::choice::Readings;
use super::link::WordView;
use super::reading::{BbuReading, ChargeState, Identity};
use super::{alarms, text};

/// Register map of the device.
pub static MAP: &MapInfo = &orv3_bbu::MAP;

/// Registers behind a [`BbuReading`] on whose scale the sources of the map disagree.
pub const DOUBTFUL: [&str; 1] = ["battery_current"];

/// Pack current, either direction, below which the unit is idle. A unit leaves discharge at 0.1 A.
const IDLE: Amperes = Amperes(0.1);

/// Unmapped words that a BBU is taken to answer within a longer read. INFERRED, stated by no source: 120 follows the
/// voltages of 11 cells, and the map of the next generation (`orv3-hpr-bbu`) has the twelfth cell there. A unit
/// that refuses it teaches that once, and is read around it from then on (`spec/decisions/0008`).
pub static INFERRED_GAPS: [(u16, u16); 1] = [(120, 120)];

const ALARM_REGISTERS: [&str; 9] = [
    "status",
    "permanent_failures",
    "battery_status",
    "status_word",
    "status_power_boost",
    "status_buck_converter",
    "status_charger",
    "status_temperature",
    "end_of_life_status",
];
/// These are states, not alarms.
const QUIET: [(&str, &str); 5] = [
    ("battery_status", "initialized"),
    ("battery_status", "discharging"),
    ("battery_status", "fully_charged"),
    ("battery_status", "fully_discharged"),
    ("status_word", "second_shelf_detection"),
];

/// The reading in the words of a BBU, by the readings that hold for it. What was not read is `None`.
pub fn reading(words: &BTreeMap<u16, u16>, readings: &Readings) -> BbuReading {
    let words = WordView(words);
    let image = Image::read(&words);
    let current = readings.quantity::<reg::BatteryCurrent>(&words, image.battery_current);
    BbuReading {
        identity: Identity {
            manufacturer: text(image.manufacture_name),
            model: text(image.manufacture_model),
            part_number: text(image.facebook_part_number),
            serial: text(image.mfr_serial),
            hardware: text(image.hw_revision),
            firmware: text(image.fw_revision),
            date: text(image.manufacture_date),
        },
        charge_state: charge_state(image.mode, current),
        state_of_charge: image.relative_state_of_charge,
        state_of_health: image.soh,
        pack_voltage: image.battery_voltage,
        pack_current: current,
        busbar_voltage: image.shelf_busbar_voltage,
        cell_voltages: [
            image.cell_voltage1,
            image.cell_voltage2,
            image.cell_voltage3,
            image.cell_voltage4,
            image.cell_voltage5,
            image.cell_voltage6,
            image.cell_voltage7,
            image.cell_voltage8,
            image.cell_voltage9,
            image.cell_voltage10,
            image.cell_voltage11,
        ]
        .into_iter()
        .flatten()
        .collect(),
        temperatures: [image.temp1, image.temp2, image.temp3, image.temp4].into_iter().flatten().collect(),
        remaining_capacity: image.remaining_capacity,
        full_capacity: image.full_charge_capacity,
        design_capacity: image.design_capacity,
        cycle_count: image.cycle_count.map(u32::from),
        discharge_count: image.count_of_discharge_events.map(u32::from),
        charging_current: image.charging_current,
        alarms: alarms(MAP, &ALARM_REGISTERS, &QUIET, words),
    }
}

/// The unit's own word first; its pack current if the mode register says neither.
fn charge_state(mode: Option<Mode>, current: Option<Amperes>) -> Option<ChargeState> {
    match mode {
        Some(mode) if mode.contains(Mode::DISCHARGE) => return Some(ChargeState::Discharging),
        Some(mode) if mode.contains(Mode::CHARGING) => return Some(ChargeState::Charging),
        _ => {}
    }
    Some(match current? {
        current if current > IDLE => ChargeState::Charging,
        current if current < Amperes(-IDLE.0) => ChargeState::Discharging,
        _ => ChargeState::Idle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::units::{AmpereHours, Percent, Volts};

    #[test]
    fn words_become_a_reading() {
        // Discharging at 71.5 A from 41.9 V; 8.25 Ah left; alarm EOL, state Fully_Charged.
        let words = BTreeMap::from([
            (104, 1 << 7),
            (107, 2),
            (108, 1 << 5),
            (109, 3809),
            (126, 87),
            (128, 41_900),
            (129, (-7150i16) as u16),
            (131, 8250),
        ]);
        let reading = reading(&words, &Readings::default());
        assert_eq!(reading.charge_state, Some(ChargeState::Discharging));
        assert_eq!(reading.state_of_charge, Some(Percent(87.0)));
        assert_eq!(reading.pack_voltage, Some(Volts(41.9)));
        assert_eq!(reading.pack_current, Some(Amperes(-71.5)));
        assert_eq!(reading.remaining_capacity, Some(AmpereHours(8.25)));
        assert_eq!(reading.cell_voltages, [Volts(3.809)]);
        assert_eq!(reading.alarms.iter().map(|a| a.bit).collect::<Vec<_>>(), ["eol"]);
    }

    #[test]
    fn the_charge_state_follows_the_mode_then_the_current() {
        let mode = |bits| Some(Mode(bits));
        let amperes = |a| Some(Amperes(a));
        assert_eq!(charge_state(mode(1), amperes(-9.0)), Some(ChargeState::Charging));
        assert_eq!(charge_state(mode(0), amperes(2.0)), Some(ChargeState::Charging));
        assert_eq!(charge_state(None, amperes(-0.2)), Some(ChargeState::Discharging));
        assert_eq!(charge_state(mode(0), amperes(0.05)), Some(ChargeState::Idle));
        assert_eq!(charge_state(None, None), None);
    }

    /// The driver names every register that it shows and whose scale is in doubt, and no other.
    #[test]
    fn the_doubtful_registers_are_those_of_the_map() {
        let shown = |id: &str| id != "average_current";
        let doubtful = MAP.registers.iter().filter(|r| !r.readings.is_empty() && shown(r.id));
        assert_eq!(doubtful.map(|r| r.id).collect::<Vec<_>>(), DOUBTFUL);
    }

    #[test]
    fn the_names_used_here_are_in_the_map() {
        for id in ALARM_REGISTERS {
            assert!(MAP.register(id).is_some(), "{id}");
        }
        for (register, bit) in QUIET {
            assert!(MAP.register(register).unwrap().bits.iter().any(|b| b.id == bit), "{bit}");
        }
    }
}
