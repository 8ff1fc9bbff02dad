// Written by `dpo registers generate` from maps/orv3-psu.json. Do not edit: change the map.

//! ORv3 power supply unit (3 kW): register map `orv3-psu` 0.2.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-psu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-psu",
    title: "ORv3 power supply unit (3 kW)",
    version: (0, 2, 0),
    device_class: map::DeviceClass::Psu,
    addresses: &[(192, 247)],
    bus: map::BusInfo {
        baud: &[19200, 38400, 57600, 115200],
        parity: map::Parity::Even,
        max_read_words: 120,
        max_write_words: 123,
        functions: &[3, 6, 16],
    },
    identification: map::Identification { address: 8, words: 8, expect: map::Expect::AsciiText },
    registers: &REGISTERS,
    readable_gaps: &[],
    safe_unmapped: &[(2560, 2815)],
    hazards: &[(768, 1023)],
    time_sync: Some(map::TimeSync { register: "unix_time", interval_s: 3600 }),
};

crate::register_flags! {
    /// Flags of `general_alarm_status_register`: Summary of the alarms of the unit.
    GeneralAlarmStatusRegister: u16 {
        PFC("pfc", "PFC", 0),
        DCDC("dcdc", "DCDC", 1),
        TEMPERATURE("temperature", "Temperature", 2),
        COMMUNICATION("communication", "Communication", 3),
        PFC_CONVERTER_FAIL("pfc_converter_fail", "PFC_Converter_Fail", 8),
        DCDC_CONVERTER_FAILURE("dcdc_converter_failure", "DCDC_Converter_Failure", 9),
        TEMP_ALARM("temp_alarm", "Temp_Alarm", 10),
        FAN_ALARM("fan_alarm", "Fan_Alarm", 11),
    }
}

crate::register_flags! {
    /// Flags of `pfc_alarm_status_register`: Alarms of the input stage (power factor correction).
    PfcAlarmStatusRegister: u16 {
        AC_UVP("ac_uvp", "AC_UVP", 0),
        AC_OVP("ac_ovp", "AC_OVP", 1),
        FREQ_LOW("freq_low", "Freq_Low", 4),
        FREQ_HIGH("freq_high", "Freq_High", 5),
        AC_NOT_OK("ac_not_ok", "AC_Not_OK", 8),
        /// The bulk capacitor is outside its voltage range.
        BULK_NOT_OK("bulk_not_ok", "Bulk_Not_Ok", 9),
        INPUT_RELAY_OFF("input_relay_off", "Input_Relay_Off", 10),
        PFC_FAIL("pfc_fail", "PFC_Fail", 11),
    }
}

crate::register_flags! {
    /// Flags of `dcdc_alarm_status_register`: Alarms of the output stage (DC/DC converter).
    DcdcAlarmStatusRegister: u16 {
        /// Under-voltage at the main output.
        MAIN_UVP("main_uvp", "Main_UVP", 0),
        /// Over-voltage at the main output.
        MAIN_OVP("main_ovp", "Main_OVP", 1),
        /// Over-current at the main output.
        MAIN_OCP("main_ocp", "Main_OCP", 2),
        /// Short circuit at the main output.
        MAIN_SCKT("main_sckt", "Main_SCKT", 3),
        DCDC_FAIL("dcdc_fail", "DCDC_Fail", 8),
        SECONDARY_MCU_FAIL("secondary_mcu_fail", "Secondary_MCU_Fail", 9),
        /// The ORing element failed.
        ORING_FAIL("oring_fail", "Oring_Fail", 10),
    }
}

crate::register_flags! {
    /// Flags of `temperature_alarm_status_register`: Temperature and fan alarms.
    TemperatureAlarmStatusRegister: u16 {
        OUTLET_TEMP_ALARM("outlet_temp_alarm", "Outlet_Temp_Alarm", 0),
        INLET_TEMP_ALARM("inlet_temp_alarm", "Inlet_Temp_Alarm", 1),
        ORING_TEMP_ALARM("oring_temp_alarm", "Oring_Temp_Alarm", 2),
        SYNC_TEMP_ALARM("sync_temp_alarm", "Sync_Temp_Alarm", 3),
        LLC_TEMP_ALARM("llc_temp_alarm", "LLC_Temp_Alarm", 4),
        PFC_TEMP_ALARM("pfc_temp_alarm", "PFC_Temp_Alarm", 5),
        FAN_FAILURE("fan_failure", "Fan_Failure", 8),
    }
}

