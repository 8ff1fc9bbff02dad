//! The registers of a BBU (map `orv3-bbu`).
//!
//! - Live: pack, cells, charge, currents, temperatures, status, counters, times. Readings are exact.
//! - Settings that act: 107 (charge override, end-of-life override), 289 discharge time, 291 charge
//!   override current, 292 (the fault LED in 166), 293 fan (read as percent; 0 is automatic), 300 time of
//!   the charge override (read as seconds; 0 is without end), 302 clock, 304 end-of-life threshold, 312
//!   charge delay (read as seconds), 313 clear fault. The readings in brackets are assumed: no source
//!   states the units.
//! - Stored, without effect: 288, 290, 294 to 298, 305 (a unit on the droop line cannot force a
//!   discharge into a higher bus), 306, 307, 308, 310, 311, and the other bits of 107.
//! - Constant: identity (it says that it is simulated), everything of the state-of-health test (none
//!   runs), failures of parts that the model does not have.

use dpo_registers::codec::{Exception, Text};
use dpo_registers::device::Device;
use dpo_registers::generated::orv3_bbu::{
    self, AtRateOk, BatteryPackHardwareSignals, BatteryStatus, ClearFault, EndOfLifeStatus, Image,
    LedOverride, LedStatus, Mode, ModuleHardwareSignals, PermanentFailures, SohFailureReason,
    SohNotStartReason, Status, StatusBuckConverter, StatusCharger, StatusPowerBoost, StatusTemperature,
    StatusWord, reg,
};
use dpo_registers::map::MapInfo;
use dpo_registers::register::Register;
use dpo_registers::units::{AmpereHours, Amperes, Celsius, Minutes, Percent, Rpm, Seconds, Volts};

use crate::sim::bbu::{Bbu, Charge, Discharge};
use crate::sim::clock::seconds;
use crate::sim::controls::{BbuControls, Clock, mode};
use crate::sim::parameters::CELLS;
use crate::sim::plant::Plant;

use super::{Buffer, count, written};

/// Words of the map from address 0.
const WORDS: usize = 314;
/// What Smart Battery counters of minutes show when there is no end (SBS 5.1.18).
const NO_END_MIN: f64 = 65_535.0;
/// State of charge below which the low-charge alarms come. Assumed (SBS: 10 % by default).
const LOW_CHARGE: f64 = 0.1;

/// One BBU during one request.
pub(super) struct BbuFront<'a> {
    plant: &'a mut Plant,
    slot: usize,
    words: Option<Buffer<WORDS>>,
}

impl<'a> BbuFront<'a> {
    pub(super) fn new(plant: &'a mut Plant, slot: usize) -> Self {
        Self { plant, slot, words: None }
    }

    fn read(&self) -> Result<Buffer<WORDS>, Exception> {
        let bbu = self.plant.bbus.get(self.slot).ok_or(Exception::ServerDeviceFailure)?;
        let mut words = Buffer([0; WORDS]);
        image(self.plant, bbu, self.slot).write(&mut words).map_err(|_| Exception::ServerDeviceFailure)?;
        for (address, word) in &bbu.controls.stored {
            if let Some(slot) = words.0.get_mut(usize::from(*address)) {
                *slot = *word;
            }
        }
        Ok(words)
    }
}

impl Device for BbuFront<'_> {
    fn map(&self) -> &'static MapInfo {
        &orv3_bbu::MAP
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        match &self.words {
            Some(words) => words.word(address),
            None => self.words.insert(self.read()?).word(address),
        }
    }

    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let now = self.plant.now;
        let bbu = self.plant.bbus.get_mut(self.slot).ok_or(Exception::ServerDeviceFailure)?;
        // On a copy: all or none.
        let mut controls = bbu.controls.clone();
        let mut clear = false;
        let mut rest = words;
        let mut at = address;
        while !rest.is_empty() {
            let register = orv3_bbu::MAP.register_at(at).ok_or(Exception::IllegalDataAddress)?;
            let (value, after) =
                rest.split_at_checked(usize::from(register.words)).ok_or(Exception::IllegalDataAddress)?;
            clear |= set(&mut controls, at, value, now)?;
            rest = after;
            at = at.checked_add(register.words).ok_or(Exception::IllegalDataAddress)?;
        }
        bbu.controls = controls;
        if clear {
            bbu.clear_faults();
        }
        self.plant.balance();
        Ok(())
    }
}

