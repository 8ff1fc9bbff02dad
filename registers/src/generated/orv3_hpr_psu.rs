// Written by `dpo registers generate` from maps/orv3-hpr-psu.json. Do not edit: change the map.

//! ORv3 HPR power supply unit (5.5 kW, and 12 kW of the second generation): register map `orv3-hpr-psu`
//! 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-hpr-psu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-hpr-psu",
    title: "ORv3 HPR power supply unit (5.5 kW, and 12 kW of the second generation)",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Psu,
    addresses: &[(144, 152), (154, 165), (167, 181), (183, 191), (208, 213), (218, 231), (246, 255)],
    bus: map::BusInfo {
        baud: &[115200],
        parity: map::Parity::Even,
        max_read_words: 120,
        max_write_words: 123,
        functions: &[3, 6, 16],
    },
    identification: map::Identification { address: 0, words: 8, expect: map::Expect::AsciiText },
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
        /// A single fault in the detection of AC loss.
        AC_LOSS_SINGLE_FAULT("ac_loss_single_fault", "AC_Loss_Single_Fault", 12),
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
        /// The clip to the busbar is warm.
        BUS_CLIP_TEMP_ALARM("bus_clip_temp_alarm", "Bus_Clip_Temp_Alarm", 6),
        /// The clip to the busbar is over its protection temperature.
        BUS_CLIP_OTP("bus_clip_otp", "Bus_Clip_OTP", 7),
        FAN_FAILURE("fan_failure", "Fan_Failure", 8),
        /// A temperature sensor failed.
        TEMP_SENSOR_FAILURE("temp_sensor_failure", "Temp_Sensor_Failure", 9),
    }
}

crate::register_flags! {
    /// Flags of `communication_alarm_status_register`: Alarms of the internal communication.
    CommunicationAlarmStatusRegister: u16 {
        PRIMARY_SECONDARY_MCU_FAULT("primary_secondary_mcu_fault", "Primary_Secondary_MCU_Fault", 0),
        SECONDARY_LOGIC_MCU_FAULT("secondary_logic_mcu_fault", "Secondary_Logic_MCU_Fault", 1),
    }
}

crate::register_flags! {
    /// Flags of `setting_register`: Settings and commands of the unit; bit 0 enables writes of the other
    /// settings.
    SettingRegister: u16 {
        /// Must be set before other settings are written.
        PSU_WRITE_ENABLE("psu_write_enable", "PSU_Write_Enable", 0),
        /// Enables the pulse-management line, by which the unit calls the battery units in a load pulse.
        PULSE_MGMT_ENABLE("pulse_mgmt_enable", "Pulse_Mgmt_Enable", 1),
        /// Drives the pulse-management line.
        FORCE_PULSE_MGMT("force_pulse_mgmt", "Force_Pulse_Mgmt", 6),
        /// Drives the AC-loss line, at which the battery units start.
        FORCE_AC_LOSS("force_ac_loss", "Force_AC_Loss", 7),
        ACTIVE_CURRENT_SHARING_ENABLE("active_current_sharing_enable", "Active_Current_Sharing_Enable", 11),
        HW_RESET_PIN_ENABLE("hw_reset_pin_enable", "HW_Reset_Pin_Enable", 12),
        VO_SEL_PIN_ENABLE("vo_sel_pin_enable", "VO_Sel_Pin_Enable", 13),
        /// Clears latched faults.
        CLEAR_FAULTS_LATCH("clear_faults_latch", "Clear_Faults_Latch", 14),
        /// Switches the output off for a time.
        POWER_CYCLE("power_cycle", "Power_Cycle", 15),
    }
}

crate::register_flags! {
    /// Flags of `led_override`: Overrides the LEDs of the unit, and shows their state.
    LedOverride: u16 {
        /// Takes the LEDs over from the unit.
        LED_OVERRIDE("led_override", "LED_Override", 0),
        BLUE_LED("blue_led", "Blue_LED", 5),
        AMBER_LED("amber_led", "Amber_LED", 6),
        STATUS_BLUE_LED_ON("status_blue_led_on", "Status_Blue_LED_On", 8),
        STATUS_BLUE_LED_BLINKING("status_blue_led_blinking", "Status_Blue_LED_Blinking", 9),
        STATUS_AMBER_LED_ON("status_amber_led_on", "Status_Amber_LED_On", 10),
        STATUS_AMBER_LED_BLINKING("status_amber_led_blinking", "Status_Amber_LED_Blinking", 11),
    }
}

