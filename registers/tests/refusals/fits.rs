//! The counterpart of the others: what they get wrong, right.
use dpo_registers::client::write_request;
use dpo_registers::generated::orv3_psu::{Image, SettingRegister, reg};
use dpo_registers::units::Volts;

fn main() {
    let _ = write_request::<reg::VoutSetpointH>(&Volts(50.0));
    let _ = write_request::<reg::SettingRegister>(&SettingRegister::PSU_WRITE_ENABLE);
    let _ = Image::decode(&[0; 110]).output_voltage;
}
