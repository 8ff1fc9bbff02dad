// Written by `dpo registers generate` from maps/pmbus-psu.json. Do not edit: change the map.

//! PMBus commands of a shelf power supply unit: command set `pmbus-psu` 0.1.0.

#[allow(unused_imports)]
use crate::{codec, map, pmbus, units};

/// The map itself, as JSON.
pub const JSON: &str = include_str!("../../maps/pmbus-psu.json");

/// What the map says of the device.
pub static SET: pmbus::CommandSet = pmbus::CommandSet {
    id: "pmbus-psu",
    title: "PMBus commands of a shelf power supply unit",
    version: (0, 1, 0),
    device_class: map::DeviceClass::Psu,
    addresses: &[(88, 95)],
    clock_hz_max: 100000,
    pec: pmbus::PecUse::Optional,
    max_block: 255,
    pages: 1,
    commands: &COMMANDS,
    hazards: &[(17, 24), (214, 216), (224, 224)],
};

crate::pmbus_flags! {
    /// Flags of `operation`: Turns the output on and off and chooses where its voltage comes from.
    Operation: u8 {
        /// What a change of the voltage source does is declared by the device.
        TRANSITION("transition", "TRANSITION", 1),
        /// 1 ignores faults that a margin causes, 2 acts upon them.
        MARGIN_FAULT("margin_fault", "MARGIN_FAULT", 2, 2),
        /// 0 VOUT_COMMAND, 1 VOUT_MARGIN_LOW, 2 VOUT_MARGIN_HIGH, 3 AVSBus.
        VOLTAGE_SOURCE("voltage_source", "VOLTAGE_SOURCE", 4, 2),
        /// Turns off by TOFF_DELAY and TOFF_FALL instead of at once.
        SOFT_OFF("soft_off", "SOFT_OFF", 6),
        /// The output is on.
        ON("on", "ON", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `on_off_config`: What turns the output on and off: the control pin, OPERATION, or power
    /// alone.
    OnOffConfig: u8 {
        /// The control pin turns off at once instead of by the programmed delay.
        PIN_OFF_AT_ONCE("pin_off_at_once", "PIN_OFF_AT_ONCE", 0),
        /// The control pin is active high.
        PIN_ACTIVE_HIGH("pin_active_high", "PIN_ACTIVE_HIGH", 1),
        /// The control pin is obeyed.
        PIN_OBEYED("pin_obeyed", "PIN_OBEYED", 2),
        /// The on bit of OPERATION is obeyed.
        OPERATION_OBEYED("operation_obeyed", "OPERATION_OBEYED", 3),
        /// The output waits for pin or OPERATION; otherwise it is on whenever there is input power.
        CONTROLLED("controlled", "CONTROLLED", 4),
    }
}

crate::pmbus_symbols! {
    /// Values of `write_protect`: Which writes the device refuses.
    WriteProtect: u8 {
        /// Every command may be written.
        Off("off") = 0,
        /// Only WRITE_PROTECT, OPERATION, PAGE, ON_OFF_CONFIG and VOUT_COMMAND may be written.
        AllButVoltageAndSwitch("all_but_voltage_and_switch") = 32,
        /// Only WRITE_PROTECT, OPERATION and PAGE may be written.
        AllButOperation("all_but_operation") = 64,
        /// Only WRITE_PROTECT may be written.
        All("all") = 128,
    }
}

crate::pmbus_flags! {
    /// Flags of `capability`: What the bus interface of the device can do.
    Capability: u8 {
        /// AVSBus is supported.
        AVSBUS("avsbus", "AVSBUS", 2),
        /// Numbers are IEEE half precision instead of LINEAR or DIRECT.
        IEEE_HALF("ieee_half", "IEEE_HALF", 3),
        /// SMBALERT# and the alert response are supported.
        SMBALERT("smbalert", "SMBALERT", 4),
        /// Fastest clock: 0 is 100 kHz, 1 is 400 kHz, 2 is 1 MHz.
        SPEED("speed", "SPEED", 5, 2),
        /// Packet error codes are supported.
        PEC("pec", "PEC", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `query`: Whether and how the device supports a command.
    Query: u8 {
        /// 0 LINEAR, 1 signed word, 3 DIRECT, 4 unsigned byte, 5 VID, 6 of the manufacturer, 7 no number.
        FORMAT("format", "FORMAT", 2, 3),
        /// The command can be read.
        READ("read", "READ", 5),
        /// The command can be written.
        WRITE("write", "WRITE", 6),
        /// The device knows the command.
        SUPPORTED("supported", "SUPPORTED", 7),
    }
}

crate::pmbus_block! {
    /// Fields of `query`: What `query` is asked with.
    QueryRequest: 1 {
        /// Code of the command asked about.
        command[0..1] = unsigned u8;
    }
}

crate::pmbus_block! {
    /// Fields of `smbalert_mask`: What `smbalert_mask` is asked with.
    SmbalertMaskRequest: 1 {
        /// Code of the status command whose mask it is.
        status_command[0..1] = unsigned u8;
    }
}

crate::pmbus_flags! {
    /// Flags of `vout_mode`: How the commands of the output voltage are coded.
    VoutMode: u8 {
        /// Exponent of two (two's complement) in linear mode, code type in VID mode.
        PARAMETER("parameter", "PARAMETER", 0, 5),
        /// 0 linear, 1 VID, 2 DIRECT, 3 IEEE half.
        MODE("mode", "MODE", 5, 2),
        /// Limits and margins are ratios of VOUT_COMMAND.
        RELATIVE("relative", "RELATIVE", 7),
    }
}

crate::pmbus_block! {
    /// Fields of `coefficients`: Coefficients of a command in DIRECT format.
    Coefficients: 5 {
        /// Slope.
        m[0..2] = signed i16;
        /// Offset.
        b[2..4] = signed i16;
        /// Exponent of ten.
        r[4..5] = signed i8;
    }
}

crate::pmbus_block! {
    /// Fields of `coefficients`: What `coefficients` is asked with.
    CoefficientsRequest: 2 {
        /// Code of the command asked about.
        command[0..1] = unsigned u8;
        /// 1 for the coefficients of a read, 0 of a write.
        direction[1..2] = unsigned u8;
    }
}

crate::pmbus_flags! {
    /// Flags of `fan_config_1_2`: How fans 1 and 2 are fitted and commanded.
    FanConfig12: u8 {
        /// Tachometer pulses a turn, less one.
        FAN_2_PULSES("fan_2_pulses", "FAN_2_PULSES", 0, 2),
        /// FAN_COMMAND_2 is in revolutions a minute instead of percent.
        FAN_2_RPM("fan_2_rpm", "FAN_2_RPM", 2),
        /// There is a second fan.
        FAN_2_INSTALLED("fan_2_installed", "FAN_2_INSTALLED", 3),
        /// Tachometer pulses a turn, less one.
        FAN_1_PULSES("fan_1_pulses", "FAN_1_PULSES", 4, 2),
        /// FAN_COMMAND_1 is in revolutions a minute instead of percent.
        FAN_1_RPM("fan_1_rpm", "FAN_1_RPM", 6),
        /// There is a first fan.
        FAN_1_INSTALLED("fan_1_installed", "FAN_1_INSTALLED", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `vout_ov_fault_response`: What the supply does on an output over-voltage fault.
    VoutOvFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `vout_uv_fault_response`: What the supply does on an output under-voltage fault.
    VoutUvFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `iout_oc_fault_response`: What the supply does on an output over-current fault.
    IoutOcFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `ot_fault_response`: What the supply does on an over-temperature fault.
    OtFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `vin_ov_fault_response`: What the supply does on an input over-voltage fault.
    VinOvFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `vin_uv_fault_response`: What the supply does on an input under-voltage fault.
    VinUvFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `iin_oc_fault_response`: What the supply does on an input over-current fault.
    IinOcFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `pout_op_fault_response`: What the supply does on an output over-power fault.
    PoutOpFaultResponse: u8 {
        /// Time between retries, in units that the device declares.
        DELAY("delay", "DELAY", 0, 3),
        /// 0 none, 1 to 6 as many, 7 without end.
        RETRIES("retries", "RETRIES", 3, 3),
        /// What the device does; the four codes differ between voltage and current faults.
        RESPONSE("response", "RESPONSE", 6, 2),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_byte`: Summary of the most critical faults: the low byte of STATUS_WORD.
    StatusByte: u8 {
        /// A fault or warning that none of bits 7 to 1 shows.
        NONE_OF_THE_ABOVE("none_of_the_above", "NONE_OF_THE_ABOVE", 0),
        /// Communication, memory or logic; STATUS_CML says more.
        CML("cml", "CML", 1),
        /// Temperature; STATUS_TEMPERATURE says more.
        TEMPERATURE("temperature", "TEMPERATURE", 2),
        /// Input under-voltage fault.
        VIN_UV_FAULT("vin_uv_fault", "VIN_UV_FAULT", 3),
        /// Output over-current fault.
        IOUT_OC_FAULT("iout_oc_fault", "IOUT_OC_FAULT", 4),
        /// Output over-voltage fault.
        VOUT_OV_FAULT("vout_ov_fault", "VOUT_OV_FAULT", 5),
        /// No power at the output, for whatever reason; live, not latched.
        OFF("off", "OFF", 6),
        /// The device was busy and could not answer.
        BUSY("busy", "BUSY", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_word`: Summary of all faults and warnings.
    StatusWord: u16 {
        /// A fault or warning that none of bits 7 to 1 shows.
        NONE_OF_THE_ABOVE("none_of_the_above", "NONE_OF_THE_ABOVE", 0),
        /// Communication, memory or logic; STATUS_CML says more.
        CML("cml", "CML", 1),
        /// Temperature; STATUS_TEMPERATURE says more.
        TEMPERATURE("temperature", "TEMPERATURE", 2),
        /// Input under-voltage fault.
        VIN_UV_FAULT("vin_uv_fault", "VIN_UV_FAULT", 3),
        /// Output over-current fault.
        IOUT_OC_FAULT("iout_oc_fault", "IOUT_OC_FAULT", 4),
        /// Output over-voltage fault.
        VOUT_OV_FAULT("vout_ov_fault", "VOUT_OV_FAULT", 5),
        /// No power at the output, for whatever reason; live, not latched.
        OFF("off", "OFF", 6),
        /// The device was busy and could not answer.
        BUSY("busy", "BUSY", 7),
        /// A fault or warning that no other bit shows.
        UNKNOWN("unknown", "UNKNOWN", 8),
        /// STATUS_OTHER says more.
        OTHER("other", "OTHER", 9),
        /// STATUS_FANS_1_2 and STATUS_FANS_3_4 say more.
        FANS("fans", "FANS", 10),
        /// The power-good signal is not given; live, not latched.
        POWER_GOOD_N("power_good_n", "POWER_GOOD_N", 11),
        /// STATUS_MFR_SPECIFIC says more.
        MFR("mfr", "MFR", 12),
        /// STATUS_INPUT says more.
        INPUT("input", "INPUT", 13),
        /// STATUS_IOUT says more.
        IOUT_POUT("iout_pout", "IOUT_POUT", 14),
        /// STATUS_VOUT says more.
        VOUT("vout", "VOUT", 15),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_vout`: Faults and warnings of the output voltage.
    StatusVout: u8 {
        TRACKING_ERROR("tracking_error", "TRACKING_ERROR", 0),
        /// The output took too long to fall.
        TOFF_MAX_WARNING("toff_max_warning", "TOFF_MAX_WARNING", 1),
        /// The output took too long to rise.
        TON_MAX_FAULT("ton_max_fault", "TON_MAX_FAULT", 2),
        /// A command asked for more than VOUT_MAX or less than VOUT_MIN.
        VOUT_MAX_MIN_WARNING("vout_max_min_warning", "VOUT_MAX_MIN_WARNING", 3),
        UV_FAULT("uv_fault", "UV_FAULT", 4),
        UV_WARNING("uv_warning", "UV_WARNING", 5),
        OV_WARNING("ov_warning", "OV_WARNING", 6),
        OV_FAULT("ov_fault", "OV_FAULT", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_iout`: Faults and warnings of output current and power.
    StatusIout: u8 {
        POUT_OP_WARNING("pout_op_warning", "POUT_OP_WARNING", 0),
        POUT_OP_FAULT("pout_op_fault", "POUT_OP_FAULT", 1),
        /// The supply limits its power.
        POWER_LIMITING("power_limiting", "POWER_LIMITING", 2),
        CURRENT_SHARE_FAULT("current_share_fault", "CURRENT_SHARE_FAULT", 3),
        UC_FAULT("uc_fault", "UC_FAULT", 4),
        OC_WARNING("oc_warning", "OC_WARNING", 5),
        /// Over-current with a low output voltage.
        OC_LV_FAULT("oc_lv_fault", "OC_LV_FAULT", 6),
        OC_FAULT("oc_fault", "OC_FAULT", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_input`: Faults and warnings of the input.
    StatusInput: u8 {
        PIN_OP_WARNING("pin_op_warning", "PIN_OP_WARNING", 0),
        IIN_OC_WARNING("iin_oc_warning", "IIN_OC_WARNING", 1),
        IIN_OC_FAULT("iin_oc_fault", "IIN_OC_FAULT", 2),
        /// Off because the input voltage is too low; live, not latched.
        OFF_FOR_LOW_INPUT("off_for_low_input", "OFF_FOR_LOW_INPUT", 3),
        VIN_UV_FAULT("vin_uv_fault", "VIN_UV_FAULT", 4),
        VIN_UV_WARNING("vin_uv_warning", "VIN_UV_WARNING", 5),
        VIN_OV_WARNING("vin_ov_warning", "VIN_OV_WARNING", 6),
        VIN_OV_FAULT("vin_ov_fault", "VIN_OV_FAULT", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_temperature`: Faults and warnings of the temperature.
    StatusTemperature: u8 {
        UT_FAULT("ut_fault", "UT_FAULT", 4),
        UT_WARNING("ut_warning", "UT_WARNING", 5),
        OT_WARNING("ot_warning", "OT_WARNING", 6),
        OT_FAULT("ot_fault", "OT_FAULT", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_cml`: Faults of communication, memory and logic.
    StatusCml: u8 {
        OTHER_MEMORY_OR_LOGIC("other_memory_or_logic", "OTHER_MEMORY_OR_LOGIC", 0),
        OTHER_COMMUNICATION("other_communication", "OTHER_COMMUNICATION", 1),
        PROCESSOR("processor", "PROCESSOR", 3),
        MEMORY("memory", "MEMORY", 4),
        /// A packet error code did not fit.
        PEC("pec", "PEC", 5),
        /// Data that the device does not support.
        INVALID_DATA("invalid_data", "INVALID_DATA", 6),
        /// A command that the device does not support.
        INVALID_COMMAND("invalid_command", "INVALID_COMMAND", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_other`: Faults of input fuses and OR-ing devices.
    StatusOther: u8 {
        /// This device was the first to pull SMBALERT#.
        FIRST_TO_ALERT("first_to_alert", "FIRST_TO_ALERT", 0),
        OUTPUT_ORING_FAULT("output_oring_fault", "OUTPUT_ORING_FAULT", 1),
        INPUT_B_ORING_FAULT("input_b_oring_fault", "INPUT_B_ORING_FAULT", 2),
        INPUT_A_ORING_FAULT("input_a_oring_fault", "INPUT_A_ORING_FAULT", 3),
        INPUT_B_FUSE_FAULT("input_b_fuse_fault", "INPUT_B_FUSE_FAULT", 4),
        INPUT_A_FUSE_FAULT("input_a_fuse_fault", "INPUT_A_FUSE_FAULT", 5),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_mfr_specific`: Faults that the manufacturer defines.
    StatusMfrSpecific: u8 {
        BIT_0("bit_0", "BIT_0", 0),
        BIT_1("bit_1", "BIT_1", 1),
        BIT_2("bit_2", "BIT_2", 2),
        BIT_3("bit_3", "BIT_3", 3),
        BIT_4("bit_4", "BIT_4", 4),
        BIT_5("bit_5", "BIT_5", 5),
        BIT_6("bit_6", "BIT_6", 6),
        BIT_7("bit_7", "BIT_7", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_fans_1_2`: Faults and warnings of fans 1 and 2.
    StatusFans12: u8 {
        AIRFLOW_WARNING("airflow_warning", "AIRFLOW_WARNING", 0),
        AIRFLOW_FAULT("airflow_fault", "AIRFLOW_FAULT", 1),
        FAN_2_OVERRIDDEN("fan_2_overridden", "FAN_2_OVERRIDDEN", 2),
        FAN_1_OVERRIDDEN("fan_1_overridden", "FAN_1_OVERRIDDEN", 3),
        FAN_2_WARNING("fan_2_warning", "FAN_2_WARNING", 4),
        FAN_1_WARNING("fan_1_warning", "FAN_1_WARNING", 5),
        FAN_2_FAULT("fan_2_fault", "FAN_2_FAULT", 6),
        FAN_1_FAULT("fan_1_fault", "FAN_1_FAULT", 7),
    }
}

crate::pmbus_flags! {
    /// Flags of `status_fans_3_4`: Faults and warnings of fans 3 and 4.
    StatusFans34: u8 {
        FAN_4_OVERRIDDEN("fan_4_overridden", "FAN_4_OVERRIDDEN", 2),
        FAN_3_OVERRIDDEN("fan_3_overridden", "FAN_3_OVERRIDDEN", 3),
        FAN_4_WARNING("fan_4_warning", "FAN_4_WARNING", 4),
        FAN_3_WARNING("fan_3_warning", "FAN_3_WARNING", 5),
        FAN_4_FAULT("fan_4_fault", "FAN_4_FAULT", 6),
        FAN_3_FAULT("fan_3_fault", "FAN_3_FAULT", 7),
    }
}

crate::pmbus_block! {
    /// Fields of `read_ein`: Sum and number of samples of the input power, from which a reader makes its
    /// average.
    ReadEin: 6 {
        /// Sum of the power samples, in the format of READ_PIN or READ_POUT.
        energy_count[0..2] = unsigned u16;
        /// How often the sum rolled over.
        rollover_count[2..3] = unsigned u8;
        /// Number of samples.
        sample_count[3..6] = unsigned u32;
    }
}

crate::pmbus_block! {
    /// Fields of `read_eout`: Sum and number of samples of the output power, from which a reader makes its
    /// average.
    ReadEout: 6 {
        /// Sum of the power samples, in the format of READ_PIN or READ_POUT.
        energy_count[0..2] = unsigned u16;
        /// How often the sum rolled over.
        rollover_count[2..3] = unsigned u8;
        /// Number of samples.
        sample_count[3..6] = unsigned u32;
    }
}

crate::pmbus_flags! {
    /// Flags of `pmbus_revision`: Revisions of the specification that the device follows.
    PmbusRevision: u8 {
        /// 0 is 1.0, 1 is 1.1, 2 is 1.2, 3 is 1.3.
        PART_II("part_ii", "PART_II", 0, 4),
        /// As PART_II.
        PART_I("part_i", "PART_I", 4, 4),
    }
}

crate::pmbus_block! {
    /// Fields of `mfr_efficiency_ll`: Efficiency at three loads, at low line.
    MfrEfficiencyLl: 14 {
        /// Input voltage of the figures.
        input_voltage[0..2] = linear11 units::Volts;
        /// Output power at low load.
        power_low[2..4] = linear11 units::Watts;
        /// Efficiency at low load.
        efficiency_low[4..6] = linear11 units::Percent;
        /// Output power at middle load.
        power_middle[6..8] = linear11 units::Watts;
        /// Efficiency at middle load.
        efficiency_middle[8..10] = linear11 units::Percent;
        /// Output power at high load.
        power_high[10..12] = linear11 units::Watts;
        /// Efficiency at high load.
        efficiency_high[12..14] = linear11 units::Percent;
    }
}

crate::pmbus_block! {
    /// Fields of `mfr_efficiency_hl`: Efficiency at three loads, at high line.
    MfrEfficiencyHl: 14 {
        /// Input voltage of the figures.
        input_voltage[0..2] = linear11 units::Volts;
        /// Output power at low load.
        power_low[2..4] = linear11 units::Watts;
        /// Efficiency at low load.
        efficiency_low[4..6] = linear11 units::Percent;
        /// Output power at middle load.
        power_middle[6..8] = linear11 units::Watts;
        /// Efficiency at middle load.
        efficiency_middle[8..10] = linear11 units::Percent;
        /// Output power at high load.
        power_high[10..12] = linear11 units::Watts;
        /// Efficiency at high load.
        efficiency_high[12..14] = linear11 units::Percent;
    }
}

crate::pmbus_commands! {
    /// Page that the paged commands apply to; FFh is all pages.
    rw Page(page): u8 = unsigned("PAGE", 0x00).byte().protect(pmbus::Protect::Level80).optional().on_demand();
    /// Turns the output on and off and chooses where its voltage comes from.
    rw Operation(operation): Operation =
        flags("OPERATION", 0x01).byte().protect(pmbus::Protect::Level80).settle_ms(500).disruptive().slow();
    /// What turns the output on and off: the control pin, OPERATION, or power alone.
    rw OnOffConfig(on_off_config): OnOffConfig =
        flags("ON_OFF_CONFIG", 0x02).byte().protect(pmbus::Protect::Level40).settle_ms(500).disruptive()
        .optional().once();
    /// Clears all bits of all status commands and releases SMBALERT#.
    command ClearFaults(clear_faults): () = none("CLEAR_FAULTS", 0x03).send().cosmetic().on_demand();
    /// Which writes the device refuses.
    rw WriteProtect(write_protect): WriteProtect =
        symbol("WRITE_PROTECT", 0x10).byte().protect(pmbus::Protect::Never).optional().on_demand();
    /// What the bus interface of the device can do.
    ro Capability(capability): Capability = flags("CAPABILITY", 0x19).byte().once();
    /// Whether and how the device supports a command.
    ro Query(query)[QueryRequest]: Query =
        flags("QUERY", 0x1A).block_call(1, 1).optional().inferred().on_demand();
    /// Bits of a status command that do not pull SMBALERT#.
    rw SmbalertMask(smbalert_mask)[SmbalertMaskRequest]: u8 =
        unsigned("SMBALERT_MASK", 0x1B).block_call(1, 1).written(pmbus::Write::Word).cosmetic().optional()
        .on_demand();
    /// How the commands of the output voltage are coded.
    ro VoutMode(vout_mode): VoutMode = flags("VOUT_MODE", 0x20).byte().once();
    /// Output voltage setpoint.
    rw VoutCommand(vout_command): units::Volts =
        ulinear16("VOUT_COMMAND", 0x21).word().range((46, 1), (52, 1)).protect(pmbus::Protect::Level40)
        .settle_ms(500).setpoint().fail_safe(51, 1).optional().inferred().slow();
    /// Fixed offset of the output voltage, set by the user.
    rw VoutTrim(vout_trim): units::Volts =
        slinear16("VOUT_TRIM", 0x22).word().range((-2, 1), (2, 1)).settle_ms(500).setpoint().fail_safe(0, 1)
        .optional().inferred().once();
    /// Highest output voltage that any command may set.
    rw VoutMax(vout_max): units::Volts =
        ulinear16("VOUT_MAX", 0x24).word().settle_ms(500).disruptive().optional().once();
    /// Output voltage while OPERATION asks for the high margin.
    rw VoutMarginHigh(vout_margin_high): units::Volts =
        ulinear16("VOUT_MARGIN_HIGH", 0x25).word().relative().settle_ms(500).disruptive().optional().once();
    /// Output voltage while OPERATION asks for the low margin.
    rw VoutMarginLow(vout_margin_low): units::Volts =
        ulinear16("VOUT_MARGIN_LOW", 0x26).word().relative().settle_ms(500).disruptive().optional().once();
    /// How fast the output voltage goes from one setpoint to the next.
    rw VoutTransitionRate(vout_transition_rate): units::MillivoltsPerMicrosecond =
        linear11("VOUT_TRANSITION_RATE", 0x27).word().settle_ms(500).disruptive().optional().once();
    /// Fall of the output voltage with the output current.
    rw VoutDroop(vout_droop): units::MillivoltsPerAmpere =
        linear11("VOUT_DROOP", 0x28).word().settle_ms(500).disruptive().optional().once();
    /// Lowest output voltage that any command may set.
    rw VoutMin(vout_min): units::Volts =
        ulinear16("VOUT_MIN", 0x2B).word().settle_ms(500).disruptive().optional().once();
    /// Coefficients of a command in DIRECT format.
    ro Coefficients(coefficients)[CoefficientsRequest]: Coefficients =
        fields_of("COEFFICIENTS", 0x30).block_call(5, 5).optional().inferred().on_demand();
    /// How fans 1 and 2 are fitted and commanded.
    rw FanConfig12(fan_config_1_2): FanConfig12 =
        flags("FAN_CONFIG_1_2", 0x3A).byte().settle_ms(500).disruptive().optional().once();
    /// Lowest duty cycle of fan 1; the supply may turn it faster.
    rw FanCommand1(fan_command_1): units::Percent =
        linear11("FAN_COMMAND_1", 0x3B).word().range((0, 1), (100, 1)).settle_ms(500).disruptive().optional()
        .inferred().slow();
    /// Lowest duty cycle of fan 2; the supply may turn it faster.
    rw FanCommand2(fan_command_2): units::Percent =
        linear11("FAN_COMMAND_2", 0x3C).word().range((0, 1), (100, 1)).settle_ms(500).disruptive().optional()
        .inferred().slow();
    /// Output voltage above which an over-voltage fault is raised.
    rw VoutOvFaultLimit(vout_ov_fault_limit): units::Volts =
        ulinear16("VOUT_OV_FAULT_LIMIT", 0x40).word().relative().settle_ms(500).disruptive().optional()
        .once();
    /// What the supply does on an output over-voltage fault.
    rw VoutOvFaultResponse(vout_ov_fault_response): VoutOvFaultResponse =
        flags("VOUT_OV_FAULT_RESPONSE", 0x41).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Output voltage above which an over-voltage warning is raised.
    rw VoutOvWarnLimit(vout_ov_warn_limit): units::Volts =
        ulinear16("VOUT_OV_WARN_LIMIT", 0x42).word().relative().settle_ms(500).disruptive().optional().once();
    /// Output voltage below which an under-voltage warning is raised.
    rw VoutUvWarnLimit(vout_uv_warn_limit): units::Volts =
        ulinear16("VOUT_UV_WARN_LIMIT", 0x43).word().relative().settle_ms(500).disruptive().optional().once();
    /// Output voltage below which an under-voltage fault is raised.
    rw VoutUvFaultLimit(vout_uv_fault_limit): units::Volts =
        ulinear16("VOUT_UV_FAULT_LIMIT", 0x44).word().relative().settle_ms(500).disruptive().optional()
        .once();
    /// What the supply does on an output under-voltage fault.
    rw VoutUvFaultResponse(vout_uv_fault_response): VoutUvFaultResponse =
        flags("VOUT_UV_FAULT_RESPONSE", 0x45).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Output current above which an over-current fault is raised.
    rw IoutOcFaultLimit(iout_oc_fault_limit): units::Amperes =
        linear11("IOUT_OC_FAULT_LIMIT", 0x46).word().settle_ms(500).disruptive().optional().once();
    /// What the supply does on an output over-current fault.
    rw IoutOcFaultResponse(iout_oc_fault_response): IoutOcFaultResponse =
        flags("IOUT_OC_FAULT_RESPONSE", 0x47).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Output current above which an over-current warning is raised.
    rw IoutOcWarnLimit(iout_oc_warn_limit): units::Amperes =
        linear11("IOUT_OC_WARN_LIMIT", 0x4A).word().settle_ms(500).disruptive().optional().once();
    /// Temperature above which an over-temperature fault is raised.
    rw OtFaultLimit(ot_fault_limit): units::Celsius =
        linear11("OT_FAULT_LIMIT", 0x4F).word().settle_ms(500).disruptive().optional().once();
    /// What the supply does on an over-temperature fault.
    rw OtFaultResponse(ot_fault_response): OtFaultResponse =
        flags("OT_FAULT_RESPONSE", 0x50).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Temperature above which an over-temperature warning is raised.
    rw OtWarnLimit(ot_warn_limit): units::Celsius =
        linear11("OT_WARN_LIMIT", 0x51).word().settle_ms(500).disruptive().optional().once();
    /// Temperature below which an under-temperature warning is raised.
    rw UtWarnLimit(ut_warn_limit): units::Celsius =
        linear11("UT_WARN_LIMIT", 0x52).word().settle_ms(500).disruptive().optional().once();
    /// Temperature below which an under-temperature fault is raised.
    rw UtFaultLimit(ut_fault_limit): units::Celsius =
        linear11("UT_FAULT_LIMIT", 0x53).word().settle_ms(500).disruptive().optional().once();
    /// Input voltage above which an over-voltage fault is raised.
    rw VinOvFaultLimit(vin_ov_fault_limit): units::Volts =
        linear11("VIN_OV_FAULT_LIMIT", 0x55).word().settle_ms(500).disruptive().optional().inferred().once();
    /// What the supply does on an input over-voltage fault.
    rw VinOvFaultResponse(vin_ov_fault_response): VinOvFaultResponse =
        flags("VIN_OV_FAULT_RESPONSE", 0x56).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Input voltage above which an over-voltage warning is raised.
    rw VinOvWarnLimit(vin_ov_warn_limit): units::Volts =
        linear11("VIN_OV_WARN_LIMIT", 0x57).word().settle_ms(500).disruptive().optional().once();
    /// Input voltage below which an under-voltage warning is raised.
    rw VinUvWarnLimit(vin_uv_warn_limit): units::Volts =
        linear11("VIN_UV_WARN_LIMIT", 0x58).word().settle_ms(500).disruptive().optional().once();
    /// Input voltage below which an under-voltage fault is raised.
    rw VinUvFaultLimit(vin_uv_fault_limit): units::Volts =
        linear11("VIN_UV_FAULT_LIMIT", 0x59).word().settle_ms(500).disruptive().optional().inferred().once();
    /// What the supply does on an input under-voltage fault.
    rw VinUvFaultResponse(vin_uv_fault_response): VinUvFaultResponse =
        flags("VIN_UV_FAULT_RESPONSE", 0x5A).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Input current above which an over-current fault is raised.
    rw IinOcFaultLimit(iin_oc_fault_limit): units::Amperes =
        linear11("IIN_OC_FAULT_LIMIT", 0x5B).word().settle_ms(500).disruptive().optional().once();
    /// What the supply does on an input over-current fault.
    rw IinOcFaultResponse(iin_oc_fault_response): IinOcFaultResponse =
        flags("IIN_OC_FAULT_RESPONSE", 0x5C).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Input current above which an over-current warning is raised.
    rw IinOcWarnLimit(iin_oc_warn_limit): units::Amperes =
        linear11("IIN_OC_WARN_LIMIT", 0x5D).word().settle_ms(500).disruptive().optional().once();
    /// Output power above which an over-power fault is raised.
    rw PoutOpFaultLimit(pout_op_fault_limit): units::Watts =
        linear11("POUT_OP_FAULT_LIMIT", 0x68).word().settle_ms(500).disruptive().optional().once();
    /// What the supply does on an output over-power fault.
    rw PoutOpFaultResponse(pout_op_fault_response): PoutOpFaultResponse =
        flags("POUT_OP_FAULT_RESPONSE", 0x69).byte().settle_ms(500).disruptive().optional().inferred().once();
    /// Output power above which an over-power warning is raised.
    rw PoutOpWarnLimit(pout_op_warn_limit): units::Watts =
        linear11("POUT_OP_WARN_LIMIT", 0x6A).word().settle_ms(500).disruptive().optional().once();
    /// Input power above which an over-power warning is raised.
    rw PinOpWarnLimit(pin_op_warn_limit): units::Watts =
        linear11("PIN_OP_WARN_LIMIT", 0x6B).word().settle_ms(500).disruptive().optional().once();
    /// Summary of the most critical faults: the low byte of STATUS_WORD.
    ro StatusByte(status_byte): StatusByte = flags("STATUS_BYTE", 0x78).byte().optional().fast();
    /// Summary of all faults and warnings.
    ro StatusWord(status_word): StatusWord = flags("STATUS_WORD", 0x79).word().fast();
    /// Faults and warnings of the output voltage.
    w1c StatusVout(status_vout): StatusVout = flags("STATUS_VOUT", 0x7A).byte().cosmetic().fast();
    /// Faults and warnings of output current and power.
    w1c StatusIout(status_iout): StatusIout = flags("STATUS_IOUT", 0x7B).byte().cosmetic().fast();
    /// Faults and warnings of the input.
    w1c StatusInput(status_input): StatusInput = flags("STATUS_INPUT", 0x7C).byte().cosmetic().fast();
    /// Faults and warnings of the temperature.
    w1c StatusTemperature(status_temperature): StatusTemperature =
        flags("STATUS_TEMPERATURE", 0x7D).byte().cosmetic().fast();
    /// Faults of communication, memory and logic.
    w1c StatusCml(status_cml): StatusCml = flags("STATUS_CML", 0x7E).byte().cosmetic().fast();
    /// Faults of input fuses and OR-ing devices.
    w1c StatusOther(status_other): StatusOther =
        flags("STATUS_OTHER", 0x7F).byte().cosmetic().optional().fast();
    /// Faults that the manufacturer defines.
    w1c StatusMfrSpecific(status_mfr_specific): StatusMfrSpecific =
        flags("STATUS_MFR_SPECIFIC", 0x80).byte().cosmetic().optional().slow();
    /// Faults and warnings of fans 1 and 2.
    w1c StatusFans12(status_fans_1_2): StatusFans12 =
        flags("STATUS_FANS_1_2", 0x81).byte().cosmetic().optional().fast();
    /// Faults and warnings of fans 3 and 4.
    w1c StatusFans34(status_fans_3_4): StatusFans34 =
        flags("STATUS_FANS_3_4", 0x82).byte().cosmetic().optional().inferred().fast();
    /// Energy taken from the input.
    ro ReadKwhIn(read_kwh_in): codec::pmbus::Block = raw("READ_KWH_IN", 0x83).long().optional().slow();
    /// Energy given to the output.
    ro ReadKwhOut(read_kwh_out): codec::pmbus::Block = raw("READ_KWH_OUT", 0x84).long().optional().slow();
    /// Sum and number of samples of the input power, from which a reader makes its average.
    ro ReadEin(read_ein): ReadEin = fields_of("READ_EIN", 0x86).block(6, 6).optional().conflicting().slow();
    /// Sum and number of samples of the output power, from which a reader makes its average.
    ro ReadEout(read_eout): ReadEout =
        fields_of("READ_EOUT", 0x87).block(6, 6).optional().conflicting().slow();
    /// Input voltage.
    ro ReadVin(read_vin): units::Volts = linear11("READ_VIN", 0x88).word().fast();
    /// Input current.
    ro ReadIin(read_iin): units::Amperes = linear11("READ_IIN", 0x89).word().fast();
    /// Voltage of the energy storage capacitor.
    ro ReadVcap(read_vcap): units::Volts = linear11("READ_VCAP", 0x8A).word().optional().fast();
    /// Output voltage.
    ro ReadVout(read_vout): units::Volts = ulinear16("READ_VOUT", 0x8B).word().fast();
    /// Output current.
    ro ReadIout(read_iout): units::Amperes = linear11("READ_IOUT", 0x8C).word().fast();
    /// Temperature at the place the manufacturer puts first, as a rule the inlet.
    ro ReadTemperature1(read_temperature_1): units::Celsius =
        linear11("READ_TEMPERATURE_1", 0x8D).word().slow();
    /// Temperature at the second place.
    ro ReadTemperature2(read_temperature_2): units::Celsius =
        linear11("READ_TEMPERATURE_2", 0x8E).word().optional().slow();
    /// Temperature at the third place.
    ro ReadTemperature3(read_temperature_3): units::Celsius =
        linear11("READ_TEMPERATURE_3", 0x8F).word().optional().slow();
    /// Speed of fan 1.
    ro ReadFanSpeed1(read_fan_speed_1): units::Rpm =
        linear11("READ_FAN_SPEED_1", 0x90).word().optional().slow();
    /// Speed of fan 2.
    ro ReadFanSpeed2(read_fan_speed_2): units::Rpm =
        linear11("READ_FAN_SPEED_2", 0x91).word().optional().slow();
    /// Speed of fan 3.
    ro ReadFanSpeed3(read_fan_speed_3): units::Rpm =
        linear11("READ_FAN_SPEED_3", 0x92).word().optional().slow();
    /// Speed of fan 4.
    ro ReadFanSpeed4(read_fan_speed_4): units::Rpm =
        linear11("READ_FAN_SPEED_4", 0x93).word().optional().slow();
    /// Switching frequency of the main converter.
    ro ReadFrequency(read_frequency): units::Kilohertz =
        linear11("READ_FREQUENCY", 0x95).word().optional().conflicting().slow();
    /// Output power.
    ro ReadPout(read_pout): units::Watts = linear11("READ_POUT", 0x96).word().fast();
    /// Input power.
    ro ReadPin(read_pin): units::Watts = linear11("READ_PIN", 0x97).word().fast();
    /// Revisions of the specification that the device follows.
    ro PmbusRevision(pmbus_revision): PmbusRevision = flags("PMBUS_REVISION", 0x98).byte().inferred().once();
    /// Name of the maker.
    ro MfrId(mfr_id): codec::Text<32> = ascii("MFR_ID", 0x99).block(1, 32).once();
    /// Model.
    ro MfrModel(mfr_model): codec::Text<32> = ascii("MFR_MODEL", 0x9A).block(1, 32).once();
    /// Revision.
    ro MfrRevision(mfr_revision): codec::Text<32> = ascii("MFR_REVISION", 0x9B).block(1, 32).once();
    /// Place of manufacture.
    ro MfrLocation(mfr_location): codec::Text<32> =
        ascii("MFR_LOCATION", 0x9C).block(1, 32).optional().once();
    /// Date of manufacture.
    ro MfrDate(mfr_date): codec::Text<32> = ascii("MFR_DATE", 0x9D).block(1, 32).optional().once();
    /// Serial number.
    ro MfrSerial(mfr_serial): codec::Text<32> = ascii("MFR_SERIAL", 0x9E).block(1, 32).once();
    /// Lowest rated input voltage.
    ro MfrVinMin(mfr_vin_min): units::Volts = linear11("MFR_VIN_MIN", 0xA0).word().optional().once();
    /// Highest rated input voltage.
    ro MfrVinMax(mfr_vin_max): units::Volts = linear11("MFR_VIN_MAX", 0xA1).word().optional().once();
    /// Highest rated input current.
    ro MfrIinMax(mfr_iin_max): units::Amperes = linear11("MFR_IIN_MAX", 0xA2).word().optional().once();
    /// Highest rated input power.
    ro MfrPinMax(mfr_pin_max): units::Watts = linear11("MFR_PIN_MAX", 0xA3).word().optional().once();
    /// Lowest rated output voltage.
    ro MfrVoutMin(mfr_vout_min): units::Volts = ulinear16("MFR_VOUT_MIN", 0xA4).word().optional().once();
    /// Highest rated output voltage.
    ro MfrVoutMax(mfr_vout_max): units::Volts = ulinear16("MFR_VOUT_MAX", 0xA5).word().optional().once();
    /// Highest rated output current.
    ro MfrIoutMax(mfr_iout_max): units::Amperes = linear11("MFR_IOUT_MAX", 0xA6).word().optional().once();
    /// Highest rated output power.
    ro MfrPoutMax(mfr_pout_max): units::Watts = linear11("MFR_POUT_MAX", 0xA7).word().optional().once();
    /// Highest rated ambient temperature.
    ro MfrTambientMax(mfr_tambient_max): units::Celsius =
        linear11("MFR_TAMBIENT_MAX", 0xA8).word().optional().once();
    /// Lowest rated ambient temperature.
    ro MfrTambientMin(mfr_tambient_min): units::Celsius =
        linear11("MFR_TAMBIENT_MIN", 0xA9).word().optional().once();
    /// Efficiency at three loads, at low line.
    ro MfrEfficiencyLl(mfr_efficiency_ll): MfrEfficiencyLl =
        fields_of("MFR_EFFICIENCY_LL", 0xAA).block(14, 14).optional().inferred().once();
    /// Efficiency at three loads, at high line.
    ro MfrEfficiencyHl(mfr_efficiency_hl): MfrEfficiencyHl =
        fields_of("MFR_EFFICIENCY_HL", 0xAB).block(14, 14).optional().inferred().once();
    /// Highest rated temperature at the place of READ_TEMPERATURE_1.
    ro MfrMaxTemp1(mfr_max_temp_1): units::Celsius =
        linear11("MFR_MAX_TEMP_1", 0xC0).word().optional().once();
    /// Highest rated temperature at the place of READ_TEMPERATURE_2.
    ro MfrMaxTemp2(mfr_max_temp_2): units::Celsius =
        linear11("MFR_MAX_TEMP_2", 0xC1).word().optional().once();
    /// Highest rated temperature at the place of READ_TEMPERATURE_3.
    ro MfrMaxTemp3(mfr_max_temp_3): units::Celsius =
        linear11("MFR_MAX_TEMP_3", 0xC2).word().optional().once();
    /// What the supply recorded around its last faults.
    ro MfrBlackbox(mfr_blackbox): codec::pmbus::Block =
        raw("MFR_BLACKBOX", 0xD5).block(1, 255).conditional().condition("BLACKBOX_D5").on_demand();
}
