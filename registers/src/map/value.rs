//! Words and numbers of a register.

use super::{Kind, Limits, Rational, ReadingInfo, RegisterInfo, WordOrder};
use crate::codec::Exception;

/// Largest integer up to which every integer is an `f64`.
const EXACT_F64: i64 = 1 << 53;

impl RegisterInfo {
    /// One past the last address; up to 65536.
    pub const fn end(&self) -> u32 {
        self.address as u32 + self.words as u32
    }

    /// The reading with the identifier `id`, where sources disagree.
    pub fn reading(&self, id: &str) -> Option<&'static ReadingInfo> {
        self.readings.iter().find(|r| r.id == id)
    }

    /// The register as `reading` has it: kind, scale, offset and unit are the reading's, all else stays.
    pub const fn read_as(&self, reading: &ReadingInfo) -> Self {
        let ReadingInfo { kind, scale, offset, unit, .. } = *reading;
        Self { kind, scale, offset, unit, ..*self }
    }

    /// Engineering value of a raw value: the `f64` nearest to the exact fraction, so that 298.2 K shows
    /// as 25.05 degrees Celsius and not as 25.05000000000001.
    #[inline]
    pub fn engineering(&self, raw: i64) -> f64 {
        // Both numbers are exact, and a division rounds once: to the nearest. With the constants of a
        // register this is a division, or a multiplication where the divisor is a power of two.
        match self.fraction(raw) {
            Some((num, den)) if num.abs() <= EXACT_F64 && den <= EXACT_F64 => num as f64 / den as f64,
            _ => self.engineering_wide(raw.into()),
        }
    }

    #[inline]
    fn fraction(&self, raw: i64) -> Option<(i64, i64)> {
        let (scale, offset) = (self.scale, self.offset);
        let scaled = raw.checked_mul(scale.num)?.checked_mul(offset.den)?;
        // `abs` of the smallest number overflows.
        let num = scaled.checked_add(offset.num.checked_mul(scale.den)?)?.max(-i64::MAX);
        Some((num, scale.den.checked_mul(offset.den)?))
    }

    /// [`Self::engineering`] for what needs more than 53 bits.
    #[cold]
    pub(crate) fn engineering_wide(&self, raw: i128) -> f64 {
        let (scale, offset) = (self.scale, self.offset);
        let exact = || {
            let scaled = raw.checked_mul(scale.num.into())?.checked_mul(offset.den.into())?;
            let shifted = scaled.checked_add(i128::from(offset.num).checked_mul(scale.den.into())?)?;
            Some(shifted as f64 / (i128::from(scale.den) * i128::from(offset.den)) as f64)
        };
        // Only a scale of astronomic size leaves 128 bits.
        exact().unwrap_or_else(|| raw as f64 * scale.value() + offset.value())
    }

    /// Engineering value of a raw value as an exact fraction in lowest terms, without floating point:
    /// for firmware that has no such unit. `None` if it does not fit 64 bits.
    pub const fn exact(&self, raw: i64) -> Option<Rational> {
        let (scale, offset) = (self.scale, self.offset);
        let scaled = raw as i128 * scale.num as i128;
        let Some(scaled) = scaled.checked_mul(offset.den as i128) else { return None };
        let Some(num) = scaled.checked_add(offset.num as i128 * scale.den as i128) else { return None };
        Rational::reduced(num, scale.den as i128 * offset.den as i128)
    }

    /// Checks the words of a write against limits, reserved bits and symbols.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] if the value is not allowed.
    pub fn check_words(&self, words: &[u16]) -> Result<(), Exception> {
        let raw = || self.raw(words).ok_or(Exception::IllegalDataValue);
        let refused = match self.kind {
            Kind::Text | Kind::Raw => words.len() != usize::from(self.words),
            // What is not a number means "not available", and limits are raw: they do not apply.
            Kind::Float => self.joined(words).is_none(),
            Kind::Flags => (raw()? as u64) & self.reserved_mask != 0,
            Kind::Enum => {
                let value = raw()?;
                !self.symbols.iter().any(|s| s.value == value as u64) && self.not_available != Some(value)
            }
            Kind::Unsigned | Kind::Signed => {
                let value = raw()?;
                self.limits.is_some_and(|l| !l.allow(value)) && self.not_available != Some(value)
            }
        };
        if refused { Err(Exception::IllegalDataValue) } else { Ok(()) }
    }

    /// The words as one number of up to 64 bits, by the order of the register; `None` for a wrong length,
    /// or more than four words.
    #[inline]
    pub fn joined(&self, words: &[u16]) -> Option<u64> {
        if words.len() != usize::from(self.words) || words.is_empty() || words.len() > 4 {
            return None;
        }
        let join = |joined: u64, word: u16| (joined << 16) | u64::from(word);
        Some(match self.order {
            WordOrder::BigEndian => words.iter().fold(0, |joined, word| join(joined, *word)),
            WordOrder::LittleEndian => {
                words.iter().rev().fold(0, |joined, word| join(joined, word.swap_bytes()))
            }
        })
    }

    /// Puts the lowest bits of `joined` into the words; the inverse of [`Self::joined`]. False for a wrong
    /// length, or more than four words.
    #[inline]
    pub fn split(&self, joined: u64, words: &mut [u16]) -> bool {
        if words.len() != usize::from(self.words) || words.is_empty() || words.len() > 4 {
            return false;
        }
        let part = |i: usize| (joined >> (16 * i)) as u16;
        match self.order {
            WordOrder::BigEndian => words.iter_mut().rev().enumerate().for_each(|(i, w)| *w = part(i)),
            WordOrder::LittleEndian => {
                words.iter_mut().enumerate().for_each(|(i, w)| *w = part(i).swap_bytes());
            }
        }
        true
    }

    /// The raw number in `words`; `None` for text, raw words, floating point, a wrong length, or a 64-bit
    /// unsigned value above `i64::MAX`.
    #[inline]
    pub fn raw(&self, words: &[u16]) -> Option<i64> {
        let joined = self.joined(words)?;
        let unused = 64 - 16 * words.len() as u32;
        match self.kind {
            Kind::Signed => Some(((joined << unused) as i64) >> unused),
            // Flags use the full 64 bits; the cast keeps them.
            Kind::Flags => Some(joined as i64),
            Kind::Unsigned | Kind::Enum => i64::try_from(joined).ok(),
            Kind::Text | Kind::Raw | Kind::Float => None,
        }
    }

    /// Writes a raw number into `words`.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] if the length differs or the number does not fit.
    pub fn set_raw(&self, raw: i64, words: &mut [u16]) -> Result<(), Exception> {
        // The cast keeps the bits of a negative number.
        if self.split(raw as u64, words) && self.raw(words) == Some(raw) {
            Ok(())
        } else {
            Err(Exception::IllegalDataValue)
        }
    }
}

impl Rational {
    /// `num / den` in lowest terms; `None` if that does not fit 64 bits, or `den` is not greater than 0.
    pub const fn reduced(num: i128, den: i128) -> Option<Self> {
        if den <= 0 {
            return None;
        }
        let (mut a, mut b) = (num.unsigned_abs(), den.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        // At least 1, and a divisor of `den`: it fits.
        let common = a as i128;
        let (num, den) = (num / common, den / common);
        if num < i64::MIN as i128 || num > i64::MAX as i128 || den > i64::MAX as i128 {
            return None;
        }
        Some(Self { num: num as i64, den: den as i64 })
    }
}

impl Limits {
    /// Whether `value` is inside the limits and on a step.
    pub const fn allow(&self, value: i64) -> bool {
        // The difference of two numbers in order fits 64 bits without a sign.
        value >= self.min
            && value <= self.max
            && (value.wrapping_sub(self.min) as u64).is_multiple_of(self.step as u64)
    }
}
