// Written by `dpo registers generate` from maps/orv3-hpr-pmm-bbu.json. Do not edit: change the map.

//! ORv3 HPR power monitoring module of a battery backup shelf: register map `orv3-hpr-pmm-bbu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/orv3-hpr-pmm-bbu.json");

/// What the map says of the device.
pub static MAP: map::MapInfo = map::MapInfo {
    id: "orv3-hpr-pmm-bbu",
    title: "ORv3 HPR power monitoring module of a battery backup shelf",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Pmi,
    addresses: &[(16, 27)],
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
    /// Flags of `module_present`: Modules that are in the shelf.
    ModulePresent: u16 {
        MODULE1_PRESENT("module1_present", "Module1_Present", 0),
        MODULE2_PRESENT("module2_present", "Module2_Present", 1),
        MODULE3_PRESENT("module3_present", "Module3_Present", 2),
        MODULE4_PRESENT("module4_present", "Module4_Present", 3),
        MODULE5_PRESENT("module5_present", "Module5_Present", 4),
        MODULE6_PRESENT("module6_present", "Module6_Present", 5),
        MODULE7_PRESENT("module7_present", "Module7_Present", 6),
        MODULE8_PRESENT("module8_present", "Module8_Present", 7),
        MODULE9_PRESENT("module9_present", "Module9_Present", 8),
        MODULE10_PRESENT("module10_present", "Module10_Present", 9),
        MODULE11_PRESENT("module11_present", "Module11_Present", 10),
    }
}

crate::register_flags! {
    /// Flags of `module_alert`: Modules that report an alert.
    ModuleAlert: u16 {
        MODULE1_ALERT("module1_alert", "Module1_Alert", 0),
        MODULE2_ALERT("module2_alert", "Module2_Alert", 1),
        MODULE3_ALERT("module3_alert", "Module3_Alert", 2),
        MODULE4_ALERT("module4_alert", "Module4_Alert", 3),
        MODULE5_ALERT("module5_alert", "Module5_Alert", 4),
        MODULE6_ALERT("module6_alert", "Module6_Alert", 5),
        MODULE7_ALERT("module7_alert", "Module7_Alert", 6),
        MODULE8_ALERT("module8_alert", "Module8_Alert", 7),
        MODULE9_ALERT("module9_alert", "Module9_Alert", 8),
        MODULE10_ALERT("module10_alert", "Module10_Alert", 9),
        MODULE11_ALERT("module11_alert", "Module11_Alert", 10),
    }
}

crate::register_flags! {
    /// Flags of `general_alarm_status_register`: Summary of the alarms of the PMM and its shelf.
    GeneralAlarmStatusRegister: u16 {
        /// A planned module is not there.
        MISSING_MODULES("missing_modules", "Missing_Modules", 0),
        /// The memory with the identity of the shelf cannot be read.
        SHELF_EEPROM_FAULT("shelf_eeprom_fault", "Shelf_EEPROM_Fault", 1),
        /// The PMM cannot talk to a module.
        MODULE_MODBUS_COMMUNICATION_ERROR("module_modbus_communication_error", "Module_Modbus_Communication_Error", 4),
        /// Errors on the line to the rack.
        PMM_MODBUS_COMMUNICATION_ERROR("pmm_modbus_communication_error", "PMM_Modbus_Communication_Error", 5),
        SERIAL_LINK_FAULT("serial_link_fault", "Serial_Link_Fault", 6),
        /// A module reports an alert.
        MODULE_ALERTS("module_alerts", "Module_Alerts", 8),
        /// The busbar is warm.
        BB_TEMP_OT_WARN("bb_temp_ot_warn", "BB_Temp_OT_Warn", 9),
        /// The busbar is over its protection temperature.
        BB_TEMP_OTP("bb_temp_otp", "BB_Temp_OTP", 10),
        ISHARE_CABLE_NOT_DETECTED("ishare_cable_not_detected", "ISHARE_Cable_Not_Detected", 12),
    }
}

crate::register_flags! {
    /// Flags of `module_planned`: Modules that the shelf should have.
    ModulePlanned: u16 {
        MODULE1_PLANNED("module1_planned", "Module1_Planned", 0),
        MODULE2_PLANNED("module2_planned", "Module2_Planned", 1),
        MODULE3_PLANNED("module3_planned", "Module3_Planned", 2),
        MODULE4_PLANNED("module4_planned", "Module4_Planned", 3),
        MODULE5_PLANNED("module5_planned", "Module5_Planned", 4),
        MODULE6_PLANNED("module6_planned", "Module6_Planned", 5),
        MODULE7_PLANNED("module7_planned", "Module7_Planned", 6),
        MODULE8_PLANNED("module8_planned", "Module8_Planned", 7),
        MODULE9_PLANNED("module9_planned", "Module9_Planned", 8),
        MODULE10_PLANNED("module10_planned", "Module10_Planned", 9),
        MODULE11_PLANNED("module11_planned", "Module11_Planned", 10),
    }
}

crate::register_flags! {
    /// Flags of `pmm_settings`: Settings of the PMM.
    PmmSettings: u16 {
        /// Enables the protection of the busbar against heat.
        BB_TEMP_OTP_ENABLE("bb_temp_otp_enable", "BB_Temp_OTP_enable", 0),
    }
}

crate::register_flags! {
    /// Flags of `pmm_led_status_register`: State of the LEDs of the PMM.
    PmmLedStatusRegister: u16 {
        BLUE_LED_ON("blue_led_on", "Blue_LED_On", 0),
        BLUE_LED_BLINK("blue_led_blink", "Blue_LED_Blink", 1),
        AMBER_LED_ON("amber_led_on", "Amber_LED_On", 4),
        AMBER_LED_BLINK("amber_led_blink", "Amber_LED_Blink", 5),
    }
}

