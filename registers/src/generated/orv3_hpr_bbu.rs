// Written by `dpo registers generate` from maps/orv3-hpr-bbu.json. Do not edit: change the map.

//! ORv3 HPR battery backup unit (5.5 kW): register map `orv3-hpr-bbu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-hpr-bbu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-hpr-bbu",
    title: "ORv3 HPR battery backup unit (5.5 kW)",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Bbu,
    addresses: &[(48, 71), (86, 88), (90, 95), (102, 104), (106, 120), (122, 136), (138, 143)],
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
    time_sync: Some(map::TimeSync { register: "wall_clock_time", interval_s: 3600 }),
};

crate::register_flags! {
    /// Flags of `status`: Failures and inhibits of the module.
    Status: u16 {
        CHARGE_FET_FAILURE("charge_fet_failure", "Charge_FET_Failure", 0),
        CHARGE_FUSE_FAILURE("charge_fuse_failure", "Charge_Fuse_Failure", 1),
        DISCHARGE_FUSE_FAILURE("discharge_fuse_failure", "Discharge_Fuse_Failure", 2),
        /// The analogue front end failed.
        AFE_FAILURE("afe_failure", "AFE_Failure", 3),
        /// The microcontroller failed.
        MICRO_FAILURE("micro_failure", "Micro_Failure", 4),
        CELL_BALANCING_FAILURE("cell_balancing_failure", "Cell_Balancing_Failure", 5),
        FAN_FAILURE("fan_failure", "Fan_Failure", 6),
        /// End of life.
        EOL("eol", "EOL", 7),
        PACK_OVER_VOLTAGE("pack_over_voltage", "Pack_Over_Voltage", 8),
        CELL_OVER_VOLTAGE("cell_over_voltage", "Cell_Over_Voltage", 9),
        PACK_UNDER_VOLTAGE("pack_under_voltage", "Pack_Under_Voltage", 10),
        CELL_UNDER_VOLTAGE("cell_under_voltage", "Cell_Under_Voltage", 11),
        PACK_OVER_CURRENT("pack_over_current", "Pack_Over_Current", 12),
        TEMPERATURE_FAILURE("temperature_failure", "Temperature_Failure", 13),
        CHARGE_NOT_ALLOWED("charge_not_allowed", "Charge_Not_Allowed", 14),
        DISCHARGE_NOT_ALLOWED("discharge_not_allowed", "Discharge_Not_Allowed", 15),
    }
}

crate::register_flags! {
    /// Flags of `permanent_failures`: Failures that stay.
    PermanentFailures: u16 {
        CELL_OVER_VOLTAGE("cell_over_voltage", "Cell_Over_Voltage", 0),
        CELL_UNDER_VOLTAGE("cell_under_voltage", "Cell_Under_Voltage", 1),
        CELL_OVER_TEMPERATURE("cell_over_temperature", "Cell_Over_Temperature", 2),
        CELL_BALANCING_FAILURE("cell_balancing_failure", "Cell_Balancing_Failure", 3),
        CHARGE_FET_FAILURE("charge_fet_failure", "Charge_FET_Failure", 4),
        DISCHARGE_FET_FAILURE("discharge_fet_failure", "Discharge_FET_failure", 5),
        AFE_FAILURE("afe_failure", "AFE_Failure", 6),
        FAN_FAILURE("fan_failure", "Fan_Failure", 7),
        FUSE_FAILURE("fuse_failure", "Fuse_Failure", 8),
        MICRO_FAILURE("micro_failure", "Micro_Failure", 9),
        CHARGE_TIMEOUT("charge_timeout", "Charge_Timeout", 10),
        OTHER_PERMANENT_FAULTS("other_permanent_faults", "Other_Permanent_Faults", 11),
        TEMP_SENSOR_FAILURE("temp_sensor_failure", "Temp_Sensor_Failure", 12),
    }
}

crate::register_flags! {
    /// Flags of `mode`: What the module does (bits 0 to 6) and which overrides are switched on (bits 7 to
    /// 15).
    Mode: u16 {
        /// The module charges.
        CHARGING("charging", "Charging", 0),
        /// The module discharges.
        DISCHARGE("discharge", "Discharge", 1),
        CELL_BALANCING("cell_balancing", "Cell_Balancing", 2),
        /// The state-of-health test runs.
        SOH_TEST("soh_test", "SoH_Test", 3),
        SOH_TEST_OCV_RELAXATION_TIME("soh_test_ocv_relaxation_time", "SoH_Test_OCV_Relaxation_Time", 4),
        CANBUS_COMMUNICATION_FAILURE("canbus_communication_failure", "CANBUS_Communication_Failure", 5),
        SMBUS_COMMUNICATION_FAILURE("smbus_communication_failure", "SMBUS_Communication_Failure", 6),
        SOH_TEST_INTERVAL_OVERRIDE("soh_test_interval_override", "SoH_Test_Interval_Override", 7),
        SOH_OVERRIDE("soh_override", "SoH_Override", 8),
        HW_RESET_PIN_ENABLE_DISABLE("hw_reset_pin_enable_disable", "HW_Reset_Pin_Enable_Disable", 9),
        /// The charge current is taken from variable_charge_override_current.
        VARIABLE_CHARGER_MANUAL_OVERRIDE("variable_charger_manual_override", "Variable_Charger_Manual_Override", 10),
        /// The recharge threshold is taken from pcm_recharge_threshold_override.
        PCM_THRESHOLD_OVERRIDE_ENABLE("pcm_threshold_override_enable", "PCM_Threshold_Override_Enable", 11),
        /// Switches the time limit of the constant-current charge off.
        CC_CHARGE_TIMEOUT_DISABLE("cc_charge_timeout_disable", "CC_Charge_Timeout_Disable", 12),
        SYSTEM_CONTROL_ENABLE("system_control_enable", "System_Control_Enable", 13),
        /// The end-of-life threshold is taken from eol_threshold_override.
        EOL_THRESHOLD_OVERRIDE("eol_threshold_override", "EOL_Threshold_Override", 14),
        /// Lets the pulse-management line start a discharge, or keeps it from it; which value means which is
        /// not stated.
        PULSE_MGMT_PIN_ENABLE_DISABLE("pulse_mgmt_pin_enable_disable", "Pulse_Mgmt_Pin_Enable_Disable", 15),
    }
}

