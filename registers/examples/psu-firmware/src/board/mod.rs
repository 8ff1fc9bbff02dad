//! What the firmware wants of a board.

#[cfg(not(target_os = "none"))]
mod host;
#[cfg(target_os = "none")]
mod mps2;

use dpo_registers::codec::rtu::MAX_FRAME;

use crate::device::Readings;

/// A serial line and a power stage.
pub trait Board {
    /// Waits for a frame: bytes between two silences of 3.5 characters. `None` if the line has ended.
    fn receive(&mut self, frame: &mut [u8; MAX_FRAME]) -> Option<usize>;

    /// Sends an answer, after the silence that the line demands; nothing for an empty one.
    fn send(&mut self, answer: &[u8]);

    /// What the power stage measures now.
    fn readings(&mut self) -> Readings;

    /// Sets the output voltage in 1/1024 V.
    fn set_output(&mut self, setpoint: u16);
}

/// A power stage that always reaches its setpoint, at 30 A and 27.5 degrees Celsius: neither board has one.
#[derive(Default)]
struct Ideal {
    output: u16,
}

impl Ideal {
    fn readings(&self) -> Readings {
        Readings { output_voltage: self.output, output_current: 30 * 64, inlet: 27 * 128 + 64 }
    }
}