crate::register_flags! {
    /// Flags of `communication_alarm_status_register`: Alarms of the internal communication, and the active
    /// external protocol.
    CommunicationAlarmStatusRegister: u16 {
        PRIMARY_SECONDARY_MCU_FAULT("primary_secondary_mcu_fault", "Primary_Secondary_MCU_Fault", 0),
        SECONDARY_LOGIC_MCU_FAULT("secondary_logic_mcu_fault", "Secondary_Logic_MCU_Fault", 1),
        /// The unit talks Modbus.
        MODBUS_ACTIVE("modbus_active", "Modbus_Active", 8),
        /// The unit talks PMBus.
        PMBUS_ACTIVE("pmbus_active", "PMBus_Active", 9),
    }
}

crate::register_flags! {
    /// Flags of `setting_register`: Settings and commands of the unit; bit 0 enables writes of the other
    /// settings.
    SettingRegister: u16 {
        /// Must be set before other settings are written.
        PSU_WRITE_ENABLE("psu_write_enable", "PSU_Write_Enable", 0),
        /// Enables the power loss siren.
        PLS_ENABLE_DISABLE("pls_enable_disable", "PLS_Enable_Disable", 8),
        /// Chooses between 51 V and 48 V; which value means which is not stated.
        OUTPUT_VOLTAGE_SETTING_51V_48V("output_voltage_setting_51v_48v", "Output_Voltage_Setting_51V_48V", 9),
        OPERATION_AT_LOW_VOLTAGE("operation_at_low_voltage", "Operation_At_Low_Voltage", 10),
        ACTIVE_CURRENT_SHARING_ENABLE("active_current_sharing_enable", "Active_Current_Sharing_Enable", 11),
        HW_RESET_PIN_ENABLE("hw_reset_pin_enable", "HW_Reset_Pin_Enable", 12),
        VO_SEL_PIN_ENABLE("vo_sel_pin_enable", "VO_Sel_Pin_Enable", 13),
        /// Clears latched faults.
        CLEAR_FAULTS_LATCH("clear_faults_latch", "Clear_Faults_Latch", 14),
        /// Switches the output off for 5 s.
        POWER_CYCLE_5S("power_cycle_5s", "Power_Cycle_5s", 15),
    }
}

crate::register_flags! {
    /// Flags of `led_override`: Overrides the LEDs of the unit.
    LedOverride: u16 {
        /// Takes the LEDs over from the unit.
        LED_OVERRIDE("led_override", "LED_Override", 0),
        BLUE_LED("blue_led", "Blue_LED", 5),
        AMBER_LED("amber_led", "Amber_LED", 6),
    }
}