crate::register_flags! {
    /// Flags of `battery_status`: Status of the pack, as in the Smart Battery register of that name.
    BatteryStatus: u16 {
        FULLY_DISCHARGED("fully_discharged", "Fully_Discharged", 4),
        FULLY_CHARGED("fully_charged", "Fully_Charged", 5),
        DISCHARGING("discharging", "Discharging", 6),
        INITIALIZED("initialized", "Initialized", 7),
        REMAINING_TIME_ALARM("remaining_time_alarm", "Remaining_Time_Alarm", 8),
        REMAINING_CAPACITY_ALARM("remaining_capacity_alarm", "Remaining_Capacity_Alarm", 9),
        TERMINATE_DISCHARGE_ALARM("terminate_discharge_alarm", "Terminate_Discharge_Alarm", 11),
        OVER_TEMPERATURE_ALARM("over_temperature_alarm", "Over_Temperature_Alarm", 12),
        TERMINATE_CHARGE_ALARM("terminate_charge_alarm", "Terminate_Charge_Alarm", 14),
        OVER_CHARGE_ALARM("over_charge_alarm", "Over_Charge_Alarm", 15),
    }
}

crate::register_symbols! {
    /// Values of `at_rate_ok`: Whether the pack can deliver at_rate for 10 s.
    AtRateOk: u16 {
        /// It cannot.
        NotOk("not_ok") = 0,
        /// It can.
        Ok("ok") = 1,
    }
}

crate::register_flags! {
    /// Flags of `status_word`: Summary of the converter faults.
    StatusWord: u16 {
        TEMPERATURE_FAULT("temperature_fault", "Temperature_Fault", 0),
        POWER_BOOST_CONVERTER_FAULT("power_boost_converter_fault", "Power_Boost_Converter_Fault", 1),
        BUCK_CONVERTER_FAULT("buck_converter_fault", "Buck_Converter_Fault", 2),
        CHARGER_CONVERTER_FAULT("charger_converter_fault", "Charger_Converter_Fault", 3),
        FAN_FAULT("fan_fault", "Fan_Fault", 4),
        POWER_OFF_MODE("power_off_mode", "Power_Off_Mode", 6),
        /// A second shelf is detected.
        SECOND_SHELF_DETECTION("second_shelf_detection", "Second_Shelf_Detection", 7),
        /// Fault of the second line for the start in step.
        SYNC_START2_FAULT("sync_start2_fault", "Sync_Start2_Fault", 8),
        /// Fault of the line for the start in step.
        SYNC_START_FAULT("sync_start_fault", "Sync_Start_Fault", 9),
        /// The same, between the shelves of the rack, second line.
        RACK_SYNC_START2_FAULT("rack_sync_start2_fault", "Rack_Sync_Start2_Fault", 10),
        /// The same, between the shelves of the rack.
        RACK_SYNC_START_FAULT("rack_sync_start_fault", "Rack_Sync_Start_Fault", 11),
    }
}

crate::register_flags! {
    /// Flags of `status_power_boost`: Faults of the discharge (boost) converter.
    StatusPowerBoost: u16 {
        /// Short circuit 1.
        POWER_BOOST_SCP1("power_boost_scp1", "Power_Boost_SCP1", 0),
        /// Over-current.
        POWER_BOOST_OCP("power_boost_ocp", "Power_Boost_OCP", 1),
        /// Over-voltage.
        POWER_BOOST_OVP("power_boost_ovp", "Power_Boost_OVP", 2),
        /// Short circuit 2.
        POWER_BOOST_SCP2("power_boost_scp2", "Power_Boost_SCP2", 3),
        /// Under-voltage.
        POWER_BOOST_UVP("power_boost_uvp", "Power_Boost_UVP", 4),
        /// Under-voltage at the input of the discharge converter.
        DISCHARGE_INPUT_UV("discharge_input_uv", "Discharge_Input_UV", 5),
    }
}

crate::register_flags! {
    /// Flags of `status_buck_converter`: Faults of the buck converter.
    StatusBuckConverter: u16 {
        /// Over-voltage at the output.
        BUCK_OUTPUT_OVP("buck_output_ovp", "Buck_Output_OVP", 3),
    }
}

crate::register_flags! {
    /// Flags of `status_charger`: Faults of the charger.
    StatusCharger: u16 {
        CHARGER_INPUT_OVP("charger_input_ovp", "Charger_Input_OVP", 0),
        CHARGER_INPUT_UVP("charger_input_uvp", "Charger_Input_UVP", 1),
        CHARGER_OUTPUT_OVP("charger_output_ovp", "Charger_Output_OVP", 2),
        CHARGER_OUTPUT_OCP("charger_output_ocp", "Charger_Output_OCP", 3),
        CHARGER_TIMEOUT("charger_timeout", "Charger_Timeout", 4),
    }
}

crate::register_flags! {
    /// Flags of `status_temperature`: Over-temperature faults.
    StatusTemperature: u16 {
        INPUT_AMBIENT_OTP("input_ambient_otp", "Input_Ambient_OTP", 0),
        OUTPUT_AMBIENT_OTP("output_ambient_otp", "Output_Ambient_OTP", 1),
        CHARGER_OTP("charger_otp", "Charger_OTP", 2),
        BUCK_CONVERTER_OTP("buck_converter_otp", "Buck_Converter_OTP", 3),
        POWER_BOOST_OTP("power_boost_otp", "Power_Boost_OTP", 4),
        BATTERY_PACK_OTP("battery_pack_otp", "Battery_Pack_OTP", 5),
        /// Discharge converter 1.
        DISCHARGE_1_OTP("discharge_1_otp", "Discharge_1_OTP", 6),
        /// Discharge converter 2.
        DISCHARGE_2_OTP("discharge_2_otp", "Discharge_2_OTP", 7),
        /// Discharge converter 3.
        DISCHARGE_3_OTP("discharge_3_otp", "Discharge_3_OTP", 8),
        /// Discharge converter 4.
        DISCHARGE_4_OTP("discharge_4_otp", "Discharge_4_OTP", 9),
        /// Discharge converter 5.
        DISCHARGE_5_OTP("discharge_5_otp", "Discharge_5_OTP", 10),
        /// The ORing element.
        ORING_OTP("oring_otp", "Oring_OTP", 11),
    }
}

