//! VOUT_MODE: how the commands of the output voltage are coded (P2 8.2, 8.3).

use super::linear::{slinear16, slinear16_from, ulinear16, ulinear16_from};
use super::{Direct, Half, NumberError};

/// The byte of VOUT_MODE (20h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct VoutMode(pub u8);

/// How the output voltage is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VoutFormat {
    /// ULINEAR16, with this exponent of two.
    Linear {
        /// -16 to 15.
        exponent: i8,
    },
    /// VID codes of a processor manufacturer; their voltages are in tables that this crate has not.
    Vid {
        /// The code type.
        code: u8,
    },
    /// DIRECT, with the coefficients of the command.
    Direct,
    /// IEEE half precision.
    Half,
}

impl VoutMode {
    /// A linear, absolute mode; `None` if the exponent is not -16 to 15.
    pub const fn linear(exponent: i8) -> Option<Self> {
        if exponent < -16 || exponent > 15 { None } else { Some(Self(exponent as u8 & 0x1F)) }
    }

    /// The format.
    pub const fn format(self) -> VoutFormat {
        match (self.0 >> 5) & 3 {
            0 => VoutFormat::Linear { exponent: ((self.0 << 3) as i8) >> 3 },
            1 => VoutFormat::Vid { code: self.0 & 0x1F },
            2 => VoutFormat::Direct,
            _ => VoutFormat::Half,
        }
    }

    /// Whether limits and margins are ratios of VOUT_COMMAND instead of voltages (bit 7, PMBus 1.3).
    pub const fn relative(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// The value of a word that is never negative: a voltage, or a ratio where [`Self::relative`] applies
    /// to the command. `direct` holds the coefficients of the command, where they are known.
    ///
    /// # Errors
    /// [`NumberError`] if no value follows from the word: VID, DIRECT without coefficients, or a half that
    /// is no number.
    pub fn value(self, word: u16, direct: Option<Direct>) -> Result<f64, NumberError> {
        match self.format() {
            VoutFormat::Linear { exponent } => Ok(ulinear16(word, exponent)),
            other => nonlinear(other, word, direct),
        }
    }

    /// The value of a word that may be negative (VOUT_TRIM, VOUT_CAL_OFFSET).
    ///
    /// # Errors
    /// As of [`Self::value`].
    pub fn signed_value(self, word: u16, direct: Option<Direct>) -> Result<f64, NumberError> {
        match self.format() {
            VoutFormat::Linear { exponent } => Ok(slinear16(word, exponent)),
            other => nonlinear(other, word, direct),
        }
    }

    /// The word of a value that is never negative.
    ///
    /// # Errors
    /// [`NumberError`] if the value does not fit, or the format has no words for values.
    pub fn word(self, value: f64, direct: Option<Direct>) -> Result<u16, NumberError> {
        match self.format() {
            VoutFormat::Linear { exponent } => ulinear16_from(value, exponent),
            other => nonlinear_word(other, value, direct),
        }
    }

    /// The word of a value that may be negative.
    ///
    /// # Errors
    /// As of [`Self::word`].
    pub fn signed_word(self, value: f64, direct: Option<Direct>) -> Result<u16, NumberError> {
        match self.format() {
            VoutFormat::Linear { exponent } => slinear16_from(value, exponent),
            other => nonlinear_word(other, value, direct),
        }
    }
}

fn nonlinear(format: VoutFormat, word: u16, direct: Option<Direct>) -> Result<f64, NumberError> {
    match format {
        VoutFormat::Linear { exponent } => Ok(ulinear16(word, exponent)),
        VoutFormat::Vid { code } => Err(NumberError::Vid { code }),
        VoutFormat::Direct => direct.map(|d| d.value(word)).ok_or(NumberError::Coefficients),
        VoutFormat::Half => {
            let value = Half(word).value();
            if value.is_finite() { Ok(value) } else { Err(NumberError::NotFinite) }
        }
    }
}

fn nonlinear_word(format: VoutFormat, value: f64, direct: Option<Direct>) -> Result<u16, NumberError> {
    match format {
        VoutFormat::Linear { exponent } => ulinear16_from(value, exponent),
        VoutFormat::Vid { code } => Err(NumberError::Vid { code }),
        VoutFormat::Direct => direct.ok_or(NumberError::Coefficients)?.word(value),
        VoutFormat::Half => Half::from_value(value).map(|half| half.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_format() {
        for byte in 0..=u8::MAX {
            let mode = VoutMode(byte);
            assert_eq!(mode.relative(), byte >= 0x80);
            match mode.format() {
                VoutFormat::Linear { exponent } => {
                    let linear = VoutMode::linear(exponent).unwrap();
                    assert_eq!(linear.0, byte & 0x7F);
                }
                VoutFormat::Vid { code } => assert_eq!(byte & 0x7F, 0x20 | code),
                VoutFormat::Direct => assert_eq!(byte & 0x60, 0x40),
                VoutFormat::Half => assert_eq!(byte & 0x60, 0x60),
            }
        }
        assert_eq!((VoutMode::linear(16), VoutMode::linear(-17)), (None, None));
    }

    #[test]
    fn modes_read_from_real_converters() {
        // BMR480: 0x15 is linear with exponent -11. TPS546B24A: 0x97 is relative, exponent -9.
        assert_eq!(VoutMode(0x15).format(), VoutFormat::Linear { exponent: -11 });
        assert_eq!(VoutMode(0x97).format(), VoutFormat::Linear { exponent: -9 });
        assert!(VoutMode(0x97).relative() && !VoutMode(0x15).relative());
        assert_eq!(VoutMode(0x97).value(0x0263, None), Ok(1.193_359_375));
    }

    #[test]
    fn other_formats_say_what_they_need() {
        assert_eq!(VoutMode(0x21).value(0x50, None), Err(NumberError::Vid { code: 1 }));
        assert_eq!(VoutMode(0x21).word(1.0, None), Err(NumberError::Vid { code: 1 }));
        assert_eq!(VoutMode(0x40).value(812, None), Err(NumberError::Coefficients));
        assert_eq!(VoutMode(0x40).word(12.0, None), Err(NumberError::Coefficients));
        let volts = Direct::new(100, 0, 0);
        assert_eq!(VoutMode(0x40).value(1200, volts), Ok(12.0));
        assert_eq!(VoutMode(0x40).signed_word(-12.0, volts), Ok(0xFB50));
        assert_eq!(VoutMode(0x60).value(0x3C00, None), Ok(1.0));
        assert_eq!(VoutMode(0x60).signed_value(0xC000, None), Ok(-2.0));
        assert_eq!(VoutMode(0x60).value(0x7C00, None), Err(NumberError::NotFinite));
        // Exponent -9: a trim of -0.25 V.
        assert_eq!(VoutMode(0x17).signed_value(0xFF80, None), Ok(-0.25));
        assert_eq!(VoutMode(0x17).signed_word(-0.25, None), Ok(0xFF80));
        assert!(VoutMode(0x17).word(-0.25, None).is_err());
    }
}
