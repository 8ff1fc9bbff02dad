//! The traits behind the generated register types and device images.

use crate::codec::{Exception, Text};
use crate::map::{Kind, RegisterInfo};
use crate::units::Quantity;

/// One register of a map, as a type.
pub trait Register {
    /// What the register holds: a unit type, an integer, a flag set, an enumeration or a [`Text`].
    type Value: Clone;
    /// What the map says of it.
    const INFO: &'static RegisterInfo;

    /// Reads the value from the words of the register.
    ///
    /// # Errors
    /// [`DecodeError`] if the length differs or the value is marked not available.
    fn decode(words: &[u16]) -> Result<Self::Value, DecodeError>;

    /// Writes the value into the words of the register (device side, or [`Writable`] registers).
    ///
    /// # Errors
    /// [`EncodeError`] if the length differs or the value does not fit the register.
    fn encode(value: &Self::Value, words: &mut [u16]) -> Result<(), EncodeError>;
}

/// A register that a client may write.
pub trait Writable: Register {}

/// Why words could not be read as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The number of words differs from the register's.
    Length {
        /// Words the register has.
        expected: usize,
        /// Words that came.
        got: usize,
    },
    /// The device marks the value as not available.
    NotAvailable,
    /// The number does not fit the value type.
    OutOfRange,
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length { expected, got } => write!(f, "expected {expected} words, got {got}"),
            Self::NotAvailable => f.write_str("the device marks the value as not available"),
            Self::OutOfRange => f.write_str("the value does not fit its type"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// Why a value could not be written into words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EncodeError {
    /// The number of words differs from the register's.
    Length {
        /// Words the register has.
        expected: usize,
        /// Words given.
        got: usize,
    },
    /// The engineering value is not a number or does not fit the register's format.
    Format {
        /// The value given, in the register's unit.
        value: f64,
    },
    /// The value fits the format but not the limits of the map.
    Limits {
        /// The value given, in the register's unit.
        value: f64,
    },
}

impl core::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length { expected, got } => write!(f, "expected {expected} words, got {got}"),
            Self::Format { value } => write!(f, "{value} does not fit the register's format"),
            Self::Limits { value } => write!(f, "{value} is outside the register's limits"),
        }
    }
}

impl core::error::Error for EncodeError {}

impl From<EncodeError> for Exception {
    fn from(_: EncodeError) -> Self {
        Self::IllegalDataValue
    }
}

/// A source of register words: what a client read, or what a device holds.
pub trait Words {
    /// The word at `address`, if there is one.
    fn word(&self, address: u16) -> Option<u16>;
}

/// A sink of register words.
pub trait WordsMut {
    /// Sets the word at `address`. Returns false if there is no such word.
    fn set_word(&mut self, address: u16, word: u16) -> bool;
}

/// Longest register in words that the generated images handle.
pub const MAX_REGISTER_WORDS: usize = 125;

/// Reads one register from `source`: `None` if a word is missing, or the value is not available.
pub fn read<R: Register>(source: &impl Words) -> Option<R::Value> {
    let mut words = [0; MAX_REGISTER_WORDS];
    let words = words.get_mut(..usize::from(R::INFO.words))?;
    for (address, word) in (R::INFO.address..).zip(words.iter_mut()) {
        *word = source.word(address)?;
    }
    R::decode(words).ok()
}

/// Writes one register into `sink`. `None` writes the register's "not available" value if it has one.
///
/// # Errors
/// [`EncodeError`] as of [`Register::encode`]; also if `sink` lacks a word.
pub fn write<R: Register>(value: Option<&R::Value>, sink: &mut impl WordsMut) -> Result<(), EncodeError> {
    let count = usize::from(R::INFO.words);
    let mut words = [0; MAX_REGISTER_WORDS];
    let length = EncodeError::Length { expected: count, got: 0 };
    let words = words.get_mut(..count).ok_or(length)?;
    match (value, R::INFO.not_available) {
        (Some(value), _) => R::encode(value, words)?,
        (None, Some(raw)) => R::INFO.set_raw(raw, words).map_err(|_| length)?,
        (None, None) => return Ok(()),
    }
    for (address, word) in (R::INFO.address..).zip(words.iter()) {
        if !sink.set_word(address, *word) {
            return Err(length);
        }
    }
    Ok(())
}

/// Decodes a raw number; used by the generated code.
///
/// # Errors
/// [`DecodeError`] for a wrong length or a value marked not available.
pub fn decode_raw(info: &RegisterInfo, words: &[u16]) -> Result<i64, DecodeError> {
    let expected = usize::from(info.words);
    if words.len() != expected {
        return Err(DecodeError::Length { expected, got: words.len() });
    }
    let raw = info.raw(words).ok_or(DecodeError::OutOfRange)?;
    if info.not_available == Some(raw) { Err(DecodeError::NotAvailable) } else { Ok(raw) }
}

