//! IEEE half-precision numbers (IEEE 754 binary16), which PMBus 1.3 allows where VOUT_MODE or CAPABILITY
//! says so.

use super::{NumberError, power_of_two};

/// An IEEE 754 binary16 word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Half(pub u16);

impl Half {
    /// The value, exactly; a NaN or an infinity stays one.
    pub const fn value(self) -> f64 {
        let sign = if self.0 & 0x8000 != 0 { -1.0 } else { 1.0 };
        let exponent = ((self.0 >> 10) & 0x1F) as i8;
        let fraction = (self.0 & 0x03FF) as f64;
        let magnitude = match exponent {
            0 => fraction * power_of_two(-24),
            0x1F if fraction == 0.0 => f64::INFINITY,
            0x1F => f64::NAN,
            _ => (1024.0 + fraction) * power_of_two(exponent - 25),
        };
        sign * magnitude
    }

    /// The word nearest to `value`, ties to even.
    ///
    /// # Errors
    /// [`NumberError`] if the value is not finite or rounds beyond 65504.
    pub fn from_value(value: f64) -> Result<Self, NumberError> {
        if !value.is_finite() {
            return Err(NumberError::NotFinite);
        }
        let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
        let magnitude = value.abs();
        // From here on no rounded value fits: half a step above the largest.
        if magnitude >= 65520.0 {
            return Err(NumberError::Range { value });
        }
        // Exponent of two of the last bit of the word: -24 for subnormals, else ten below the first bit.
        let first = ((magnitude.to_bits() >> 52) & 0x7FF) as i16 - 1023;
        let last = (first - 10).max(-24) as i8;
        let steps = magnitude * power_of_two(-last);
        let whole = steps as u16;
        let rest = steps - f64::from(whole);
        let up = rest > 0.5 || (rest == 0.5 && whole & 1 == 1);
        // A carry out of the fraction becomes the next exponent by itself.
        let base = if last == -24 { 0 } else { (i16::from(last) + 24) as u16 * 0x400 };
        Ok(Self(sign | (base + whole + u16::from(up))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_of_the_standard() {
        // IEEE 754 binary16: one, largest, smallest normal, smallest subnormal, a third.
        for (word, value) in [
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x7BFF, 65504.0),
            (0x0400, 6.103_515_625e-5),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x3555, 0.333_251_953_125),
        ] {
            assert_eq!(Half(word).value(), value, "{word:#06X}");
        }
        assert_eq!(Half(0x7C00).value(), f64::INFINITY);
        assert!(Half(0x7C01).value().is_nan());
        assert_eq!(Half::from_value(1.0 / 3.0), Ok(Half(0x3555)));
        assert_eq!(Half::from_value(65519.9), Ok(Half(0x7BFF)));
        assert_eq!(Half::from_value(65520.0), Err(NumberError::Range { value: 65520.0 }));
        assert_eq!(Half::from_value(f64::INFINITY), Err(NumberError::NotFinite));
        // Ties to even: 2049 lies between 2048 and 2050.
        assert_eq!(Half::from_value(2049.0).map(Half::value), Ok(2048.0));
        assert_eq!(Half::from_value(2051.0).map(Half::value), Ok(2052.0));
    }

    #[test]
    fn every_finite_word_comes_back() {
        for word in (0..=u16::MAX).filter(|w| w & 0x7C00 != 0x7C00) {
            assert_eq!(Half::from_value(Half(word).value()), Ok(Half(word)));
        }
    }

    proptest! {
        #[test]
        fn no_other_word_is_nearer(value in -65519.0..65519.0f64, scale in -30i32..1, other: u16) {
            let value = value * 2f64.powi(scale);
            let other = Half(other).value();
            let near = (Half::from_value(value).unwrap().value() - value).abs();
            prop_assert!(!other.is_finite() || near <= (other - value).abs());
        }
    }
}
