//! This machine: frames come on standard input, a frame a read, and answers go to standard output.

use core::ffi::c_int;

use dpo_registers::codec::rtu::MAX_FRAME;

use super::{Board, Ideal};
use crate::device::Readings;

// The C library: there is no `std` to call it.
#[link(name = "c")]
unsafe extern "C" {
    fn read(file: c_int, buffer: *mut u8, size: usize) -> isize;
    fn write(file: c_int, buffer: *const u8, size: usize) -> isize;
}

#[derive(Default)]
struct Host {
    stage: Ideal,
}

impl Board for Host {
    fn receive(&mut self, frame: &mut [u8; MAX_FRAME]) -> Option<usize> {
        // SAFETY: the buffer is as long as said.
        let length = unsafe { read(0, frame.as_mut_ptr(), frame.len()) };
        usize::try_from(length).ok().filter(|length| *length > 0)
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

    fn set_output(&mut self, setpoint: u16) {
        self.stage.output = setpoint;
    }
}

/// Where the C library starts.
// SAFETY: there is no other symbol of this name.
#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const u8) -> c_int {
    crate::run(&mut Host::default());
    0
}

/// The precompiled `core` of a host can unwind and names this function; nothing here unwinds.
// SAFETY: never called, since panics abort.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
