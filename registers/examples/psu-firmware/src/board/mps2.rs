//! Arm MPS2 with a Cortex-M4 (AN386): the line is the first UART, the silence is timed by SysTick.
//!
//! UART of the Cortex-M System Design Kit (Arm DDI 0479): DATA, STATE (bit 0 transmitter full, bit 1 byte
//! received), CTRL (bit 0 transmit, bit 1 receive), BAUDDIV. SysTick of the Armv7-M Architecture
//! Reference Manual B3.3. The UART has neither parity nor a second stop bit, so that a real line would need
//! another one.

use core::ptr::{read_volatile, write_volatile};

use dpo_registers::codec::rtu::MAX_FRAME;

use super::burst::Burst;
use super::{Board, Ideal};
use crate::device::Readings;

const CLOCK_HZ: u32 = 25_000_000;
const BAUD: u32 = 19_200;
/// 3.5 characters of 11 bits (MODBUS over Serial Line V1.02, 2.5.1.1).
const SILENCE_TICKS: u32 = CLOCK_HZ / BAUD * 77 / 2;

const UART: usize = 0x4000_4000;
const DATA: usize = UART;
const STATE: usize = UART + 4;
const CTRL: usize = UART + 8;
const BAUDDIV: usize = UART + 16;
const SYSTICK_CONTROL: usize = 0xE000_E010;
const SYSTICK_RELOAD: usize = 0xE000_E014;
const SYSTICK_VALUE: usize = 0xE000_E018;

const TRANSMITTER_FULL: u32 = 1;
const BYTE_RECEIVED: u32 = 2;
/// Enabled, counting the clock of the processor, without an interrupt.
const SYSTICK_RUN: u32 = 0b101;
/// The counter has passed 0 since this was last read.
const SYSTICK_PASSED: u32 = 1 << 16;

fn get(register: usize) -> u32 {
    // SAFETY: one of the registers above, on the board that this is built for.
    unsafe { read_volatile(register as *const u32) }
}

fn set(register: usize, value: u32) {
    // SAFETY: as above.
    unsafe { write_volatile(register as *mut u32, value) }
}

struct Mps2 {
    stage: Ideal,
}

impl Mps2 {
    fn new() -> Self {
        set(BAUDDIV, CLOCK_HZ / BAUD);
        set(CTRL, 0b11);
        set(SYSTICK_RELOAD, SILENCE_TICKS);
        set(SYSTICK_CONTROL, SYSTICK_RUN);
        // No power stage remembers here what it was set to: each start is one with the stage off.
        Self { stage: Ideal::new(0) }
    }
}

impl Board for Mps2 {
    fn receive(&mut self, frame: &mut [u8; MAX_FRAME]) -> Option<usize> {
        let mut burst = Burst::default();
        loop {
            if get(STATE) & BYTE_RECEIVED != 0 {
                burst.push(get(DATA) as u8, frame);
                // Any write sets the counter to 0, from where it starts over, and clears the mark.
                set(SYSTICK_VALUE, 0);
                let _ = get(SYSTICK_CONTROL);
            } else if get(SYSTICK_CONTROL) & SYSTICK_PASSED != 0
                && let Some(length) = burst.end()
            {
                return Some(length);
            }
        }
    }

    fn send(&mut self, answer: &[u8]) {
        for byte in answer {
            while get(STATE) & TRANSMITTER_FULL != 0 {}
            set(DATA, u32::from(*byte));
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

core::arch::global_asm!(
    ".global reset",
    ".thumb_func",
    "reset:",
    // CPACR: full access to the floating-point unit, which the ABI of the target passes numbers in.
    "ldr r0, =0xE000ED88",
    "ldr r1, [r0]",
    "orr r1, r1, #(0xF << 20)",
    "str r1, [r0]",
    "dsb",
    "isb",
    "b start",
);

// SAFETY: there is no other symbol of this name; `reset` alone jumps here.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    crate::run(&mut Mps2::new());
    // This line has no end.
    loop {
        core::hint::spin_loop();
    }
}
