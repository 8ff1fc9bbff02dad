//! The ORv3 power supply unit: from its registers to a [`PsuReading`].

use std::collections::BTreeMap;

use dpo_registers::generated::orv3_psu::{self, Image};
use dpo_registers::map::MapInfo;

use super::link::WordView;
use super::reading::{Identity, PsuReading};
use super::writer::Allowed;
use super::{alarms, text};

/// Register map of the device.
pub static MAP: &MapInfo = &orv3_psu::MAP;

/// Output voltage setpoint at no load while VOUT_SEL is high. That writing it moves the droop line is
/// inferred: no source states it.
pub const SETPOINT: &str = "vout_setpoint_h";
/// Settings of the unit.
pub const SETTINGS: &str = "setting_register";
/// Bit of [`SETTINGS`] without which the unit takes no setpoint.
pub const WRITE_ENABLE: u16 = orv3_psu::SettingRegister::PSU_WRITE_ENABLE.bits();

/// Unmapped words that a PSU is taken to answer within a longer read. INFERRED, stated by no source: the map of the
/// next generation of the same shelf (`orv3-hpr-psu`) has plain read-only registers at 65 and 66 (input power and
/// current at the instant) and the second word of a clock at 91. A unit that refuses them teaches that once, and is
/// read around them from then on (`spec/decisions/0008`).
pub static INFERRED_GAPS: [(u16, u16); 2] = [(65, 66), (91, 91)];

/// What the gateway may write in a PSU to steer it. Clearing faults and the 5 s power cycle start an action when
/// written as 1: they never are, but for [`POWER_CYCLED`].
pub static WRITABLE: [Allowed; 2] = [
    Allowed { map: "orv3-psu", register: SETPOINT, bits: u16::MAX, never: 0 },
    Allowed {
        map: "orv3-psu",
        register: SETTINGS,
        bits: WRITE_ENABLE,
        never: orv3_psu::SettingRegister::CLEAR_FAULTS_LATCH.bits()
            | orv3_psu::SettingRegister::POWER_CYCLE_5S.bits(),
    },
];

/// Bit of [`SETTINGS`] that switches the output off for 5 s; then the unit boots as after AC loss. Inferred, as the whole register.
pub const POWER_CYCLE: u16 = orv3_psu::SettingRegister::POWER_CYCLE_5S.bits();

/// What the gateway may write for a power cycle: the bit that enables writes, and the power cycle, never both in one write.
pub static POWER_CYCLED: [Allowed; 2] = [
    Allowed {
        map: "orv3-psu",
        register: SETTINGS,
        bits: WRITE_ENABLE,
        never: orv3_psu::SettingRegister::CLEAR_FAULTS_LATCH.bits() | POWER_CYCLE,
    },
    Allowed {
        map: "orv3-psu",
        register: SETTINGS,
        bits: POWER_CYCLE,
        never: orv3_psu::SettingRegister::CLEAR_FAULTS_LATCH.bits(),
    },
];

const ALARM_REGISTERS: [&str; 5] = [
    "general_alarm_status_register",
    "pfc_alarm_status_register",
    "dcdc_alarm_status_register",
    "temperature_alarm_status_register",
    "communication_alarm_status_register",
];
/// These say that a port is in use.
const QUIET: [(&str, &str); 2] = [
    ("communication_alarm_status_register", "modbus_active"),
    ("communication_alarm_status_register", "pmbus_active"),
];

/// The reading in the words of a PSU. What was not read is `None`.
pub fn reading(words: &BTreeMap<u16, u16>) -> PsuReading {
    let words = WordView(words);
    let image = Image::read(&words);
    PsuReading {
        identity: Identity {
            // The map has no register for the manufacturer.
            manufacturer: None,
            model: text(image.mfr_model),
            part_number: text(image.fbpn),
            serial: text(image.mfr_serial),
            hardware: text(image.hw_revision),
            firmware: text(image.fw_revision),
            date: text(image.mfr_date),
        },
        input_voltage: image.input_voltage_ac,
        input_current: image.input_current_ac,
        input_power: image.input_power,
        input_frequency: image.input_frequency_ac,
        power_factor: image.power_factor,
        output_voltage: image.output_voltage,
        output_current: image.output_current,
        output_power: image.output_power,
        bulk_voltage: image.bulk_cap_voltage,
        inlet_temperature: image.temp0_inlet,
        outlet_temperature: image.temp1_outlet,
        fans: [image.rpm_fan0, image.rpm_fan1].into_iter().flatten().collect(),
        output_voltage_setpoint: image.vout_setpoint_h,
        uptime: image.time_since_last_on,
        alarms: alarms(MAP, &ALARM_REGISTERS, &QUIET, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::share::NOMINAL_SETPOINT;
    use dpo_registers::units::{Celsius, Volts, Watts};

    #[test]
    fn words_become_a_reading() {
        // "AB" in the model; 51.0 V in N10; 3000 W in N3; -1.5 C in N7; AC_UVP and Modbus_Active.
        let words = BTreeMap::from_iter((8..16).map(|at| (at, if at == 8 { 0x4142 } else { 0 })).chain([
            (79, 52224),
            (82, 24000),
            (69, 0xFF40),
            (61, 1),
            (64, 0x0100),
            (103, 52224),
        ]));
        let reading = reading(&words);
        assert_eq!(reading.identity.model.as_deref(), Some("AB"));
        assert_eq!(reading.identity.serial, None);
        assert_eq!(reading.output_voltage, Some(Volts(51.0)));
        assert_eq!(reading.output_power, Some(Watts(3000.0)));
        assert_eq!(reading.inlet_temperature, Some(Celsius(-1.5)));
        assert_eq!(reading.input_power, None);
        assert_eq!(reading.output_voltage_setpoint, Some(Volts(51.0)));
        let alarms: Vec<_> = reading.alarms.iter().map(|a| (a.register, a.bit, a.name)).collect();
        assert_eq!(alarms, [("pfc_alarm_status_register", "ac_uvp", "AC_UVP")]);
    }

    #[test]
    fn the_names_used_here_are_in_the_map() {
        for id in ALARM_REGISTERS.iter().chain(QUIET.iter().map(|(register, _)| register)) {
            assert!(MAP.register(id).is_some(), "{id}");
        }
        for (register, bit) in QUIET {
            assert!(MAP.register(register).unwrap().bits.iter().any(|b| b.id == bit), "{bit}");
        }
        for rule in &WRITABLE {
            assert_eq!(rule.map, MAP.id);
            assert_eq!(MAP.register(rule.register).unwrap().words, 1);
        }
        let setpoint = MAP.register(SETPOINT).unwrap();
        assert_eq!(setpoint.safety.fail_safe.map(|raw| setpoint.engineering(raw)), Some(NOMINAL_SETPOINT.0));
    }
}
