// Written by `dpo registers generate` from maps/orv3-cbu.json. Do not edit: change the map.

//! ORv3 HPR capacitor backup unit: register map `orv3-cbu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-cbu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-cbu",
    title: "ORv3 HPR capacitor backup unit",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Cbu,
    addresses: &[(54, 56), (70, 72), (86, 88), (102, 104), (118, 120), (134, 136), (150, 152), (166, 168)],
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
        /// A temperature sensor failed.
        THERMISTER_FAILURE("thermister_failure", "Thermister_Failure", 3),
        /// Power is reduced for heat.
        THERMAL_THROTTING("thermal_throtting", "Thermal_Throtting", 4),
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
    /// Flags of `mode`: What the module does (bits 0 to 4) and which overrides are switched on (bits 9 to
    /// 14).
    Mode: u16 {
        /// The module charges.
        CHARGING("charging", "Charging", 0),
        /// The module discharges.
        DISCHARGING("discharging", "Discharging", 1),
        FAULT_MODE("fault_mode", "Fault_Mode", 3),
        STANDBY("standby", "Standby", 4),
        HW_RESET_PIN_ENABLE_DISABLE("hw_reset_pin_enable_disable", "HW_Reset_Pin_Enable_Disable", 9),
        SYSTEM_CONTROL_ENABLE("system_control_enable", "System_Control_Enable", 13),
        /// The end-of-life threshold is taken from eol_threshold_override.
        EOL_THRESHOLD_OVERRIDE("eol_threshold_override", "EOL_Threshold_Override", 14),
    }
}

crate::register_flags! {
    /// Flags of `supercap_pack_status`: Status of the capacitor pack.
    SupercapPackStatus: u16 {
        DISCHARGING("discharging", "Discharging", 6),
        CHARGING("charging", "Charging", 7),
        REMAINING_CAPACITY_ALARM("remaining_capacity_alarm", "Remaining_Capacity_Alarm", 9),
        TERMINATE_DISCHARGE_ALARM("terminate_discharge_alarm", "Terminate_Discharge_Alarm", 11),
        OVER_TEMPERATURE_ALARM("over_temperature_alarm", "Over_Temperature_Alarm", 12),
        TERMINATE_CHARGE_ALARM("terminate_charge_alarm", "Terminate_Charge_Alarm", 14),
    }
}

crate::register_flags! {
    /// Flags of `status_word`: Summary of the converter faults.
    StatusWord: u16 {
        TEMPERATURE_FAULT("temperature_fault", "Temperature_Fault", 0),
        /// Fault while the converter steps up.
        BOOST_MODE_FAULT("boost_mode_fault", "Boost_Mode_Fault", 1),
        /// Fault while the converter steps down.
        BUCK_MODE_FAULT("buck_mode_fault", "Buck_Mode_Fault", 2),
        FAN_1_FAULT("fan_1_fault", "Fan_1_Fault", 3),
        FAN_2_FAULT("fan_2_fault", "Fan_2_Fault", 4),
        FAN_3_FAULT("fan_3_fault", "Fan_3_Fault", 5),
        POWER_OFF_MODE("power_off_mode", "Power_Off_Mode", 6),
    }
}

crate::register_flags! {
    /// Flags of `status_power_charger`: Faults of the converter, in the direction that its flags name:
    /// discharge.
    StatusPowerCharger: u16 {
        DISCHARGE_OUTPUT_OCP("discharge_output_ocp", "Discharge_Output_OCP", 1),
        DISCHARGE_OUTPUT_OVP("discharge_output_ovp", "Discharge_Output_OVP", 2),
        DISCHARGE_INPUT_UVP("discharge_input_uvp", "Discharge_Input_UVP", 4),
    }
}

crate::register_flags! {
    /// Flags of `status_power_discharger`: Faults of the converter, in the direction that its flags name:
    /// charge.
    StatusPowerDischarger: u16 {
        CHARGE_OUTPUT_OCP("charge_output_ocp", "Charge_Output_OCP", 0),
        CHARGE_INPUT_UVP("charge_input_uvp", "Charge_Input_UVP", 2),
        CHARGE_OUTPUT_OVP("charge_output_ovp", "Charge_Output_OVP", 3),
    }
}