crate::register_map! {
    /// Part number given by the rack owner.
    ro Fbpn(fbpn): codec::Text<16> = text("PSU_FBPN", 0, 8).once();
    /// Model of the power supply unit.
    ro MfrModel(mfr_model): codec::Text<16> = text("PSU_MFR_Model", 8, 8).once();
    /// Date of manufacture, as text.
    ro MfrDate(mfr_date): codec::Text<16> = text("PSU_MFR_Date", 16, 8).optional().once();
    /// Serial number.
    ro MfrSerial(mfr_serial): codec::Text<32> = text("PSU_MFR_Serial", 24, 16).once();
    /// Work order of the production.
    ro Workorder(workorder): codec::Text<8> = text("PSU_Workorder", 40, 4).optional().once();
    /// Hardware revision.
    ro HwRevision(hw_revision): codec::Text<8> = text("PSU_HW_Revision", 44, 4).optional().once();
    /// Firmware revision.
    ro FwRevision(fw_revision): codec::Text<8> = text("PSU_FW_Revision", 48, 4).once();
    /// Time in operation over the whole life. Inferred: No source states the unit; seconds are concluded from
    /// the length of two words.
    ro TotalUpTime(total_up_time): units::Seconds =
        unsigned("Total_Up_Time", 52, 2).optional().inferred().slow();
    /// Time since the unit was last switched on. Inferred: No source states the unit; seconds are concluded
    /// from the length of two words.
    ro TimeSinceLastOn(time_since_last_on): units::Seconds =
        unsigned("Time_Since_Last_On", 54, 2).inferred().slow();
    /// Number of AC power cycles.
    ro AcPowerCycleCounter(ac_power_cycle_counter): u16 =
        unsigned("AC_Power_Cycle_Counter", 56, 1).optional().slow();
    /// Number of AC outages.
    ro AcOutageCounter(ac_outage_counter): u16 = unsigned("AC_Outage_Counter", 57, 1).optional().slow();
    /// Summary of the alarms of the unit.
    ro GeneralAlarmStatusRegister(general_alarm_status_register): GeneralAlarmStatusRegister =
        flags("General_Alarm_Status_Register", 60, 1).fast();
    /// Alarms of the input stage (power factor correction).
    ro PfcAlarmStatusRegister(pfc_alarm_status_register): PfcAlarmStatusRegister =
        flags("PFC_Alarm_Status_Register", 61, 1).fast();
    /// Alarms of the output stage (DC/DC converter).
    ro DcdcAlarmStatusRegister(dcdc_alarm_status_register): DcdcAlarmStatusRegister =
        flags("DCDC_Alarm_Status_Register", 62, 1).fast();
    /// Temperature and fan alarms.
    ro TemperatureAlarmStatusRegister(temperature_alarm_status_register): TemperatureAlarmStatusRegister =
        flags("Temperature_Alarm_Status_Register", 63, 1).fast();
    /// Alarms of the internal communication, and the active external protocol.
    ro CommunicationAlarmStatusRegister(communication_alarm_status_register): CommunicationAlarmStatusRegister =
        flags("Communication_Alarm_Status_Register", 64, 1).optional().fast();
    /// Speed of fan 0.
    ro RpmFan0(rpm_fan0): units::Rpm = unsigned("PSU_RPM_Fan0", 67, 1).optional().slow();
    /// Speed of fan 1.
    ro RpmFan1(rpm_fan1): units::Rpm = unsigned("PSU_RPM_Fan1", 68, 1).optional().slow();
    /// Temperature of the inlet air.
    ro Temp0Inlet(temp0_inlet): units::Celsius = signed("PSU_Temp0_Inlet", 69, 1).scale(1, 128).slow();
    /// Temperature of the outlet air.
    ro Temp1Outlet(temp1_outlet): units::Celsius =
        signed("PSU_Temp1_Outlet", 70, 1).scale(1, 128).optional().slow();
    /// Highest temperature the unit has measured. Inferred: Whether the value is of now, since power-on or of
    /// the whole life is not stated.
    ro MaxTemp(max_temp): units::Celsius =
        signed("PSU_Max_Temp", 71, 1).scale(1, 128).optional().inferred().slow();
    /// Lowest temperature the unit has measured. Inferred: Whether the value is of now, since power-on or of
    /// the whole life is not stated.
    ro MinTemp(min_temp): units::Celsius =
        signed("PSU_Min_Temp", 72, 1).scale(1, 128).optional().inferred().slow();
    /// Position of the unit in the shelf.
    ro PositionNumber(position_number): u32 = unsigned("PSU_Position_Number", 73, 2).optional().once();
    /// Requests dropped for a wrong CRC.
    ro CrcErrorCounter(crc_error_counter): u32 = unsigned("CRC_Error_Counter", 75, 2).optional().slow();
    /// Requests that timed out.
    ro TimeoutErrorCounter(timeout_error_counter): u32 =
        unsigned("Timeout_Error_Counter", 77, 2).optional().slow();
    /// Output voltage.
    ro OutputVoltage(output_voltage): units::Volts =
        unsigned("PSU_Output_Voltage", 79, 1).scale(1, 1024).fast();
    /// Output current.
    ro OutputCurrent(output_current): units::Amperes =
        unsigned("PSU_Output_Current", 80, 1).scale(1, 64).fast();
    /// Current as seen by the current-sharing bus.
    ro IShareCurrentValue(i_share_current_value): units::Amperes =
        unsigned("I_Share_Current_Value", 81, 1).scale(1, 64).optional().fast();
    /// Output power.
    ro OutputPower(output_power): units::Watts = unsigned("PSU_Output_Power", 82, 1).scale(1, 8).fast();
    /// Voltage of the bulk capacitor.
    ro BulkCapVoltage(bulk_cap_voltage): units::Volts =
        unsigned("PSU_Bulk_Cap_Voltage", 83, 1).scale(1, 64).optional().fast();
    /// Frequency of the AC input.
    ro InputFrequencyAc(input_frequency_ac): units::Hertz =
        unsigned("PSU_Input_Frequency_AC", 84, 1).optional().fast();
    /// Total harmonic distortion of the input current. Inferred: No source states the unit: percent or a
    /// ratio of 1; percent is kept because the format leaves room for 127.998.
    ro Ithd(ithd): units::Percent = unsigned("PSU_ITHD", 85, 1).scale(1, 512).optional().inferred().fast();
    /// Power factor of the AC input.
    ro PowerFactor(power_factor): units::Ratio =
        unsigned("PSU_Power_Factor", 86, 1).scale(1, 512).optional().fast();
    /// Input power.
    ro InputPower(input_power): units::Watts = unsigned("PSU_Input_Power", 87, 1).scale(1, 8).fast();
    /// AC input voltage.
    ro InputVoltageAc(input_voltage_ac): units::Volts =
        unsigned("PSU_Input_Voltage_AC", 88, 1).scale(1, 64).fast();
    /// AC input current.
    ro InputCurrentAc(input_current_ac): units::Amperes =
        unsigned("PSU_Input_Current_AC", 89, 1).scale(1, 1024).fast();
    /// Number of faults.
    ro FaultCounter(fault_counter): u16 = unsigned("PSU_Fault_Counter", 90, 1).optional().slow();
    /// Unix time that belongs to the power cycle. Inferred: Whether this is the time of the last power cycle
    /// or of a planned one is not stated; treated as read-only.
    ro PowerCycleUnixTime(power_cycle_unix_time): units::Seconds =
        unsigned("Power_Cycle_Unix_Time", 92, 2).optional().inferred().on_demand();
    /// Settings and commands of the unit; bit 0 enables writes of the other settings. Inferred: No source
    /// states that this register may be written; concluded from its name and from firmware tools.
    rw SettingRegister(setting_register): SettingRegister =
        flags("PSU_Setting_Register", 94, 1).settle_ms(500).disruptive().inferred().slow();
    /// Code of the Modbus baud rate. Inferred: No source states that this register may be written; concluded
    /// from its name and from firmware tools.
    rw CommunicationBaudRate(communication_baud_rate): u16 =
        unsigned("Communication_Baud_Rate", 95, 1).settle_ms(500).unlock("setting_register.psu_write_enable")
        .disruptive().optional().inferred().on_demand();
    /// Fan duty cycle that overrides the automatic one. 0 % to 100 %. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw FanDutyCycleOverride(fan_duty_cycle_override): units::Percent =
        unsigned("Fan_Duty_Cycle_Override", 96, 1).limits(0, 100).settle_ms(500)
        .unlock("setting_register.psu_write_enable").disruptive().optional().inferred().on_demand();
    /// Overrides the LEDs of the unit. Inferred: No source states that this register may be written;
    /// concluded from its name and from firmware tools.
    rw LedOverride(led_override): LedOverride =
        flags("LED_Override", 97, 1).settle_ms(500).cosmetic().optional().inferred().on_demand();
    /// Clock of the unit, Unix time.
    rw UnixTime(unix_time): units::Seconds =
        unsigned("Unix_Time", 98, 2).settle_ms(500).cosmetic().optional().on_demand();
    /// Time before the end of power at which the power loss siren sounds. 1 s to 300 s, falls back to 45 s.
    /// Inferred: No source states that this register may be written; concluded from its name and from
    /// firmware tools.
    rw ConfigurablePlsTiming(configurable_pls_timing): units::Seconds =
        unsigned("Configurable_PLS_Timing", 100, 1).limits(1, 300).settle_ms(500)
        .unlock("setting_register.psu_write_enable").setpoint().fail_safe(45).optional().inferred().slow();
    /// Lowest AC input voltage at which the unit works. 172 V to 305 V. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw VinMin(vin_min): units::Volts =
        unsigned("Vin_Min", 101, 1).scale(1, 64).limits(11008, 19520).settle_ms(500)
        .unlock("setting_register.psu_write_enable").disruptive().optional().inferred().slow();
    /// Highest AC input voltage at which the unit works. 172 V to 305 V. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw VinMax(vin_max): units::Volts =
        unsigned("Vin_Max", 102, 1).scale(1, 64).limits(11008, 19520).settle_ms(500)
        .unlock("setting_register.psu_write_enable").disruptive().optional().inferred().slow();
    /// Output voltage setpoint while VOUT_SEL is high (the default), at no load. 46 V to 52 V, falls back to
    /// 51 V. Inferred: No source states that this register may be written; concluded from its name and from
    /// firmware tools.
    rw VoutSetpointH(vout_setpoint_h): units::Volts =
        unsigned("Vout_Setpoint_H", 103, 1).scale(1, 1024).limits(47104, 53248).settle_ms(500)
        .unlock("setting_register.psu_write_enable").setpoint().fail_safe(52224).inferred().slow();
    /// Output voltage setpoint while VOUT_SEL is low. 46 V to 52 V, falls back to 48 V. Inferred: No source
    /// states that this register may be written; concluded from its name and from firmware tools.
    rw VoutSetpointL(vout_setpoint_l): units::Volts =
        unsigned("Vout_Setpoint_L", 104, 1).scale(1, 1024).limits(47104, 53248).settle_ms(500)
        .unlock("setting_register.psu_write_enable").setpoint().fail_safe(49152).optional().inferred().slow();
    /// Time that belongs to a change of the output voltage. Inferred: No source states that this register may
    /// be written; concluded from its name and from firmware tools.
    rw VoutChangeTimer(vout_change_timer): u16 =
        unsigned("Vout_Change_Timer", 105, 1).settle_ms(500).unlock("setting_register.psu_write_enable")
        .disruptive().optional().inferred().slow();
    /// Revision of the boot loader firmware.
    ro FblFwRevision(fbl_fw_revision): codec::Text<8> = text("PSU_FBL_FW_Revision", 106, 4).optional().once();
}
