//! A flag of one register is none of another.
use dpo_registers::client::write_request;
use dpo_registers::generated::orv3_psu::{GeneralAlarmStatusRegister, reg};

fn main() {
    let _ = write_request::<reg::SettingRegister>(&GeneralAlarmStatusRegister::FAN_ALARM);
    //~ mismatched types
    //~ SettingRegister
}
