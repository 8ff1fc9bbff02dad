//! The registers of one PSU: what a client may do, what it sees, and what a write does.

use dpo_registers::codec::Exception;
use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::orv3_psu::{self, Image, SettingRegister, reg};
use dpo_registers::map::MapInfo;
use dpo_registers::register::{self, Register, Words, WordsMut};

/// Words of the map, from its first register on.
const WORDS: usize = Image::LENGTH;

/// What the power stage measures, as the raw numbers of its registers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readings {
    /// Output voltage in 1/1024 V.
    pub output_voltage: u16,
    /// Output current in 1/64 A.
    pub output_current: u16,
    /// Inlet temperature in 1/128 degrees Celsius.
    pub inlet: i16,
}

/// One PSU.
pub struct Psu {
    /// Modbus address.
    unit: u8,
    memory: [u16; WORDS],
}

impl Psu {
    /// A PSU as it starts: the setpoint is the fail-safe value of its map.
    pub fn new(unit: u8) -> Self {
        let mut psu = Self { unit, memory: [0; WORDS] };
        let setpoint = reg::VoutSetpointH::INFO.safety.fail_safe.unwrap_or_default();
        // Both values fit their registers; a map in which they do not fails the test of the example.
        let _ = register::write_raw::<reg::VoutSetpointH>(setpoint, &mut psu);
        let model = dpo_registers::codec::Text::new("EXAMPLE");
        let _ = register::write::<reg::MfrModel>(model.as_ref(), &mut psu);
        psu
    }

    /// Answers what came between two silences of the line. The answer is the first so many bytes of `out`;
    /// 0: stay silent.
    pub fn frame(&mut self, bytes: &[u8], out: &mut [u8; MAX_FRAME]) -> usize {
        let Ok(Frame { unit, pdu }) = rtu::decode(bytes) else { return 0 };
        if unit != self.unit {
            return 0;
        }
        rtu::encode(&Frame { unit, pdu: respond(self, &pdu) }, out)
    }

    /// Shows what was measured.
    pub fn show(&mut self, readings: Readings) {
        let Readings { output_voltage, output_current, inlet } = readings;
        let _ = register::write_raw::<reg::OutputVoltage>(output_voltage.into(), self);
        let _ = register::write_raw::<reg::OutputCurrent>(output_current.into(), self);
        let _ = register::write_raw::<reg::Temp0Inlet>(inlet.into(), self);
    }

    /// Output voltage setpoint in 1/1024 V.
    pub fn setpoint(&self) -> u16 {
        let raw = register::read_raw::<reg::VoutSetpointH>(self).and_then(|raw| u16::try_from(raw).ok());
        raw.unwrap_or_default()
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

    // The map has been checked by now: whole registers, writable, inside their limits. What is left is what
    // only this device knows.
    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let locked = |at| orv3_psu::MAP.register_at(at).is_some_and(|register| register.unlock.is_some());
        let last = address.saturating_add(words.len() as u16);
        if !self.write_enabled() && (address..last).any(locked) {
            return Err(Exception::ServerDeviceFailure);
        }
        let first = usize::from(address.saturating_sub(Image::FIRST));
        let span = self.memory.get_mut(first..first + words.len());
        span.ok_or(Exception::ServerDeviceFailure)?.copy_from_slice(words);
        Ok(())
    }
}

impl Words for Psu {
    fn word(&self, address: u16) -> Option<u16> {
        self.memory.get(usize::from(address.checked_sub(Image::FIRST)?)).copied()
    }
}

impl WordsMut for Psu {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        let slot = address.checked_sub(Image::FIRST).and_then(|at| self.memory.get_mut(usize::from(at)));
        slot.map(|slot| *slot = word).is_some()
    }
}
