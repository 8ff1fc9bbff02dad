//! A voltage is no power.
use dpo_registers::client::write_request;
use dpo_registers::generated::orv3_psu::reg;
use dpo_registers::units::Watts;

fn main() {
    let _ = write_request::<reg::VoutSetpointH>(&Watts(50.0));
    //~ mismatched types
    //~ Volts
}