/// Sets one register in `controls`; returns whether faults are to be cleared.
fn set(controls: &mut BbuControls, address: u16, words: &[u16], now: u64) -> Result<bool, Exception> {
    const MODE: u16 = reg::Mode::INFO.address;
    const DISCHARGE_TIME: u16 = reg::ConfigurableBbuMaximumDischargeTime::INFO.address;
    const CHARGE_CURRENT: u16 = reg::VariableChargeOverrideCurrent::INFO.address;
    const CHARGE_TIMEOUT: u16 = reg::VariableChargeOverrideTimeout::INFO.address;
    const FAN: u16 = reg::FanSpeedOverride::INFO.address;
    const CLOCK: u16 = reg::WallClockTime::INFO.address;
    const EOL: u16 = reg::EolThresholdOverride::INFO.address;
    const DELAY: u16 = reg::ChargeDelayTime::INFO.address;
    const CLEAR: u16 = reg::ClearFault::INFO.address;

    match address {
        MODE => {
            let bits = written::<reg::Mode>(words)?.bits() & mode::WRITABLE;
            if bits & !controls.mode & mode::CHARGE_OVERRIDE != 0 {
                controls.renew_override();
            }
            controls.mode = bits;
        }
        DISCHARGE_TIME => {
            controls.discharge_limit_s = written::<reg::ConfigurableBbuMaximumDischargeTime>(words)?.0 as u16;
        }
        CHARGE_CURRENT => {
            controls.charge_override_a = written::<reg::VariableChargeOverrideCurrent>(words)?.0;
            controls.renew_override();
        }
        CHARGE_TIMEOUT => {
            controls.charge_override_timeout_s = written::<reg::VariableChargeOverrideTimeout>(words)?;
            controls.renew_override();
        }
        FAN => controls.fan_override_percent = written::<reg::FanSpeedOverride>(words)?,
        CLOCK => controls.clock = Clock::set(written::<reg::WallClockTime>(words)?.0 as u32, now),
        EOL => controls.eol_threshold_s = written::<reg::EolThresholdOverride>(words)?.0 as u16,
        DELAY => controls.charge_delay_s = written::<reg::ChargeDelayTime>(words)?,
        CLEAR => {
            let bits = written::<reg::ClearFault>(words)?;
            return Ok(bits.contains(ClearFault::CLEAR_BBU_FAULTS_AND_LATCH));
        }
        _ => controls.stored.extend((address..).zip(words.iter().copied())),
    }
    Ok(false)
}

