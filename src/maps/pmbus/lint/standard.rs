//! The commands of PMBus Specification Part II 1.3.1 (table 31): code, name, transactions.
//!
//! Taken from public programs that restate the table (oxidecomputer/pmbus, QEMU, Linux); the table itself
//! was not at hand.

use super::super::model::{Command, Read, Write};
use crate::maps::lint::{Found, Rule};
use crate::maps::model::Confidence;

/// A command with a code of the specification has its name and its transactions, or says that sources
/// disagree.
pub(super) fn check(at: &str, command: &Command, found: &mut Found) {
    if command.confidence == Confidence::Conflicting {
        return;
    }
    let Some((_, name, write, read)) = TABLE.iter().find(|row| row.0 == command.code) else { return };
    let wrong = [
        ("name", command.name != *name),
        ("write", command.write.is_some_and(|w| Some(w) != *write)),
        ("read", command.read.is_some_and(|r| Some(r) != *read)),
    ];
    for (key, _) in wrong.iter().filter(|(_, wrong)| *wrong) {
        let message =
            format!("{:02X}h is {name} in the specification, and `{key}` is not that of it", command.code);
        let mend =
            "follow the specification; a device that deviates has `confidence: conflicting` and a note";
        found.add(format!("{at}/{key}"), Rule::PmbusStandard, message, mend);
    }
}