crate::register_flags! {
    /// Flags of `communication_alarm_status_register`: Alarms of the communication with the rack, the modules
    /// and the memory of the shelf.
    CommunicationAlarmStatusRegister: u16 {
        /// The serial input from the previous shelf fails.
        RX_SERIAL_INPUT_FAILURE("rx_serial_input_failure", "RX_Serial_Input_Failure", 0),
        MODULE1_MODBUS_FAULT("module1_modbus_fault", "Module1_Modbus_Fault", 1),
        MODULE2_MODBUS_FAULT("module2_modbus_fault", "Module2_Modbus_Fault", 2),
        MODULE3_MODBUS_FAULT("module3_modbus_fault", "Module3_Modbus_Fault", 3),
        MODULE4_MODBUS_FAULT("module4_modbus_fault", "Module4_Modbus_Fault", 4),
        MODULE5_MODBUS_FAULT("module5_modbus_fault", "Module5_Modbus_Fault", 5),
        MODULE6_MODBUS_FAULT("module6_modbus_fault", "Module6_Modbus_Fault", 6),
        SHELF_EEPROM_FAULT("shelf_eeprom_fault", "Shelf_EEPROM_Fault", 8),
        MODULE7_MODBUS_FAULT("module7_modbus_fault", "Module7_Modbus_Fault", 9),
        MODULE8_MODBUS_FAULT("module8_modbus_fault", "Module8_Modbus_Fault", 10),
        MODULE9_MODBUS_FAULT("module9_modbus_fault", "Module9_Modbus_Fault", 11),
        MODULE10_MODBUS_FAULT("module10_modbus_fault", "Module10_Modbus_Fault", 12),
        MODULE11_MODBUS_FAULT("module11_modbus_fault", "Module11_Modbus_Fault", 13),
    }
}

crate::register_flags! {
    /// Flags of `digital_outputs_test`: Drives the digital outputs of the PMM, for a test in the factory.
    DigitalOutputsTest: u16 {
        RJ485_PORT2_ADDR0("rj485_port2_addr0", "RJ485_Port2_Addr0", 0),
        RJ485_PORT2_ADDR1("rj485_port2_addr1", "RJ485_Port2_Addr1", 1),
        RJ485_PORT2_ADDR2("rj485_port2_addr2", "RJ485_Port2_Addr2", 2),
        INTERNAL_DEVICE_ADDR0("internal_device_addr0", "Internal_Device_Addr0", 4),
        INTERNAL_DEVICE_ADDR1("internal_device_addr1", "Internal_Device_Addr1", 5),
        INTERNAL_DEVICE_ADDR2("internal_device_addr2", "Internal_Device_Addr2", 6),
        INTERNAL_DEVICE_ADDR3("internal_device_addr3", "Internal_Device_Addr3", 7),
        AMBER_LED("amber_led", "Amber_LED", 8),
        BLUE_LED("blue_led", "Blue_LED", 9),
        /// Write protection of the memory with the identity of the shelf.
        SHELF_EEPROM_WRITE_PROTECT("shelf_eeprom_write_protect", "Shelf_EEPROM_Write_Protect", 11),
        /// The outputs follow the other bits.
        TEST_MODE_ENABLE("test_mode_enable", "Test_Mode_Enable", 15),
    }
}

