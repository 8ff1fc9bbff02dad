//! Bytes between two silences, on their way to a frame.

use dpo_registers::codec::rtu::MAX_FRAME;

/// How many bytes came since the last silence.
#[derive(Default)]
pub struct Burst {
    length: usize,
    overrun: bool,
}

impl Burst {
    /// Takes a byte. What is longer than a frame is none, however its first bytes look.
    pub fn push(&mut self, byte: u8, frame: &mut [u8; MAX_FRAME]) {
        match frame.get_mut(self.length) {
            Some(slot) => {
                *slot = byte;
                self.length += 1;
            }
            None => self.overrun = true,
        }
    }

    /// The line is silent: the length of the frame, if there is one. The next byte begins another.
    pub fn end(&mut self) -> Option<usize> {
        let Self { length, overrun } = core::mem::take(self);
        (length > 0 && !overrun).then_some(length)
    }
}
