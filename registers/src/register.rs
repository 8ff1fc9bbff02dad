//! The traits behind the generated register types and device images.

mod macros;
mod value;

use crate::codec::Exception;
use crate::map::{BitInfo, RegisterInfo, SymbolInfo};

pub use value::{decode_bits, encode_flags, encode_symbol, raw_from_engineering};

/// One register of a map, as a type.
pub trait Register {
    /// What the register holds: a unit type, an integer, a flag set, an enumeration, a
    /// [`Text`](crate::codec::Text) or words.
    type Value: Value;
    /// What the map says of it.
    const INFO: &'static RegisterInfo;

    /// Reads the value from the words of the register.
    ///
    /// # Errors
    /// [`DecodeError`] if the length differs or the value is marked not available.
    #[inline(always)]
    fn decode(words: &[u16]) -> Result<Self::Value, DecodeError> {
        Self::Value::decode(Self::INFO, words)
    }

    /// Writes the value into the words of the register (device side, or [`Writable`] registers).
    ///
    /// # Errors
    /// [`EncodeError`] if the length differs or the value does not fit the register.
    fn encode(value: &Self::Value, words: &mut [u16]) -> Result<(), EncodeError> {
        value.encode(Self::INFO, words)
    }

    /// The raw number, for code without floating point: with [`RegisterInfo::scale`] and
    /// [`RegisterInfo::offset`] of [`Self::INFO`] it is the exact value.
    ///
    /// # Errors
    /// As of [`Self::decode`]; [`DecodeError::OutOfRange`] for what is no number (text, words, floating
    /// point) or lies beyond 63 bits.
    #[inline(always)]
    fn decode_raw(words: &[u16]) -> Result<i64, DecodeError> {
        value::bits(Self::INFO, words)?;
        Self::INFO.raw(words).ok_or(DecodeError::OutOfRange)
    }

    /// Writes a raw number; the counterpart of [`Self::decode_raw`].
    ///
    /// # Errors
    /// As of [`Self::encode`].
    fn encode_raw(raw: i64, words: &mut [u16]) -> Result<(), EncodeError> {
        value::encode_raw(Self::INFO, raw, words)
    }
}

/// A register that a client may write.
#[diagnostic::on_unimplemented(
    message = "no client may write the register `{Self}`: its map says that it is read only",
    label = "this register is read only",
    note = "a device that shows a reading in it uses `register::write` or `Register::encode`"
)]
pub trait Writable: Register {}

/// What a register can hold: how it comes out of words and goes into them.
pub trait Value: Clone + Sized {
    /// UCUM code of the unit; empty where there is none.
    const UNIT: &'static str = "";
    /// Bit fields of a flag set.
    const BITS: &'static [BitInfo] = &[];
    /// Declared values of an enumeration.
    const SYMBOLS: &'static [SymbolInfo] = &[];
    /// Room for the words of such a register.
    type Buffer: AsMut<[u16]>;
    /// An empty [`Self::Buffer`].
    const BUFFER: Self::Buffer;

    /// Reads the value from the words of the register.
    ///
    /// # Errors
    /// [`DecodeError`] if the length differs or the value is marked not available.
    fn decode(info: &RegisterInfo, words: &[u16]) -> Result<Self, DecodeError>;

    /// Writes the value into the words of the register.
    ///
    /// # Errors
    /// [`EncodeError`] if the length differs or the value does not fit the register.
    fn encode(&self, info: &RegisterInfo, words: &mut [u16]) -> Result<(), EncodeError>;

    /// The value without its type, for whoever treats all registers alike.
    fn view(&self) -> View<'_>;
}

/// A value of any register.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum View<'v> {
    /// A quantity in its unit, or a floating-point number.
    Number(f64),
    /// An unsigned integer without a unit.
    Unsigned(u64),
    /// A signed integer without a unit.
    Signed(i64),
    /// The bits of a flag set; their names are in [`RegisterInfo::bits`].
    Flags(u64),
    /// A value of an enumeration, and the identifier of its symbol if the map declares it.
    Symbol(u64, Option<&'static str>),
    /// The bytes of a text.
    Text(&'v [u8]),
    /// Words without a declared meaning.
    Words(&'v [u16]),
}

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

    /// `count` words from `address` on, if the source holds them in a row; a source that does not keeps
    /// the default. It spares copying word by word.
    #[inline(always)]
    fn row(&self, address: u16, count: usize) -> Option<&[u16]> {
        let _ = (address, count);
        None
    }
}

/// A sink of register words.
pub trait WordsMut {
    /// Sets the word at `address`. Returns false if there is no such word.
    fn set_word(&mut self, address: u16, word: u16) -> bool;
}

/// Words in a row: what one read gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'w> {
    /// Address of the first word.
    pub address: u16,
    /// The words.
    pub words: &'w [u16],
}

