//! Small comparisons that steps share: bits of a word, addresses on SMBus, numbers that are near each other.

use std::ops::{BitAnd, BitOr, Not};

/// Whether any bit of a mask is set.
pub(super) fn has<T: BitAnd<Output = T> + Default + PartialEq>(bits: T, mask: T) -> bool {
    bits & mask != T::default()
}

/// The bits with those of a mask set.
pub(super) fn with<T: BitOr<Output = T>>(bits: T, mask: T) -> T {
    bits | mask
}

/// The bits with those of a mask clear.
pub(super) fn without<T: BitAnd<Output = T> + Not<Output = T>>(bits: T, mask: T) -> T {
    bits & !mask
}

/// The lowest bit that is set; 0 if none is.
pub(super) fn lowest(bits: u16) -> u16 {
    bits & bits.wrapping_neg()
}

/// The first byte of a message that writes to a device (SM 6.5).
pub(super) fn to_write(address: u8) -> u8 {
    2 * address
}

/// The first byte of a message that reads from a device.
pub(super) fn to_read(address: u8) -> u8 {
    2 * address + 1
}

/// Whether two numbers differ by no more than so much.
pub(super) fn near(one: f64, other: f64, most: f64) -> bool {
    (one - other).abs() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_addresses_and_distances() {
        assert!(has(0x80_u8, 0xC0) && has(0x41_u64, 0x40) && !has(0x80_u8, 0x40) && !has(0_u8, 0xFF));
        assert_eq!((with(0x80_u8, 0x01), with(0x81_u8, 0x01)), (0x81, 0x81));
        assert_eq!((without(0x81_u8, 0x01), without(0x80_u8, 0x01)), (0x80, 0x80));
        assert_eq!([0, 1, 6, 0x8000, 0xFFF0].map(lowest), [0, 1, 2, 0x8000, 0x10]);
        assert_eq!((to_write(0x58), to_read(0x58)), (0xB0, 0xB1));
        assert!(
            near(10.0, 11.0, 1.0)
                && near(11.0, 10.0, 1.0)
                && !near(10.0, 11.1, 1.0)
                && !near(11.1, 10.0, 1.0)
        );
    }
}
