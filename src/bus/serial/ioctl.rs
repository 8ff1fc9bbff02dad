//! The two requests to a serial driver for which no crate has a safe call: RS-485 direction and low latency.
//!
//! The only unsafe code of the library. Layouts and numbers: Linux, `include/uapi/linux/serial.h` and
//! `include/uapi/asm-generic/ioctls.h`.
#![allow(unsafe_code)]

use std::os::fd::BorrowedFd;

use rustix::io::Errno;
use rustix::ioctl::{Getter, Opcode, Setter, Updater, ioctl};

const TIOCGSERIAL: Opcode = 0x541E;
const TIOCSSERIAL: Opcode = 0x541F;
const TIOCSRS485: Opcode = 0x542F;

/// `struct serial_rs485`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SerialRs485 {
    pub(super) flags: u32,
    /// In milliseconds.
    pub(super) delay_rts_before_send: u32,
    /// In milliseconds.
    pub(super) delay_rts_after_send: u32,
    /// Padding, of which newer kernels use two bytes for addresses (not set here).
    pub(super) padding: [u32; 5],
}

impl SerialRs485 {
    pub(super) const ENABLED: u32 = 1 << 0;
    pub(super) const RTS_ON_SEND: u32 = 1 << 1;
    pub(super) const RTS_AFTER_SEND: u32 = 1 << 2;
    pub(super) const RX_DURING_TX: u32 = 1 << 4;
}

/// `struct serial_struct`; only the flags are touched, the rest goes back as it came.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct SerialStruct {
    kind: i32,
    line: i32,
    port: u32,
    irq: i32,
    flags: i32,
    xmit_fifo_size: i32,
    custom_divisor: i32,
    baud_base: i32,
    close_delay: u16,
    io_type: u8,
    reserved_char: u8,
    hub6: i32,
    closing_wait: u16,
    closing_wait2: u16,
    iomem_base: *mut u8,
    iomem_reg_shift: u16,
    port_high: u32,
    iomap_base: usize,
}

const ASYNC_LOW_LATENCY: i32 = 1 << 13;

/// The numbers above are those of these architectures; others (MIPS, PowerPC, SPARC) have their own.
const KNOWN: bool = cfg!(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "x86",
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "riscv64"
    )
));

fn known() -> Result<(), Errno> {
    if KNOWN { Ok(()) } else { Err(Errno::NOSYS) }
}

/// Lets the driver of the port switch the direction of an RS-485 transceiver.
///
/// # Errors
/// `ENOTTY` or `EINVAL` from a driver that cannot.
pub(super) fn set_rs485(port: BorrowedFd<'_>, mut settings: SerialRs485) -> Result<SerialRs485, Errno> {
    known()?;
    // SAFETY: the kernel reads and writes one `struct serial_rs485` at the pointer, which is the layout of
    // `SerialRs485` (checked below) and lives across the call.
    unsafe { ioctl(port, Updater::<TIOCSRS485, SerialRs485>::new(&mut settings))? };
    Ok(settings)
}

/// Tells the driver of the port to hand on bytes as they come. Returns whether it has taken that.
///
/// # Errors
/// `ENOTTY` from a driver that knows no such flag.
pub(super) fn set_low_latency(port: BorrowedFd<'_>) -> Result<bool, Errno> {
    known()?;
    // SAFETY: the kernel writes one `struct serial_struct`, which is the layout of `SerialStruct` (checked below);
    // every bit pattern is a value of it. The pointer inside is never followed here.
    let get = || unsafe { ioctl(port, Getter::<TIOCGSERIAL, SerialStruct>::new()) };
    let mut serial = get()?;
    serial.flags |= ASYNC_LOW_LATENCY;
    // SAFETY: the kernel reads one `struct serial_struct`: what it wrote itself, but for a flag.
    unsafe { ioctl(port, Setter::<TIOCSSERIAL, SerialStruct>::new(serial))? };
    Ok(get()?.flags & ASYNC_LOW_LATENCY != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    #[test]
    fn the_layouts_are_those_of_the_kernel() {
        // A C compiler's numbers for linux/serial.h: checked against it by interop/serial-layout.
        assert_eq!(size_of::<SerialRs485>(), 32);
        assert_eq!(offset_of!(SerialRs485, delay_rts_after_send), 8);
        let wide = size_of::<usize>() == 8;
        assert_eq!(size_of::<SerialStruct>(), if wide { 72 } else { 60 });
        assert_eq!(align_of::<SerialStruct>(), align_of::<usize>());
        assert_eq!(offset_of!(SerialStruct, flags), 16);
        assert_eq!(offset_of!(SerialStruct, close_delay), 32);
        assert_eq!(offset_of!(SerialStruct, hub6), 36);
        assert_eq!(offset_of!(SerialStruct, iomem_base), if wide { 48 } else { 44 });
        assert_eq!(offset_of!(SerialStruct, iomap_base), if wide { 64 } else { 56 });
    }
}
