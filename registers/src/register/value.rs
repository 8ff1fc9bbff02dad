//! What registers hold, but for flags and enumerations: those come with their map.

use super::{DecodeError, EncodeError, Value, View};
use crate::codec::Text;
use crate::map::{Kind, RegisterInfo};
use crate::units::Quantity;

/// Words of the longest number.
const NUMBER: [u16; 4] = [0; 4];

/// The words as one number; refuses a wrong length and the value that means "not available".
#[inline(always)]
pub(super) fn bits(info: &RegisterInfo, words: &[u16]) -> Result<u64, DecodeError> {
    if words.len() != usize::from(info.words) {
        return Err(DecodeError::Length { expected: usize::from(info.words), got: words.len() });
    }
    let bits = info.joined(words).ok_or(DecodeError::OutOfRange)?;
    let unused = 64 - 16 * words.len() as u32;
    match info.not_available {
        // The words of a negative number are the lowest bits of its 64.
        Some(raw) if (raw as u64) << unused == bits << unused => Err(DecodeError::NotAvailable),
        _ => Ok(bits),
    }
}

/// The number as 64 bits with a sign.
#[inline(always)]
fn extended(info: &RegisterInfo, bits: u64) -> i64 {
    let unused = 64 - 16 * u32::from(info.words.clamp(1, 4));
    ((bits << unused) as i64) >> unused
}

/// The floating-point number in the bits; `None` if it is not a number.
#[inline(always)]
fn float(info: &RegisterInfo, bits: u64) -> Option<f64> {
    let value = match info.words {
        2 => f64::from(f32::from_bits(bits as u32)),
        4 => f64::from_bits(bits),
        _ => f64::NAN,
    };
    (!value.is_nan()).then_some(value)
}

/// Encodes a raw number inside the register's limits.
pub(super) fn encode_raw(info: &RegisterInfo, raw: i64, words: &mut [u16]) -> Result<(), EncodeError> {
    let expected = usize::from(info.words);
    if words.len() != expected {
        return Err(EncodeError::Length { expected, got: words.len() });
    }
    let value = info.engineering(raw);
    // Limits bind what may be written; a device must be able to show a reading beyond them.
    if info.access.writable() && info.limits.is_some_and(|l| !l.allow(raw)) && info.not_available != Some(raw)
    {
        return Err(EncodeError::Limits { value });
    }
    info.set_raw(raw, words).map_err(|_| EncodeError::Format { value })
}

/// Encodes flags; used by `register_flags!`.
///
/// # Errors
/// [`EncodeError::Limits`] for a reserved bit of a writable register; else for length and format.
pub fn encode_flags(info: &RegisterInfo, bits: u64, words: &mut [u16]) -> Result<(), EncodeError> {
    if info.access.writable() && bits & info.reserved_mask != 0 {
        return Err(EncodeError::Limits { value: bits as f64 });
    }
    encode_bits(info, bits, words)
}

/// Encodes a symbol; used by `register_symbols!`.
///
/// # Errors
/// [`EncodeError::Limits`] for an undeclared value of a writable register; else for length and format.
pub fn encode_symbol(info: &RegisterInfo, value: u64, words: &mut [u16]) -> Result<(), EncodeError> {
    if info.access.writable() && !info.symbols.iter().any(|s| s.value == value) {
        return Err(EncodeError::Limits { value: value as f64 });
    }
    encode_bits(info, value, words)
}

/// Decodes flags and symbols; used by `register_flags!` and `register_symbols!`.
///
/// # Errors
/// [`DecodeError`] for a wrong length or a value marked not available.
#[inline(always)]
pub fn decode_bits(info: &RegisterInfo, words: &[u16]) -> Result<u64, DecodeError> {
    bits(info, words)
}

fn encode_bits(info: &RegisterInfo, bits: u64, words: &mut [u16]) -> Result<(), EncodeError> {
    let expected = usize::from(info.words);
    if !info.split(bits, words) {
        return Err(EncodeError::Length { expected, got: words.len() });
    }
    if info.joined(words) == Some(bits) { Ok(()) } else { Err(EncodeError::Format { value: bits as f64 }) }
}

/// The raw value nearest to an engineering value.
///
/// # Errors
/// [`EncodeError::Format`] if the value is not a number or beyond 63 bits.
pub fn raw_from_engineering(info: &RegisterInfo, value: f64) -> Result<i64, EncodeError> {
    let scaled = (value - info.offset.value()) * info.scale.den as f64 / info.scale.num as f64;
    // Half away from zero, by hand: `round` is not in `core`.
    let rounded = scaled + if scaled < 0.0 { -0.5 } else { 0.5 };
    if rounded.is_finite() && rounded > -9.0e18 && rounded < 9.0e18 {
        Ok(rounded as i64)
    } else {
        Err(EncodeError::Format { value })
    }
}