crate::register_flags! {
    /// Flags of `status_temperature`: Over-temperature faults.
    StatusTemperature: u16 {
        INPUT_AMBIENT_OTP("input_ambient_otp", "Input_Ambient_OTP", 0),
        OUTPUT_AMBIENT_OTP("output_ambient_otp", "Output_Ambient_OTP", 1),
        DCDC_MODULE1_OTP("dcdc_module1_otp", "DCDC_Module1_OTP", 2),
        DCDC_MODULE2_OTP("dcdc_module2_otp", "DCDC_Module2_OTP", 3),
        SUPERCAP_PACK_OTP("supercap_pack_otp", "Supercap_Pack_OTP", 4),
        BUSBAR_CLIP_OTP("busbar_clip_otp", "Busbar_Clip_OTP", 5),
    }
}

crate::register_flags! {
    /// Flags of `end_of_life_status`: Whether the module is at the end of its life.
    EndOfLifeStatus: u16 {
        CBU_EOL("cbu_eol", "CBU_EOL", 0),
    }
}

crate::register_flags! {
    /// Flags of `module_hardware_signals`: Levels of the hardware signals of the module.
    ModuleHardwareSignals: u16 {
        /// Detection of the current-sharing cable; 1 means not detected.
        ISHARE_CABLE_DETECTION("ishare_cable_detection", "Ishare_Cable_Detection", 0),
        SHELF_ADDR_INT_0("shelf_addr_int_0", "Shelf_Addr_Int_0", 1),
        SHELF_ADDR_INT_1("shelf_addr_int_1", "Shelf_Addr_Int_1", 2),
        SHELF_ADDR_INT_2("shelf_addr_int_2", "Shelf_Addr_Int_2", 3),
        A0("a0", "A0", 4),
        A1("a1", "A1", 5),
        A2("a2", "A2", 6),
        /// State of the daisy chain; 1 means a failure.
        DAISY_CHAIN_CBU("daisy_chain_cbu", "Daisy_Chain_CBU", 8),
        /// Loss of AC; 1 means that it is detected.
        AC_LOSS_1_L("ac_loss_1_l", "AC_Loss_1_L", 10),
        CBU_RESET("cbu_reset", "CBU_Reset", 12),
        /// Alert, active low.
        CBU_ALERT_L("cbu_alert_l", "CBU_ALERT_L", 13),
        /// Switches the output off.
        PSKILL("pskill", "PSKILL", 14),
    }
}

crate::register_flags! {
    /// Flags of `led_status`: State of the LEDs.
    LedStatus: u16 {
        POWER_GOOD_ON("power_good_on", "Power_Good_On", 0),
        POWER_GOOD_BLINK("power_good_blink", "Power_Good_Blink", 1),
        LOWV_ON("lowv_on", "LOWV_On", 2),
        LOWV_BLINK("lowv_blink", "LOWV_Blink", 3),
        EOL_ON("eol_on", "EOL_On", 4),
        EOL_BLINK("eol_blink", "EOL_Blink", 5),
        FAULT_LOC_ON("fault_loc_on", "Fault_Loc_On", 6),
        FAULT_LOC_BLINK("fault_loc_blink", "Fault_Loc_Blink", 7),
    }
}

crate::register_flags! {
    /// Flags of `led_override`: Makes the fault LED blink, to find the module.
    LedOverride: u16 {
        FAULT_LOC_BLINK("fault_loc_blink", "Fault_Loc_Blink", 0),
    }
}

