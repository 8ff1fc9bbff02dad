//! Fields of blocks; used by [`pmbus_block!`](crate::pmbus_block).
//!
//! Numbers are low byte first. A field that takes over a register holds the same number as the register,
//! and is read and written by the register's own code: one meaning for both buses.

use super::{DecodeError, EncodeError, Format};
use crate::codec::Text;
use crate::codec::pmbus::Linear11;
use crate::map::{Kind, RegisterInfo};
use crate::register::{self, Register};
use crate::units::Quantity;

/// Most words of a register.
const MAX_WORDS: usize = 125;

/// The words of a register from the bytes of a field.
///
/// Numbers: the first byte is the lowest of the last word. Text and raw words: in their order, high byte
/// first. `None` if the number of bytes is not that of the words.
pub fn to_words(info: &RegisterInfo, bytes: &[u8], words: &mut [u16]) -> Option<()> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != words.len() {
        return None;
    }
    if matches!(info.kind, Kind::Text | Kind::Raw) {
        words.iter_mut().zip(pairs).for_each(|(word, pair)| *word = u16::from_be_bytes(*pair));
    } else {
        words.iter_mut().rev().zip(pairs).for_each(|(word, pair)| *word = u16::from_le_bytes(*pair));
    }
    Some(())
}

/// The bytes of a field from the words of a register; the counterpart of [`to_words`].
pub fn from_words(info: &RegisterInfo, words: &[u16], bytes: &mut [u8]) -> Option<()> {
    let (pairs, rest) = bytes.as_chunks_mut::<2>();
    if !rest.is_empty() || pairs.len() != words.len() {
        return None;
    }
    if matches!(info.kind, Kind::Text | Kind::Raw) {
        pairs.iter_mut().zip(words).for_each(|(pair, word)| *pair = word.to_be_bytes());
    } else {
        pairs.iter_mut().zip(words.iter().rev()).for_each(|(pair, word)| *pair = word.to_le_bytes());
    }
    Some(())
}

/// Reads a field that takes over a register; `None` is a value that the device marks as not available.
///
/// # Errors
/// [`DecodeError::Field`] if the bytes are none of the register.
pub fn decode_register<R: Register>(bytes: &[u8]) -> Result<Option<R::Value>, DecodeError> {
    let info = R::INFO;
    let wrong = |reason| DecodeError::Field { field: info.id, reason };
    let length = register::DecodeError::Length { expected: usize::from(info.words), got: bytes.len() / 2 };
    let mut buffer = [0; MAX_WORDS];
    let words = buffer.get_mut(..usize::from(info.words)).ok_or(wrong(length))?;
    to_words(info, bytes, words).ok_or(wrong(length))?;
    match R::decode(words) {
        Ok(value) => Ok(Some(value)),
        Err(register::DecodeError::NotAvailable) => Ok(None),
        Err(reason) => Err(wrong(reason)),
    }
}

/// Writes a field that takes over a register; `None` becomes the word that means "not available".
///
/// # Errors
/// [`EncodeError::Field`] if the value does not fit the register, [`EncodeError::Missing`] if there is no
/// value and no such word.
pub fn encode_register<R: Register>(value: Option<&R::Value>, bytes: &mut [u8]) -> Result<(), EncodeError> {
    let info = R::INFO;
    let wrong = |reason| EncodeError::Field { field: info.id, reason };
    let length = register::EncodeError::Length { expected: usize::from(info.words), got: bytes.len() / 2 };
    let mut buffer = [0; MAX_WORDS];
    let words = buffer.get_mut(..usize::from(info.words)).ok_or(wrong(length))?;
    match (value, info.not_available) {
        (Some(value), _) => R::encode(value, words).map_err(wrong)?,
        (None, Some(raw)) => R::encode_raw(raw, words).map_err(wrong)?,
        (None, None) => return Err(EncodeError::Missing { field: info.id }),
    }
    from_words(info, words, bytes).ok_or(wrong(length))
}

/// What a field of its own holds.
pub trait Plain: Sized {
    /// Reads the bytes of the field.
    fn decode(format: Format, bytes: &[u8]) -> Option<Self>;
    /// Writes the bytes of the field; `None` if the value does not fit.
    fn encode(&self, format: Format, bytes: &mut [u8]) -> Option<()>;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Plain for $type {
            fn decode(format: Format, bytes: &[u8]) -> Option<Self> {
                let unused = 64u32.checked_sub(8 * u32::try_from(bytes.len()).ok()?).filter(|u| *u < 64)?;
                let bits = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
                match format {
                    Format::Signed => Self::try_from(((bits << unused) as i64) >> unused).ok(),
                    _ => Self::try_from(bits).ok(),
                }
            }

            fn encode(&self, format: Format, bytes: &mut [u8]) -> Option<()> {
                let all = i64::try_from(*self).ok()?.to_le_bytes();
                bytes.copy_from_slice(all.get(..bytes.len())?);
                (<Self as Plain>::decode(format, bytes) == Some(*self)).then_some(())
            }
        }
    )*};
}

integers!(u8, u16, u32, i8, i16, i32, i64);

/// LINEAR11.
impl<Q: Quantity> Plain for Q {
    fn decode(_: Format, bytes: &[u8]) -> Option<Self> {
        Some(Q::new(Linear11(u16::from_le_bytes(bytes.try_into().ok()?)).value()))
    }

    fn encode(&self, _: Format, bytes: &mut [u8]) -> Option<()> {
        let word = Linear11::from_value(self.value()).ok()?.0.to_le_bytes();
        bytes.copy_from_slice(word.get(..bytes.len())?);
        Some(())
    }
}

impl<const N: usize> Plain for Text<N> {
    fn decode(_: Format, bytes: &[u8]) -> Option<Self> {
        Some(Self::from_bytes(bytes))
    }

    fn encode(&self, _: Format, bytes: &mut [u8]) -> Option<()> {
        let text = self.as_bytes();
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(())
    }
}

impl<const N: usize> Plain for [u8; N] {
    fn decode(_: Format, bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok()
    }

    fn encode(&self, _: Format, bytes: &mut [u8]) -> Option<()> {
        bytes.get_mut(..N)?.copy_from_slice(self);
        Some(())
    }
}

/// Reads a field of its own.
///
/// # Errors
/// [`DecodeError::Field`] if the bytes do not fit the type.
pub fn decode_plain<T: Plain>(field: &'static str, format: Format, bytes: &[u8]) -> Result<T, DecodeError> {
    let reason = register::DecodeError::OutOfRange;
    T::decode(format, bytes).ok_or(DecodeError::Field { field, reason })
}

/// Writes a field of its own.
///
/// # Errors
/// [`EncodeError::Field`] if the value does not fit the field.
pub fn encode_plain<T: Plain>(
    field: &'static str,
    format: Format,
    value: &T,
    bytes: &mut [u8],
) -> Result<(), EncodeError> {
    let reason = register::EncodeError::Format { value: f64::NAN };
    value.encode(format, bytes).ok_or(EncodeError::Field { field, reason })
}
