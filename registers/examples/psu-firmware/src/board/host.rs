//! This machine: frames come on standard input, a frame a read, and answers go to standard output.
//!
//! The argument, if any, is the output voltage that the power stage has at the start, in 1/1024 V: a restart
//! of the firmware. Without it the stage is off.

use core::ffi::{CStr, c_char, c_int};

use dpo_registers::codec::rtu::MAX_FRAME;

use super::burst::Burst;
use super::{Board, Ideal};
use crate::device::Readings;

// The C library: there is no `std` to call it.
#[link(name = "c")]
unsafe extern "C" {
    fn read(file: c_int, buffer: *mut u8, size: usize) -> isize;
    fn write(file: c_int, buffer: *const u8, size: usize) -> isize;
}

/// Longest burst that is one read: longer than a frame, to tell one that is too long.
const LONGEST_BURST: usize = 2 * MAX_FRAME;

struct Host {
    stage: Ideal,
}

impl Board for Host {
    fn receive(&mut self, frame: &mut [u8; MAX_FRAME]) -> Option<usize> {
        loop {
            let mut bytes = [0; LONGEST_BURST];
            // SAFETY: the buffer is as long as said.
            let length = unsafe { read(0, bytes.as_mut_ptr(), bytes.len()) };
            let length = usize::try_from(length).ok().filter(|length| *length > 0)?;
            let mut burst = Burst::default();
            bytes.iter().take(length).for_each(|byte| burst.push(*byte, frame));
            if let Some(length) = burst.end() {
                return Some(length);
            }
        }
    }

    fn send(&mut self, answer: &[u8]) {
        if !answer.is_empty() {
            // SAFETY: the buffer is as long as said. A pipe takes a frame whole; who does not read it is gone.
            let _ = unsafe { write(1, answer.as_ptr(), answer.len()) };
        }
    }

    fn readings(&mut self) -> Readings {
        self.stage.readings()
    }

    fn output(&self) -> u16 {
        self.stage.output
    }

    fn set_output(&mut self, setpoint: u16) {
        self.stage.output = setpoint;
    }

    fn clear_faults(&mut self) {
        self.stage.clear_faults();
    }
}

/// Where the C library starts.
// SAFETY: there is no other symbol of this name.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let mut output = 0;
    if count > 1 {
        // SAFETY: the C library gives as many texts as it counts, each ended by a NUL.
        let text = unsafe { CStr::from_ptr(*arguments.add(1)) };
        match text.to_str().ok().and_then(|text| text.parse().ok()) {
            Some(number) => output = number,
            None => return 2,
        }
    }
    crate::run(&mut Host { stage: Ideal::new(output) });
    0
}

/// The precompiled `core` of a host can unwind and names this function; nothing here unwinds.
// SAFETY: never called, since panics abort.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
