//! The Modbus side of a PSU's firmware, without `std`, `main` or allocation.
//!
//! [`device`] is what a vendor keeps: the registers of the unit and what a write does. [`board`] is what a
//! vendor replaces: the serial line and the power stage. Two boards are here, so that it runs:
//!
//! ```text
//! cargo build --target thumbv7em-none-eabihf      Arm MPS2 board (QEMU: mps2-an386), line on its first UART
//! cargo run                                       this machine; the line is standard input and output
//! ```
//!
//! Left out, for a vendor to add: the measurements of the input, the fan and the life of the unit, the
//! alarms but for those of the output stage, and the settings but for the write lock, the clearing of latched
//! faults and the setpoint. What is left out is answered with an exception, never with an invented 0
//! ([`device`] lists what is there). Broadcasts are not
//! obeyed.
//!
//! Firmware without a floating-point unit stays with raw numbers: they are exact, and the scale of each
//! register is a constant of its map.
#![no_std]
#![no_main]

mod board;
mod device;

use board::Board;
use device::Psu;
use dpo_registers::codec::rtu::MAX_FRAME;

/// Answers until the board says that the line has ended, which a real one never does.
fn run(board: &mut impl Board) {
    let mut psu = Psu::new(200, board.output());
    let mut frame = [0; MAX_FRAME];
    let mut answer = [0; MAX_FRAME];
    board.set_output(psu.setpoint());
    while let Some(length) = board.receive(&mut frame) {
        psu.show(board.readings());
        let length = psu.frame(frame.get(..length).unwrap_or_default(), &mut answer);
        board.send(answer.get(..length).unwrap_or_default());
        board.set_output(psu.setpoint());
        if psu.take_clear_faults() {
            board.clear_faults();
        }
    }
}

/// A defect: stop, and let the watchdog restart the unit. The power stage works on as it was set, and [`run`]
/// starts with the setting that it finds there: a restart does not change the output.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
