//! The registers of a PSU (map `orv3-psu`).
//!
//! - Live: electrical readings, temperatures, fans, alarms, counters, times. Readings are exact; the
//!   measuring errors of a real unit (AE: 0.5 to 3 %) are not modelled.
//! - Settings that act: 94 (write enable, 51/48 V, active sharing, clear faults, power cycle of 5 s), 96
//!   (0 is automatic), 98, 101, 102, 103, 104. Without write enable the registers 95, 96 and 100 to 105
//!   answer exception 04, and 94 takes nothing but its write enable bit.
//! - Stored, without effect: 95, 97, 100, 105, and the other bits of 94.
//! - Constant: identity (it says that it is simulated), slot, error counters (there is no line to err).

use dpo_registers::codec::{Exception, Text};
use dpo_registers::device::Device;
use dpo_registers::generated::orv3_psu::{
    self, CommunicationAlarmStatusRegister, DcdcAlarmStatusRegister, GeneralAlarmStatusRegister, Image,
    LedOverride, PfcAlarmStatusRegister, SettingRegister, TemperatureAlarmStatusRegister, reg,
};
use dpo_registers::map::MapInfo;
use dpo_registers::register::Register;
use dpo_registers::units::{Amperes, Celsius, Hertz, Percent, Ratio, Rpm, Seconds, Volts, Watts};

use crate::sim::clock::seconds;
use crate::sim::controls::{Clock, PsuControls, setting};
use crate::sim::plant::Plant;
use crate::sim::psu::{Output, Psu};

use super::{Buffer, count, written};

/// Words of the map from address 0.
const WORDS: usize = 110;

/// One PSU during one request.
pub(super) struct PsuFront<'a> {
    plant: &'a mut Plant,
    slot: usize,
    words: Option<Buffer<WORDS>>,
}

impl<'a> PsuFront<'a> {
    pub(super) fn new(plant: &'a mut Plant, slot: usize) -> Self {
        Self { plant, slot, words: None }
    }

    fn read(&self) -> Result<Buffer<WORDS>, Exception> {
        let psu = self.plant.psus.get(self.slot).ok_or(Exception::ServerDeviceFailure)?;
        let mut words = Buffer([0; WORDS]);
        image(self.plant, psu, self.slot).write(&mut words).map_err(|_| Exception::ServerDeviceFailure)?;
        for (address, word) in &psu.controls.stored {
            if let Some(slot) = words.0.get_mut(usize::from(*address)) {
                *slot = *word;
            }
        }
        Ok(words)
    }
}

impl Device for PsuFront<'_> {
    fn map(&self) -> &'static MapInfo {
        &orv3_psu::MAP
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        match &self.words {
            Some(words) => words.word(address),
            None => self.words.insert(self.read()?).word(address),
        }
    }

    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let now = self.plant.now;
        let psu = self.plant.psus.get_mut(self.slot).ok_or(Exception::ServerDeviceFailure)?;
        // On a copy: all or none.
        let mut controls = psu.controls.clone();
        let mut commands = 0;
        let mut rest = words;
        let mut at = address;
        while !rest.is_empty() {
            let register = orv3_psu::MAP.register_at(at).ok_or(Exception::IllegalDataAddress)?;
            let (value, after) =
                rest.split_at_checked(usize::from(register.words)).ok_or(Exception::IllegalDataAddress)?;
            commands |= set(&mut controls, at, value, now)?;
            rest = after;
            at = at.checked_add(register.words).ok_or(Exception::IllegalDataAddress)?;
        }
        psu.controls = controls;
        if commands & setting::CLEAR_FAULTS != 0 {
            psu.clear_faults();
        }
        if commands & setting::POWER_CYCLE != 0 {
            psu.power_cycle(now);
        }
        self.plant.balance();
        Ok(())
    }
}