type Row = (u8, &'static str, Option<Write>, Option<Read>);

const SEND: Option<Write> = Some(Write::SendByte);
const BYTE: Option<Write> = Some(Write::WriteByte);
const WORD: Option<Write> = Some(Write::WriteWord);
const BLOCK: Option<Write> = Some(Write::WriteBlock);
const R_BYTE: Option<Read> = Some(Read::ReadByte);
const R_WORD: Option<Read> = Some(Read::ReadWord);
const R_32: Option<Read> = Some(Read::Read32);
const R_BLOCK: Option<Read> = Some(Read::ReadBlock);
const R_CALL: Option<Read> = Some(Read::BlockProcessCall);

/// By code. Codes from D0h on belong to the manufacturer.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    (0x00, "PAGE", BYTE, R_BYTE),
    (0x01, "OPERATION", BYTE, R_BYTE),
    (0x02, "ON_OFF_CONFIG", BYTE, R_BYTE),
    (0x03, "CLEAR_FAULTS", SEND, None),
    (0x04, "PHASE", BYTE, R_BYTE),
    (0x05, "PAGE_PLUS_WRITE", BLOCK, None),
    (0x06, "PAGE_PLUS_READ", None, R_CALL),
    (0x07, "ZONE_CONFIG", WORD, R_WORD),
    (0x08, "ZONE_ACTIVE", WORD, R_WORD),
    (0x10, "WRITE_PROTECT", BYTE, R_BYTE),
    (0x11, "STORE_DEFAULT_ALL", SEND, None),
    (0x12, "RESTORE_DEFAULT_ALL", SEND, None),
    (0x13, "STORE_DEFAULT_CODE", BYTE, None),
    (0x14, "RESTORE_DEFAULT_CODE", BYTE, None),
    (0x15, "STORE_USER_ALL", SEND, None),
    (0x16, "RESTORE_USER_ALL", SEND, None),
    (0x17, "STORE_USER_CODE", BYTE, None),
    (0x18, "RESTORE_USER_CODE", BYTE, None),
    (0x19, "CAPABILITY", None, R_BYTE),
    (0x1A, "QUERY", None, R_CALL),
    (0x1B, "SMBALERT_MASK", WORD, R_CALL),
    (0x20, "VOUT_MODE", BYTE, R_BYTE),
    (0x21, "VOUT_COMMAND", WORD, R_WORD),
    (0x22, "VOUT_TRIM", WORD, R_WORD),
    (0x23, "VOUT_CAL_OFFSET", WORD, R_WORD),
    (0x24, "VOUT_MAX", WORD, R_WORD),
    (0x25, "VOUT_MARGIN_HIGH", WORD, R_WORD),
    (0x26, "VOUT_MARGIN_LOW", WORD, R_WORD),
    (0x27, "VOUT_TRANSITION_RATE", WORD, R_WORD),
    (0x28, "VOUT_DROOP", WORD, R_WORD),
    (0x29, "VOUT_SCALE_LOOP", WORD, R_WORD),
    (0x2A, "VOUT_SCALE_MONITOR", WORD, R_WORD),
    (0x2B, "VOUT_MIN", WORD, R_WORD),
    (0x30, "COEFFICIENTS", None, R_CALL),
    (0x31, "POUT_MAX", WORD, R_WORD),
    (0x32, "MAX_DUTY", WORD, R_WORD),
    (0x33, "FREQUENCY_SWITCH", WORD, R_WORD),
    (0x34, "POWER_MODE", BYTE, R_BYTE),
    (0x35, "VIN_ON", WORD, R_WORD),
    (0x36, "VIN_OFF", WORD, R_WORD),
    (0x37, "INTERLEAVE", WORD, R_WORD),
    (0x38, "IOUT_CAL_GAIN", WORD, R_WORD),
    (0x39, "IOUT_CAL_OFFSET", WORD, R_WORD),
    (0x3A, "FAN_CONFIG_1_2", BYTE, R_BYTE),
    (0x3B, "FAN_COMMAND_1", WORD, R_WORD),
    (0x3C, "FAN_COMMAND_2", WORD, R_WORD),
    (0x3D, "FAN_CONFIG_3_4", BYTE, R_BYTE),
    (0x3E, "FAN_COMMAND_3", WORD, R_WORD),
    (0x3F, "FAN_COMMAND_4", WORD, R_WORD),
    (0x40, "VOUT_OV_FAULT_LIMIT", WORD, R_WORD),
    (0x41, "VOUT_OV_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x42, "VOUT_OV_WARN_LIMIT", WORD, R_WORD),
    (0x43, "VOUT_UV_WARN_LIMIT", WORD, R_WORD),
    (0x44, "VOUT_UV_FAULT_LIMIT", WORD, R_WORD),
    (0x45, "VOUT_UV_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x46, "IOUT_OC_FAULT_LIMIT", WORD, R_WORD),
    (0x47, "IOUT_OC_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x48, "IOUT_OC_LV_FAULT_LIMIT", WORD, R_WORD),
    (0x49, "IOUT_OC_LV_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x4A, "IOUT_OC_WARN_LIMIT", WORD, R_WORD),
    (0x4B, "IOUT_UC_FAULT_LIMIT", WORD, R_WORD),
    (0x4C, "IOUT_UC_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x4F, "OT_FAULT_LIMIT", WORD, R_WORD),
    (0x50, "OT_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x51, "OT_WARN_LIMIT", WORD, R_WORD),
    (0x52, "UT_WARN_LIMIT", WORD, R_WORD),
    (0x53, "UT_FAULT_LIMIT", WORD, R_WORD),
    (0x54, "UT_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x55, "VIN_OV_FAULT_LIMIT", WORD, R_WORD),
    (0x56, "VIN_OV_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x57, "VIN_OV_WARN_LIMIT", WORD, R_WORD),
    (0x58, "VIN_UV_WARN_LIMIT", WORD, R_WORD),
    (0x59, "VIN_UV_FAULT_LIMIT", WORD, R_WORD),
    (0x5A, "VIN_UV_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x5B, "IIN_OC_FAULT_LIMIT", WORD, R_WORD),
    (0x5C, "IIN_OC_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x5D, "IIN_OC_WARN_LIMIT", WORD, R_WORD),
    (0x5E, "POWER_GOOD_ON", WORD, R_WORD),
    (0x5F, "POWER_GOOD_OFF", WORD, R_WORD),
    (0x60, "TON_DELAY", WORD, R_WORD),
    (0x61, "TON_RISE", WORD, R_WORD),
    (0x62, "TON_MAX_FAULT_LIMIT", WORD, R_WORD),
    (0x63, "TON_MAX_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x64, "TOFF_DELAY", WORD, R_WORD),
    (0x65, "TOFF_FALL", WORD, R_WORD),
    (0x66, "TOFF_MAX_WARN_LIMIT", WORD, R_WORD),
    (0x68, "POUT_OP_FAULT_LIMIT", WORD, R_WORD),
    (0x69, "POUT_OP_FAULT_RESPONSE", BYTE, R_BYTE),
    (0x6A, "POUT_OP_WARN_LIMIT", WORD, R_WORD),
    (0x6B, "PIN_OP_WARN_LIMIT", WORD, R_WORD),
    (0x78, "STATUS_BYTE", BYTE, R_BYTE),
    (0x79, "STATUS_WORD", WORD, R_WORD),
    (0x7A, "STATUS_VOUT", BYTE, R_BYTE),
    (0x7B, "STATUS_IOUT", BYTE, R_BYTE),
    (0x7C, "STATUS_INPUT", BYTE, R_BYTE),
    (0x7D, "STATUS_TEMPERATURE", BYTE, R_BYTE),
    (0x7E, "STATUS_CML", BYTE, R_BYTE),
    (0x7F, "STATUS_OTHER", BYTE, R_BYTE),
    (0x80, "STATUS_MFR_SPECIFIC", BYTE, R_BYTE),
    (0x81, "STATUS_FANS_1_2", BYTE, R_BYTE),
    (0x82, "STATUS_FANS_3_4", BYTE, R_BYTE),
    (0x83, "READ_KWH_IN", None, R_32),
    (0x84, "READ_KWH_OUT", None, R_32),
    (0x85, "READ_KWH_CONFIG", WORD, R_WORD),
    (0x86, "READ_EIN", None, R_BLOCK),
    (0x87, "READ_EOUT", None, R_BLOCK),
    (0x88, "READ_VIN", None, R_WORD),
    (0x89, "READ_IIN", None, R_WORD),
    (0x8A, "READ_VCAP", None, R_WORD),
    (0x8B, "READ_VOUT", None, R_WORD),
    (0x8C, "READ_IOUT", None, R_WORD),
    (0x8D, "READ_TEMPERATURE_1", None, R_WORD),
    (0x8E, "READ_TEMPERATURE_2", None, R_WORD),
    (0x8F, "READ_TEMPERATURE_3", None, R_WORD),
    (0x90, "READ_FAN_SPEED_1", None, R_WORD),
    (0x91, "READ_FAN_SPEED_2", None, R_WORD),
    (0x92, "READ_FAN_SPEED_3", None, R_WORD),
    (0x93, "READ_FAN_SPEED_4", None, R_WORD),
    (0x94, "READ_DUTY_CYCLE", None, R_WORD),
    (0x95, "READ_FREQUENCY", None, R_WORD),
    (0x96, "READ_POUT", None, R_WORD),
    (0x97, "READ_PIN", None, R_WORD),
    (0x98, "PMBUS_REVISION", None, R_BYTE),
    (0x99, "MFR_ID", BLOCK, R_BLOCK),
    (0x9A, "MFR_MODEL", BLOCK, R_BLOCK),
    (0x9B, "MFR_REVISION", BLOCK, R_BLOCK),
    (0x9C, "MFR_LOCATION", BLOCK, R_BLOCK),
    (0x9D, "MFR_DATE", BLOCK, R_BLOCK),
    (0x9E, "MFR_SERIAL", BLOCK, R_BLOCK),
    (0x9F, "APP_PROFILE_SUPPORT", None, R_BLOCK),
    (0xA0, "MFR_VIN_MIN", None, R_WORD),
    (0xA1, "MFR_VIN_MAX", None, R_WORD),
    (0xA2, "MFR_IIN_MAX", None, R_WORD),
    (0xA3, "MFR_PIN_MAX", None, R_WORD),
    (0xA4, "MFR_VOUT_MIN", None, R_WORD),
    (0xA5, "MFR_VOUT_MAX", None, R_WORD),
    (0xA6, "MFR_IOUT_MAX", None, R_WORD),
    (0xA7, "MFR_POUT_MAX", None, R_WORD),
    (0xA8, "MFR_TAMBIENT_MAX", None, R_WORD),
    (0xA9, "MFR_TAMBIENT_MIN", None, R_WORD),
    (0xAA, "MFR_EFFICIENCY_LL", None, R_BLOCK),
    (0xAB, "MFR_EFFICIENCY_HL", None, R_BLOCK),
    (0xAC, "MFR_PIN_ACCURACY", None, R_BYTE),
    (0xAD, "IC_DEVICE_ID", None, R_BLOCK),
    (0xAE, "IC_DEVICE_REV", None, R_BLOCK),
    (0xB0, "USER_DATA_00", BLOCK, R_BLOCK),
    (0xB1, "USER_DATA_01", BLOCK, R_BLOCK),
    (0xB2, "USER_DATA_02", BLOCK, R_BLOCK),
    (0xB3, "USER_DATA_03", BLOCK, R_BLOCK),
    (0xB4, "USER_DATA_04", BLOCK, R_BLOCK),
    (0xB5, "USER_DATA_05", BLOCK, R_BLOCK),
    (0xB6, "USER_DATA_06", BLOCK, R_BLOCK),
    (0xB7, "USER_DATA_07", BLOCK, R_BLOCK),
    (0xB8, "USER_DATA_08", BLOCK, R_BLOCK),
    (0xB9, "USER_DATA_09", BLOCK, R_BLOCK),
    (0xBA, "USER_DATA_10", BLOCK, R_BLOCK),
    (0xBB, "USER_DATA_11", BLOCK, R_BLOCK),
    (0xBC, "USER_DATA_12", BLOCK, R_BLOCK),
    (0xBD, "USER_DATA_13", BLOCK, R_BLOCK),
    (0xBE, "USER_DATA_14", BLOCK, R_BLOCK),
    (0xBF, "USER_DATA_15", BLOCK, R_BLOCK),
    (0xC0, "MFR_MAX_TEMP_1", WORD, R_WORD),
    (0xC1, "MFR_MAX_TEMP_2", WORD, R_WORD),
    (0xC2, "MFR_MAX_TEMP_3", WORD, R_WORD),
];

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_table_is_in_order_and_names_no_code_twice() {
        assert!(TABLE.windows(2).all(|rows| rows[0].0 < rows[1].0));
        let names: std::collections::HashSet<_> = TABLE.iter().map(|row| row.1).collect();
        assert_eq!(names.len(), TABLE.len());
    }
}
