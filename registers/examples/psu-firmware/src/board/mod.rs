//! What the firmware wants of a board.

mod burst;
#[cfg(not(target_os = "none"))]
mod host;
#[cfg(target_os = "none")]
mod mps2;

use dpo_registers::codec::rtu::MAX_FRAME;
use dpo_registers::generated::orv3_psu::DcdcAlarmStatusRegister;

use crate::device::Readings;

/// A serial line and a power stage.
pub trait Board {
    /// Waits for a frame: bytes between two silences of 3.5 characters. `None` if the line has ended.
    fn receive(&mut self, frame: &mut [u8; MAX_FRAME]) -> Option<usize>;

    /// Sends an answer, after the silence that the line demands; nothing for an empty one.
    fn send(&mut self, answer: &[u8]);

    /// What the power stage measures now.
    fn readings(&mut self) -> Readings;

    /// The output voltage that the power stage is set to, in 1/1024 V; 0 if it is off.
    fn output(&self) -> u16;

    /// Sets the output voltage in 1/1024 V.
    fn set_output(&mut self, setpoint: u16);

    /// Clears the latched faults whose cause is gone.
    fn clear_faults(&mut self);
}

/// A power stage that always reaches its setpoint, at 30 A and 27.5 degrees Celsius: neither board has one.
struct Ideal {
    output: u16,
    undervoltage: bool,
}

impl Ideal {
    /// A stage as the firmware finds it at its start. One that is off has latched the under-voltage.
    fn new(output: u16) -> Self {
        Self { output, undervoltage: output == 0 }
    }

    fn readings(&self) -> Readings {
        let mut faults = DcdcAlarmStatusRegister::default();
        if self.undervoltage {
            faults = DcdcAlarmStatusRegister::MAIN_UVP;
        }
        Readings { output_voltage: self.output, output_current: 30 * 64, inlet: 27 * 128 + 64, faults }
    }

    fn clear_faults(&mut self) {
        self.undervoltage = self.output == 0;
    }
}
