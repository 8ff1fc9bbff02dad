//! A decoder of the ORv3 PSU as one would write it for that device alone.

use dpo_registers::generated::orv3_psu::{Image, REGISTERS};
use dpo_registers::register::Span;

/// Words from address 0.
pub const WORDS: usize = 110;

/// Text up to the first NUL.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Everything a PSU tells, in units.
pub struct Psu {
    pub fbpn: Text<16>,
    pub mfr_model: Text<16>,
    pub mfr_date: Text<16>,
    pub mfr_serial: Text<32>,
    pub workorder: Text<8>,
    pub hw_revision: Text<8>,
    pub fw_revision: Text<8>,
    pub total_up_time: f64,
    pub time_since_last_on: f64,
    pub ac_power_cycle_counter: u16,
    pub ac_outage_counter: u16,
    pub general_alarm_status_register: u16,
    pub pfc_alarm_status_register: u16,
    pub dcdc_alarm_status_register: u16,
    pub temperature_alarm_status_register: u16,
    pub communication_alarm_status_register: u16,
    pub rpm_fan0: f64,
    pub rpm_fan1: f64,
    pub temp0_inlet: f64,
    pub temp1_outlet: f64,
    pub max_temp: f64,
    pub min_temp: f64,
    pub position_number: u32,
    pub crc_error_counter: u32,
    pub timeout_error_counter: u32,
    pub output_voltage: f64,
    pub output_current: f64,
    pub i_share_current_value: f64,
    pub output_power: f64,
    pub bulk_cap_voltage: f64,
    pub input_frequency_ac: f64,
    pub ithd: f64,
    pub power_factor: f64,
    pub input_power: f64,
    pub input_voltage_ac: f64,
    pub input_current_ac: f64,
    pub fault_counter: u16,
    pub power_cycle_unix_time: f64,
    pub setting_register: u16,
    pub communication_baud_rate: u16,
    pub fan_duty_cycle_override: f64,
    pub led_override: u16,
    pub unix_time: f64,
    pub configurable_pls_timing: f64,
    pub vin_min: f64,
    pub vin_max: f64,
    pub vout_setpoint_h: f64,
    pub vout_setpoint_l: f64,
    pub vout_change_timer: u16,
    pub fbl_fw_revision: Text<8>,
}

fn text<const N: usize>(words: &[u16; WORDS], address: usize) -> Text<N> {
    let mut bytes = [0; N];
    for i in 0..N / 2 {
        [bytes[2 * i], bytes[2 * i + 1]] = words[address + i].to_be_bytes();
    }
    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(N);
    Text { bytes, length }
}

fn long(words: &[u16; WORDS], address: usize) -> u32 {
    u32::from(words[address]) << 16 | u32::from(words[address + 1])
}

impl Psu {
    /// `None` if it is not all there.
    pub fn read(words: &[u16]) -> Option<Self> {
        let words: &[u16; WORDS] = words.first_chunk()?;
        Some(Self {
            fbpn: text(words, 0),
            mfr_model: text(words, 8),
            mfr_date: text(words, 16),
            mfr_serial: text(words, 24),
            workorder: text(words, 40),
            hw_revision: text(words, 44),
            fw_revision: text(words, 48),
            total_up_time: f64::from(long(words, 52)),
            time_since_last_on: f64::from(long(words, 54)),
            ac_power_cycle_counter: words[56],
            ac_outage_counter: words[57],
            general_alarm_status_register: words[60],
            pfc_alarm_status_register: words[61],
            dcdc_alarm_status_register: words[62],
            temperature_alarm_status_register: words[63],
            communication_alarm_status_register: words[64],
            rpm_fan0: f64::from(words[67]),
            rpm_fan1: f64::from(words[68]),
            temp0_inlet: f64::from(words[69] as i16) / 128.0,
            temp1_outlet: f64::from(words[70] as i16) / 128.0,
            max_temp: f64::from(words[71] as i16) / 128.0,
            min_temp: f64::from(words[72] as i16) / 128.0,
            position_number: long(words, 73),
            crc_error_counter: long(words, 75),
            timeout_error_counter: long(words, 77),
            output_voltage: f64::from(words[79]) / 1024.0,
            output_current: f64::from(words[80]) / 64.0,
            i_share_current_value: f64::from(words[81]) / 64.0,
            output_power: f64::from(words[82]) / 8.0,
            bulk_cap_voltage: f64::from(words[83]) / 64.0,
            input_frequency_ac: f64::from(words[84]),
            ithd: f64::from(words[85]) / 512.0,
            power_factor: f64::from(words[86]) / 512.0,
            input_power: f64::from(words[87]) / 8.0,
            input_voltage_ac: f64::from(words[88]) / 64.0,
            input_current_ac: f64::from(words[89]) / 1024.0,
            fault_counter: words[90],
            power_cycle_unix_time: f64::from(long(words, 92)),
            setting_register: words[94],
            communication_baud_rate: words[95],
            fan_duty_cycle_override: f64::from(words[96]),
            led_override: words[97],
            unix_time: f64::from(long(words, 98)),
            configurable_pls_timing: f64::from(words[100]),
            vin_min: f64::from(words[101]) / 64.0,
            vin_max: f64::from(words[102]) / 64.0,
            vout_setpoint_h: f64::from(words[103]) / 1024.0,
            vout_setpoint_l: f64::from(words[104]) / 1024.0,
            vout_change_timer: words[105],
            fbl_fw_revision: text(words, 106),
        })
    }
}