crate::register_flags! {
    /// Flags of `clear_fault`: Clears the faults and latches of the module.
    ClearFault: u16 {
        CLEAR_CBU_FAULTS_AND_LATCH("clear_cbu_faults_and_latch", "Clear_CBU_Faults_And_Latch", 0),
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
    /// Current as seen by the current-sharing bus of the power supplies. Inferred: OB26 gives the step of
    /// 0.01 without a unit; amperes are concluded from the name.
    ro ISharePsu(i_share_psu): units::Amperes =
        unsigned("IShare_PSU", 80, 1).scale(1, 100).optional().inferred().slow();
    /// Temperature of the inlet air.
    ro InletTemperature(inlet_temperature): units::Celsius =
        unsigned("Inlet_Temperature", 90, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Temperature of the outlet air.
    ro OutletTemperature(outlet_temperature): units::Celsius =
        unsigned("Outlet_Temperature", 91, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Temperature of the capacitor pack.
    ro SupercapTemperature(supercap_temperature): units::Celsius =
        unsigned("SuperCap_Temperature", 92, 1).scale(1, 10).offset(-5463, 20).slow();
    /// Temperature of the DC/DC converter.
    ro DcdcTemperature(dcdc_temperature): units::Celsius =
        unsigned("DCDC_Temperature", 93, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// State of charge, as a share of the charge when full.
    ro RelativeStateOfCharge(relative_state_of_charge): units::Percent =
        unsigned("Relative_State_Of_Charge", 94, 1).fast();
    /// State of charge, as a share of the design capacity.
    ro AbsoluteStateOfCharge(absolute_state_of_charge): units::Percent =
        unsigned("Absolute_State_Of_Charge", 95, 1).optional().fast();
    /// Voltage of the capacitor pack.
    ro SupercapPackVoltage(supercap_pack_voltage): units::Volts =
        unsigned("Supercap_Pack_Voltage", 96, 1).scale(1, 1000).fast();
    /// Current of the capacitor pack.
    ro SupercapPackCurrent(supercap_pack_current): units::Amperes =
        signed("Supercap_Pack_Current", 97, 1).scale(1, 100).fast();
    /// Mean of the pack current; sign as supercap_pack_current.
    ro AverageCurrent(average_current): units::Amperes =
        signed("Average_Current", 98, 1).scale(1, 100).optional().fast();
    /// Energy left in the capacitor pack. Sources disagree: Kept: joules, signed: PM reads the copy in the
    /// PMM of the shelf as an energy without a scale, and counts energies in joules. The other reading,
    /// `milliampere_hours`: OBC and OB26 name it a capacity and show the plain unsigned integer, as they do
    /// for the battery unit, where it counts mAh.
    ro RemainingCapacity(remaining_capacity): units::Joules =
        signed("Remaining_Capacity", 99, 1).conflicting().fast().readings(&[
        map::ReadingInfo::new("milliampere_hours", map::Kind::Unsigned).scale(1, 1000).unit("A.h"), ]);
    /// Energy of the capacitor pack when it is full. Sources disagree: Kept: joules, signed: PM reads the
    /// copy in the PMM of the shelf as an energy without a scale, and counts energies in joules. The other
    /// reading, `milliampere_hours`: OBC and OB26 name it a capacity and show the plain unsigned integer, as
    /// they do for the battery unit, where it counts mAh.
    ro FullChargeCapacity(full_charge_capacity): units::Joules =
        signed("Full_Charge_Capacity", 100, 1).optional().conflicting().fast().readings(&[
        map::ReadingInfo::new("milliampere_hours", map::Kind::Unsigned).scale(1, 1000).unit("A.h"), ]);
    /// Clock of the module, Unix time. Sources disagree: OBC, OB26 and PM write it each 3600 s.
    rw WallClockTime(wall_clock_time): units::Seconds =
        unsigned("Wall_Clock_Time", 101, 2).settle_ms(500).cosmetic().optional().conflicting().on_demand()
        .readings(&[ map::ReadingInfo::new("signed", map::Kind::Signed).unit("s"), ]);
    /// Failures and inhibits of the module.
    ro Status(status): Status = flags("CBU_Status", 104, 1).fast();
    /// Manufacturer access word of the pack. Inferred: The Smart Battery register of this name takes
    /// commands; it is kept read-only here because its commands are the maker's and unknown.
    ro ManufacturerAccess(manufacturer_access): u16 =
        unsigned("Manufacturer_Access", 106, 1).optional().inferred().on_demand();
    /// What the module does (bits 0 to 4) and which overrides are switched on (bits 9 to 14). Inferred: No
    /// source states that this register may be written; concluded from its name and from firmware tools.
    rw Mode(mode): Mode = flags("CBU_Mode", 107, 1).settle_ms(500).disruptive().inferred().fast();
    /// Status of the capacitor pack.
    ro SupercapPackStatus(supercap_pack_status): SupercapPackStatus =
        flags("Supercap_Pack_Status", 108, 1).fast();
    /// Voltage of cell 1 of 16 in series.
    ro CellVoltage1(cell_voltage1): units::Volts =
        unsigned("Cell_Voltage1", 109, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 2 of 16 in series.
    ro CellVoltage2(cell_voltage2): units::Volts =
        unsigned("Cell_Voltage2", 110, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 3 of 16 in series.
    ro CellVoltage3(cell_voltage3): units::Volts =
        unsigned("Cell_Voltage3", 111, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 4 of 16 in series.
    ro CellVoltage4(cell_voltage4): units::Volts =
        unsigned("Cell_Voltage4", 112, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 5 of 16 in series.
    ro CellVoltage5(cell_voltage5): units::Volts =
        unsigned("Cell_Voltage5", 113, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 6 of 16 in series.
    ro CellVoltage6(cell_voltage6): units::Volts =
        unsigned("Cell_Voltage6", 114, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 7 of 16 in series.
    ro CellVoltage7(cell_voltage7): units::Volts =
        unsigned("Cell_Voltage7", 115, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 8 of 16 in series.
    ro CellVoltage8(cell_voltage8): units::Volts =
        unsigned("Cell_Voltage8", 116, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 9 of 16 in series.
    ro CellVoltage9(cell_voltage9): units::Volts =
        unsigned("Cell_Voltage9", 117, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 10 of 16 in series.
    ro CellVoltage10(cell_voltage10): units::Volts =
        unsigned("Cell_Voltage10", 118, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 11 of 16 in series.
    ro CellVoltage11(cell_voltage11): units::Volts =
        unsigned("Cell_Voltage11", 119, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 12 of 16 in series.
    ro CellVoltage12(cell_voltage12): units::Volts =
        unsigned("Cell_Voltage12", 120, 1).scale(1, 1000).optional().slow();
    /// Size of the register map of the module, as it counts it.
    ro SizeModuleRegMap(size_module_reg_map): u16 = unsigned("Size_Module_Reg_Map", 123, 1).optional().once();
    /// Voltage of cell 13 of 16 in series.
    ro CellVoltage13(cell_voltage13): units::Volts =
        unsigned("Cell_Voltage13", 124, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 14 of 16 in series.
    ro CellVoltage14(cell_voltage14): units::Volts =
        unsigned("Cell_Voltage14", 125, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 15 of 16 in series.
    ro CellVoltage15(cell_voltage15): units::Volts =
        unsigned("Cell_Voltage15", 126, 1).scale(1, 1000).optional().slow();
    /// Voltage of cell 16 of 16 in series.
    ro CellVoltage16(cell_voltage16): units::Volts =
        unsigned("Cell_Voltage16", 127, 1).scale(1, 1000).optional().slow();
    /// Temperature of the clip to the positive busbar. Inferred: OB26 shows the plain unsigned integer; whole
    /// degrees Celsius are concluded from the name.
    ro BusClipTempPos(bus_clip_temp_pos): units::Celsius =
        unsigned("Bus_Clip_Temp_Pos", 128, 1).optional().inferred().slow();
    /// Temperature of the clip to the negative busbar. Inferred: OB26 shows the plain unsigned integer; whole
    /// degrees Celsius are concluded from the name.
    ro BusClipTempNeg(bus_clip_temp_neg): units::Celsius =
        unsigned("Bus_Clip_Temp_Neg", 129, 1).optional().inferred().slow();
    /// Design capacity of the capacitor pack, unscaled. Inferred: Neither source says whether it counts
    /// charge or energy.
    ro DesignCapacity(design_capacity): u16 =
        unsigned("Design_Capacity", 136, 1).optional().inferred().once();
    /// Design voltage of the capacitor pack.
    ro DesignVoltage(design_voltage): units::Volts =
        unsigned("Design_Voltage", 137, 1).scale(1, 1000).optional().once();
    /// Speed of fan 3. Inferred: Revolutions per minute are concluded from the name.
    ro Fan3Speed(fan_3_speed): units::Rpm = unsigned("Fan_3_Speed", 141, 1).optional().inferred().slow();
    /// State of health. Inferred: Percent is concluded from the name.
    ro Soh(soh): units::Percent = unsigned("SOH", 142, 1).optional().inferred().slow();
    /// Speed of fan 2. Inferred: Revolutions per minute are concluded from the name.
    ro Fan2Speed(fan_2_speed): units::Rpm = unsigned("Fan_2_Speed", 143, 1).optional().inferred().slow();
    /// Charge current the pack asks for.
    ro ChargingCurrent(charging_current): units::Amperes =
        unsigned("Charging_Current", 144, 1).scale(1, 1000).optional().slow();
    /// Charge voltage the pack asks for.
    ro ChargingVoltage(charging_voltage): units::Volts =
        unsigned("Charging_Voltage", 145, 1).scale(1, 1000).optional().slow();
    /// Current out of the module while it discharges.
    ro DischargeCurrent(discharge_current): units::Amperes =
        unsigned("Discharge_Current", 146, 1).scale(1, 100).optional().fast();
    /// Voltage of the busbar as the module sees it.
    ro ShelfBusbarVoltage(shelf_busbar_voltage): units::Volts =
        unsigned("Shelf_Busbar_Voltage", 147, 1).scale(1, 1000).optional().fast();
    /// Temperature of the inlet air, unscaled. Inferred: The scale is not stated. OB26 gives the same
    /// temperature in steps of 0.1 K at 90, but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro InletAmbientTemperature(inlet_ambient_temperature): u16 =
        unsigned("Inlet_Ambient_Temperature", 148, 1).optional().inferred().slow();
    /// Temperature of the outlet air, unscaled. Inferred: The scale is not stated. OB26 gives the same
    /// temperature in steps of 0.1 K at 91, but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro OutletAmbientTemperature(outlet_ambient_temperature): u16 =
        unsigned("Outlet_Ambient_Temperature", 149, 1).optional().inferred().slow();
    /// Temperature of the capacitor pack, unscaled. Inferred: The scale is not stated. OB26 gives the same
    /// temperature in steps of 0.1 K at 92, but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro SupercapPackTemperature(supercap_pack_temperature): u16 =
        unsigned("Supercap_Pack_Temperature", 150, 1).optional().inferred().slow();
    /// Temperature of the DC/DC converter, unscaled. Inferred: The scale is not stated. OB26 gives the same
    /// temperature in steps of 0.1 K at 93, but shows this one as a plain integer, so it is kept without a
    /// unit.
    ro DcdcModuleTemperature(dcdc_module_temperature): u16 =
        unsigned("DCDC_Module_Temperature", 151, 1).optional().inferred().slow();
    /// Speed of fan 1. Inferred: Revolutions per minute are concluded from the name.
    ro Fan1Speed(fan_1_speed): units::Rpm = unsigned("Fan_1_Speed", 152, 1).optional().inferred().slow();
    /// Summary of the converter faults.
    ro StatusWord(status_word): StatusWord = flags("CBU_Status_Word", 153, 1).slow();
    /// Faults of the converter, in the direction that its flags name: discharge.
    ro StatusPowerCharger(status_power_charger): StatusPowerCharger =
        flags("CBU_Status_Power_Charger", 154, 1).optional().slow();
    /// Faults of the converter, in the direction that its flags name: charge.
    ro StatusPowerDischarger(status_power_discharger): StatusPowerDischarger =
        flags("CBU_Status_Power_Discharger", 155, 1).optional().slow();
    /// Over-temperature faults.
    ro StatusTemperature(status_temperature): StatusTemperature =
        flags("CBU_Status_Temperature", 157, 1).optional().slow();
    /// Whether the module is at the end of its life.
    ro EndOfLifeStatus(end_of_life_status): EndOfLifeStatus =
        flags("End_Of_Life_Status", 158, 1).optional().slow();
    /// Output voltage before the ORing element.
    ro OutputVoltageInsideOring(output_voltage_inside_oring): units::Volts =
        unsigned("CBU_Output_Voltage_Inside_Oring", 159, 1).scale(1, 1000).optional().slow();
    /// Time in service, unscaled. Inferred: OBC and OB26 multiply the count by 2 without naming a unit, so
    /// the number is kept without both.
    ro TotalServiceTime(total_service_time): u16 =
        unsigned("CBU_Total_Service_Time", 161, 1).optional().inferred().slow();
    /// Number of modules in the shelf.
    ro NumberOfInstalledCbus(number_of_installed_cbus): u16 =
        unsigned("Number_of_Installed_CBUs", 163, 1).optional().slow();
    /// Levels of the hardware signals of the module.
    ro ModuleHardwareSignals(module_hardware_signals): ModuleHardwareSignals =
        flags("CBU_Module_Hardware_Signals", 164, 1).optional().fast();
    /// State of the LEDs.
    ro LedStatus(led_status): LedStatus = flags("LED_Status", 166, 1).optional().slow();
    /// Highest busbar voltage since the module was switched on.
    ro BusVoltageMaxSincePowerOn(bus_voltage_max_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Max_Since_Power_On", 224, 1).scale(1, 1000).optional().slow();
    /// Lowest busbar voltage since the module was switched on.
    ro BusVoltageMinSincePowerOn(bus_voltage_min_since_power_on): units::Volts =
        unsigned("Bus_Voltage_Min_Since_Power_On", 225, 1).scale(1, 1000).optional().slow();
    /// Highest busbar voltage of the last period.
    ro BusVoltageMaxOverPeriod(bus_voltage_max_over_period): units::Volts =
        unsigned("Bus_Voltage_Max_Over_Period", 226, 1).scale(1, 1000).optional().slow();
    /// Lowest busbar voltage of the last period.
    ro BusVoltageMinOverPeriod(bus_voltage_min_over_period): units::Volts =
        unsigned("Bus_Voltage_Min_Over_Period", 227, 1).scale(1, 1000).optional().slow();
    /// Number of requests for support on the AC-loss line.
    ro AcLoss1CountRequested(ac_loss_1_count_requested): u16 =
        unsigned("AC_Loss_1_Count_Requested", 228, 1).optional().slow();
    /// Place of the shelf in the rack.
    ro ShelfLocation(shelf_location): u16 = unsigned("Shelf_Location", 234, 1).optional().slow();
    /// Highest of the temperatures at 90 to 93.
    ro HighestOfTemp1ToTemp4(highest_of_temp1_to_temp4): units::Celsius =
        unsigned("Highest_Of_Temp1_To_Temp4", 235, 1).scale(1, 10).offset(-5463, 20).optional().slow();
    /// Unix time at which the module was switched off. Inferred: Whether this is the time of the last
    /// switch-off or of a planned one is not stated; treated as read-only.
    ro PowerOffUnixTime(power_off_unix_time): units::Seconds =
        unsigned("Power_Off_Unix_Time", 237, 2).optional().inferred().on_demand();
    /// Code of the Modbus baud rate. Inferred: No source states that this register may be written; concluded
    /// from its name and from firmware tools.
    rw VariableModbusBaudRate(variable_modbus_baud_rate): u16 =
        unsigned("Variable_Modbus_Baud_Rate", 288, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Highest power that the module gives, unscaled. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw ConfigurableCbuMaximumPower(configurable_cbu_maximum_power): u16 =
        unsigned("Configurable_CBU_Maximum_Power", 289, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Highest power with which the module precharges, unscaled. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw ConfigurableCbuMaximumPrechargePower(configurable_cbu_maximum_precharge_power): u16 =
        unsigned("Configurable_CBU_Maximum_PreCharge_Power", 290, 1).settle_ms(500).disruptive().optional()
        .inferred().on_demand();
    /// Makes the fault LED blink, to find the module. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    rw LedOverride(led_override): LedOverride =
        flags("LED_Override", 292, 1).settle_ms(500).cosmetic().optional().inferred().on_demand();
    /// Fan speed that overrides the automatic one, unscaled. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw FanSpeedOverride(fan_speed_override): u16 =
        unsigned("Fan_Speed_Override", 293, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// End-of-life threshold that holds while bit 14 of mode is set, unscaled. Inferred: No source states
    /// that this register may be written; concluded from its name and from firmware tools.
    rw EolThresholdOverride(eol_threshold_override): u16 =
        unsigned("EOL_Threshold_Override", 304, 1).settle_ms(500).disruptive().optional().inferred()
        .on_demand();
    /// Mode of the system control that bit 13 of mode enables. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw SystemControlMode(system_control_mode): u16 =
        unsigned("System_Control_Mode", 306, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Clears the faults and latches of the module. Inferred: No source states that this register may be
    /// written; concluded from its name and from firmware tools.
    command ClearFault(clear_fault): ClearFault =
        flags("CBU_Clear_Fault", 313, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Code of the kind of module.
    ro ModuleId(module_id): u16 = unsigned("Module_ID", 4096, 1).optional().once();
    /// Code of the maker.
    ro VendorId(vendor_id): u16 = unsigned("Vendor_ID", 4097, 1).optional().once();
}
