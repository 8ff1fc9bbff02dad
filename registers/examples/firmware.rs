//! The Modbus side of a PSU's firmware: answers RTU frames from the generated bindings, over an array.
//!
//! `firmware` is what would run on the microcontroller: no `std`, no allocation. `main` stands in for the
//! serial line and the power stage; nothing real is behind it.
//!
//! ```text
//! cargo run -p dpo-registers --example firmware
//! ```
#![allow(clippy::print_stdout)]

use std::error::Error;

use dpo_registers::codec::{Pdu, Text, rtu};
use dpo_registers::generated::orv3_psu::reg;
use dpo_registers::register::{self, Register};
use dpo_registers::units::{Celsius, Volts};

mod firmware {
    use dpo_registers::codec::Exception;
    use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
    use dpo_registers::device::{Device, respond};
    use dpo_registers::generated::orv3_psu::{self, SettingRegister, reg};
    use dpo_registers::map::MapInfo;
    use dpo_registers::register::{self, Register, Words, WordsMut};

    /// Addresses from 0 that the memory holds: those of the whole map.
    const WORDS: usize = 128;

    /// The registers of one PSU. The power stage reads setpoints from here and puts readings here.
    pub struct Psu {
        pub unit: u8,
        pub memory: [u16; WORDS],
    }

    impl Psu {
        /// Answers what came between two silences of the line. The answer is the first so many bytes of
        /// `out`; 0: stay silent.
        pub fn frame(&mut self, bytes: &[u8], out: &mut [u8; MAX_FRAME]) -> usize {
            let Ok(Frame { unit, pdu }) = rtu::decode(bytes) else { return 0 };
            if unit != self.unit {
                return 0;
            }
            rtu::encode(&Frame { unit, pdu: respond(self, &pdu) }, out)
        }

        fn write_enabled(&self) -> bool {
            register::read::<reg::SettingRegister>(self)
                .is_some_and(|setting| setting.contains(SettingRegister::PSU_WRITE_ENABLE))
        }
    }

    impl Device for Psu {
        fn map(&self) -> &'static MapInfo {
            &orv3_psu::MAP
        }

        fn word(&mut self, address: u16) -> Result<u16, Exception> {
            Words::word(self, address).ok_or(Exception::ServerDeviceFailure)
        }

        // The map has been checked by now: whole registers, writable, inside their limits. What is left
        // is what only this device knows.
        fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
            if address != reg::SettingRegister::INFO.address && !self.write_enabled() {
                return Err(Exception::ServerDeviceFailure);
            }
            let first = usize::from(address);
            let span = self.memory.get_mut(first..first + words.len());
            span.ok_or(Exception::ServerDeviceFailure)?.copy_from_slice(words);
            Ok(())
        }
    }

    impl Words for Psu {
        fn word(&self, address: u16) -> Option<u16> {
            self.memory.get(usize::from(address)).copied()
        }
    }

    impl WordsMut for Psu {
        fn set_word(&mut self, address: u16, word: u16) -> bool {
            self.memory.get_mut(usize::from(address)).map(|slot| *slot = word).is_some()
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut psu = firmware::Psu { unit: 200, memory: [0; 128] };
    register::write::<reg::MfrModel>(Some(&Text::new("EXAMPLE").ok_or("too long")?), &mut psu)?;
    register::write::<reg::OutputVoltage>(Some(&Volts(50.75)), &mut psu)?;
    register::write::<reg::Temp0Inlet>(Some(&Celsius(27.5)), &mut psu)?;

    let setpoint = reg::VoutSetpointH::INFO.address;
    let volts = |value: f64| -> Result<u16, Box<dyn Error>> {
        let mut word = [0];
        reg::VoutSetpointH::encode(&Volts(value), &mut word)?;
        Ok(word[0])
    };
    for (what, request) in [
        ("read the output voltage", Pdu::read_holding(reg::OutputVoltage::INFO.address, 1)?),
        ("set 50 V without Write_Enable", Pdu::write_single(setpoint, volts(50.0)?)),
        ("set Write_Enable", Pdu::write_single(reg::SettingRegister::INFO.address, 1)),
        ("set 50 V", Pdu::write_single(setpoint, volts(50.0)?)),
        ("set 60 V, outside the limits", Pdu::write_single(setpoint, 60 << 10)),
        ("write a reading", Pdu::write_single(reg::OutputVoltage::INFO.address, 0)),
    ] {
        let mut line = [0; rtu::MAX_FRAME];
        let sent = rtu::encode(&rtu::Frame { unit: 200, pdu: request }, &mut line);
        let mut answer = [0; rtu::MAX_FRAME];
        let length = psu.frame(&line[..sent], &mut answer);
        let outcome = match rtu::decode(&answer[..length])?.pdu.exception() {
            Some(exception) => format!("refused: {exception}"),
            None => "done".to_owned(),
        };
        println!("{what:32} {:02X?} -> {:02X?} {outcome}", &line[..sent], &answer[..length]);
    }
    let held: Option<Volts> = register::read::<reg::VoutSetpointH>(&psu);
    println!("setpoint held: {held:?}");
    Ok(())
}