/// Checks that both decoders give the same.
pub fn check(words: &[u16; WORDS]) {
    let hand = Psu::read(words).expect("all words are there");
    let ours = Image::read(&Span { address: 0, words });
    assert_eq!(REGISTERS.len(), 50, "the map has changed: bring the decoder by hand up to date");
    assert_eq!(hand.fbpn.as_bytes(), ours.fbpn.expect("fbpn").as_bytes(), "fbpn");
    assert_eq!(hand.mfr_model.as_bytes(), ours.mfr_model.expect("mfr_model").as_bytes(), "mfr_model");
    assert_eq!(hand.mfr_date.as_bytes(), ours.mfr_date.expect("mfr_date").as_bytes(), "mfr_date");
    assert_eq!(hand.mfr_serial.as_bytes(), ours.mfr_serial.expect("mfr_serial").as_bytes(), "mfr_serial");
    assert_eq!(hand.workorder.as_bytes(), ours.workorder.expect("workorder").as_bytes(), "workorder");
    assert_eq!(hand.hw_revision.as_bytes(), ours.hw_revision.expect("hw_revision").as_bytes(), "hw_revision");
    assert_eq!(hand.fw_revision.as_bytes(), ours.fw_revision.expect("fw_revision").as_bytes(), "fw_revision");
    assert_eq!(Some(hand.total_up_time), ours.total_up_time.map(|v| v.0), "total_up_time");
    assert_eq!(Some(hand.time_since_last_on), ours.time_since_last_on.map(|v| v.0), "time_since_last_on");
    assert_eq!(Some(hand.ac_power_cycle_counter), ours.ac_power_cycle_counter, "ac_power_cycle_counter");
    assert_eq!(Some(hand.ac_outage_counter), ours.ac_outage_counter, "ac_outage_counter");
    assert_eq!(
        Some(hand.general_alarm_status_register),
        ours.general_alarm_status_register.map(|v| v.0),
        "general_alarm_status_register"
    );
    assert_eq!(
        Some(hand.pfc_alarm_status_register),
        ours.pfc_alarm_status_register.map(|v| v.0),
        "pfc_alarm_status_register"
    );
    assert_eq!(
        Some(hand.dcdc_alarm_status_register),
        ours.dcdc_alarm_status_register.map(|v| v.0),
        "dcdc_alarm_status_register"
    );
    assert_eq!(
        Some(hand.temperature_alarm_status_register),
        ours.temperature_alarm_status_register.map(|v| v.0),
        "temperature_alarm_status_register"
    );
    assert_eq!(
        Some(hand.communication_alarm_status_register),
        ours.communication_alarm_status_register.map(|v| v.0),
        "communication_alarm_status_register"
    );
    assert_eq!(Some(hand.rpm_fan0), ours.rpm_fan0.map(|v| v.0), "rpm_fan0");
    assert_eq!(Some(hand.rpm_fan1), ours.rpm_fan1.map(|v| v.0), "rpm_fan1");
    assert_eq!(Some(hand.temp0_inlet), ours.temp0_inlet.map(|v| v.0), "temp0_inlet");
    assert_eq!(Some(hand.temp1_outlet), ours.temp1_outlet.map(|v| v.0), "temp1_outlet");
    assert_eq!(Some(hand.max_temp), ours.max_temp.map(|v| v.0), "max_temp");
    assert_eq!(Some(hand.min_temp), ours.min_temp.map(|v| v.0), "min_temp");
    assert_eq!(Some(hand.position_number), ours.position_number, "position_number");
    assert_eq!(Some(hand.crc_error_counter), ours.crc_error_counter, "crc_error_counter");
    assert_eq!(Some(hand.timeout_error_counter), ours.timeout_error_counter, "timeout_error_counter");
    assert_eq!(Some(hand.output_voltage), ours.output_voltage.map(|v| v.0), "output_voltage");
    assert_eq!(Some(hand.output_current), ours.output_current.map(|v| v.0), "output_current");
    assert_eq!(
        Some(hand.i_share_current_value),
        ours.i_share_current_value.map(|v| v.0),
        "i_share_current_value"
    );
    assert_eq!(Some(hand.output_power), ours.output_power.map(|v| v.0), "output_power");
    assert_eq!(Some(hand.bulk_cap_voltage), ours.bulk_cap_voltage.map(|v| v.0), "bulk_cap_voltage");
    assert_eq!(Some(hand.input_frequency_ac), ours.input_frequency_ac.map(|v| v.0), "input_frequency_ac");
    assert_eq!(Some(hand.ithd), ours.ithd.map(|v| v.0), "ithd");
    assert_eq!(Some(hand.power_factor), ours.power_factor.map(|v| v.0), "power_factor");
    assert_eq!(Some(hand.input_power), ours.input_power.map(|v| v.0), "input_power");
    assert_eq!(Some(hand.input_voltage_ac), ours.input_voltage_ac.map(|v| v.0), "input_voltage_ac");
    assert_eq!(Some(hand.input_current_ac), ours.input_current_ac.map(|v| v.0), "input_current_ac");
    assert_eq!(Some(hand.fault_counter), ours.fault_counter, "fault_counter");
    assert_eq!(
        Some(hand.power_cycle_unix_time),
        ours.power_cycle_unix_time.map(|v| v.0),
        "power_cycle_unix_time"
    );
    assert_eq!(Some(hand.setting_register), ours.setting_register.map(|v| v.0), "setting_register");
    assert_eq!(Some(hand.communication_baud_rate), ours.communication_baud_rate, "communication_baud_rate");
    assert_eq!(
        Some(hand.fan_duty_cycle_override),
        ours.fan_duty_cycle_override.map(|v| v.0),
        "fan_duty_cycle_override"
    );
    assert_eq!(Some(hand.led_override), ours.led_override.map(|v| v.0), "led_override");
    assert_eq!(Some(hand.unix_time), ours.unix_time.map(|v| v.0), "unix_time");
    assert_eq!(
        Some(hand.configurable_pls_timing),
        ours.configurable_pls_timing.map(|v| v.0),
        "configurable_pls_timing"
    );
    assert_eq!(Some(hand.vin_min), ours.vin_min.map(|v| v.0), "vin_min");
    assert_eq!(Some(hand.vin_max), ours.vin_max.map(|v| v.0), "vin_max");
    assert_eq!(Some(hand.vout_setpoint_h), ours.vout_setpoint_h.map(|v| v.0), "vout_setpoint_h");
    assert_eq!(Some(hand.vout_setpoint_l), ours.vout_setpoint_l.map(|v| v.0), "vout_setpoint_l");
    assert_eq!(Some(hand.vout_change_timer), ours.vout_change_timer, "vout_change_timer");
    assert_eq!(
        hand.fbl_fw_revision.as_bytes(),
        ours.fbl_fw_revision.expect("fbl_fw_revision").as_bytes(),
        "fbl_fw_revision"
    );
}