crate::register_flags! {
    /// Flags of `end_of_life_status`: Whether the module is at the end of its life.
    EndOfLifeStatus: u16 {
        BBU_EOL("bbu_eol", "BBU_EOL", 0),
    }
}

crate::register_flags! {
    /// Flags of `soh_failure_reason`: Why the last state-of-health test failed.
    SohFailureReason: u16 {
        /// Another reason.
        OTHERS("others", "Others", 7),
        /// The module had to back the bus up.
        BBU_BACKUP("bbu_backup", "BBU_Backup", 8),
        /// The CAN bus failed.
        CAN_FAILURE("can_failure", "CAN_Failure", 9),
        /// The cells were below 3.9 V.
        BBU_VOLTAGE_3900MV_PER_CELL("bbu_voltage_3900mv_per_cell", "BBU_Voltage_3900mV_Per_Cell", 10),
        BBU_IN_BOOTLOADER_MODE("bbu_in_bootloader_mode", "BBU_In_Bootloader_Mode", 11),
        BBU_EOL("bbu_eol", "BBU_EOL", 12),
        BBU_NOT_INSTALLED("bbu_not_installed", "BBU_Not_Installed", 13),
        BBU_FAILURE("bbu_failure", "BBU_Failure", 14),
        DISCHARGE_POWER_LESS_THAN_500W("discharge_power_less_than_500w", "Discharge_Power_Less_Than_500W", 15),
    }
}

crate::register_flags! {
    /// Flags of `module_hardware_signals`: Levels of the hardware signals of the module.
    ModuleHardwareSignals: u16 {
        /// Pulse management, active low.
        PULSE_MGMT_L("pulse_mgmt_l", "Pulse_Mgmt_L", 0),
        SHELF_ADDR_INT_0("shelf_addr_int_0", "Shelf_Addr_int_0", 1),
        SHELF_ADDR_INT_1("shelf_addr_int_1", "Shelf_Addr_int_1", 2),
        SHELF_ADDR_INT_2("shelf_addr_int_2", "Shelf_Addr_int_2", 3),
        A0("a0", "A0", 4),
        A1("a1", "A1", 5),
        A2("a2", "A2", 6),
        /// Start in step, active low.
        SYNC_START_L("sync_start_l", "SYNC_START_L", 7),
        /// Power loss siren, active low.
        PLS_L("pls_l", "PLS_L", 8),
        /// Loss of AC, second line, active low.
        AC_LOSS_2_L("ac_loss_2_l", "AC_Loss_2_L", 9),
        /// Loss of AC, active low.
        AC_LOSS_1_L("ac_loss_1_l", "AC_Loss_1_L", 10),
        /// State-of-health test, active low.
        SOH_L("soh_l", "SOH_L", 11),
        BBU_RESET("bbu_reset", "BBU_Reset", 12),
        /// Alert, active low.
        BBU_ALERT_L("bbu_alert_l", "BBU_ALERT_L", 13),
        /// Switches the output off.
        PSKILL("pskill", "PSKILL", 14),
        /// Start in step, second line, active low.
        SYNC_START2_L("sync_start2_l", "SYNC_START2_L", 15),
    }
}

crate::register_flags! {
    /// Flags of `battery_pack_hardware_signals`: Levels of the hardware signals of the pack.
    BatteryPackHardwareSignals: u16 {
        BMS_STOP_DISCHARGE("bms_stop_discharge", "BMS_Stop_Discharge", 0),
        BMS_CHARGE_ENABLE("bms_charge_enable", "BMS_Charge_Enable", 1),
        BMS_SOH("bms_soh", "BMS_SoH", 2),
        BMS_FAIL("bms_fail", "BMS_Fail", 4),
        /// The power supply reports a fault, active low.
        PSU_FAULT_L("psu_fault_l", "PSU_Fault_L", 5),
        BMS_NOT_INSERT("bms_not_insert", "BMS_Not_Insert", 7),
        /// The pack cannot be talked to.
        COMMUNICATION_FAIL("communication_fail", "Communication_Fail", 9),
        RTCSMC("rtcsmc", "RTCSMC", 10),
        RTCSMD("rtcsmd", "RTCSMD", 11),
        GG_SMC("gg_smc", "GG_SMC", 12),
        GG_SMD("gg_smd", "GG_SMD", 13),
        PF_FLAG("pf_flag", "PF_Flag", 14),
        /// The system is present.
        SYS_PRES("sys_pres", "SYS_PRES", 15),
    }
}

crate::register_flags! {
    /// Flags of `led_status`: State of the LEDs.
    LedStatus: u16 {
        POWER_GOOD_LED_ON("power_good_led_on", "Power_Good_LED_On", 0),
        POWER_GOOD_LED_BLINKING("power_good_led_blinking", "Power_Good_LED_Blinking", 1),
        LOWV_LED_ON("lowv_led_on", "LOWV_LED_On", 2),
        LOWV_LED_BLINKING("lowv_led_blinking", "LOWV_LED_Blinking", 3),
        EOL_LED_ON("eol_led_on", "EOL_LED_On", 4),
        EOL_LED_BLINKING("eol_led_blinking", "EOL_LED_Blinking", 5),
        FAULT_LOC_LED_ON("fault_loc_led_on", "FAULT_LOC_LED_On", 6),
        FAULT_LOC_LED_BLINKING("fault_loc_led_blinking", "FAULT_LOC_LED_Blinking", 7),
    }
}

