//! DIRECT: a line through the values, with coefficients that the device tells (P2 7.4).

use super::{NumberError, rounded};

/// The coefficients of a DIRECT command: Y = (m X + b) 10^R, where Y is the word and X the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Direct {
    m: i16,
    b: i16,
    r: i8,
}

impl Direct {
    /// The coefficients; `None` if `m` is 0, because no value follows from a word then.
    pub const fn new(m: i16, b: i16, r: i8) -> Option<Self> {
        if m == 0 { None } else { Some(Self { m, b, r }) }
    }

    /// The five bytes that COEFFICIENTS answers: m, b, R, low bytes first (P2 14.1). `None` if `m` is 0.
    pub const fn from_bytes(bytes: [u8; 5]) -> Option<Self> {
        let [m0, m1, b0, b1, r] = bytes;
        Self::new(i16::from_le_bytes([m0, m1]), i16::from_le_bytes([b0, b1]), r as i8)
    }

    /// The five bytes that a device answers to COEFFICIENTS.
    pub const fn to_bytes(self) -> [u8; 5] {
        let ([m0, m1], [b0, b1]) = (self.m.to_le_bytes(), self.b.to_le_bytes());
        [m0, m1, b0, b1, self.r as u8]
    }

    /// The slope m, the offset b and the exponent R.
    pub const fn parts(self) -> (i16, i16, i8) {
        (self.m, self.b, self.r)
    }

    /// The value of a word: X = (Y 10^-R - b) / m.
    pub fn value(self, word: u16) -> f64 {
        let y = f64::from(word as i16);
        let (m, b) = (f64::from(self.m), f64::from(self.b));
        // One division: the numbers stay whole as long as the coefficients allow it.
        let power = power_of_ten(self.r.unsigned_abs());
        if self.r > 0 { (y - b * power) / (m * power) } else { (y * power - b) / m }
    }

    /// The word nearest to a value.
    ///
    /// # Errors
    /// [`NumberError`] if the value is not finite or its word does not fit 16 bits.
    pub fn word(self, value: f64) -> Result<u16, NumberError> {
        if !value.is_finite() {
            return Err(NumberError::NotFinite);
        }
        let line = value * f64::from(self.m) + f64::from(self.b);
        let power = power_of_ten(self.r.unsigned_abs());
        let y = if self.r > 0 { line * power } else { line / power };
        rounded(y, -0x8000, 0x7FFF).map(|word| word as u16).ok_or(NumberError::Range { value })
    }
}

/// 10 to the power of `exponent`; exact up to 22, the largest that binary64 holds exactly.
fn power_of_ten(exponent: u8) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn coefficients_of_a_real_hot_swap_controller() {
        // ADM1272, 60 V range: m 6770, b 0, R -2 (Linux drivers/hwmon/pmbus/adm1275.c).
        // 12 V: 12 x 6770 / 100 = 812.4; the word 812 is 81200 / 6770 V.
        let volts = Direct::new(6770, 0, -2).unwrap();
        assert_eq!(volts.word(12.0), Ok(812));
        assert_eq!(volts.value(812), 81200.0 / 6770.0);
        // Its temperature: m 42, b 31871, R -1; 25 Cel: (42 x 25 + 31871) / 10 = 3292.1.
        let celsius = Direct::new(42, 31871, -1).unwrap();
        assert_eq!(celsius.word(25.0), Ok(3292));
        assert_eq!(celsius.value(3292), (32920.0 - 31871.0) / 42.0);
    }

    #[test]
    fn bytes_of_coefficients_are_low_byte_first() {
        let direct = Direct::from_bytes([0x72, 0x1A, 0x00, 0x00, 0xFE]).unwrap();
        assert_eq!(direct.parts(), (6770, 0, -2));
        assert_eq!(direct.to_bytes(), [0x72, 0x1A, 0x00, 0x00, 0xFE]);
        assert_eq!(Direct::from_bytes([0, 0, 1, 0, 0]), None);
    }

    #[test]
    fn the_word_is_signed_and_the_exponent_may_be_positive() {
        let tenths = Direct::new(1, 0, 1).unwrap();
        assert_eq!(tenths.value(0xFFF6), -1.0);
        assert_eq!(tenths.word(-1.0), Ok(0xFFF6));
        assert_eq!(tenths.word(3276.8), Err(NumberError::Range { value: 3276.8 }));
        assert_eq!(tenths.word(f64::NAN), Err(NumberError::NotFinite));
    }

    proptest! {
        #[test]
        fn words_come_back(word: u16, m in prop_oneof![1i16..=i16::MAX, i16::MIN..=-1], b: i16, r in -4i8..=4) {
            let direct = Direct::new(m, b, r).unwrap();
            prop_assert_eq!(Direct::from_bytes(direct.to_bytes()), Some(direct));
            prop_assert_eq!(direct.word(direct.value(word)), Ok(word));
        }

        #[test]
        fn hostile_coefficients_never_fail(word: u16, bits: u64, bytes: [u8; 5]) {
            if let Some(direct) = Direct::from_bytes(bytes) {
                let _ = (direct.value(word), direct.word(f64::from_bits(bits)));
            }
        }
    }
}
