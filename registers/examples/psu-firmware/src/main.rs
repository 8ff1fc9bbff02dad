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
    let mut psu = Psu::new(200);
    let mut frame = [0; MAX_FRAME];
    let mut answer = [0; MAX_FRAME];
    board.set_output(psu.setpoint());
    while let Some(length) = board.receive(&mut frame) {
        psu.show(board.readings());
        let length = psu.frame(frame.get(..length).unwrap_or_default(), &mut answer);
        board.send(answer.get(..length).unwrap_or_default());
        board.set_output(psu.setpoint());
    }
}

/// A defect: stop, and let the watchdog restart the unit. A restart keeps the outputs as they are.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
