//! LINEAR11, ULINEAR16 and SLINEAR16: a mantissa and a power of two (P2 7.3, 8.3).

use super::{NumberError, power_of_two, rounded};
use crate::map::Rational;

/// A LINEAR11 word: mantissa of 11 bits, exponent of 5 bits, both two's complement (P2 7.3).
///
/// The mantissa is signed: firmware that takes it for unsigned shows a negative temperature as 2048
/// too much (a known fault of real units).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Linear11(pub u16);

impl Linear11 {
    /// The mantissa, -1024 to 1023.
    pub const fn mantissa(self) -> i16 {
        ((self.0 << 5) as i16) >> 5
    }

    /// The exponent of two, -16 to 15.
    pub const fn exponent(self) -> i8 {
        ((self.0 as i16) >> 11) as i8
    }

    /// The word of a mantissa and an exponent; `None` if one of them does not fit.
    pub const fn from_parts(mantissa: i16, exponent: i8) -> Option<Self> {
        if mantissa < -1024 || mantissa > 1023 || exponent < -16 || exponent > 15 {
            return None;
        }
        Some(Self((exponent as u16) << 11 | (mantissa as u16 & 0x07FF)))
    }

    /// The value, exactly.
    #[inline]
    pub const fn value(self) -> f64 {
        self.mantissa() as f64 * power_of_two(self.exponent())
    }

    /// The value as a fraction, not reduced.
    pub const fn rational(self) -> Rational {
        let (mantissa, exponent) = (self.mantissa() as i64, self.exponent());
        if exponent < 0 {
            Rational { num: mantissa, den: 1 << -exponent }
        } else {
            Rational { num: mantissa << exponent, den: 1 }
        }
    }

    /// The word nearest to `value`, with the exponent that loses least.
    ///
    /// # Errors
    /// [`NumberError`] if the value is not finite or beyond -1024 x 2^15 to 1023 x 2^15.
    pub fn from_value(value: f64) -> Result<Self, NumberError> {
        if !value.is_finite() {
            return Err(NumberError::NotFinite);
        }
        if value == 0.0 {
            return Ok(Self(0));
        }
        // The value lies in [2^e, 2^(e+1)): with an exponent of e - 9 the mantissa has its ten bits.
        let e = ((value.to_bits() >> 52) & 0x7FF) as i16 - 1023;
        let exponent = (e - 9).clamp(-16, 15);
        // Rounding may lead to a mantissa of 1024, which the next exponent holds.
        [exponent, exponent + 1]
            .into_iter()
            .find_map(|exponent| Self::with_exponent(value, i8::try_from(exponent).ok()?).ok())
            .ok_or(NumberError::Range { value })
    }

    /// The word nearest to `value` with a given exponent, for devices that keep theirs.
    ///
    /// # Errors
    /// [`NumberError`] if the value is not finite or the mantissa or the exponent does not fit.
    pub fn with_exponent(value: f64, exponent: i8) -> Result<Self, NumberError> {
        if !value.is_finite() {
            return Err(NumberError::NotFinite);
        }
        // 128 has no negative as i8, and is no exponent either.
        let scale = exponent.checked_neg().map(power_of_two).ok_or(NumberError::Range { value })?;
        rounded(value * scale, -1024, 1023)
            .and_then(|mantissa| Self::from_parts(mantissa as i16, exponent))
            .ok_or(NumberError::Range { value })
    }
}

/// The value of a ULINEAR16 word: unsigned mantissa, exponent from VOUT_MODE (P2 8.3, 8.4).
#[inline]
pub const fn ulinear16(word: u16, exponent: i8) -> f64 {
    word as f64 * power_of_two(exponent)
}

/// The ULINEAR16 word nearest to `value`.
///
/// # Errors
/// [`NumberError`] if the value is not finite, negative or too large for the exponent.
pub fn ulinear16_from(value: f64, exponent: i8) -> Result<u16, NumberError> {
    mantissa16(value, exponent, 0, 0xFFFF).map(|mantissa| mantissa as u16)
}

/// The value of an SLINEAR16 word: signed mantissa, exponent from VOUT_MODE. VOUT_TRIM and its like.
#[inline]
pub const fn slinear16(word: u16, exponent: i8) -> f64 {
    word as i16 as f64 * power_of_two(exponent)
}

/// The SLINEAR16 word nearest to `value`.
///
/// # Errors
/// [`NumberError`] if the value is not finite or too large for the exponent.
pub fn slinear16_from(value: f64, exponent: i8) -> Result<u16, NumberError> {
    mantissa16(value, exponent, -0x8000, 0x7FFF).map(|mantissa| mantissa as u16)
}