impl<Q: Quantity> Value for Q {
    const UNIT: &'static str = Q::UCUM;
    type Buffer = [u16; 4];
    const BUFFER: Self::Buffer = NUMBER;

    #[inline(always)]
    fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError> {
        let bits = bits(info, words)?;
        Ok(Q::new(match info.kind {
            Kind::Float => {
                let number = float(info, bits).ok_or(DecodeError::NotAvailable)?;
                number * info.scale.value() + info.offset.value()
            }
            Kind::Signed => info.engineering(extended(info, bits)),
            _ => match i64::try_from(bits) {
                Ok(raw) => info.engineering(raw),
                Err(_) => info.engineering_wide(bits.into()),
            },
        }))
    }

    fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError> {
        if info.kind == Kind::Float {
            let number = (self.value() - info.offset.value()) / info.scale.value();
            return encode_float(info, number, words);
        }
        encode_raw(info, raw_from_engineering(info, self.value())?, words)
    }

    fn view(&self) -> View<'_> {
        View::Number(self.value())
    }
}

fn encode_float(info: &RegisterInfo, number: f64, words: &mut [u16]) -> Result<(), EncodeError> {
    let format = EncodeError::Format { value: number };
    let bits = match info.words {
        // What is finite must stay so.
        2 if number.is_finite() == (number as f32).is_finite() => u64::from((number as f32).to_bits()),
        4 => number.to_bits(),
        _ => return Err(format),
    };
    if number.is_nan() { Err(format) } else { encode_bits(info, bits, words) }
}

macro_rules! integers {
    ($($type:ty: $from:ident $view:ident),*) => {$(
        impl Value for $type {
            type Buffer = [u16; 4];
            const BUFFER: Self::Buffer = NUMBER;

            #[inline(always)]
            fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError> {
                $from(info, bits(info, words)?).try_into().map_err(|_| DecodeError::OutOfRange)
            }

            fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError> {
                match i64::try_from(*self) {
                    Ok(raw) => encode_raw(info, raw, words),
                    // Limits are 63 bits long, so what is longer is outside of any.
                    Err(_) if info.access.writable() && info.limits.is_some() => {
                        Err(EncodeError::Limits { value: *self as f64 })
                    }
                    Err(_) => encode_bits(info, *self as u64, words),
                }
            }

            fn view(&self) -> View<'_> {
                View::$view((*self).into())
            }
        }
    )*};
}

#[inline(always)]
fn unsigned(_: &RegisterInfo, bits: u64) -> u64 {
    bits
}

integers!(
    u16: unsigned Unsigned, u32: unsigned Unsigned, u64: unsigned Unsigned,
    i16: extended Signed, i32: extended Signed, i64: extended Signed
);

macro_rules! floats {
    ($($type:ty),*) => {$(
        impl Value for $type {
            type Buffer = [u16; 4];
            const BUFFER: Self::Buffer = NUMBER;

            #[inline(always)]
            fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError> {
                let number = float(info, bits(info, words)?).ok_or(DecodeError::NotAvailable)?;
                // A number of 32 bits comes back as it was.
                Ok(number as $type)
            }

            fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError> {
                encode_float(info, (*self).into(), words)
            }

            fn view(&self) -> View<'_> {
                View::Number((*self).into())
            }
        }
    )*};
}

floats!(f32, f64);

impl<const N: usize> Value for Text<N> {
    // Twice as long as needed: stable Rust cannot halve `N` here.
    type Buffer = [u16; N];
    const BUFFER: Self::Buffer = [0; N];

    #[inline(always)]
    fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError> {
        let expected = usize::from(info.words);
        if words.len() != expected || N != 2 * expected {
            return Err(DecodeError::Length { expected, got: words.len() });
        }
        Ok(Self::from_words(words))
    }

    fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError> {
        let expected = usize::from(info.words);
        if info.kind != Kind::Text || words.len() != expected || N != 2 * expected {
            return Err(EncodeError::Length { expected, got: words.len() });
        }
        self.to_words(words);
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Text(self.as_bytes())
    }
}

impl<const N: usize> Value for [u16; N] {
    type Buffer = Self;
    const BUFFER: Self = [0; N];

    #[inline(always)]
    fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError> {
        words
            .try_into()
            .map_err(|_| DecodeError::Length { expected: usize::from(info.words), got: words.len() })
    }

    fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError> {
        let expected = usize::from(info.words);
        if N != expected || words.len() != expected {
            return Err(EncodeError::Length { expected, got: words.len() });
        }
        words.copy_from_slice(self);
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View::Words(self)
    }
}