/// Sets one register in `controls`; returns the command bits to carry out.
fn set(controls: &mut PsuControls, address: u16, words: &[u16], now: u64) -> Result<u16, Exception> {
    const SETTING: u16 = reg::SettingRegister::INFO.address;
    const FAN: u16 = reg::FanDutyCycleOverride::INFO.address;
    const UNIX_TIME: u16 = reg::UnixTime::INFO.address;
    const LED: u16 = reg::LedOverride::INFO.address;
    const VIN_MIN: u16 = reg::VinMin::INFO.address;
    const VIN_MAX: u16 = reg::VinMax::INFO.address;
    const VOUT_H: u16 = reg::VoutSetpointH::INFO.address;
    const VOUT_L: u16 = reg::VoutSetpointL::INFO.address;

    if !matches!(address, SETTING | UNIX_TIME | LED) && !controls.write_enabled() {
        return Err(Exception::ServerDeviceFailure);
    }
    match address {
        SETTING => {
            let bits = written::<reg::SettingRegister>(words)?.bits();
            let enabled = controls.write_enabled() || bits & setting::WRITE_ENABLE != 0;
            if (bits ^ controls.settings) & !setting::WRITE_ENABLE != 0 && !enabled {
                return Err(Exception::ServerDeviceFailure);
            }
            controls.settings = bits & !setting::COMMANDS;
            return Ok(bits & setting::COMMANDS);
        }
        FAN => controls.fan_override_percent = written::<reg::FanDutyCycleOverride>(words)?.0 as u16,
        UNIX_TIME => controls.clock = Clock::set(written::<reg::UnixTime>(words)?.0 as u32, now),
        VIN_MIN => controls.vin_min_v = written::<reg::VinMin>(words)?.0,
        VIN_MAX => controls.vin_max_v = written::<reg::VinMax>(words)?.0,
        VOUT_H => controls.setpoint_h_v = written::<reg::VoutSetpointH>(words)?.0,
        VOUT_L => controls.setpoint_l_v = written::<reg::VoutSetpointL>(words)?.0,
        _ => controls.stored.extend((address..).zip(words.iter().copied())),
    }
    Ok(0)
}

/// What the registers hold now.
fn image(plant: &Plant, psu: &Psu, slot: usize) -> Image {
    let number = slot + 1;
    let on = psu.output == Output::On;
    // Before the ORing stage a unit without current sees its own line.
    let output_v = if on && psu.output_a > 0.0 { plant.bus_v } else { psu.output_line_v() };
    let (pfc, dcdc, temperature) = (pfc_alarms(plant, psu), dcdc_alarms(psu), temperature_alarms(psu));
    Image {
        fbpn: Text::new("DPO-SIM"),
        mfr_model: Text::new("DPO-SIM PSU-3000"),
        mfr_date: Text::new("SIMULATED"),
        mfr_serial: Text::new(&format!("DPO-SIM-PSU-{number:04}")),
        workorder: Text::new("DPO-SIM"),
        hw_revision: Text::new("SIM-1"),
        fw_revision: Text::new(env!("CARGO_PKG_VERSION")),
        fbl_fw_revision: Text::new(env!("CARGO_PKG_VERSION")),
        total_up_time: Some(Seconds(seconds(psu.up).floor())),
        time_since_last_on: Some(Seconds(seconds(psu.since_on).floor())),
        ac_power_cycle_counter: Some(count(psu.ac_returns)),
        ac_outage_counter: Some(count(psu.ac_outages)),
        general_alarm_status_register: Some(general_alarms(psu, pfc, dcdc, temperature)),
        pfc_alarm_status_register: Some(pfc),
        dcdc_alarm_status_register: Some(dcdc),
        temperature_alarm_status_register: Some(temperature),
        communication_alarm_status_register: Some(CommunicationAlarmStatusRegister::MODBUS_ACTIVE),
        rpm_fan0: Some(Rpm(psu.fan_rpm)),
        rpm_fan1: Some(Rpm(psu.fan_rpm)),
        temp0_inlet: Some(Celsius(psu.inlet_c)),
        temp1_outlet: Some(Celsius(psu.outlet_c)),
        max_temp: Some(Celsius(psu.max_c)),
        min_temp: Some(Celsius(psu.min_c)),
        position_number: u32::try_from(number).ok(),
        crc_error_counter: Some(0),
        timeout_error_counter: Some(0),
        output_voltage: Some(Volts(output_v)),
        output_current: Some(Amperes(psu.output_a)),
        i_share_current_value: Some(Amperes(shared_a(plant))),
        output_power: Some(Watts(psu.output_w)),
        bulk_cap_voltage: Some(Volts(psu.bulk_v())),
        input_frequency_ac: Some(Hertz(if plant.ac_v > 0.0 { plant.ac_hz } else { 0.0 })),
        ithd: Some(Percent(100.0 * psu.ithd())),
        power_factor: Some(Ratio(psu.power_factor(plant.ac_v, plant.ac_hz))),
        input_power: Some(Watts(psu.input_w)),
        input_voltage_ac: Some(Volts(plant.ac_v)),
        input_current_ac: Some(Amperes(psu.input_a(plant.ac_v, plant.ac_hz))),
        fault_counter: Some(count(psu.faults)),
        power_cycle_unix_time: Some(Seconds(f64::from(psu.cycled_at_s))),
        setting_register: Some(SettingRegister(psu.controls.settings)),
        communication_baud_rate: Some(0),
        fan_duty_cycle_override: Some(Percent(f64::from(psu.controls.fan_override_percent))),
        led_override: Some(LedOverride(0)),
        unix_time: Some(Seconds(f64::from(psu.controls.clock.read(plant.now)))),
        configurable_pls_timing: Some(Seconds(45.0)),
        vin_min: Some(Volts(psu.controls.vin_min_v)),
        vin_max: Some(Volts(psu.controls.vin_max_v)),
        vout_setpoint_h: Some(Volts(psu.controls.setpoint_h_v)),
        vout_setpoint_l: Some(Volts(psu.controls.setpoint_l_v)),
        vout_change_timer: Some(0),
    }
}

