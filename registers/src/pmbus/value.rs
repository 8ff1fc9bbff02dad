//! What commands hold, but for flags, enumerations and blocks: those come with their map.

use super::{CommandInfo, DecodeError, EncodeError, Format, Value};
use crate::codec::Text;
use crate::codec::pmbus::{Block, Linear11, NumberError, VoutMode};
use crate::units::Quantity;

/// Refuses data of another length than the map says.
fn sized<'a>(info: &CommandInfo, data: &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let (min, max) = (usize::from(info.length.0), usize::from(info.length.1));
    if (min..=max).contains(&data.len()) {
        Ok(data)
    } else {
        Err(DecodeError::Length { min, max, got: data.len() })
    }
}

fn word(info: &CommandInfo, data: &[u8]) -> Result<u16, DecodeError> {
    match sized(info, data)? {
        [low, high] => Ok(u16::from_le_bytes([*low, *high])),
        other => Err(DecodeError::Length { min: 2, max: 2, got: other.len() }),
    }
}

/// The bytes as one number, low byte first; used by the macros.
///
/// # Errors
/// [`DecodeError::Length`] if the length differs or is beyond eight bytes.
pub fn bits(info: &CommandInfo, data: &[u8]) -> Result<u64, DecodeError> {
    let data = sized(info, data)?;
    if data.len() > 8 {
        return Err(DecodeError::Length { min: 1, max: 8, got: data.len() });
    }
    Ok(data.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn split(info: &CommandInfo, number: u64) -> Result<Block, EncodeError> {
    let bytes = number.to_le_bytes();
    let (used, rest) = bytes.split_at_checked(usize::from(info.length.1)).unwrap_or((&bytes, &[]));
    if rest.iter().any(|byte| *byte != 0) {
        return Err(EncodeError::Number(NumberError::Range { value: number as f64 }));
    }
    Ok(Block::new(used)?)
}

/// Encodes flags; used by `pmbus_flags!`.
///
/// # Errors
/// [`EncodeError::Limits`] for a reserved bit of a writable command.
pub fn encode_bits(info: &CommandInfo, bits: u64) -> Result<Block, EncodeError> {
    if info.access.writable() && bits & info.reserved_mask != 0 {
        return Err(EncodeError::Limits { value: bits as f64 });
    }
    split(info, bits)
}

/// Encodes a symbol; used by `pmbus_symbols!`.
///
/// # Errors
/// [`EncodeError::Limits`] for an undeclared value of a writable command.
pub fn encode_symbol(info: &CommandInfo, value: u64) -> Result<Block, EncodeError> {
    if info.access.writable() && !info.symbols.iter().any(|s| s.value == value) {
        return Err(EncodeError::Limits { value: value as f64 });
    }
    split(info, value)
}

/// A mode that the command accepts.
fn checked(info: &CommandInfo, mode: Option<VoutMode>) -> Result<Option<VoutMode>, NumberError> {
    match mode {
        Some(mode) if info.relative && mode.relative() => Err(NumberError::Relative),
        mode => Ok(mode),
    }
}

impl<Q: Quantity> Value for Q {
    const UNIT: &'static str = Q::UCUM;

    fn decode(info: &CommandInfo, data: &[u8], mode: Option<VoutMode>) -> Result<Self, DecodeError> {
        let mode = || checked(info, mode).map_err(DecodeError::Number)?.ok_or(DecodeError::ModeNeeded);
        let number = match info.format {
            Format::Linear11 => Ok(Linear11(word(info, data)?).value()),
            Format::Ulinear16 => mode()?.value(word(info, data)?, info.coefficients),
            Format::Slinear16 => mode()?.signed_value(word(info, data)?, info.coefficients),
            Format::Direct => {
                let word = word(info, data)?;
                info.coefficients.map(|c| c.value(word)).ok_or(NumberError::Coefficients)
            }
            Format::Signed => Ok(signed(bits(info, data)?, info.length.1) as f64),
            _ => Ok(bits(info, data)? as f64),
        };
        number.map(Q::new).map_err(DecodeError::Number)
    }

    fn encode(&self, info: &CommandInfo, mode: Option<VoutMode>) -> Result<Block, EncodeError> {
        let value = self.value();
        // Limits bind what may be written; a device must be able to show a reading beyond them.
        if info.access.writable() && info.range.is_some_and(|range| !range.allows(value)) {
            return Err(EncodeError::Limits { value });
        }
        let mode = || checked(info, mode).map_err(EncodeError::Number)?.ok_or(EncodeError::ModeNeeded);
        let word = match info.format {
            Format::Linear11 => Linear11::from_value(value).map(|word| word.0),
            Format::Ulinear16 => mode()?.word(value, info.coefficients),
            Format::Slinear16 => mode()?.signed_word(value, info.coefficients),
            Format::Direct => info.coefficients.ok_or(NumberError::Coefficients).and_then(|c| c.word(value)),
            _ => return whole(info, value),
        };
        Ok(Block::new(&word.map_err(EncodeError::Number)?.to_le_bytes())?)
    }
}

/// An engineering value in an integer format.
fn whole(info: &CommandInfo, value: f64) -> Result<Block, EncodeError> {
    if !value.is_finite() {
        return Err(EncodeError::Number(NumberError::NotFinite));
    }
    integer(info, (value + if value < 0.0 { -0.5 } else { 0.5 }) as i64)
}

/// The number as 64 bits with a sign.
fn signed(bits: u64, bytes: u8) -> i64 {
    let unused = 64 - 8 * u32::from(bytes.clamp(1, 8));
    ((bits << unused) as i64) >> unused
}

fn integer(info: &CommandInfo, raw: i64) -> Result<Block, EncodeError> {
    let value = raw as f64;
    if info.access.writable() && info.limits.is_some_and(|l| !l.allow(raw)) {
        return Err(EncodeError::Limits { value });
    }
    let bytes = usize::from(info.length.1).min(8);
    let all = raw.to_le_bytes();
    let used = all.get(..bytes).unwrap_or_default();
    let back = used.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let fits = match info.format {
        Format::Signed => signed(back, info.length.1) == raw,
        _ => raw >= 0 && back == raw as u64,
    };
    if !fits {
        return Err(EncodeError::Number(NumberError::Range { value }));
    }
    Ok(Block::new(used)?)
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn decode(info: &CommandInfo, data: &[u8], _: Option<VoutMode>) -> Result<Self, DecodeError> {
                let bits = bits(info, data)?;
                let number = match info.format {
                    Format::Signed => i128::from(signed(bits, info.length.1)),
                    _ => i128::from(bits),
                };
                // The length of the command fits the type; a map that says otherwise is refused here.
                Self::try_from(number).map_err(|_| DecodeError::Number(NumberError::Range { value: number as f64 }))
            }

            fn encode(&self, info: &CommandInfo, _: Option<VoutMode>) -> Result<Block, EncodeError> {
                let range = NumberError::Range { value: *self as f64 };
                integer(info, i64::try_from(*self).map_err(|_| EncodeError::Number(range))?)
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);

/// No data.
impl Value for () {
    fn decode(_: &CommandInfo, data: &[u8], _: Option<VoutMode>) -> Result<Self, DecodeError> {
        if data.is_empty() { Ok(()) } else { Err(DecodeError::Length { min: 0, max: 0, got: data.len() }) }
    }

    fn encode(&self, _: &CommandInfo, _: Option<VoutMode>) -> Result<Block, EncodeError> {
        Ok(Block::EMPTY)
    }
}

/// Bytes without a declared meaning.
impl Value for Block {
    fn decode(info: &CommandInfo, data: &[u8], _: Option<VoutMode>) -> Result<Self, DecodeError> {
        Ok(Self::new(sized(info, data)?)?)
    }

    fn encode(&self, info: &CommandInfo, _: Option<VoutMode>) -> Result<Block, EncodeError> {
        let (min, max, got) = (usize::from(info.length.0), usize::from(info.length.1), self.as_slice().len());
        if (min..=max).contains(&got) { Ok(*self) } else { Err(EncodeError::Length { min, max, got }) }
    }
}

/// Text; a device may pad it with blanks or NUL.
impl<const N: usize> Value for Text<N> {
    fn decode(info: &CommandInfo, data: &[u8], _: Option<VoutMode>) -> Result<Self, DecodeError> {
        Ok(Self::from_bytes(sized(info, data)?))
    }

    fn encode(&self, info: &CommandInfo, mode: Option<VoutMode>) -> Result<Block, EncodeError> {
        // A text shorter than the block is padded with NUL, which ends it for the reader.
        let (text, min) = (self.as_bytes(), info.length.0);
        let len = u8::try_from(text.len()).unwrap_or(u8::MAX).max(min);
        let block = Block::filled(len, |bytes| bytes.iter_mut().zip(text).for_each(|(b, t)| *b = *t));
        <Block as Value>::encode(&block, info, mode)
    }
}