impl Words for Span<'_> {
    #[inline(always)]
    fn word(&self, address: u16) -> Option<u16> {
        self.words.get(usize::from(address.checked_sub(self.address)?)).copied()
    }

    #[inline(always)]
    fn row(&self, address: u16, count: usize) -> Option<&[u16]> {
        let from = usize::from(address.checked_sub(self.address)?);
        self.words.get(from..from.checked_add(count)?)
    }
}

/// What several reads gave.
impl Words for [Span<'_>] {
    fn word(&self, address: u16) -> Option<u16> {
        self.iter().find_map(|span| span.word(address))
    }

    fn row(&self, address: u16, count: usize) -> Option<&[u16]> {
        self.iter().find_map(|span| span.row(address, count))
    }
}

/// `Name(a | b=2 | 0x8000)`; used by `register_flags!`.
///
/// # Errors
/// As of the formatter.
pub fn debug_flags(
    name: &str,
    fields: &[BitInfo],
    bits: u64,
    f: &mut core::fmt::Formatter<'_>,
) -> core::fmt::Result {
    write!(f, "{name}(")?;
    let (mut rest, mut between) = (bits, "");
    for field in fields.iter().filter(|field| bits & field.mask() != 0) {
        write!(f, "{between}{}", field.id)?;
        if field.width > 1 {
            write!(f, "={}", (bits & field.mask()) >> field.bit)?;
        }
        (rest, between) = (rest & !field.mask(), " | ");
    }
    if rest != 0 || bits == 0 {
        write!(f, "{between}{rest:#x}")?;
    }
    f.write_str(")")
}

/// Longest register in words.
pub const MAX_REGISTER_WORDS: usize = 125;

/// Reads one register from `source`: `None` if a word is missing, or the value is not available.
#[inline]
pub fn read<R: Register>(source: &(impl Words + ?Sized)) -> Option<R::Value> {
    let count = usize::from(R::INFO.words);
    if let Some(row) = source.row(R::INFO.address, count) {
        return R::decode(row).ok();
    }
    let mut buffer = R::Value::BUFFER;
    let words = buffer.as_mut().get_mut(..count)?;
    for (address, slot) in (u32::from(R::INFO.address)..).zip(words.iter_mut()) {
        *slot = source.word(u16::try_from(address).ok()?)?;
    }
    R::decode(words).ok()
}

/// Reads one register as a raw number: exact, and without floating point. `None` as of [`read`], and for
/// what [`Register::decode_raw`] has no number for.
#[inline]
pub fn read_raw<R: Register>(source: &(impl Words + ?Sized)) -> Option<i64> {
    let mut words = [0; 4];
    let words = words.get_mut(..usize::from(R::INFO.words))?;
    for (address, slot) in (u32::from(R::INFO.address)..).zip(words.iter_mut()) {
        *slot = source.word(u16::try_from(address).ok()?)?;
    }
    R::decode_raw(words).ok()
}

/// Writes one register as a raw number into `sink`.
///
/// # Errors
/// [`EncodeError`] as of [`Register::encode_raw`]; also if `sink` lacks a word.
pub fn write_raw<R: Register>(raw: i64, sink: &mut (impl WordsMut + ?Sized)) -> Result<(), EncodeError> {
    let count = usize::from(R::INFO.words);
    let length = EncodeError::Length { expected: count, got: 0 };
    let mut words = [0; 4];
    let words = words.get_mut(..count).ok_or(length)?;
    R::encode_raw(raw, words)?;
    put::<R>(words, sink)
}

/// Decodes a register of a device whose words from `first` on are in `row`; used by generated code. Only
/// for registers that lie in the row whole.
#[inline(always)]
pub fn read_row<R: Register>(first: u16, row: &[u16]) -> Option<R::Value> {
    let from = usize::from(R::INFO.address.checked_sub(first)?);
    R::decode(row.get(from..from + usize::from(R::INFO.words))?).ok()
}

/// Writes one register into `sink`. `None` writes the register's "not available" value if it has one.
///
/// # Errors
/// [`EncodeError`] as of [`Register::encode`]; also if `sink` lacks a word.
pub fn write<R: Register>(
    value: Option<&R::Value>,
    sink: &mut (impl WordsMut + ?Sized),
) -> Result<(), EncodeError> {
    let count = usize::from(R::INFO.words);
    let length = EncodeError::Length { expected: count, got: 0 };
    let mut buffer = R::Value::BUFFER;
    let words = buffer.as_mut().get_mut(..count).ok_or(length)?;
    match (value, R::INFO.not_available) {
        (Some(value), _) => R::encode(value, words)?,
        (None, Some(raw)) if R::INFO.split(raw as u64, words) => {}
        (None, Some(_)) => return Err(length),
        (None, None) => return Ok(()),
    }
    put::<R>(words, sink)
}

fn put<R: Register>(words: &[u16], sink: &mut (impl WordsMut + ?Sized)) -> Result<(), EncodeError> {
    for (address, word) in (R::INFO.address..).zip(words) {
        if !sink.set_word(address, *word) {
            return Err(EncodeError::Length { expected: words.len(), got: 0 });
        }
    }
    Ok(())
}