crate::register_map! {
    /// Part number of the PMM given by the rack owner.
    ro Fbpn(fbpn): codec::Text<16> = text("PMM_FBPN", 0, 8).once();
    /// Manufacturer of the PMM.
    ro MfrName(mfr_name): codec::Text<16> = text("PMM_MFR_Name", 8, 8).once();
    /// Model of the PMM.
    ro MfrModel(mfr_model): codec::Text<16> = text("PMM_MFR_Model", 16, 8).once();
    /// Date of manufacture of the PMM, as text.
    ro MfrDate(mfr_date): codec::Text<16> = text("PMM_MFR_Date", 24, 8).optional().once();
    /// Serial number of the PMM.
    ro MfrSerial(mfr_serial): codec::Text<32> = text("PMM_MFR_Serial", 32, 16).once();
    /// Work order of the production of the PMM.
    ro Workorder(workorder): codec::Text<8> = text("PMM_Workorder", 48, 4).optional().once();
    /// Hardware revision of the PMM.
    ro HwRevision(hw_revision): codec::Text<8> = text("PMM_HW_Revision", 52, 4).optional().once();
    /// Firmware revision of the PMM.
    ro FwRevision(fw_revision): codec::Text<8> = text("PMM_FW_Revision", 56, 4).once();
    /// Time in operation over the whole life. Inferred: No source states the unit; seconds are concluded from
    /// the length of two words.
    ro TotalUpTime(total_up_time): units::Seconds =
        unsigned("Total_Up_Time", 76, 2).optional().inferred().slow();
    /// Time since the PMM was last switched on. Inferred: No source states the unit; seconds are concluded
    /// from the length of two words.
    ro TimeSinceLastOn(time_since_last_on): units::Seconds =
        unsigned("Time_Since_Last_On", 78, 2).inferred().slow();
    /// Clock of the PMM, Unix time.
    rw UnixTime(unix_time): units::Seconds =
        unsigned("Unix_Time", 80, 2).settle_ms(500).cosmetic().optional().on_demand();
    /// Size of the register map of a module, as the PMM counts it.
    ro SizeModuleRegMap(size_module_reg_map): u16 = unsigned("Size_Module_Reg_Map", 82, 1).optional().once();
    /// Code of the type of the shelf.
    ro ShelfTypeId(shelf_type_id): u16 = unsigned("Shelf_Type_ID", 83, 1).optional().slow();
    /// Address that the port towards the rack switch is strapped to. Inferred: The meaning is concluded from
    /// the name.
    ro TorModbusPortAddr(tor_modbus_port_addr): u16 =
        unsigned("TOR_Modbus_Port_Addr", 84, 1).optional().inferred().slow();
    /// Address of the shelf, as its internal address lines give it. Inferred: The meaning is concluded from
    /// the name.
    ro ShelfAddrIntAddr(shelf_addr_int_addr): u16 =
        unsigned("Shelf_Addr_Int_Addr", 85, 1).optional().inferred().slow();
    /// Whether the current-sharing cable to the next shelf is plugged in. Inferred: The values are not
    /// stated: 1 for connected, or a bit for each cable.
    ro IshareCableConnected(ishare_cable_connected): u16 =
        unsigned("ISHARE_Cable_Connected", 86, 1).optional().inferred().slow();
    /// Modules that are in the shelf.
    ro ModulePresent(module_present): ModulePresent = flags("Module_Present", 87, 1).fast();
    /// Modules that report an alert.
    ro ModuleAlert(module_alert): ModuleAlert = flags("Module_Alert", 88, 1).fast();
    /// Summary of the alarms of the PMM and its shelf.
    ro GeneralAlarmStatusRegister(general_alarm_status_register): GeneralAlarmStatusRegister =
        flags("General_Alarm_Status_Register", 89, 1).fast();
    /// Modules that the shelf should have. Inferred: No source states that this register may be written;
    /// concluded from its name and from firmware tools.
    rw ModulePlanned(module_planned): ModulePlanned =
        flags("Module_Planned", 90, 1).settle_ms(500).cosmetic().optional().inferred().slow();
    /// Settings of the PMM. Inferred: No source states that this register may be written; concluded from its
    /// name and from firmware tools.
    rw PmmSettings(pmm_settings): PmmSettings =
        flags("PMM_Settings", 91, 1).settle_ms(500).disruptive().optional().inferred().slow();
    /// State of the LEDs of the PMM.
    ro PmmLedStatusRegister(pmm_led_status_register): PmmLedStatusRegister =
        flags("PMM_LED_Status_Register", 92, 1).optional().slow();
    /// Alarms of the communication with the rack, the modules and the memory of the shelf.
    ro CommunicationAlarmStatusRegister(communication_alarm_status_register): CommunicationAlarmStatusRegister =
        flags("Communication_Alarm_Status_Register", 93, 1).fast();
    /// Frames with a wrong CRC on the serial link between shelves.
    ro SerialCrcErrorCounter(serial_crc_error_counter): u16 =
        unsigned("Serial_CRC_Error_Counter", 94, 1).optional().slow();
    /// Requests from the rack that were dropped for a wrong CRC.
    ro PmmModbusCrcErrorCounter(pmm_modbus_crc_error_counter): u16 =
        unsigned("PMM_Modbus_CRC_Error_Counter", 95, 1).optional().slow();
    /// Answers of module 1 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter1(module_crc_error_counter_1): u16 =
        unsigned("Module_CRC_Error_Counter_1", 96, 1).optional().slow();
    /// Answers of module 2 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter2(module_crc_error_counter_2): u16 =
        unsigned("Module_CRC_Error_Counter_2", 97, 1).optional().slow();
    /// Answers of module 3 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter3(module_crc_error_counter_3): u16 =
        unsigned("Module_CRC_Error_Counter_3", 98, 1).optional().slow();
    /// Answers of module 4 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter4(module_crc_error_counter_4): u16 =
        unsigned("Module_CRC_Error_Counter_4", 99, 1).optional().slow();
    /// Answers of module 5 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter5(module_crc_error_counter_5): u16 =
        unsigned("Module_CRC_Error_Counter_5", 100, 1).optional().slow();
    /// Answers of module 6 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter6(module_crc_error_counter_6): u16 =
        unsigned("Module_CRC_Error_Counter_6", 101, 1).optional().slow();
    /// Requests to module 1 that were not answered in time.
    ro ModuleTimeoutErrorCounter1(module_timeout_error_counter_1): u16 =
        unsigned("Module_Timeout_Error_Counter_1", 102, 1).optional().slow();
    /// Requests to module 2 that were not answered in time.
    ro ModuleTimeoutErrorCounter2(module_timeout_error_counter_2): u16 =
        unsigned("Module_Timeout_Error_Counter_2", 103, 1).optional().slow();
    /// Requests to module 3 that were not answered in time.
    ro ModuleTimeoutErrorCounter3(module_timeout_error_counter_3): u16 =
        unsigned("Module_Timeout_Error_Counter_3", 104, 1).optional().slow();
    /// Requests to module 4 that were not answered in time.
    ro ModuleTimeoutErrorCounter4(module_timeout_error_counter_4): u16 =
        unsigned("Module_Timeout_Error_Counter_4", 105, 1).optional().slow();
    /// Requests to module 5 that were not answered in time.
    ro ModuleTimeoutErrorCounter5(module_timeout_error_counter_5): u16 =
        unsigned("Module_Timeout_Error_Counter_5", 106, 1).optional().slow();
    /// Requests to module 6 that were not answered in time.
    ro ModuleTimeoutErrorCounter6(module_timeout_error_counter_6): u16 =
        unsigned("Module_Timeout_Error_Counter_6", 107, 1).optional().slow();
    /// Busbar temperature at which the PMM protects the shelf. Inferred: No source states that this register
    /// may be written; concluded from its name and from firmware tools.
    rw BbTempOtpSet(bb_temp_otp_set): units::Celsius =
        signed("BB_Temp_OTP_Set", 110, 1).scale(1, 128).settle_ms(500).disruptive().optional().inferred()
        .slow();
    /// Place of this shelf in the rack. Inferred: The code is not stated.
    ro ThisShelfLocation(this_shelf_location): u16 =
        unsigned("This_Shelf_Location", 112, 1).optional().inferred().slow();
    /// Modbus address of this PMM.
    ro ThisPmmModbusAddress(this_pmm_modbus_address): u16 =
        unsigned("This_PMM_Modbus_Address", 113, 1).optional().slow();
    /// Port of the rack switch (Wedge 400) that the shelf hangs on. Inferred: The meaning is concluded from
    /// the name.
    ro W400PortNumber(w400_port_number): u16 =
        unsigned("W400_Port_Number", 114, 1).optional().inferred().slow();
    /// Place for the next power supply shelf, as this shelf has received it from the shelf before it in the
    /// daisy chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextPsuShelfLocationReceived(next_psu_shelf_location_received): u16 =
        unsigned("Next_PSU_Shelf_Location_Received", 115, 1).optional().inferred().slow();
    /// Place for the next battery shelf, as this shelf has received it from the shelf before it in the daisy
    /// chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextBbuShelfLocationReceived(next_bbu_shelf_location_received): u16 =
        unsigned("Next_BBU_Shelf_Location_Received", 116, 1).optional().inferred().slow();
    /// Place for the next power supply shelf, as this shelf has sent it to the shelf after it in the daisy
    /// chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextPsuShelfLocationSent(next_psu_shelf_location_sent): u16 =
        unsigned("Next_PSU_Shelf_Location_Sent", 117, 1).optional().inferred().slow();
    /// Place for the next battery shelf, as this shelf has sent it to the shelf after it in the daisy chain.
    /// Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextBbuShelfLocationSent(next_bbu_shelf_location_sent): u16 =
        unsigned("Next_BBU_Shelf_Location_Sent", 118, 1).optional().inferred().slow();
    /// Unix time at which the system was switched off. Inferred: Whether this is the time of the last
    /// switch-off or of a planned one is not stated; treated as read-only.
    ro PowerOffSystemUnixTime(power_off_system_unix_time): units::Seconds =
        unsigned("Power_Off_System_Unix_Time", 119, 2).optional().inferred().on_demand();
    /// Code of the Modbus baud rate. Inferred: No source states that this register may be written; concluded
    /// from its name and from firmware tools.
    rw ModbusBaudRate(modbus_baud_rate): u16 =
        unsigned("Modbus_Baud_Rate", 121, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Mode in which the PMM works. Inferred: No source states that this register may be written; concluded
    /// from its name and from firmware tools.
    rw OperationMode(operation_mode): u16 =
        unsigned("Operation_Mode", 122, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Keeps the PMM from polling its modules, so that somebody else can talk to them.
    rw StopShelfLevelModulePolling(stop_shelf_level_module_polling): u16 =
        unsigned("Stop_Shelf_level_Module_Polling", 123, 1).settle_ms(500).disruptive().optional()
        .on_demand();
    /// Drives the digital outputs of the PMM, for a test in the factory. Inferred: No source states that this
    /// register may be written; concluded from its name and from firmware tools.
    rw DigitalOutputsTest(digital_outputs_test): DigitalOutputsTest =
        flags("Digital_Outputs_Test", 124, 1).settle_ms(500).disruptive().optional().inferred().on_demand();
    /// Temperature 1 of the positive bar of busbar 1.
    ro Bb1PosTemp1(bb1_pos_temp1): units::Celsius =
        signed("BB1_Pos_TEMP1", 125, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of the negative bar of busbar 1.
    ro Bb1NegTemp1(bb1_neg_temp1): units::Celsius =
        signed("BB1_Neg_TEMP1", 126, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of the positive bar of busbar 2.
    ro Bb2PosTemp1(bb2_pos_temp1): units::Celsius =
        signed("BB2_Pos_TEMP1", 127, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of the negative bar of busbar 2.
    ro Bb2NegTemp1(bb2_neg_temp1): units::Celsius =
        signed("BB2_Neg_TEMP1", 128, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of the positive bar of busbar 3.
    ro Bb3PosTemp1(bb3_pos_temp1): units::Celsius =
        signed("BB3_Pos_TEMP1", 129, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of the negative bar of busbar 3.
    ro Bb3NegTemp1(bb3_neg_temp1): units::Celsius =
        signed("BB3_Neg_TEMP1", 130, 1).scale(1, 128).optional().slow();
    /// Place for the next DC power supply shelf, as this shelf has received it from the shelf before it in
    /// the daisy chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextDcpsuShelfLocationReceived(next_dcpsu_shelf_location_received): u16 =
        unsigned("Next_DCPSU_Shelf_Location_Received", 131, 1).optional().inferred().slow();
    /// Place for the next capacitor shelf, as this shelf has received it from the shelf before it in the
    /// daisy chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextCbuShelfLocationReceived(next_cbu_shelf_location_received): u16 =
        unsigned("Next_CBU_Shelf_Location_Received", 132, 1).optional().inferred().slow();
    /// Place for the next DC power supply shelf, as this shelf has sent it to the shelf after it in the daisy
    /// chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextDcpsuShelfLocationSent(next_dcpsu_shelf_location_sent): u16 =
        unsigned("Next_DCPSU_Shelf_Location_Sent", 133, 1).optional().inferred().slow();
    /// Place for the next capacitor shelf, as this shelf has sent it to the shelf after it in the daisy
    /// chain. Inferred: The meaning is concluded from the name; the code is not stated.
    ro NextCbuShelfLocationSent(next_cbu_shelf_location_sent): u16 =
        unsigned("Next_CBU_Shelf_Location_Sent", 134, 1).optional().inferred().slow();
    /// Answers of module 7 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter7(module_crc_error_counter_7): u16 =
        unsigned("Module_CRC_Error_Counter_7", 135, 1).optional().slow();
    /// Answers of module 8 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter8(module_crc_error_counter_8): u16 =
        unsigned("Module_CRC_Error_Counter_8", 136, 1).optional().slow();
    /// Answers of module 9 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter9(module_crc_error_counter_9): u16 =
        unsigned("Module_CRC_Error_Counter_9", 137, 1).optional().slow();
    /// Answers of module 10 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter10(module_crc_error_counter_10): u16 =
        unsigned("Module_CRC_Error_Counter_10", 138, 1).optional().slow();
    /// Answers of module 11 that were dropped for a wrong CRC.
    ro ModuleCrcErrorCounter11(module_crc_error_counter_11): u16 =
        unsigned("Module_CRC_Error_Counter_11", 139, 1).optional().slow();
    /// Requests to module 7 that were not answered in time.
    ro ModuleTimeoutErrorCounter7(module_timeout_error_counter_7): u16 =
        unsigned("Module_Timeout_Error_Counter_7", 141, 1).optional().slow();
    /// Requests to module 8 that were not answered in time.
    ro ModuleTimeoutErrorCounter8(module_timeout_error_counter_8): u16 =
        unsigned("Module_Timeout_Error_Counter_8", 142, 1).optional().slow();
    /// Requests to module 9 that were not answered in time.
    ro ModuleTimeoutErrorCounter9(module_timeout_error_counter_9): u16 =
        unsigned("Module_Timeout_Error_Counter_9", 143, 1).optional().slow();
    /// Requests to module 10 that were not answered in time.
    ro ModuleTimeoutErrorCounter10(module_timeout_error_counter_10): u16 =
        unsigned("Module_Timeout_Error_Counter_10", 144, 1).optional().slow();
    /// Requests to module 11 that were not answered in time.
    ro ModuleTimeoutErrorCounter11(module_timeout_error_counter_11): u16 =
        unsigned("Module_Timeout_Error_Counter_11", 145, 1).optional().slow();
    /// Temperature 2 of the positive bar of busbar 1.
    ro Bb1PosTemp2(bb1_pos_temp2): units::Celsius =
        signed("BB1_Pos_TEMP2", 147, 1).scale(1, 128).optional().slow();
    /// Temperature 2 of the negative bar of busbar 1.
    ro Bb1NegTemp2(bb1_neg_temp2): units::Celsius =
        signed("BB1_Neg_TEMP2", 148, 1).scale(1, 128).optional().slow();
    /// Temperature 2 of the positive bar of busbar 2.
    ro Bb2PosTemp2(bb2_pos_temp2): units::Celsius =
        signed("BB2_Pos_TEMP2", 149, 1).scale(1, 128).optional().slow();
    /// Temperature 2 of the negative bar of busbar 2.
    ro Bb2NegTemp2(bb2_neg_temp2): units::Celsius =
        signed("BB2_Neg_TEMP2", 150, 1).scale(1, 128).optional().slow();
    /// Temperature 2 of the positive bar of busbar 3.
    ro Bb3PosTemp2(bb3_pos_temp2): units::Celsius =
        signed("BB3_Pos_TEMP2", 151, 1).scale(1, 128).optional().slow();
    /// Temperature 2 of the negative bar of busbar 3.
    ro Bb3NegTemp2(bb3_neg_temp2): units::Celsius =
        signed("BB3_Neg_TEMP2", 152, 1).scale(1, 128).optional().slow();
    /// Temperature 1 of module 1.
    ro Module1Temp1(module1_temp1): units::Celsius =
        unsigned("BBU1_SENSOR1_TEMP", 257, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module1_present").fast();
    /// Temperature 2 of module 1.
    ro Module1Temp2(module1_temp2): units::Celsius =
        unsigned("BBU1_SENSOR2_TEMP", 258, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module1_present").fast();
    /// Temperature 3 of module 1.
    ro Module1Temp3(module1_temp3): units::Celsius =
        unsigned("BBU1_SENSOR3_TEMP", 259, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module1_present").fast();
    /// Temperature 4 of module 1.
    ro Module1Temp4(module1_temp4): units::Celsius =
        unsigned("BBU1_SENSOR4_TEMP", 260, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module1_present").fast();
    /// State of charge of module 1, as a share of the charge when full.
    ro Module1RelativeStateOfCharge(module1_relative_state_of_charge): units::Percent =
        unsigned("BBU1_RELATIVE_STATE_OF_CHARGE_UTIL", 261, 1).conditional()
        .condition("module_present.module1_present").fast();
    /// State of charge of module 1, as a share of the design capacity.
    ro Module1AbsoluteStateOfCharge(module1_absolute_state_of_charge): units::Percent =
        unsigned("BBU1_ABSOLUTE_STATE_OF_CHARGE_UTIL", 262, 1).conditional()
        .condition("module_present.module1_present").fast();
    /// Voltage of the pack of module 1.
    ro Module1BatteryVoltage(module1_battery_voltage): units::Volts =
        unsigned("BBU1_BATTERY_VOLT", 263, 1).scale(1, 1000).conditional()
        .condition("module_present.module1_present").fast();
    /// Current of the pack of module 1.
    ro Module1BatteryCurrent(module1_battery_current): units::Amperes =
        signed("BBU1_BATTERY_CURR", 264, 1).scale(1, 100).conditional()
        .condition("module_present.module1_present").fast();
    /// Mean of the pack current of module 1.
    ro Module1AverageCurrent(module1_average_current): units::Amperes =
        signed("BBU1_AVERAGE_CURR", 265, 1).scale(1, 100).conditional()
        .condition("module_present.module1_present").fast();
    /// Charge left in the pack of module 1. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module1RemainingCapacity(module1_remaining_capacity): units::AmpereHours =
        unsigned("BBU1_REMAINING_CHARGE", 266, 1).scale(1, 1000).conditional()
        .condition("module_present.module1_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 1. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module1FullChargeCapacity(module1_full_charge_capacity): units::AmpereHours =
        unsigned("BBU1_FULL_CHARGE", 267, 1).scale(1, 1000).conditional()
        .condition("module_present.module1_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Temperature 1 of module 2.
    ro Module2Temp1(module2_temp1): units::Celsius =
        unsigned("BBU2_SENSOR1_TEMP", 273, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module2_present").fast();
    /// Temperature 2 of module 2.
    ro Module2Temp2(module2_temp2): units::Celsius =
        unsigned("BBU2_SENSOR2_TEMP", 274, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module2_present").fast();
    /// Temperature 3 of module 2.
    ro Module2Temp3(module2_temp3): units::Celsius =
        unsigned("BBU2_SENSOR3_TEMP", 275, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module2_present").fast();
    /// Temperature 4 of module 2.
    ro Module2Temp4(module2_temp4): units::Celsius =
        unsigned("BBU2_SENSOR4_TEMP", 276, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module2_present").fast();
    /// State of charge of module 2, as a share of the charge when full.
    ro Module2RelativeStateOfCharge(module2_relative_state_of_charge): units::Percent =
        unsigned("BBU2_RELATIVE_STATE_OF_CHARGE_UTIL", 277, 1).conditional()
        .condition("module_present.module2_present").fast();
    /// State of charge of module 2, as a share of the design capacity.
    ro Module2AbsoluteStateOfCharge(module2_absolute_state_of_charge): units::Percent =
        unsigned("BBU2_ABSOLUTE_STATE_OF_CHARGE_UTIL", 278, 1).conditional()
        .condition("module_present.module2_present").fast();
    /// Voltage of the pack of module 2.
    ro Module2BatteryVoltage(module2_battery_voltage): units::Volts =
        unsigned("BBU2_BATTERY_VOLT", 279, 1).scale(1, 1000).conditional()
        .condition("module_present.module2_present").fast();
    /// Current of the pack of module 2.
    ro Module2BatteryCurrent(module2_battery_current): units::Amperes =
        signed("BBU2_BATTERY_CURR", 280, 1).scale(1, 100).conditional()
        .condition("module_present.module2_present").fast();
    /// Mean of the pack current of module 2.
    ro Module2AverageCurrent(module2_average_current): units::Amperes =
        signed("BBU2_AVERAGE_CURR", 281, 1).scale(1, 100).conditional()
        .condition("module_present.module2_present").fast();
    /// Charge left in the pack of module 2. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module2RemainingCapacity(module2_remaining_capacity): units::AmpereHours =
        unsigned("BBU2_REMAINING_CHARGE", 282, 1).scale(1, 1000).conditional()
        .condition("module_present.module2_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 2. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module2FullChargeCapacity(module2_full_charge_capacity): units::AmpereHours =
        unsigned("BBU2_FULL_CHARGE", 283, 1).scale(1, 1000).conditional()
        .condition("module_present.module2_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Temperature 1 of module 3.
    ro Module3Temp1(module3_temp1): units::Celsius =
        unsigned("BBU3_SENSOR1_TEMP", 289, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module3_present").fast();
    /// Temperature 2 of module 3.
    ro Module3Temp2(module3_temp2): units::Celsius =
        unsigned("BBU3_SENSOR2_TEMP", 290, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module3_present").fast();
    /// Temperature 3 of module 3.
    ro Module3Temp3(module3_temp3): units::Celsius =
        unsigned("BBU3_SENSOR3_TEMP", 291, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module3_present").fast();
    /// Temperature 4 of module 3.
    ro Module3Temp4(module3_temp4): units::Celsius =
        unsigned("BBU3_SENSOR4_TEMP", 292, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module3_present").fast();
    /// State of charge of module 3, as a share of the charge when full.
    ro Module3RelativeStateOfCharge(module3_relative_state_of_charge): units::Percent =
        unsigned("BBU3_RELATIVE_STATE_OF_CHARGE_UTIL", 293, 1).conditional()
        .condition("module_present.module3_present").fast();
    /// State of charge of module 3, as a share of the design capacity.
    ro Module3AbsoluteStateOfCharge(module3_absolute_state_of_charge): units::Percent =
        unsigned("BBU3_ABSOLUTE_STATE_OF_CHARGE_UTIL", 294, 1).conditional()
        .condition("module_present.module3_present").fast();
    /// Voltage of the pack of module 3.
    ro Module3BatteryVoltage(module3_battery_voltage): units::Volts =
        unsigned("BBU3_BATTERY_VOLT", 295, 1).scale(1, 1000).conditional()
        .condition("module_present.module3_present").fast();
    /// Current of the pack of module 3.
    ro Module3BatteryCurrent(module3_battery_current): units::Amperes =
        signed("BBU3_BATTERY_CURR", 296, 1).scale(1, 100).conditional()
        .condition("module_present.module3_present").fast();
    /// Mean of the pack current of module 3.
    ro Module3AverageCurrent(module3_average_current): units::Amperes =
        signed("BBU3_AVERAGE_CURR", 297, 1).scale(1, 100).conditional()
        .condition("module_present.module3_present").fast();
    /// Charge left in the pack of module 3. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module3RemainingCapacity(module3_remaining_capacity): units::AmpereHours =
        unsigned("BBU3_REMAINING_CHARGE", 298, 1).scale(1, 1000).conditional()
        .condition("module_present.module3_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 3. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module3FullChargeCapacity(module3_full_charge_capacity): units::AmpereHours =
        unsigned("BBU3_FULL_CHARGE", 299, 1).scale(1, 1000).conditional()
        .condition("module_present.module3_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Temperature 1 of module 4.
    ro Module4Temp1(module4_temp1): units::Celsius =
        unsigned("BBU4_SENSOR1_TEMP", 305, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module4_present").fast();
    /// Temperature 2 of module 4.
    ro Module4Temp2(module4_temp2): units::Celsius =
        unsigned("BBU4_SENSOR2_TEMP", 306, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module4_present").fast();
    /// Temperature 3 of module 4.
    ro Module4Temp3(module4_temp3): units::Celsius =
        unsigned("BBU4_SENSOR3_TEMP", 307, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module4_present").fast();
    /// Temperature 4 of module 4.
    ro Module4Temp4(module4_temp4): units::Celsius =
        unsigned("BBU4_SENSOR4_TEMP", 308, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module4_present").fast();
    /// State of charge of module 4, as a share of the charge when full.
    ro Module4RelativeStateOfCharge(module4_relative_state_of_charge): units::Percent =
        unsigned("BBU4_RELATIVE_STATE_OF_CHARGE_UTIL", 309, 1).conditional()
        .condition("module_present.module4_present").fast();
    /// State of charge of module 4, as a share of the design capacity.
    ro Module4AbsoluteStateOfCharge(module4_absolute_state_of_charge): units::Percent =
        unsigned("BBU4_ABSOLUTE_STATE_OF_CHARGE_UTIL", 310, 1).conditional()
        .condition("module_present.module4_present").fast();
    /// Voltage of the pack of module 4.
    ro Module4BatteryVoltage(module4_battery_voltage): units::Volts =
        unsigned("BBU4_BATTERY_VOLT", 311, 1).scale(1, 1000).conditional()
        .condition("module_present.module4_present").fast();
    /// Current of the pack of module 4.
    ro Module4BatteryCurrent(module4_battery_current): units::Amperes =
        signed("BBU4_BATTERY_CURR", 312, 1).scale(1, 100).conditional()
        .condition("module_present.module4_present").fast();
    /// Mean of the pack current of module 4.
    ro Module4AverageCurrent(module4_average_current): units::Amperes =
        signed("BBU4_AVERAGE_CURR", 313, 1).scale(1, 100).conditional()
        .condition("module_present.module4_present").fast();
    /// Charge left in the pack of module 4. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module4RemainingCapacity(module4_remaining_capacity): units::AmpereHours =
        unsigned("BBU4_REMAINING_CHARGE", 314, 1).scale(1, 1000).conditional()
        .condition("module_present.module4_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 4. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module4FullChargeCapacity(module4_full_charge_capacity): units::AmpereHours =
        unsigned("BBU4_FULL_CHARGE", 315, 1).scale(1, 1000).conditional()
        .condition("module_present.module4_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Temperature 1 of module 5.
    ro Module5Temp1(module5_temp1): units::Celsius =
        unsigned("BBU5_SENSOR1_TEMP", 321, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module5_present").fast();
    /// Temperature 2 of module 5.
    ro Module5Temp2(module5_temp2): units::Celsius =
        unsigned("BBU5_SENSOR2_TEMP", 322, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module5_present").fast();
    /// Temperature 3 of module 5.
    ro Module5Temp3(module5_temp3): units::Celsius =
        unsigned("BBU5_SENSOR3_TEMP", 323, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module5_present").fast();
    /// Temperature 4 of module 5.
    ro Module5Temp4(module5_temp4): units::Celsius =
        unsigned("BBU5_SENSOR4_TEMP", 324, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module5_present").fast();
    /// State of charge of module 5, as a share of the charge when full.
    ro Module5RelativeStateOfCharge(module5_relative_state_of_charge): units::Percent =
        unsigned("BBU5_RELATIVE_STATE_OF_CHARGE_UTIL", 325, 1).conditional()
        .condition("module_present.module5_present").fast();
    /// State of charge of module 5, as a share of the design capacity.
    ro Module5AbsoluteStateOfCharge(module5_absolute_state_of_charge): units::Percent =
        unsigned("BBU5_ABSOLUTE_STATE_OF_CHARGE_UTIL", 326, 1).conditional()
        .condition("module_present.module5_present").fast();
    /// Voltage of the pack of module 5.
    ro Module5BatteryVoltage(module5_battery_voltage): units::Volts =
        unsigned("BBU5_BATTERY_VOLT", 327, 1).scale(1, 1000).conditional()
        .condition("module_present.module5_present").fast();
    /// Current of the pack of module 5.
    ro Module5BatteryCurrent(module5_battery_current): units::Amperes =
        signed("BBU5_BATTERY_CURR", 328, 1).scale(1, 100).conditional()
        .condition("module_present.module5_present").fast();
    /// Mean of the pack current of module 5.
    ro Module5AverageCurrent(module5_average_current): units::Amperes =
        signed("BBU5_AVERAGE_CURR", 329, 1).scale(1, 100).conditional()
        .condition("module_present.module5_present").fast();
    /// Charge left in the pack of module 5. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module5RemainingCapacity(module5_remaining_capacity): units::AmpereHours =
        unsigned("BBU5_REMAINING_CHARGE", 330, 1).scale(1, 1000).conditional()
        .condition("module_present.module5_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 5. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module5FullChargeCapacity(module5_full_charge_capacity): units::AmpereHours =
        unsigned("BBU5_FULL_CHARGE", 331, 1).scale(1, 1000).conditional()
        .condition("module_present.module5_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Temperature 1 of module 6.
    ro Module6Temp1(module6_temp1): units::Celsius =
        unsigned("BBU6_SENSOR1_TEMP", 337, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module6_present").fast();
    /// Temperature 2 of module 6.
    ro Module6Temp2(module6_temp2): units::Celsius =
        unsigned("BBU6_SENSOR2_TEMP", 338, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module6_present").fast();
    /// Temperature 3 of module 6.
    ro Module6Temp3(module6_temp3): units::Celsius =
        unsigned("BBU6_SENSOR3_TEMP", 339, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module6_present").fast();
    /// Temperature 4 of module 6.
    ro Module6Temp4(module6_temp4): units::Celsius =
        unsigned("BBU6_SENSOR4_TEMP", 340, 1).scale(1, 10).offset(-5463, 20).conditional()
        .condition("module_present.module6_present").fast();
    /// State of charge of module 6, as a share of the charge when full.
    ro Module6RelativeStateOfCharge(module6_relative_state_of_charge): units::Percent =
        unsigned("BBU6_RELATIVE_STATE_OF_CHARGE_UTIL", 341, 1).conditional()
        .condition("module_present.module6_present").fast();
    /// State of charge of module 6, as a share of the design capacity.
    ro Module6AbsoluteStateOfCharge(module6_absolute_state_of_charge): units::Percent =
        unsigned("BBU6_ABSOLUTE_STATE_OF_CHARGE_UTIL", 342, 1).conditional()
        .condition("module_present.module6_present").fast();
    /// Voltage of the pack of module 6.
    ro Module6BatteryVoltage(module6_battery_voltage): units::Volts =
        unsigned("BBU6_BATTERY_VOLT", 343, 1).scale(1, 1000).conditional()
        .condition("module_present.module6_present").fast();
    /// Current of the pack of module 6.
    ro Module6BatteryCurrent(module6_battery_current): units::Amperes =
        signed("BBU6_BATTERY_CURR", 344, 1).scale(1, 100).conditional()
        .condition("module_present.module6_present").fast();
    /// Mean of the pack current of module 6.
    ro Module6AverageCurrent(module6_average_current): units::Amperes =
        signed("BBU6_AVERAGE_CURR", 345, 1).scale(1, 100).conditional()
        .condition("module_present.module6_present").fast();
    /// Charge left in the pack of module 6. Sources disagree: A copy of what the module says; its age is not
    /// stated.
    ro Module6RemainingCapacity(module6_remaining_capacity): units::AmpereHours =
        unsigned("BBU6_REMAINING_CHARGE", 346, 1).scale(1, 1000).conditional()
        .condition("module_present.module6_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Charge that fits into the pack of module 6. Sources disagree: A copy of what the module says; its age
    /// is not stated.
    ro Module6FullChargeCapacity(module6_full_charge_capacity): units::AmpereHours =
        unsigned("BBU6_FULL_CHARGE", 347, 1).scale(1, 1000).conditional()
        .condition("module_present.module6_present").conflicting().fast().readings(&[
        map::ReadingInfo::new("signed_counts", map::Kind::Signed), ]);
    /// Type of the shelf.
    ro ShelfType(shelf_type): codec::Text<16> = text("Shelf_Type", 384, 8).optional().once();
    /// Manufacturer of the shelf.
    ro ShelfMfrName(shelf_mfr_name): codec::Text<16> = text("Shelf_MFR_Name", 392, 8).optional().once();
    /// Part number of the shelf given by the rack owner.
    ro ShelfFbpn(shelf_fbpn): codec::Text<16> = text("Shelf_FBPN", 400, 8).optional().once();
    /// Model of the shelf.
    ro ShelfMfrModel(shelf_mfr_model): codec::Text<16> = text("Shelf_MFR_Model", 408, 8).optional().once();
    /// Build revision of the shelf.
    ro ShelfBuildRevision(shelf_build_revision): codec::Text<8> =
        text("Shelf_Build_Revision", 416, 4).optional().once();
    /// Hardware revision of the shelf.
    ro ShelfHwRevision(shelf_hw_revision): codec::Text<8> =
        text("Shelf_HW_Revision", 420, 4).optional().once();
    /// Serial number of the shelf.
    ro ShelfMfrSerial(shelf_mfr_serial): codec::Text<32> =
        text("Shelf_MFR_Serial", 424, 16).optional().once();
    /// Date of manufacture of the shelf, as text.
    ro ShelfMfrDate(shelf_mfr_date): codec::Text<16> = text("Shelf_MFR_Date", 440, 8).optional().once();
    /// Work order of the production of the shelf.
    ro ShelfWorkorder(shelf_workorder): codec::Text<8> = text("Shelf_Workorder", 448, 4).optional().once();
    /// Code of the kind of module.
    ro ModuleId(module_id): u16 = unsigned("Module_ID", 4096, 1).optional().once();
    /// Code of the maker.
    ro VendorId(vendor_id): u16 = unsigned("Vendor_ID", 4097, 1).optional().once();
}