crate::register_flags! {
    /// Flags of `soh_not_start_reason`: Why the state-of-health test did not start.
    SohNotStartReason: u16 {
        /// Another reason.
        OTHER("other", "Other", 8),
        /// The CAN bus failed.
        CAN_FAILURE("can_failure", "CAN_Failure", 9),
        /// The cells were below 3.9 V.
        BBU_VOLTAGE_3900MV_PER_CELL("bbu_voltage_3900mv_per_cell", "BBU_Voltage_3900mV_Per_Cell", 10),
        BBU_IN_BOOTLOADER_MODE("bbu_in_bootloader_mode", "BBU_In_Bootloader_Mode", 11),
        BBU_EOL("bbu_eol", "BBU_EOL", 12),
        BBU_NOT_INSTALLED("bbu_not_installed", "BBU_Not_Installed", 13),
        BBU_FAILURE("bbu_failure", "BBU_Failure", 14),
        DISCHARGE_POWER_LESS_THAN_500W("discharge_power_less_than_500w", "Discharge_Power_Less_Than_500W", 15),
    }
}

crate::register_flags! {
    /// Flags of `clear_fault`: Clears the faults and latches of the module.
    ClearFault: u16 {
        CLEAR_BBU_FAULTS_AND_LATCH("clear_bbu_faults_and_latch", "Clear_BBU_Faults_And_Latch", 0),
    }
}

