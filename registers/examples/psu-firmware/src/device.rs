//! The registers of one PSU: what a client may do, what it sees, and what a write does.

use dpo_registers::codec::rtu::{self, Frame, MAX_FRAME};
use dpo_registers::codec::{Exception, Text};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::orv3_psu::{
    self, DcdcAlarmStatusRegister, GeneralAlarmStatusRegister, Image, SettingRegister, reg,
};
use dpo_registers::map::{MapInfo, Modality, RegisterInfo};
use dpo_registers::register::{self, Register, Words, WordsMut};

/// Words of the map, from its first register on.
const WORDS: usize = Image::LENGTH;

/// The registers that this device has. A read or write of another one is answered with an exception.
const PRESENT: &[&RegisterInfo] = &[
    reg::Fbpn::INFO,
    reg::MfrModel::INFO,
    reg::MfrSerial::INFO,
    reg::FwRevision::INFO,
    reg::GeneralAlarmStatusRegister::INFO,
    reg::DcdcAlarmStatusRegister::INFO,
    reg::Temp0Inlet::INFO,
    reg::OutputVoltage::INFO,
    reg::OutputCurrent::INFO,
    reg::OutputPower::INFO,
    reg::SettingRegister::INFO,
    reg::VoutSetpointH::INFO,
];

/// The settings that this device acts on; a write of another bit is refused.
const SETTINGS: SettingRegister =
    SettingRegister::PSU_WRITE_ENABLE.union(SettingRegister::CLEAR_FAULTS_LATCH);

/// What the power stage measures, as the raw numbers of its registers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readings {
    /// Output voltage in 1/1024 V.
    pub output_voltage: u16,
    /// Output current in 1/64 A.
    pub output_current: u16,
    /// Inlet temperature in 1/128 degrees Celsius.
    pub inlet: i16,
    /// Latched faults of the output stage.
    pub faults: DcdcAlarmStatusRegister,
}

/// One PSU.
pub struct Psu {
    /// Modbus address.
    unit: u8,
    memory: [u16; WORDS],
    /// A client has asked for the latched faults to be cleared.
    clear_faults: bool,
}

impl Psu {
    /// A PSU as it starts, with the power stage set to `output` (1/1024 V).
    ///
    /// A restart never changes an output: a setting that the map allows is kept. Without one (the stage is
    /// off) the setpoint is the fail-safe value. That is the only way back to it: the map gives this register
    /// no timer of its own, the lease of a written value is kept by the gateway.
    pub fn new(unit: u8, output: u16) -> Self {
        let mut psu = Self { unit, memory: [0; WORDS], clear_faults: false };
        let info = reg::VoutSetpointH::INFO;
        let allowed = info.limits.is_some_and(|limits| (limits.min..=limits.max).contains(&output.into()));
        let setpoint = if allowed { output.into() } else { info.safety.fail_safe.unwrap_or_default() };
        // All values fit their registers; a map in which they do not fails the test of the example.
        let _ = register::write_raw::<reg::VoutSetpointH>(setpoint, &mut psu);
        psu.text::<reg::Fbpn, 16>("EXAMPLE-PART");
        psu.text::<reg::MfrModel, 16>("EXAMPLE");
        psu.text::<reg::MfrSerial, 32>("EXAMPLE-0001");
        psu.text::<reg::FwRevision, 8>(env!("CARGO_PKG_VERSION"));
        psu
    }

    fn text<R: Register<Value = Text<N>>, const N: usize>(&mut self, text: &str) {
        if let Some(text) = Text::new(text) {
            let _ = register::write::<R>(Some(&text), self);
        }
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
        let Readings { output_voltage, output_current, inlet, faults } = readings;
        let _ = register::write_raw::<reg::OutputVoltage>(output_voltage.into(), self);
        let _ = register::write_raw::<reg::OutputCurrent>(output_current.into(), self);
        let _ = register::write_raw::<reg::Temp0Inlet>(inlet.into(), self);
        // In 1/8 W: 1/1024 V times 1/64 A is 1/8192 of that.
        let power = i64::from(output_voltage) * i64::from(output_current) / 8192;
        let _ = register::write_raw::<reg::OutputPower>(power.min(u16::MAX.into()), self);
        let none = faults == DcdcAlarmStatusRegister::default();
        let summary = if none { Default::default() } else { GeneralAlarmStatusRegister::DCDC };
        let _ = register::write::<reg::DcdcAlarmStatusRegister>(Some(&faults), self);
        let _ = register::write::<reg::GeneralAlarmStatusRegister>(Some(&summary), self);
    }

    /// Whether the latched faults are to be cleared now.
    pub fn take_clear_faults(&mut self) -> bool {
        core::mem::take(&mut self.clear_faults)
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
        present(address)?;
        Words::word(self, address).ok_or(Exception::ServerDeviceFailure)
    }

    // The map has been checked by now: whole registers, writable, inside their limits. What is left is what
    // only this device knows.
    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let locked = |at| orv3_psu::MAP.register_at(at).is_some_and(|register| register.unlock.is_some());
        let last = address.saturating_add(words.len() as u16);
        (address..last).try_for_each(present)?;
        if !self.write_enabled() && (address..last).any(locked) {
            return Err(Exception::ServerDeviceFailure);
        }
        let at = usize::from(reg::SettingRegister::INFO.address.wrapping_sub(address));
        let setting = words.get(at).copied().map(SettingRegister);
        if setting.is_some_and(|setting| !SETTINGS.contains(setting)) {
            return Err(Exception::IllegalDataValue);
        }
        let first = usize::from(address.saturating_sub(Image::FIRST));
        let span = self.memory.get_mut(first..first + words.len());
        span.ok_or(Exception::ServerDeviceFailure)?.copy_from_slice(words);
        // A command: it is done once, and its bit reads 0 again.
        if let Some(setting) = setting.filter(|setting| setting.contains(SettingRegister::CLEAR_FAULTS_LATCH))
        {
            self.clear_faults = true;
            let kept = setting.difference(SettingRegister::CLEAR_FAULTS_LATCH);
            let _ = register::write::<reg::SettingRegister>(Some(&kept), self);
        }
        Ok(())
    }
}

/// Whether the device has the register at a mapped address: if not, exception 02 for one that a device may
/// lack, 04 for one that it must have. This map has no values that mean "not available".
fn present(address: u16) -> Result<(), Exception> {
    match orv3_psu::MAP.register_at(address) {
        Some(register) if PRESENT.iter().any(|present| present.address == register.address) => Ok(()),
        Some(RegisterInfo { modality: Modality::Mandatory, .. }) => Err(Exception::ServerDeviceFailure),
        _ => Err(Exception::IllegalDataAddress),
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