/// The ISHARE bus: the mean current of the PSUs that are on and share actively.
fn shared_a(plant: &Plant) -> f64 {
    let sharing = |psu: &&Psu| psu.output == Output::On && psu.controls.active_share();
    let count = plant.psus.iter().filter(sharing).count();
    let sum: f64 = plant.psus.iter().filter(sharing).map(|psu| psu.output_a).sum();
    if count > 0 { sum / count as f64 } else { 0.0 }
}

fn pfc_alarms(plant: &Plant, psu: &Psu) -> PfcAlarmStatusRegister {
    use PfcAlarmStatusRegister as Alarm;
    // The range of the data sheet: 47 to 63 Hz.
    let powered = plant.ac_v > 0.0;
    let half = psu.parameters.hold_up_j * psu.parameters.drop_share;
    [
        (!psu.ac_ok && plant.ac_v < psu.controls.vin_min_v, Alarm::AC_UVP),
        (!psu.ac_ok && plant.ac_v > psu.controls.vin_max_v, Alarm::AC_OVP),
        (powered && plant.ac_hz < 47.0, Alarm::FREQ_LOW),
        (powered && plant.ac_hz > 63.0, Alarm::FREQ_HIGH),
        (!psu.ac_ok, Alarm::AC_NOT_OK),
        (psu.bulk_j <= half, Alarm::BULK_NOT_OK),
        (!psu.ac_ok, Alarm::INPUT_RELAY_OFF),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Alarm(0), |all, (_, bit)| all.union(bit))
}

fn dcdc_alarms(psu: &Psu) -> DcdcAlarmStatusRegister {
    use DcdcAlarmStatusRegister as Alarm;
    [
        // AC is there, the output is not.
        (psu.ac_ok && psu.output != Output::On, Alarm::MAIN_UVP),
        (psu.trips.over_voltage, Alarm::MAIN_OVP),
        (psu.trips.over_current, Alarm::MAIN_OCP),
        (psu.output == Output::Latched, Alarm::DCDC_FAIL),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Alarm(0), |all, (_, bit)| all.union(bit))
}

fn temperature_alarms(psu: &Psu) -> TemperatureAlarmStatusRegister {
    use TemperatureAlarmStatusRegister as Alarm;
    [
        (psu.outlet_c > psu.parameters.outlet_alarm_c, Alarm::OUTLET_TEMP_ALARM),
        (psu.inlet_c > psu.parameters.inlet_alarm_c, Alarm::INLET_TEMP_ALARM),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Alarm(0), |all, (_, bit)| all.union(bit))
}

fn general_alarms(
    psu: &Psu,
    pfc: PfcAlarmStatusRegister,
    dcdc: DcdcAlarmStatusRegister,
    temperature: TemperatureAlarmStatusRegister,
) -> GeneralAlarmStatusRegister {
    use GeneralAlarmStatusRegister as Alarm;
    let hot = temperature.bits() != 0;
    [
        (pfc.bits() != 0, Alarm::PFC),
        (dcdc.bits() != 0, Alarm::DCDC),
        (hot, Alarm::TEMPERATURE.union(Alarm::TEMP_ALARM)),
        (psu.output == Output::Latched, Alarm::DCDC_CONVERTER_FAILURE),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Alarm(0), |all, (_, bit)| all.union(bit))
}
