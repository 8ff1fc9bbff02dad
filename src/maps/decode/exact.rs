//! Engineering values as exact fractions.

use std::fmt;

use crate::maps::model::Rational;

/// A fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    num: i128,
    den: i128,
}

impl Exact {
    /// `num / den` in lowest terms; `None` if `den` is not greater than 0.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den <= 0 {
            return None;
        }
        let (mut a, mut b) = (num.unsigned_abs(), den.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        // A divisor of `den` fits.
        let common = i128::try_from(a).ok()?;
        Some(Self { num: num.checked_div(common)?, den: den.checked_div(common)? })
    }

    /// raw × scale + offset; `None` beyond 128 bits or for a denominator that is not greater than 0.
    pub fn scaled(raw: i128, scale: Rational, offset: Rational) -> Option<Self> {
        let scale = Self::new(scale.num.into(), scale.den.into())?;
        let offset = Self::new(offset.num.into(), offset.den.into())?;
        let product = Self::new(raw.checked_mul(scale.num)?, scale.den)?;
        let num = product.num.checked_mul(offset.den)?.checked_add(offset.num.checked_mul(product.den)?)?;
        Self::new(num, product.den.checked_mul(offset.den)?)
    }

    /// Numerator.
    pub fn num(self) -> i128 {
        self.num
    }

    /// Denominator, greater than 0.
    pub fn den(self) -> i128 {
        self.den
    }

    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        /// More digits than any `f64` needs to be told from its neighbours.
        const DIGITS: usize = 60;
        let (digits, rest) = self.decimals(DIGITS);
        // What follows the last digit only matters next to the middle of two numbers: any digit shows it.
        let text = if rest { format!("{digits}1") } else { digits };
        // A decimal number always parses.
        text.parse().unwrap_or(f64::NAN)
    }

    /// The fraction as a decimal number with at most so many places, and whether a rest is left.
    fn decimals(self, places: usize) -> (String, bool) {
        let (magnitude, den) = (self.num.unsigned_abs(), self.den.unsigned_abs());
        let mut text = format!("{}{}", if self.num < 0 { "-" } else { "" }, magnitude / den);
        let mut rest = magnitude % den;
        if rest != 0 {
            text.push('.');
        }
        for _ in 0..places {
            if rest == 0 {
                break;
            }
            // `den` comes from 64-bit numbers; one that is too long to go on is cut here.
            let Some(next) = rest.checked_mul(10) else { break };
            text.push_str(&(next / den).to_string());
            rest = next % den;
        }
        (text, rest != 0)
    }
}

/// A decimal number: exact if it ends within 12 places, else cut there and marked with `…`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, rest) = self.decimals(12);
        f.write_str(&text)?;
        f.write_str(if rest { "…" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(num: i128, den: i128) -> Exact {
        Exact::new(num, den).unwrap()
    }

    #[test]
    fn fractions_are_in_lowest_terms() {
        assert_eq!((exact(-6, 4).num(), exact(-6, 4).den()), (-3, 2));
        assert_eq!(exact(0, 7), exact(0, 1));
        assert_eq!((Exact::new(1, 0), Exact::new(1, -1)), (None, None));
    }

    #[test]
    fn decimals_end_or_are_marked() {
        assert_eq!(exact(17728, 64).to_string(), "277");
        assert_eq!(exact(-5, 8).to_string(), "-0.625");
        assert_eq!(exact(1, 3).to_string(), "0.333333333333…");
        assert_eq!(exact(i128::from(u64::MAX), 1).to_string(), "18446744073709551615");
    }

    #[test]
    fn the_nearest_f64_is_rounded_once() {
        // 298.2 K in tenths, in degrees Celsius: 25.05, not 25.05000000000001.
        let kelvin = Exact::scaled(2982, Rational { num: 1, den: 10 }, Rational { num: -5463, den: 20 });
        assert_eq!(kelvin.map(Exact::to_f64), Some(25.05));
        // 2^64 - 1 thousandths: rounding the numerator to a f64 first gives 18446744073709552.
        assert_eq!(exact(i128::from(u64::MAX), 1000).to_f64(), 18_446_744_073_709_551.615);
        // The middle of two numbers goes to the even one, and a bit above it up.
        let middle = (1i128 << 53) + 1;
        assert_eq!(exact(middle, 1).to_f64(), 9_007_199_254_740_992.0);
        assert_eq!(exact(middle * 1000 + 1, 1000).to_f64(), 9_007_199_254_740_994.0);
    }

    #[test]
    fn what_leaves_128_bits_has_no_value() {
        let huge = Rational { num: i64::MAX, den: 1 };
        assert_eq!(Exact::scaled(i128::from(u64::MAX) * 4, huge, huge), None);
        assert!(Exact::scaled(i128::from(u32::MAX), huge, huge).is_some());
    }
}
