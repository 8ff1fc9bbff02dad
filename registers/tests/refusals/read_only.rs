//! A client cannot write a reading.
use dpo_registers::client::write_request;
use dpo_registers::generated::orv3_psu::reg;
use dpo_registers::units::Volts;

fn main() {
    let _ = write_request::<reg::OutputVoltage>(&Volts(50.0));
    //~ no client may write the register `dpo_registers::generated::orv3_psu::reg::OutputVoltage`
    //~ its map says that it is read only
}