/// What the registers hold now.
fn image(plant: &Plant, bbu: &Bbu, slot: usize) -> Image {
    let number = slot + 1;
    let p = &bbu.parameters;
    let (pack, soc) = (&bbu.pack, bbu.pack.soc());
    let cells = pack.cells_v().map(|v| Some(Volts(v)));
    let cell = |index: usize| cells.get(index).copied().flatten();
    let left_ah = soc * pack.capacity_ah();
    let minutes = |current_a: f64| {
        let left = if current_a < 0.0 { left_ah / -current_a * 60.0 } else { NO_END_MIN };
        Some(Minutes(left.min(NO_END_MIN)))
    };
    let temperature = Some(Celsius(bbu.pack_c));
    let charging = bbu.charger_w > 0.0;
    let full_v = p.pack.open_circuit_v.last().copied().unwrap_or_default() * CELLS as f64;
    let middle_v = p.pack.open_circuit_v.get(5).copied().unwrap_or_default() * CELLS as f64;
    let inside_oring_v = match bbu.discharging() {
        true if bbu.output_a > 0.0 => bbu.bus_v,
        true => p.no_load_v,
        false => 0.0,
    };
    let end_of_life = bbu.end_of_life();
    Image {
        manufacture_name: Text::new("DPO-SIM"),
        manufacture_model: Text::new("DPO-SIM BBU-3000"),
        manufacture_date: Text::new("SIMULATED"),
        facebook_part_number: Text::new("DPO-SIM"),
        build_revision: Text::new("SIM"),
        hw_revision: Text::new("SIM-1"),
        fw_revision: Text::new(env!("CARGO_PKG_VERSION")),
        workorder: Text::new("DPO-SIM"),
        mfr_serial: Text::new(&format!("DPO-SIM-BBU-{number:04}")),
        random_number_of_soh_test: Some(0),
        status: Some(status(bbu, end_of_life)),
        permanent_failures: Some(PermanentFailures(0)),
        manufacturer_access: Some(0),
        mode: Some(Mode(
            bbu.controls.mode
                | if charging { Mode::CHARGING.bits() } else { 0 }
                | if bbu.discharging() { Mode::DISCHARGE.bits() } else { 0 },
        )),
        battery_status: Some(battery_status(bbu)),
        cell_voltage1: cell(0),
        cell_voltage2: cell(1),
        cell_voltage3: cell(2),
        cell_voltage4: cell(3),
        cell_voltage5: cell(4),
        cell_voltage6: cell(5),
        cell_voltage7: cell(6),
        cell_voltage8: cell(7),
        cell_voltage9: cell(8),
        cell_voltage10: cell(9),
        cell_voltage11: cell(10),
        soh_count: Some(0),
        temp1: temperature,
        temp2: temperature,
        temp3: temperature,
        temp4: temperature,
        relative_state_of_charge: Some(Percent(100.0 * soc)),
        absolute_state_of_charge: Some(Percent(100.0 * left_ah / p.pack.capacity_ah)),
        battery_voltage: Some(Volts(pack.voltage_v())),
        battery_current: Some(Amperes(pack.current_a())),
        average_current: Some(Amperes(bbu.average_a)),
        remaining_capacity: Some(AmpereHours(left_ah)),
        full_charge_capacity: Some(AmpereHours(pack.capacity_ah())),
        run_time_to_empty: minutes(pack.current_a()),
        average_time_to_empty: minutes(bbu.average_a),
        cycle_count: Some(count(bbu.cycles())),
        design_capacity: Some(AmpereHours(p.pack.capacity_ah)),
        design_voltage: Some(Volts(middle_v)),
        at_rate: Some(0),
        at_rate_time_to_full: Some(Minutes(NO_END_MIN)),
        at_rate_time_to_empty: Some(Minutes(NO_END_MIN)),
        at_rate_ok: Some(AtRateOk::Ok),
        soh: Some(Percent(f64::from(p.soh_percent))),
        max_error: Some(Percent(0.0)),
        charging_current: Some(Amperes(if charging { bbu.charge_current_a() } else { 0.0 })),
        charging_voltage: Some(Volts(full_v)),
        discharge_current: Some(Amperes((-pack.current_a()).max(0.0))),
        shelf_busbar_voltage: Some(Volts(bbu.bus_v)),
        inlet_ambient_temperature: whole_c(plant.ambient_c),
        outlet_ambient_temperature: whole_c(bbu.buck_c.max(bbu.boost_c)),
        charge_buck_temperature: whole_c(bbu.buck_c),
        discharge_buck_temperature: whole_c(bbu.boost_c),
        fan_speed: Some(Rpm(bbu.fan_rpm)),
        status_word: Some(if hot(bbu) { StatusWord::TEMPERATURE_FAULT } else { StatusWord(0) }),
        status_power_boost: Some(StatusPowerBoost(0)),
        status_buck_converter: Some(StatusBuckConverter(0)),
        status_charger: Some(StatusCharger(0)),
        status_temperature: Some(if hot(bbu) {
            StatusTemperature::BATTERY_PACK_OTP
        } else {
            StatusTemperature(0)
        }),
        end_of_life_status: Some(if end_of_life { EndOfLifeStatus::BBU_EOL } else { EndOfLifeStatus(0) }),
        discharger_output_voltage_inside_oring: Some(Volts(inside_oring_v)),
        variable_charge_calculated_current: Some(bbu.automatic_current_a() as u16),
        total_service_time: Some((seconds(bbu.service) / 3600.0) as u16),
        soh_failure_reason: Some(SohFailureReason(0)),
        number_of_installed_bbus: Some(plant.bbus.iter().map(|b| u16::from(b.present)).sum()),
        module_hardware_signals: Some(module_signals(slot)),
        battery_pack_hardware_signals: Some(pack_signals(bbu)),
        led_status: Some(leds(bbu, end_of_life)),
        count_of_discharge_events: Some(count(bbu.discharges)),
        soh_not_start_reason: Some(SohNotStartReason(0)),
        battery_pack_charge_failure: Some(0),
        battery_pack_discharge_failure: Some(0),
        battery_pack_permanent_failure: Some(0),
        battery_pack_fw_revision: Some(0),
        // SBS 5.1.26: specification 1.1, no scaling.
        specification_info: Some(0x0021),
        // SBS 5.1.27: 1980-01-01, the earliest date: this pack was never made.
        manufacturer_date: Some((1 << 5) | 1),
        serial_number: u16::try_from(number).ok(),
        device_chemistry: Text::new("LION"),
        manufacturer_data: Text::new("DPO-SIM"),
        manufacturer_name: Text::new("DPO-SIM"),
        device_name: Text::new("DPO-SIM 11S4P"),
        variable_modbus_baud_rate: Some(0),
        configurable_bbu_maximum_discharge_time: Some(Seconds(f64::from(bbu.controls.discharge_limit_s))),
        configurable_power_loss_siren_timing: Some(Seconds(45.0)),
        variable_charge_override_current: Some(Amperes(bbu.controls.charge_override_a)),
        led_override: Some(LedOverride(0)),
        fan_speed_override: Some(bbu.controls.fan_override_percent),
        pcm_recharge_threshold_override: Some(0),
        override_random_number_of_soh_test: Some(0),
        override_interval_of_soh_test: Some(0),
        soh_timestamp: Some(Seconds(0.0)),
        variable_charge_override_timeout: Some(bbu.controls.charge_override_timeout_s),
        wall_clock_time: Some(Seconds(f64::from(bbu.controls.clock.read(plant.now)))),
        eol_threshold_override: Some(Seconds(f64::from(bbu.controls.eol_threshold_s))),
        forced_discharge_time: Some(0),
        system_control_mode: Some(0),
        shelf_configuration: Some(0),
        forced_detached_mode_timeout: Some(0),
        shelf_output_power: Some(0),
        ac_ok: Some(0),
        charge_delay_time: Some(bbu.controls.charge_delay_s),
        clear_fault: Some(ClearFault(0)),
    }
}