crate::register_map! {
    /// Manufacturer of the module.
    ro ManufactureName(manufacture_name): codec::Text<16> = text("Manufacture_Name", 0, 8).once();
    /// Model of the module.
    ro ManufactureModel(manufacture_model): codec::Text<16> = text("Manufacture_Model", 8, 8).once();
    /// Date of manufacture, as text.
    ro ManufactureDate(manufacture_date): codec::Text<16> = text("Manufacture_Date", 16, 8).optional().once();
    /// Part number given by the rack owner.
    ro FacebookPartNumber(facebook_part_number): codec::Text<16> =
        text("Facebook_Part_Number", 24, 8).optional().once();
    /// Build revision of the module.
    ro BuildRevision(build_revision): codec::Text<4> = text("Build_Revision", 48, 2).optional().once();
    /// Hardware revision.
    ro HwRevision(hw_revision): codec::Text<8> = text("HW_Revision", 52, 4).optional().once();
    /// Firmware revision.
    ro FwRevision(fw_revision): codec::Text<8> = text("FW_Revision", 56, 4).once();
    /// Work order of the production.
    ro Workorder(workorder): codec::Text<8> = text("Workorder", 60, 4).optional().once();
    /// Serial number.
    ro MfrSerial(mfr_serial): codec::Text<32> = text("MFR_Serial", 64, 16).once();
    /// Random number that spreads the state-of-health tests of the modules.
    ro RandomNumberOfSohTest(random_number_of_soh_test): u16 =
        unsigned("Random_Number_Of_SoH_Test", 80, 1).optional().on_demand();
    /// Temperature of lead plate 1, where the pack is connected.
    ro LeadPlateTemp1(lead_plate_temp1): units::Celsius =
        unsigned("Lead_Plate_Temp1", 88, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Temperature of lead plate 2, where the pack is connected.
    ro LeadPlateTemp2(lead_plate_temp2): units::Celsius =
        unsigned("Lead_Plate_Temp2", 89, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Pack temperature 1.
    ro Temp1(temp1): units::Celsius = unsigned("Temp1", 90, 1).scale(1, 10).offset(-5463, 20).slow();
    /// Pack temperature 2.
    ro Temp2(temp2): units::Celsius =
        unsigned("Temp2", 91, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Pack temperature 3.
    ro Temp3(temp3): units::Celsius =
        unsigned("Temp3", 92, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Pack temperature 4.
    ro Temp4(temp4): units::Celsius =
        unsigned("Temp4", 93, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// State of charge, as a share of the full-charge capacity.
    ro RelativeStateOfCharge(relative_state_of_charge): units::Percent =
        unsigned("Relative_State_Of_Charge", 94, 1).fast();
    /// State of charge, as a share of the design capacity.
    ro AbsoluteStateOfCharge(absolute_state_of_charge): units::Percent =
        unsigned("Absolute_State_Of_Charge", 95, 1).optional().fast();
    /// Voltage of the pack. Inferred: PM states the step for the copy of this register in the PMM of the
    /// shelf. OB shows the plain integer.
    ro BatteryVoltage(battery_voltage): units::Volts =
        unsigned("Battery_Voltage", 96, 1).scale(1, 1000).inferred().fast();
    /// Current of the pack; the sign is that of the Smart Battery register (positive charges).
    ro BatteryCurrent(battery_current): units::Amperes =
        signed("Battery_Current", 97, 1).scale(1, 100).fast();
    /// Mean of the pack current over the last minute; sign as battery_current.
    ro AverageCurrent(average_current): units::Amperes =
        signed("Average_Current", 98, 1).scale(1, 100).optional().fast();
    /// Charge left in the pack. Sources disagree: Kept: unsigned steps of 1 mAh, as FB states for the 3 kW
    /// module; OB shows the plain unsigned integer. The other reading, `signed_counts`: PM reads the copy in
    /// the PMM of the shelf as signed and does not scale it.
    ro RemainingCapacity(remaining_capacity): units::AmpereHours =
        unsigned("Remaining_Capacity", 99, 1).scale(1, 1000).conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge of the pack when it is full. Sources disagree: Kept: unsigned steps of 1 mAh, as FB states for
    /// the 3 kW module; OB shows the plain unsigned integer. The other reading, `signed_counts`: PM reads the
    /// copy in the PMM of the shelf as signed and does not scale it.
    ro FullChargeCapacity(full_charge_capacity): units::AmpereHours =
        unsigned("Full_Charge_Capacity", 100, 1).scale(1, 1000).conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Clock of the module, Unix time.
    rw WallClockTime(wall_clock_time): units::Seconds =
        unsigned("Wall_Clock_Time", 101, 2).settle_ms(500).cosmetic().optional().on_demand();
    /// Failures and inhibits of the module.
    ro Status(status): Status = flags("BBU_Status", 104, 1).fast();
    /// Failures that stay.
    ro PermanentFailures(permanent_failures): PermanentFailures = flags("Permanent_Failures", 105, 1).fast();
    /// Manufacturer access word of the pack. Inferred: The Smart Battery register of this name takes
    /// commands; it is kept read-only here because its commands are the maker's and unknown.
    ro ManufacturerAccess(manufacturer_access): u16 =
        unsigned("Manufacturer_Access", 106, 1).optional().inferred().on_demand();
    /// What the module does (bits 0 to 6) and which overrides are switched on (bits 7 to 15). Inferred: No
    /// source states that this register may be written; concluded from its name and from firmware tools.
    rw Mode(mode): Mode = flags("BBU_Mode", 107, 1).settle_ms(500).disruptive().inferred().fast();
    /// Status of the pack, as in the Smart Battery register of that name.
    ro BatteryStatus(battery_status): BatteryStatus = flags("Battery_Status", 108, 1).fast();
    /// Voltage of cell 1 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage1(cell_voltage1): units::Volts =
        unsigned("Cell_Voltage1", 109, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 2 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage2(cell_voltage2): units::Volts =
        unsigned("Cell_Voltage2", 110, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 3 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage3(cell_voltage3): units::Volts =
        unsigned("Cell_Voltage3", 111, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 4 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage4(cell_voltage4): units::Volts =
        unsigned("Cell_Voltage4", 112, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 5 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage5(cell_voltage5): units::Volts =
        unsigned("Cell_Voltage5", 113, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 6 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage6(cell_voltage6): units::Volts =
        unsigned("Cell_Voltage6", 114, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 7 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage7(cell_voltage7): units::Volts =
        unsigned("Cell_Voltage7", 115, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 8 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage8(cell_voltage8): units::Volts =
        unsigned("Cell_Voltage8", 116, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 9 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage9(cell_voltage9): units::Volts =
        unsigned("Cell_Voltage9", 117, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 10 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage10(cell_voltage10): units::Volts =
        unsigned("Cell_Voltage10", 118, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 11 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage11(cell_voltage11): units::Volts =
        unsigned("Cell_Voltage11", 119, 1).scale(1, 1000).optional().inferred().slow();
    /// Voltage of cell 12 in series. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro CellVoltage12(cell_voltage12): units::Volts =
        unsigned("Cell_Voltage12", 120, 1).scale(1, 1000).optional().inferred().slow();
    /// Number of state-of-health tests.
    ro SohCount(soh_count): u16 = unsigned("SOH_Count", 121, 1).optional().slow();
    /// Voltage of cell 13 in series, in packs that have it. Inferred: Steps of 1 mV as the other cells.
    ro CellVoltage13(cell_voltage13): units::Volts =
        unsigned("Cell_Voltage13", 122, 1).scale(1, 1000).conditional().condition("CELLS_13").inferred()
        .slow();
    /// Size of the register map of the module, as it counts it.
    ro SizeModuleRegMap(size_module_reg_map): u16 = unsigned("Size_Module_Reg_Map", 123, 1).optional().once();
    /// Predicted time to empty at the present rate. Inferred: Unit as in the Smart Battery Data
    /// Specification, whose name the register bears; no source states it for this device.
    ro RunTimeToEmpty(run_time_to_empty): units::Minutes =
        unsigned("Run_Time_To_Empty", 133, 1).optional().inferred().slow();
    /// Predicted time to empty at the mean rate. Inferred: Unit as in the Smart Battery Data Specification,
    /// whose name the register bears; no source states it for this device.
    ro AverageTimeToEmpty(average_time_to_empty): units::Minutes =
        unsigned("Average_Time_To_Empty", 134, 1).optional().inferred().slow();
    /// Number of discharge cycles.
    ro CycleCount(cycle_count): u16 = unsigned("Cycle_Count", 135, 1).optional().slow();
    /// Design capacity of the pack. Inferred: Step of 1 mAh as in the Smart Battery Data Specification, whose
    /// name the register bears; no source states it for this device.
    ro DesignCapacity(design_capacity): units::AmpereHours =
        unsigned("Design_Capacity", 136, 1).scale(1, 1000).optional().inferred().once();
    /// Design voltage of the pack. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro DesignVoltage(design_voltage): units::Volts =
        unsigned("Design_Voltage", 137, 1).scale(1, 1000).optional().inferred().once();
    /// Rate for which the at-rate predictions hold. Inferred: The Smart Battery step of 1 mA tops at 32.767
    /// A, below the rated current of the module; the step is not stated, so the number has no unit.
    ro AtRate(at_rate): i16 = signed("At_Rate", 138, 1).optional().inferred().slow();
    /// Predicted time to full at at_rate. Inferred: Unit as in the Smart Battery Data Specification, whose
    /// name the register bears; no source states it for this device.
    ro AtRateTimeToFull(at_rate_time_to_full): units::Minutes =
        unsigned("At_Rate_Time_To_Full", 139, 1).optional().inferred().slow();
    /// Predicted time to empty at at_rate. Inferred: Unit as in the Smart Battery Data Specification, whose
    /// name the register bears; no source states it for this device.
    ro AtRateTimeToEmpty(at_rate_time_to_empty): units::Minutes =
        unsigned("At_Rate_Time_To_Empty", 140, 1).optional().inferred().slow();
    /// Whether the pack can deliver at_rate for 10 s. Inferred: Values as in the Smart Battery register, a
    /// boolean; not stated for this device.
    ro AtRateOk(at_rate_ok): AtRateOk = symbol("At_Rate_OK", 141, 1).optional().inferred().slow();
    /// State of health. Inferred: Percent is concluded from the name.
    ro Soh(soh): units::Percent = unsigned("SOH", 142, 1).optional().inferred().slow();
    /// Expected error of the state of charge. Inferred: Unit as in the Smart Battery Data Specification,
    /// whose name the register bears; no source states it for this device.
    ro MaxError(max_error): units::Percent = unsigned("Max_Error", 143, 1).optional().inferred().slow();
    /// Charge current the pack asks for. Inferred: OBC states the step of 1 mA for the same register of the
    /// capacitor unit; OB shows the plain integer. The Smart Battery register of the name has it too.
    ro ChargingCurrent(charging_current): units::Amperes =
        unsigned("Charging_Current", 144, 1).scale(1, 1000).optional().inferred().slow();
    /// Charge voltage the pack asks for. Inferred: OBC states the step of 1 mV for the same register of the
    /// capacitor unit; OB shows the plain integer.
    ro ChargingVoltage(charging_voltage): units::Volts =
        unsigned("Charging_Voltage", 145, 1).scale(1, 1000).optional().inferred().slow();
    /// Current out of the module while it discharges.
    ro DischargeCurrent(discharge_current): units::Amperes =
        unsigned("Discharge_Current", 146, 1).scale(1, 100).optional().fast();
    /// Voltage of the busbar as the module sees it. Inferred: OBC states the step of 1 mV for the same
    /// register of the capacitor unit; OB shows the plain integer.
    ro ShelfBusbarVoltage(shelf_busbar_voltage): units::Volts =
        unsigned("Shelf_Busbar_Voltage", 147, 1).scale(1, 1000).optional().inferred().fast();
    /// Temperature of the inlet air, unscaled. Inferred: The scale is not stated. OB gives the pack
    /// temperatures 90 to 93 in steps of 0.1 K but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro InletAmbientTemperature(inlet_ambient_temperature): u16 =
        unsigned("Inlet_Ambient_Temperature", 148, 1).optional().inferred().slow();
    /// Temperature of the outlet air, unscaled. Inferred: The scale is not stated. OB gives the pack
    /// temperatures 90 to 93 in steps of 0.1 K but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro OutletAmbientTemperature(outlet_ambient_temperature): u16 =
        unsigned("Outlet_Ambient_Temperature", 149, 1).optional().inferred().slow();
    /// Temperature of the charge converter, unscaled. Inferred: The scale is not stated. OB gives the pack
    /// temperatures 90 to 93 in steps of 0.1 K but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro ChargeBuckTemperature(charge_buck_temperature): u16 =
        unsigned("Charge_Buck_Temperature", 150, 1).optional().inferred().slow();
    /// Temperature of the discharge converter, unscaled. Inferred: The scale is not stated. OB gives the pack
    /// temperatures 90 to 93 in steps of 0.1 K but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro DischargeBuckTemperature(discharge_buck_temperature): u16 =
        unsigned("Discharge_Buck_Temperature", 151, 1).optional().inferred().slow();
    /// Speed of the fan. Inferred: Revolutions per minute are concluded from the name.
    ro FanSpeed(fan_speed): units::Rpm = unsigned("Fan_Speed", 152, 1).optional().inferred().slow();
    /// Summary of the converter faults.
    ro StatusWord(status_word): StatusWord = flags("BBU_Status_Word", 153, 1).slow();
    /// Faults of the discharge (boost) converter.
    ro StatusPowerBoost(status_power_boost): StatusPowerBoost =
        flags("BBU_Status_Power_Boost", 154, 1).optional().slow();
    /// Faults of the buck converter.
    ro StatusBuckConverter(status_buck_converter): StatusBuckConverter =
        flags("BBU_Status_Buck_Converter", 155, 1).optional().slow();
    /// Faults of the charger.
    ro StatusCharger(status_charger): StatusCharger = flags("BBU_Status_Charger", 156, 1).optional().slow();
    /// Over-temperature faults.
    ro StatusTemperature(status_temperature): StatusTemperature =
        flags("BBU_Status_Temperature", 157, 1).optional().slow();
    /// Whether the module is at the end of its life.
    ro EndOfLifeStatus(end_of_life_status): EndOfLifeStatus =
        flags("End_of_Life_Status", 158, 1).optional().slow();
    /// Output voltage of the discharge converter before the ORing element. Inferred: OBC states the step of 1
    /// mV for the same register of the capacitor unit; OB shows the plain integer.
    ro DischargerOutputVoltageInsideOring(discharger_output_voltage_inside_oring): units::Volts =
        unsigned("BBU_Discharger_Output_Voltage_Inside_Oring", 159, 1).scale(1, 1000).optional().inferred()
        .slow();
    /// Charge current that the module has calculated for itself, unscaled. Inferred: The scale is not stated.
    ro VariableChargeCalculatedCurrent(variable_charge_calculated_current): u16 =
        unsigned("Variable_Charge_Calculated_Current", 160, 1).optional().inferred().slow();
    /// Time in service, unscaled. Inferred: OB and OB26 multiply the count by 2 without naming a unit, so the
    /// number is kept without both.
    ro TotalServiceTime(total_service_time): u16 =
        unsigned("BBU_Total_Service_Time", 161, 1).optional().inferred().slow();
    /// Why the last state-of-health test failed.
    ro SohFailureReason(soh_failure_reason): SohFailureReason =
        flags("SOH_Failure_Reason", 162, 1).optional().slow();
    /// Number of modules in the shelf.
    ro NumberOfInstalledBbus(number_of_installed_bbus): u16 =
        unsigned("Number_of_Installed_BBUs", 163, 1).optional().slow();
    /// Levels of the hardware signals of the module.
    ro ModuleHardwareSignals(module_hardware_signals): ModuleHardwareSignals =
        flags("BBU_Module_Hardware_Signals", 164, 1).optional().fast();
    /// Levels of the hardware signals of the pack.
    ro BatteryPackHardwareSignals(battery_pack_hardware_signals): BatteryPackHardwareSignals =
        flags("Battery_Pack_Hardware_Signals", 165, 1).optional().slow();
    /// State of the LEDs.
    ro LedStatus(led_status): LedStatus = flags("LED_Status", 166, 1).optional().slow();
    /// Number of discharges.
    ro CountOfDischargeEvents(count_of_discharge_events): u16 =
        unsigned("Count_of_Discharge_Events", 167, 1).slow();
    /// Why the state-of-health test did not start.
    ro SohNotStartReason(soh_not_start_reason): SohNotStartReason =
        flags("SOH_Not_Start_Reason", 168, 1).optional().slow();
    /// Number of modules on the CAN bus of the shelf.
    ro NumberOfBbuCanBus(number_of_bbu_can_bus): u16 =
        unsigned("Number_of_BBU_CAN_Bus", 169, 1).optional().slow();
    /// Number of shelves on the CAN bus.
    ro NumberOfShelfCanBus(number_of_shelf_can_bus): u16 =
        unsigned("Number_of_Shelf_CAN_Bus", 170, 1).optional().slow();
    /// Charge failures of the pack, as the pack codes them.
    ro BatteryPackChargeFailure(battery_pack_charge_failure): u16 =
        unsigned("Battery_Pack_Charge_Failure", 179, 1).optional().slow();
    /// Discharge failures of the pack, as the pack codes them.
    ro BatteryPackDischargeFailure(battery_pack_discharge_failure): u16 =
        unsigned("Battery_Pack_Discharge_Failure", 180, 1).optional().slow();
    /// Permanent failures of the pack, as the pack codes them.
    ro BatteryPackPermanentFailure(battery_pack_permanent_failure): u16 =
        unsigned("Battery_Pack_Permanent_Failure", 181, 1).optional().slow();
    /// Firmware revision of the pack.
    ro BatteryPackFwRevision(battery_pack_fw_revision): u16 =
        unsigned("Battery_Pack_FW_Revision", 182, 1).optional().once();
    /// Version of the Smart Battery specification the pack follows.
    ro SpecificationInfo(specification_info): u16 = unsigned("Specification_Info", 183, 1).optional().once();
    /// Date of manufacture of the pack, packed. Inferred: Smart Battery packing: (year - 1980) * 512 + month
    /// * 32 + day; not stated for this device.
    ro ManufacturerDate(manufacturer_date): u16 =
        unsigned("Manufacturer_Date", 184, 1).optional().inferred().once();
    /// Serial number of the pack.
    ro SerialNumber(serial_number): u16 = unsigned("Serial_Number", 185, 1).optional().once();
    /// Cell chemistry of the pack.
    ro DeviceChemistry(device_chemistry): codec::Text<4> = text("Device_Chemistry", 186, 2).optional().once();
    /// Manufacturer data of the pack.
    ro ManufacturerData(manufacturer_data): codec::Text<8> =
        text("Manufacturer_Data", 188, 4).optional().once();
    /// Manufacturer of the pack.
    ro ManufacturerName(manufacturer_name): codec::Text<32> =
        text("Manufacturer_Name", 192, 16).optional().once();
    /// Name of the pack.
    ro DeviceName(device_name): codec::Text<32> = text("Device_Name", 208, 16).optional().once();
    /// Highest busbar voltage since the module was switched on. Inferred: OBC states the step of 1 mV for the
    /// same register of the capacitor unit; OB shows the plain integer.
    ro BusVoltageMaxSincePowerOn(bus_voltage_max_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Max_Since_Power_On", 224, 1).scale(1, 1000).optional().inferred().slow();
    /// Lowest busbar voltage since the module was switched on. Inferred: OBC states the step of 1 mV for the
    /// same register of the capacitor unit; OB shows the plain integer.
    ro BusVoltageMinSincePowerOn(bus_voltage_min_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Min_Since_Power_On", 225, 1).scale(1, 1000).optional().inferred().slow();
    /// Highest busbar voltage of the last period. Inferred: OBC states the step of 1 mV for the same register
    /// of the capacitor unit; OB shows the plain integer.
    ro BusVoltageMaxOverPeriod(bus_voltage_max_over_period): units::Volts =
        unsigned("Bus_Voltage_Max_Over_Period", 226, 1).scale(1, 1000).optional().inferred().slow();
    /// Lowest busbar voltage of the last period. Inferred: OBC states the step of 1 mV for the same register
    /// of the capacitor unit; OB shows the plain integer.
    ro BusVoltageMinOverPeriod(bus_voltage_min_over_period): units::Volts =
        unsigned("Bus_Voltage_Min_Over_Period", 227, 1).scale(1, 1000).optional().inferred().slow();
    /// Number of requests for support on the first AC-loss line.
    ro AcLoss1CountRequested(ac_loss_1_count_requested): u16 =
        unsigned("AC_Loss_1_Count_Requested", 228, 1).optional().slow();
    /// Number of requests for support on the second AC-loss line.
    ro AcLoss2CountRequested(ac_loss_2_count_requested): u16 =
        unsigned("AC_Loss_2_Count_Requested", 229, 1).optional().slow();
    /// Number of requests for support in a load pulse.
    ro PulseMgmtCountReq(pulse_mgmt_count_req): u16 =
        unsigned("Pulse_Mgmt_Count_Req", 230, 1).optional().slow();
    /// Threshold of the support in a load pulse, unscaled. Inferred: The unit and whether it may be written
    /// are not stated; treated as read-only.
    ro PulseMgmtThreshold(pulse_mgmt_threshold): u16 =
        unsigned("Pulse_Mgmt_Threshold", 231, 1).optional().inferred().slow();
    /// Number of load pulses that the module has supported.
    ro PulseMgmtCountSupported(pulse_mgmt_count_supported): u16 =
        unsigned("Pulse_Mgmt_Count_Supported", 232, 1).optional().slow();
    /// Place of the shelf in the rack.
    ro ShelfLocation(shelf_location): u16 = unsigned("Shelf_Location", 234, 1).optional().slow();
    /// Highest of the four pack temperatures.
    ro HighestOfTemp1ToTemp4(highest_of_temp1_to_temp4): units::Celsius =
        unsigned("Highest_Of_Temp1_To_Temp4", 235, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Address of the module on the CAN bus.
    ro CanbusAddress(canbus_address): u16 = unsigned("CANBUS_Address", 236, 1).optional().slow();
    /// Unix time at which the module was switched off. Inferred: Whether this is the time of the last
    /// switch-off or of a planned one is not stated; treated as read-only.
    ro PowerOffUnixTime(power_off_unix_time): units::Seconds =
        unsigned("Power_off_Unix_Time", 237, 2).optional().inferred().on_demand();
    /// Charge that has gone through the pack, unscaled. Inferred: The unit is not stated.
    ro CapacityThroughput(capacity_throughput): u32 =
        unsigned("Capacity_Throughput", 256, 2).optional().inferred().slow();
    /// Energy that has gone through the pack, unscaled. Inferred: The unit is not stated.
    ro EnergyThroughput(energy_throughput): u32 =
        unsigned("Energy_Throughput", 258, 2).optional().inferred().slow();
    /// Number of deep discharges.
    ro DeepDischargeEvents(deep_discharge_events): u16 =
        unsigned("Deep_Discharge_Events", 260, 1).optional().slow();
    /// Time that the pack has spent in extreme temperatures, unscaled. Inferred: The unit and the
    /// temperatures are not stated.
    ro TimeInExtremeTemperatures(time_in_extreme_temperatures): u16 =
        unsigned("Time_in_Extreme_Temperatures", 261, 1).optional().inferred().slow();
    /// Time that the pack has charged in extreme temperatures, unscaled. Inferred: The unit and the
    /// temperatures are not stated.
    ro TimeInChargingInExtremeTemperatures(time_in_charging_in_extreme_temperatures): u16 =
        unsigned("Time_in_Charging_in_Extreme_Temperatures", 262, 1).optional().inferred().slow();
    /// Long serial number, first part.
    ro SerialNumberExtended(serial_number_extended): codec::Text<32> =
        text("Serial_Number_Extended", 263, 16).optional().once();
    /// Long serial number, second part.
    ro SerialNumberExtended2(serial_number_extended_2): codec::Text<16> =
        text("Serial_Number_Extended_2", 279, 8).optional().once();
    /// Code of the Modbus baud rate. Inferred: No source states that this register may be written; concluded
    /// from its name and from firmware tools.
    rw VariableModbusBaudRate(variable_modbus_baud_rate): u16 =
        unsigned("Variable_Modbus_Baud_Rate", 288, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Longest time for which the module supports the bus. 90 s to 1200 s, falls back to 90 s. Inferred: PM
    /// writes 90 at initialisation; that fixes the fail-safe value, and that the register takes a write.
    /// Seconds are concluded from the value.
    rw ConfigurableBbuMaximumDischargeTime(configurable_bbu_maximum_discharge_time): units::Seconds =
        unsigned("Configurable_BBU_Maximum_Discharge_Time", 289, 1).limits(90, 1200).settle_ms(500).setpoint()
        .fail_safe(90).optional().inferred().slow();
    /// Time before the end of power at which the power loss siren sounds. 1 s to 300 s, falls back to 45 s.
    /// Inferred: No source states that this register may be written; concluded from its name and from
    /// firmware tools.
    rw ConfigurablePowerLossSirenTiming(configurable_power_loss_siren_timing): units::Seconds =
        unsigned("Configurable_Power_Loss_Siren_Timing", 290, 1).limits(1, 300).settle_ms(500).setpoint()
        .fail_safe(45).optional().inferred().slow();
    /// Charge current that holds while bit 10 of mode is set. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw VariableChargeOverrideCurrent(variable_charge_override_current): units::Amperes =
        unsigned("Variable_Charge_Override_Current", 291, 1).settle_ms(500).disruptive().optional().inferred()
        .slow();
    /// Fan speed that overrides the automatic one, unscaled. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw FanSpeedOverride(fan_speed_override): u16 =
        unsigned("Fan_Speed_Override", 293, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Threshold of the recharge that holds while bit 11 of mode is set, unscaled. Inferred: No source states
    /// that this register may be written; concluded from its name and from firmware tools.
    rw PcmRechargeThresholdOverride(pcm_recharge_threshold_override): u16 =
        unsigned("PCM_Recharge_Threshold_Override", 294, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Overrides random_number_of_soh_test. Inferred: No source states that this register may be written;
    /// concluded from its name and from firmware tools.
    rw OverrideRandomNumberOfSohTest(override_random_number_of_soh_test): u16 =
        unsigned("Override_Random_Number_Of_SOH_Test", 295, 1).settle_ms(500).disruptive().optional()
        .inferred().on_demand();
    /// Overrides the interval between state-of-health tests, unscaled. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw OverrideIntervalOfSohTest(override_interval_of_soh_test): u16 =
        unsigned("Override_Interval_Of_SOH_Test", 296, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Unix time of the state-of-health test. Inferred: No source states that this register may be written;
    /// concluded from its name and from firmware tools.
    rw SohTimestamp(soh_timestamp): units::Seconds =
        unsigned("SOH_Timestamp", 298, 2).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Time after which the charge override ends, unscaled. Inferred: No source states that this register may
    /// be written; concluded from its name and from firmware tools.
    rw VariableChargeOverrideTimeout(variable_charge_override_timeout): u32 =
        unsigned("Variable_Charge_Override_Timeout", 300, 2).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// End-of-life threshold that holds while bit 14 of mode is set, unscaled. Inferred: No source states
    /// that this register may be written; concluded from its name and from firmware tools.
    rw EolThresholdOverride(eol_threshold_override): u16 =
        unsigned("EOL_Threshold_Override", 304, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Time for which the module discharges by force, unscaled. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw ForcedDischargeTime(forced_discharge_time): u16 =
        unsigned("Forced_Discharge_Time", 305, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Mode of the system control that bit 13 of mode enables. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw SystemControlMode(system_control_mode): u16 =
        unsigned("System_Control_Mode", 306, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Configuration of the battery shelf. Inferred: No source states that this register may be written;
    /// concluded from its name and from firmware tools.
    rw ShelfConfiguration(shelf_configuration): u16 =
        unsigned("BBU_Shelf_Configuration", 307, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Time limit of the forced detached mode, unscaled. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw ForcedDetachedModeTimeout(forced_detached_mode_timeout): u16 =
        unsigned("Forced_Detached_Mode_Timeout", 308, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Output power of the power supply shelf, told to the module, unscaled. Inferred: No source states that
    /// this register may be written; concluded from its name and from firmware tools.
    rw ShelfOutputPower(shelf_output_power): u16 =
        unsigned("PSU_Shelf_Output_Power", 310, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Whether the power supplies have good AC input, told to the module. Inferred: No source states that
    /// this register may be written; concluded from its name and from firmware tools.
    rw AcOk(ac_ok): u16 =
        unsigned("PSU_AC_OK", 311, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Delay before the module charges again, unscaled. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw ChargeDelayTime(charge_delay_time): u16 =
        unsigned("Charge_Delay_Time", 312, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Clears the faults and latches of the module. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    command ClearFault(clear_fault): ClearFault =
        flags("BBU_Clear_Fault", 313, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Code of the kind of module.
    ro ModuleId(module_id): u16 = unsigned("Module_ID", 4096, 1).optional().once();
    /// Code of the maker.
    ro VendorId(vendor_id): u16 = unsigned("Vendor_ID", 4097, 1).optional().once();
}