/// Decodes an engineering value; used by the generated code.
///
/// # Errors
/// As of [`decode_raw`].
pub fn decode_quantity<Q: Quantity>(info: &RegisterInfo, words: &[u16]) -> Result<Q, DecodeError> {
    decode_raw(info, words).map(|raw| Q::new(info.engineering(raw)))
}

/// Decodes an integer; used by the generated code.
///
/// # Errors
/// As of [`decode_raw`], and [`DecodeError::OutOfRange`] if `T` is too small.
pub fn decode_integer<T: TryFrom<i64>>(info: &RegisterInfo, words: &[u16]) -> Result<T, DecodeError> {
    T::try_from(decode_raw(info, words)?).map_err(|_| DecodeError::OutOfRange)
}

/// Encodes a raw number inside the register's limits; used by the generated code.
///
/// # Errors
/// [`EncodeError`] if the length, the format or the limits refuse it.
pub fn encode_raw(info: &RegisterInfo, raw: i64, words: &mut [u16]) -> Result<(), EncodeError> {
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

/// Encodes an engineering value, rounded to the nearest raw value; used by the generated code.
///
/// # Errors
/// As of [`encode_raw`]; [`EncodeError::Format`] for a value that is not a number.
pub fn encode_quantity<Q: Quantity>(
    info: &RegisterInfo,
    value: Q,
    words: &mut [u16],
) -> Result<(), EncodeError> {
    encode_raw(info, raw_from_engineering(info, value.value())?, words)
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

/// Encodes text, padded with NUL; used by the generated code.
///
/// # Errors
/// [`EncodeError::Length`] if the text does not fit.
pub fn encode_text<const N: usize>(
    info: &RegisterInfo,
    text: &Text<N>,
    words: &mut [u16],
) -> Result<(), EncodeError> {
    let expected = usize::from(info.words);
    if info.kind != Kind::Text || words.len() != expected || N != 2 * expected {
        return Err(EncodeError::Length { expected, got: words.len() });
    }
    text.to_words(words);
    Ok(())
}

/// Decodes text; used by the generated code.
///
/// # Errors
/// [`DecodeError::Length`] if the number of words differs.
pub fn decode_text<const N: usize>(info: &RegisterInfo, words: &[u16]) -> Result<Text<N>, DecodeError> {
    let expected = usize::from(info.words);
    if words.len() != expected || N != 2 * expected {
        return Err(DecodeError::Length { expected, got: words.len() });
    }
    Ok(Text::from_words(words))
}

/// Decodes words without a declared meaning; used by the generated code.
///
/// # Errors
/// [`DecodeError::Length`] if the number of words differs.
pub fn decode_words<const N: usize>(info: &RegisterInfo, words: &[u16]) -> Result<[u16; N], DecodeError> {
    let wrong = DecodeError::Length { expected: usize::from(info.words), got: words.len() };
    words.try_into().map_err(|_| wrong)
}

/// Encodes words without a declared meaning; used by the generated code.
///
/// # Errors
/// [`EncodeError::Length`] if the number of words differs.
pub fn encode_words(info: &RegisterInfo, value: &[u16], words: &mut [u16]) -> Result<(), EncodeError> {
    let expected = usize::from(info.words);
    if value.len() != expected || words.len() != expected {
        return Err(EncodeError::Length { expected, got: words.len() });
    }
    words.copy_from_slice(value);
    Ok(())
}

/// Encodes flags; used by the generated code.
///
/// # Errors
/// [`EncodeError::Limits`] for a reserved bit of a writable register; else as of [`encode_raw`].
pub fn encode_flags(info: &RegisterInfo, bits: u64, words: &mut [u16]) -> Result<(), EncodeError> {
    if info.access.writable() && bits & info.reserved_mask != 0 {
        return Err(EncodeError::Limits { value: bits as f64 });
    }
    // All 64 bits count; the cast keeps them.
    encode_raw(info, bits as i64, words)
}

/// Encodes a symbol; used by the generated code.
///
/// # Errors
/// [`EncodeError::Limits`] for an undeclared value of a writable register; else as of [`encode_raw`].
pub fn encode_symbol(info: &RegisterInfo, value: u64, words: &mut [u16]) -> Result<(), EncodeError> {
    if info.access.writable() && !info.symbols.iter().any(|s| s.value == value) {
        return Err(EncodeError::Limits { value: value as f64 });
    }
    encode_raw(info, i64::try_from(value).map_err(|_| EncodeError::Format { value: value as f64 })?, words)
}

/// Encodes an integer; used by the generated code.
///
/// # Errors
/// As of [`encode_raw`]; [`EncodeError::Format`] beyond 63 bits.
pub fn encode_integer<T: TryInto<i64> + Copy>(
    info: &RegisterInfo,
    value: T,
    words: &mut [u16],
) -> Result<(), EncodeError> {
    encode_raw(info, value.try_into().map_err(|_| EncodeError::Format { value: f64::NAN })?, words)
}