/// Whole degrees Celsius of an unscaled register (assumed); the register has no sign.
fn whole_c(celsius: f64) -> Option<u16> {
    Some(celsius.round().max(0.0) as u16)
}

fn hot(bbu: &Bbu) -> bool {
    bbu.pack_c > bbu.parameters.pack_alarm_c
}

fn status(bbu: &Bbu, end_of_life: bool) -> Status {
    let lowest = bbu.pack.cells_v().into_iter().fold(f64::INFINITY, f64::min);
    [
        (end_of_life, Status::EOL),
        (lowest <= bbu.parameters.pack.cell_empty_v, Status::CELL_UNDER_VOLTAGE),
        (hot(bbu), Status::TEMPERATURE_FAILURE),
        (matches!(bbu.discharge, Discharge::Spent { .. }), Status::DISCHARGE_NOT_ALLOWED),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Status(0), |all, (_, bit)| all.union(bit))
}

fn battery_status(bbu: &Bbu) -> BatteryStatus {
    let soc = bbu.pack.soc();
    let empty = matches!(bbu.discharge, Discharge::Spent { .. }) && soc < LOW_CHARGE;
    let reserve_s = f64::from(bbu.controls.eol_threshold(&bbu.parameters));
    [
        (soc <= 0.001, BatteryStatus::FULLY_DISCHARGED),
        (soc >= 0.995 && bbu.charge == Charge::Idle, BatteryStatus::FULLY_CHARGED),
        (bbu.pack.current_a() < 0.0, BatteryStatus::DISCHARGING),
        (true, BatteryStatus::INITIALIZED),
        (bbu.backup_s(bbu.pack.stored_j()) < reserve_s, BatteryStatus::REMAINING_TIME_ALARM),
        (soc < LOW_CHARGE, BatteryStatus::REMAINING_CAPACITY_ALARM),
        (empty, BatteryStatus::TERMINATE_DISCHARGE_ALARM),
        (hot(bbu), BatteryStatus::OVER_TEMPERATURE_ALARM),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(BatteryStatus(0), |all, (_, bit)| all.union(bit))
}

/// Lines that are active low are high (not active); the address lines show the slot. The model has no
/// signal lines beside the bus voltage.
fn module_signals(slot: usize) -> ModuleHardwareSignals {
    use ModuleHardwareSignals as Signal;
    let high = [
        Signal::SYNC_START_L,
        Signal::PLS_L,
        Signal::VOUT_SEL,
        Signal::BKP_RED_L,
        Signal::SOH_L,
        Signal::BBU_ALERT_L,
        Signal::SYNC_STOP_L,
    ];
    let address = [Signal::A0, Signal::A1, Signal::A2].into_iter().enumerate();
    address
        .filter(|(bit, _)| slot >> bit & 1 == 1)
        .map(|(_, signal)| signal)
        .chain(high)
        .fold(Signal(0), Signal::union)
}

fn pack_signals(bbu: &Bbu) -> BatteryPackHardwareSignals {
    use BatteryPackHardwareSignals as Signal;
    [
        (true, Signal::SYS_PRES.union(Signal::PSU_FAULT_L)),
        (bbu.charger_w > 0.0, Signal::BMS_CHARGE_ENABLE),
        (matches!(bbu.discharge, Discharge::Spent { .. }), Signal::BMS_STOP_DISCHARGE),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(Signal(0), |all, (_, bit)| all.union(bit))
}

fn leds(bbu: &Bbu, end_of_life: bool) -> LedStatus {
    let locate = bbu.controls.stored.get(&reg::LedOverride::INFO.address);
    [
        (true, LedStatus::POWER_GOOD_LED_ON),
        (bbu.pack.soc() < LOW_CHARGE, LedStatus::LOWV_LED_ON),
        (end_of_life, LedStatus::EOL_LED_ON),
        (locate.is_some_and(|word| word & 1 == 1), LedStatus::FAULT_LOC_LED_BLINK),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .fold(LedStatus(0), |all, (_, bit)| all.union(bit))
}