fn mantissa16(value: f64, exponent: i8, min: i32, max: i32) -> Result<i32, NumberError> {
    if !value.is_finite() {
        return Err(NumberError::NotFinite);
    }
    let scale = exponent.checked_neg().map(power_of_two).ok_or(NumberError::Range { value })?;
    rounded(value * scale, min, max).ok_or(NumberError::Range { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn linear11_vectors_of_the_catalogue() {
        // Case PM-CMD-014. 0x03FF is the largest mantissa; 0x07FF, all of its bits set, is -1.
        assert_eq!(Linear11(0x0000).value(), 0.0);
        assert_eq!(Linear11(0x07FF).value(), -1.0);
        assert_eq!(Linear11(0x03FF).value(), 1023.0);
        assert_eq!(Linear11(0x0400).value(), -1024.0);
        assert_eq!(Linear11(0x8001).value(), 1.0 / 65536.0);
        assert_eq!(Linear11(0x7BFF).value(), 1023.0 * 32768.0);
    }

    #[test]
    fn linear11_words_read_from_real_converters() {
        // READ_IOUT and READ_VIN of a BMR480, as published with oxidecomputer/pmbus (tests/core.rs).
        for (word, value) in [
            (0xF028, 10.0),
            (0xF133, 76.75),
            (0xF004, 1.0),
            (0xF009, 2.25),
            (0x0A5C, 1208.0),
            (0xE9A0, 52.0),
            (0xE9A7, 52.875),
        ] {
            assert_eq!(Linear11(word).value(), value, "{word:#06X}");
        }
    }

    #[test]
    fn a_value_gets_the_exponent_that_loses_least() {
        let code = |value| Linear11::from_value(value).unwrap();
        assert_eq!(code(0.0), Linear11(0));
        // 12 V: 768 x 2^-6 keeps ten bits.
        assert_eq!(code(12.0), Linear11(0xD300));
        assert_eq!((code(-40.0).mantissa(), code(-40.0).exponent()), (-640, -4));
        // 1023.75 does not fit ten bits and rounds up into the next exponent.
        assert_eq!((code(1023.75).mantissa(), code(1023.75).exponent()), (512, 1));
        assert_eq!((code(-1023.75).mantissa(), code(-1023.75).exponent()), (-1024, 0));
        // Below half of the smallest step nothing is left, but nothing fails.
        assert_eq!(code(1e-9).value(), 0.0);
        assert_eq!(code(f64::MIN_POSITIVE / 2.0).value(), 0.0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let most = 1023.0 * 32768.0;
        assert_eq!(Linear11::from_value(most).map(Linear11::value), Ok(most));
        assert_eq!(Linear11::from_value(-1024.0 * 32768.0).map(Linear11::value), Ok(-1024.0 * 32768.0));
        assert_eq!(Linear11::from_value(most + 16384.0), Err(NumberError::Range { value: most + 16384.0 }));
        assert_eq!(Linear11::from_value(f64::MAX), Err(NumberError::Range { value: f64::MAX }));
        assert_eq!(Linear11::from_value(f64::NAN), Err(NumberError::NotFinite));
        assert_eq!(Linear11::from_value(f64::NEG_INFINITY), Err(NumberError::NotFinite));
        assert!(Linear11::with_exponent(1.0, -17).is_err() && Linear11::with_exponent(1.0, i8::MIN).is_err());
        assert!(ulinear16_from(-0.5, 0).is_err() && ulinear16_from(65535.6, 0).is_err());
        assert!(slinear16_from(32767.6, 0).is_err() && slinear16_from(1.0, i8::MIN).is_err());
    }

    #[test]
    fn ulinear16_words_read_from_real_converters() {
        // READ_VOUT of a BMR480 with VOUT_MODE 0x15 (exponent -11), oxidecomputer/pmbus (tests/core.rs).
        for (word, value) in [(0x0071, 0.055_175_781_25), (0x5F80, 11.9375), (0x6007, 12.003_417_968_75)] {
            assert_eq!(ulinear16(word, -11), value);
            assert_eq!(ulinear16_from(value, -11), Ok(word));
        }
        // VOUT_COMMAND of a TPS546B24A with exponent -9: 1.2 V becomes 0x0266.
        assert_eq!(ulinear16_from(1.2, -9), Ok(0x0266));
        // A trim below zero.
        assert_eq!(slinear16(0xFFFE, -9), -1.0 / 256.0);
    }

    proptest! {
        #[test]
        fn every_word_has_its_fraction_and_comes_back(word: u16) {
            let word = Linear11(word);
            let Rational { num, den } = word.rational();
            prop_assert_eq!(num as f64 / den as f64, word.value());
            prop_assert_eq!(Linear11::from_parts(word.mantissa(), word.exponent()), Some(word));
            // Several words have one value; the best one has it exactly.
            prop_assert_eq!(Linear11::from_value(word.value()).unwrap().value(), word.value());
            prop_assert_eq!(Linear11::with_exponent(word.value(), word.exponent()), Ok(word));
        }

        #[test]
        fn no_other_word_is_nearer(value in -3.3e7..3.3e7f64, scale in -40i32..1, other: u16) {
            let value = value * 2f64.powi(scale);
            let near = (Linear11::from_value(value).unwrap().value() - value).abs();
            prop_assert!(near <= (Linear11(other).value() - value).abs());
        }

        #[test]
        fn mantissas_of_16_bits_come_back(word: u16, exponent in -16i8..16) {
            prop_assert_eq!(ulinear16_from(ulinear16(word, exponent), exponent), Ok(word));
            prop_assert_eq!(slinear16_from(slinear16(word, exponent), exponent), Ok(word));
        }

        #[test]
        fn any_number_is_encoded_or_refused(bits: u64, exponent: i8) {
            let value = f64::from_bits(bits);
            let _ = (Linear11::from_value(value), Linear11::with_exponent(value, exponent));
            let _ = (ulinear16_from(value, exponent), slinear16_from(value, exponent));
        }
    }
}
