//! PMBus and SMBus on the wire: packet error code, transactions, block framing, number formats.
//!
//! Nothing here needs a bus: [`Transaction`] builds and checks the bytes of one SMBus transaction, the
//! formats turn data words into numbers and back. Clauses are those of the PMBus Specification Part II
//! 1.3.1 (P2) and the SMBus Specification 3.1 (SM).

mod direct;
mod frame;
mod half;
mod linear;
mod pec;
mod vout;

pub use direct::Direct;
pub use frame::{Address, Block, FrameError, MAX_BLOCK, MAX_TRANSACTION, Transaction};
pub use half::Half;
pub use linear::{Linear11, slinear16, slinear16_from, ulinear16, ulinear16_from};
pub use pec::{Pec, pec};
pub use vout::{VoutFormat, VoutMode};

/// Why a number has no code in a format, or a code no number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberError {
    /// The value is not a number, or infinite.
    NotFinite,
    /// The value is beyond what the format holds.
    Range {
        /// The value, in the unit of the command.
        value: f64,
    },
    /// VOUT_MODE announces a VID table, whose voltages only the manufacturer knows.
    Vid {
        /// The VID code type of VOUT_MODE.
        code: u8,
    },
    /// VOUT_MODE announces DIRECT, and the coefficients of the command are not known here.
    Coefficients,
    /// VOUT_MODE says that this command is a ratio of VOUT_COMMAND, not a voltage.
    Relative,
}

impl core::fmt::Display for NumberError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotFinite => f.write_str("not a finite number"),
            Self::Range { value } => write!(f, "{value} is beyond what the format holds"),
            Self::Vid { code } => {
                write!(f, "VOUT_MODE announces VID codes of type {code}: no voltage follows")
            }
            Self::Coefficients => {
                f.write_str("VOUT_MODE announces DIRECT: read the coefficients of the command first")
            }
            Self::Relative => f.write_str("VOUT_MODE is relative: the command holds a ratio of VOUT_COMMAND"),
        }
    }
}

impl core::error::Error for NumberError {}

/// 2 to the power of `exponent`, exactly.
///
/// Only for exponents of the formats (-128 to 127): the bits of the number are put together, which is
/// several times faster than `exp2`.
const fn power_of_two(exponent: i8) -> f64 {
    // The bias of binary64 is 1023; an i8 stays far inside the normal numbers.
    f64::from_bits(((1023 + exponent as i64) as u64) << 52)
}

/// The nearest whole number, halves away from zero; `None` if it is not within `min..=max`.
fn rounded(value: f64, min: i32, max: i32) -> Option<i32> {
    // `round` is not in `core`. A value beyond the integers saturates in the cast and is refused.
    let nearest = (value + if value < 0.0 { -0.5 } else { 0.5 }) as i64;
    i32::try_from(nearest).ok().filter(|n| (min..=max).contains(n))
}
