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
    #[inline(always)]
    pub fn engineering(&self, raw: i64) -> f64 {
        // Both numbers are exact, and a division rounds once: to the nearest. With the constants of a
        // register this is a division, or a multiplication where the divisor is a power of two.
        match self.fraction(raw) {
            Some((num, den)) if num.abs() <= EXACT_F64 && den <= EXACT_F64 => num as f64 / den as f64,
            _ => self.engineering_wide(raw.into()),
        }
    }

    #[inline(always)]
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
            let num = scaled.checked_add(i128::from(offset.num).checked_mul(scale.den.into())?)?;
            // Denominators are greater than 0 and at most 63 bits long.
            quotient(num, u128::try_from(i128::from(scale.den) * i128::from(offset.den)).ok()?)
        };
        // Only scales of astronomic size leave 128 bits.
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
    #[inline(always)]
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
    #[inline(always)]
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
    #[inline(always)]
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

/// The `f64` nearest to `num / den`; `None` if `den` is 0 or has more than 64 bits.
fn quotient(num: i128, den: u128) -> Option<f64> {
    if den == 0 || den.leading_zeros() < 64 {
        return None;
    }
    if num == 0 {
        return Some(0.0);
    }
    let magnitude = num.unsigned_abs();
    // As many bits ahead of the division as give a quotient of 64 bits or more: 53 of them are kept.
    let shift = (magnitude.leading_zeros() + 64).saturating_sub(den.leading_zeros());
    let (whole, rest) = ((magnitude << shift) / den, (magnitude << shift) % den);
    // What follows the quotient only matters next to the middle of two numbers: one bit shows it.
    let rounded = (whole | u128::from(rest != 0)) as f64;
    // A power of two, from its exponent bits.
    let value = rounded * f64::from_bits(u64::from(1023 - shift) << 52);
    Some(if num < 0 { -value } else { value })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_once() {
        let max = i128::from(u64::MAX);
        // Rounding the numerator to an `f64` first gives 18446744073709552.
        assert_eq!(quotient(max, 1000), Some(18_446_744_073_709_551.615));
        assert_eq!(quotient(-298, 10), Some(-29.8));
        assert_eq!((quotient(0, 1 << 63), quotient(1, 0), quotient(1, 1 << 64)), (Some(0.0), None, None));
        // The middle of two numbers goes to the even one, and what is above it up.
        assert_eq!(quotient((1 << 53) + 1, 1), Some(9_007_199_254_740_992.0));
        assert_eq!(quotient(((1 << 53) + 1) * 1000 + 1, 1000), Some(9_007_199_254_740_994.0));
        assert_eq!(quotient(i128::MAX, 1), Some(i128::MAX as f64));
        assert_eq!(quotient(1, u128::from(u64::MAX)), Some(1.0 / u64::MAX as f64));
    }

    #[test]
    fn both_ways_to_an_engineering_value_agree() {
        let kelvin = RegisterInfo::signed("t", "t", 0, 4).scale(1, 10).offset(-5463, 20);
        for raw in [0, 1, 2982, -7, 1 << 40, (1 << 50) + 1, -(1 << 49) + 3] {
            assert_eq!(kelvin.engineering(raw), kelvin.engineering_wide(raw.into()), "{raw}");
        }
        assert_eq!(kelvin.engineering(2982), 25.05);
        assert_eq!(kelvin.engineering(i64::MIN), -922_337_203_685_477_853.95);
    }

    #[test]
    fn exact_values_need_no_floating_point() {
        let setpoint = RegisterInfo::unsigned("v", "v", 0, 1).scale(1, 1024);
        assert_eq!(setpoint.exact(49408), Some(Rational { num: 193, den: 4 }));
        let kelvin = RegisterInfo::unsigned("t", "t", 0, 1).scale(1, 10).offset(-5463, 20);
        assert_eq!(kelvin.exact(2982), Some(Rational { num: 501, den: 20 }));
        let huge = RegisterInfo::unsigned("h", "h", 0, 4).scale(i64::MAX, 1).offset(1, i64::MAX);
        assert_eq!(huge.exact(i64::MAX), None);
    }

    #[test]
    fn limits_of_any_size_do_not_overflow() {
        let all = Limits { min: i64::MIN, max: i64::MAX, step: 3 };
        assert!(
            all.allow(i64::MIN) && all.allow(i64::MIN + 3) && !all.allow(i64::MIN + 1) && all.allow(i64::MAX)
        );
        assert!(!Limits { min: 0, max: 9, step: 0 }.allow(1), "a step of 0 does not panic");
    }
}
