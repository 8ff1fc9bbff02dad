//! Exact fractions and the decimal numbers of other formats.

use serde_json::Number;

use super::model::Rational;

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    // Both operands come from products of 64-bit numbers and are far below the limit.
    i128::try_from(a).unwrap_or(1)
}

/// The fraction in lowest terms with a positive denominator; `None` if it does not fit or `den` is 0.
pub(super) fn reduced(num: i128, den: i128) -> Option<Rational> {
    if den == 0 {
        return None;
    }
    let by = gcd(num, den).max(1) * den.signum();
    Some(Rational { num: i64::try_from(num / by).ok()?, den: i64::try_from(den / by).ok()? })
}

/// The product of a fraction and 2 to the power of `power`.
pub(super) fn shifted(value: Rational, power: i32) -> Option<Rational> {
    let factor = 1i128.checked_shl(power.unsigned_abs()).filter(|_| power.unsigned_abs() < 63)?;
    let (num, den) = (i128::from(value.num), i128::from(value.den));
    if power >= 0 { reduced(num * factor, den) } else { reduced(num, den * factor) }
}

/// What a JSON number says, exactly: a decimal number is meant as it is written (`0.1` is 1/10, not the
/// nearest binary number). `None` beyond 64 bits.
pub(super) fn rational(number: &Number) -> Option<Rational> {
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let power = 10i128.checked_pow(exponent.unsigned_abs())?;
    if exponent >= 0 { reduced(digits.checked_mul(power)?, 1) } else { reduced(digits, power) }
}

/// The JSON number nearest to a fraction, and whether it says the same.
pub(super) fn number(value: Rational) -> (Number, bool) {
    if let Some(Rational { num, den: 1 }) = reduced(value.num.into(), value.den.into()) {
        return (Number::from(num), true);
    }
    match Number::from_f64(value.value()) {
        Some(number) => {
            let exact = rational(&number) == reduced(value.num.into(), value.den.into());
            (number, exact)
        }
        // A denominator of 0; the lint refuses it.
        None => (Number::from(0), false),
    }
}

/// A scale as rackmon and phosphor-modbus write it: `factor` / 2^`precision`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binary {
    /// Fractional bits.
    pub(super) precision: u32,
    /// Factor beside them.
    pub(super) factor: Rational,
}

impl Binary {
    /// The usual way to write a scale: fractional bits if the denominator is a power of two, else none.
    pub(super) fn of(scale: Rational) -> Self {
        match u64::try_from(scale.den) {
            Ok(den) if den.is_power_of_two() => {
                Self { precision: den.trailing_zeros(), factor: Rational { num: scale.num, den: 1 } }
            }
            _ => Self { precision: 0, factor: scale },
        }
    }

    /// The same scale with so many fractional bits; `None` if the factor does not fit.
    pub(super) fn with(scale: Rational, precision: u32) -> Option<Self> {
        Some(Self { precision, factor: shifted(scale, i32::try_from(precision).ok()?)? })
    }

    /// The scale; `None` if it does not fit.
    pub(super) fn scale(self) -> Option<Rational> {
        shifted(self.factor, -i32::try_from(self.precision).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<Rational> {
        rational(&serde_json::from_str(text).unwrap())
    }

    fn fraction(num: i64, den: i64) -> Rational {
        Rational { num, den }
    }

    #[test]
    fn a_decimal_number_is_what_it_says() {
        for (text, num, den) in [
            ("0.1", 1, 10),
            ("-273.15", -5463, 20),
            ("0.000174533", 174_533, 1_000_000_000),
            ("1e-7", 1, 10_000_000),
            ("60.0", 60, 1),
            ("1.5e3", 1500, 1),
            ("-0.0", 0, 1),
            ("7", 7, 1),
        ] {
            assert_eq!(parsed(text), Some(fraction(num, den)), "{text}");
        }
        for text in ["1e300", "1e-300", "18446744073709551615", "1e19"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn a_fraction_comes_back_or_is_said_not_to() {
        for value in
            [fraction(1, 10), fraction(-5463, 20), fraction(174_533, 1_000_000_000), fraction(3, 1024)]
        {
            let (number, exact) = number(value);
            assert!(exact, "{number}");
            assert_eq!(rational(&number), Some(value));
        }
        assert!(!number(fraction(1, 3)).1);
        assert_eq!(number(fraction(20, 10)), (Number::from(2), true));
        assert!(!number(fraction(1, 0)).1);
    }

    #[test]
    fn fractional_bits_and_factor_make_the_scale() {
        assert_eq!(Binary::of(fraction(1, 64)), Binary { precision: 6, factor: fraction(1, 1) });
        assert_eq!(Binary::of(fraction(1, 10)), Binary { precision: 0, factor: fraction(1, 10) });
        let odd = Binary { precision: 3, factor: fraction(1, 10) };
        assert_eq!(odd.scale(), Some(fraction(1, 80)));
        assert_eq!(Binary::with(fraction(1, 80), 3), Some(odd));
        assert_eq!(Binary::with(fraction(i64::MAX, 1), 40), None);
        assert_eq!(shifted(fraction(1, 1), 200), None);
        assert_eq!(reduced(i128::from(i64::MIN), -1), None);
    }
}