crate::register_flags! {
    /// Flags of `hardware_signal`: Levels of the hardware signals of the unit.
    HardwareSignal: u16 {
        PSU_A0("psu_a0", "PSU_A0", 0),
        PSU_A1("psu_a1", "PSU_A1", 1),
        PSU_A2("psu_a2", "PSU_A2", 2),
        SHELF_ADDR_INT_A0("shelf_addr_int_a0", "Shelf_Addr_Int_A0", 3),
        SHELF_ADDR_INT_A1("shelf_addr_int_a1", "Shelf_Addr_Int_A1", 4),
        SHELF_ADDR_INT_A2("shelf_addr_int_a2", "Shelf_Addr_Int_A2", 5),
        /// Loss of AC, active low.
        AC_LOSS_L("ac_loss_l", "AC_Loss_L", 6),
        /// Pulse management, active low.
        PULSE_MGMT_L("pulse_mgmt_l", "Pulse_Mgmt_L", 7),
        /// Stop in step.
        SYNC_STOP("sync_stop", "Sync_Stop", 8),
        /// Start in step.
        SYNC_START("sync_start", "Sync_Start", 9),
        ALERT("alert", "Alert", 10),
        /// Resets latched faults.
        RESET_LATCH_FAULT("reset_latch_fault", "Reset_Latch_Fault", 11),
        /// Switches the output off.
        PSKILL("pskill", "PSKILL", 12),
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
    /// Alarms of the internal communication.
    ro CommunicationAlarmStatusRegister(communication_alarm_status_register): CommunicationAlarmStatusRegister =
        flags("Communication_Alarm_Status_Register", 64, 1).optional().fast();
    /// Input power of the moment, unfiltered.
    ro InputPowerInst(input_power_inst): units::Watts =
        unsigned("PSU_Input_Power_Inst", 65, 1).scale(1, 8).optional().fast();
    /// AC input current of the moment, unfiltered.
    ro InputCurrentAcInst(input_current_ac_inst): units::Amperes =
        unsigned("PSU_Input_Current_AC_Inst", 66, 1).scale(1, 1024).optional().fast();
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
    /// Clock of the unit, Unix time.
    rw UnixTime(unix_time): units::Seconds =
        unsigned("Unix_Time", 90, 2).settle_ms(500).cosmetic().optional().on_demand();
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
    /// Overrides the LEDs of the unit, and shows their state. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw LedOverride(led_override): LedOverride =
        flags("LED_Override", 97, 1).settle_ms(500).cosmetic().optional().inferred().on_demand();
    /// Number of faults.
    ro FaultCounter(fault_counter): u16 = unsigned("PSU_Fault_Counter", 98, 1).optional().slow();
    /// Time that belongs to a power cycle, unscaled. Inferred: The name says both a time for which the output
    /// is off and a Unix time, for which one word is too short. Unit and access are not stated; treated as
    /// read-only.
    ro TurnOffTimeOfPowerCycle(turn_off_time_of_power_cycle): u16 =
        unsigned("Turn_Off_Time_Of_Power_Cycle_Unix_Time", 99, 1).optional().inferred().on_demand();
    /// Lowest AC input voltage at which the unit works. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw VinMin(vin_min): units::Volts =
        unsigned("Vin_Min", 101, 1).scale(1, 64).settle_ms(500).unlock("setting_register.psu_write_enable")
        .disruptive().optional().inferred().slow();
    /// Highest AC input voltage at which the unit works. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw VinMax(vin_max): units::Volts =
        unsigned("Vin_Max", 102, 1).scale(1, 64).settle_ms(500).unlock("setting_register.psu_write_enable")
        .disruptive().optional().inferred().slow();
    /// Output voltage setpoint, at no load. 46 V to 52 V, falls back to 50 V. Inferred: No source states that
    /// this register may be written; concluded from its name and from firmware tools.
    rw VoutSetpoint(vout_setpoint): units::Volts =
        unsigned("Vout_Setpoint", 103, 1).scale(1, 1024).limits(47104, 53248).settle_ms(500)
        .unlock("setting_register.psu_write_enable").setpoint().fail_safe(51200).inferred().slow();
    /// Temperature of the busbar clip at which the unit protects itself. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw BusClipOtpSet(bus_clip_otp_set): units::Celsius =
        unsigned("Bus_Clip_OTP_Set", 104, 1).scale(1, 64).settle_ms(500)
        .unlock("setting_register.psu_write_enable").disruptive().optional().inferred().slow();
    /// Revision of the boot loader firmware.
    ro FblFwRevision(fbl_fw_revision): codec::Text<8> = text("PSU_FBL_FW_Revision", 105, 4).optional().once();
    /// Unix time at which the unit was switched off. Inferred: Whether this is the time of the last
    /// switch-off or of a planned one is not stated; treated as read-only.
    ro PowerOffUnixTime(power_off_unix_time): units::Seconds =
        unsigned("Power_Off_Unix_Time", 109, 2).optional().inferred().on_demand();
    /// Temperature of the clip to the positive busbar.
    ro BusClipTempPos(bus_clip_temp_pos): units::Celsius =
        signed("Bus_Clip_Temp_Pos", 111, 1).scale(1, 128).optional().slow();
    /// Temperature of the clip to the negative busbar.
    ro BusClipTempNeg(bus_clip_temp_neg): units::Celsius =
        signed("Bus_Clip_Temp_Neg", 112, 1).scale(1, 128).optional().slow();
    /// Highest busbar voltage since the unit was switched on.
    ro BusVoltageMaxSincePowerOn(bus_voltage_max_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Max_Since_Power_On", 113, 1).scale(1, 1024).optional().slow();
    /// Lowest busbar voltage since the unit was switched on.
    ro BusVoltageMinSincePowerOn(bus_voltage_min_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Min_Since_Power_On", 114, 1).scale(1, 1024).optional().slow();
    /// Highest busbar voltage of the last period.
    ro BusVoltageMaxOverPeriod(bus_voltage_max_over_period): units::Volts =
        unsigned("Bus_Voltage_Max_Over_Period", 115, 1).scale(1, 1024).optional().slow();
    /// Lowest busbar voltage of the last period.
    ro BusVoltageMinOverPeriod(bus_voltage_min_over_period): units::Volts =
        unsigned("Bus_Voltage_Min_Over_Period", 116, 1).scale(1, 1024).optional().slow();
    /// Input power that is planned for the unit, unscaled. Inferred: Who plans, the unit and whether it may
    /// be written are not stated; treated as read-only.
    ro InputPowerPlanned(input_power_planned): u16 =
        unsigned("Input_Power_Planned", 117, 1).optional().inferred().slow();
    /// Output voltage before the ORing element.
    ro OutputVoltageOring(output_voltage_oring): units::Volts =
        unsigned("PSU_Output_Voltage_ORing", 118, 1).scale(1, 1024).optional().fast();
    /// Code of the region the unit is set to. Inferred: The codes, and whether it may be written, are not
    /// stated; treated as read-only.
    ro Region(region): u16 = unsigned("Region", 119, 1).optional().inferred().slow();
    /// Levels of the hardware signals of the unit.
    ro HardwareSignal(hardware_signal): HardwareSignal = flags("Hardware_Signal", 120, 1).optional().fast();
    /// Number of times the unit has asked for support by AC loss.
    ro AcLossCountRequested(ac_loss_count_requested): u16 =
        unsigned("AC_Loss_Count_Requested", 121, 1).optional().slow();
    /// Number of times the unit has asked for support by pulse management.
    ro PulseMgmtCountRequested(pulse_mgmt_count_requested): u16 =
        unsigned("Pulse_Mgmt_Count_Requested", 122, 1).optional().slow();
    /// Size of the register map of the unit, as it counts it. Sources disagree: Kept: address 123, as OB26
    /// and OB23 have it. OB has the size at 125 and nothing here; its layout is a version between the two.
    ro SizeModuleRegMap(size_module_reg_map): u16 =
        unsigned("Size_Module_Reg_Map", 123, 1).optional().conflicting().once();
    /// Place of the shelf in the rack.
    ro ShelfLocation(shelf_location): u16 = unsigned("Shelf_Location", 124, 1).optional().slow();
    /// Speed of fan 2. Sources disagree: Kept: the newest source, OB26. The other reading,
    /// `size_module_reg_map`: OB has the size of the register map here, which OB26 has at 123.
    ro RpmFan2(rpm_fan2): units::Rpm =
        unsigned("PSU_RPM_Fan2", 125, 1).optional().conflicting().slow().readings(&[
        map::ReadingInfo::new("size_module_reg_map", map::Kind::Unsigned), ]);
    /// Speed of fan 3. Sources disagree: Kept: the newest source, OB26. The other reading,
    /// `output_voltage_oring`: OB23 has the output voltage before the ORing element here, which OB and OB26
    /// have at 118.
    ro RpmFan3(rpm_fan3): units::Rpm =
        unsigned("PSU_RPM_Fan3", 126, 1).optional().conflicting().slow().readings(&[
        map::ReadingInfo::new("output_voltage_oring", map::Kind::Unsigned).scale(1, 1024).unit("V"), ]);
    /// Input power of the moment of a unit of the second HPR generation, unfiltered.
    ro Hprv2InputPowerInst(hprv2_input_power_inst): units::Watts =
        unsigned("PSU_HPRV2_Input_Power_Inst", 144, 1).scale(1, 2).conditional().condition("HPR_V2").fast();
    /// Output power of a unit of the second HPR generation.
    ro Hprv2OutputPower(hprv2_output_power): units::Watts =
        unsigned("PSU_HPRV2_Output_Power", 145, 1).scale(1, 2).conditional().condition("HPR_V2").fast();
    /// Input power of a unit of the second HPR generation.
    ro Hprv2InputPower(hprv2_input_power): units::Watts =
        unsigned("PSU_HPRV2_Input_Power", 146, 1).scale(1, 2).conditional().condition("HPR_V2").fast();
    /// Code of the kind of module.
    ro ModuleId(module_id): u16 = unsigned("Module_ID", 4096, 1).optional().once();
    /// Code of the maker.
    ro VendorId(vendor_id): u16 = unsigned("Vendor_ID", 4097, 1).optional().once();
}
