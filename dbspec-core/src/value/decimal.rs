//! Exact decimals of up to 38 digits.

use std::cmp::Ordering;
use std::fmt;

/// `mantissa / 10^scale`, with at most 38 digits.
///
/// Two decimals are equal, ordered and hashed by the number they stand for, whatever their scales.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// The digits.
    pub mantissa: i128,
    /// How many of them stand behind the point; at most 38.
    pub scale: u8,
}

/// More than 38 digits, or a division by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number has more than 38 digits, or is divided by zero")]
pub struct Overflow;

/// A text that is no decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 38 digits")]
pub struct NotDecimal;

const MAX_SCALE: u8 = 38;
const MAX: u128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

const fn power(scale: u8) -> i128 {
    10i128.pow(scale as u32)
}

// Named like the operators, whose traits can't say that there is no result.
#[allow(clippy::should_implement_trait)]
impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// A decimal, if it has at most 38 digits and 38 of them behind the point.
    pub fn new(mantissa: i128, scale: u8) -> Option<Self> {
        (mantissa.unsigned_abs() <= MAX && scale <= MAX_SCALE).then_some(Self { mantissa, scale })
    }

    fn normal(self) -> (i128, u8) {
        let Self {
            mut mantissa,
            mut scale,
        } = self;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (mantissa, scale)
    }

    /// The same number with another scale, where nothing is lost.
    pub fn rescale(self, scale: u8) -> Option<Self> {
        if scale > MAX_SCALE {
            return None;
        }
        match scale.cmp(&self.scale) {
            Ordering::Equal => Some(self),
            Ordering::Greater => Self::new(self.mantissa.checked_mul(power(scale - self.scale))?, scale),
            Ordering::Less => {
                let cut = power(self.scale - scale);
                (self.mantissa % cut == 0).then_some(Self {
                    mantissa: self.mantissa / cut,
                    scale,
                })
            }
        }
    }

    /// The same number as `decimal(precision, scale)`, where it fits exactly.
    pub fn fit(self, precision: u8, scale: u8) -> Option<Self> {
        let it = self.rescale(scale)?;
        (precision >= MAX_SCALE || it.mantissa.unsigned_abs() < power(precision).unsigned_abs()).then_some(it)
    }

    /// The nearest decimal of a scale, ties to the even digit.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn round(self, scale: u8) -> Result<Self, Overflow> {
        if scale >= self.scale {
            return self.rescale(scale).ok_or(Overflow);
        }
        let cut = power(self.scale - scale).unsigned_abs();
        let (whole, rest) = (
            self.mantissa.unsigned_abs() / cut,
            self.mantissa.unsigned_abs() % cut,
        );
        Self::signed(half_even(whole, rest, cut), self.mantissa < 0, scale)
    }

    fn signed(mantissa: u128, negative: bool, scale: u8) -> Result<Self, Overflow> {
        let mantissa = i128::try_from(mantissa).map_err(|_| Overflow)?;
        Self::new(if negative { -mantissa } else { mantissa }, scale).ok_or(Overflow)
    }

    fn aligned(self, other: Self) -> Result<(i128, i128, u8), Overflow> {
        let scale = self.scale.max(other.scale);
        let widen = |it: Self| it.mantissa.checked_mul(power(scale - it.scale)).ok_or(Overflow);
        Ok((widen(self)?, widen(other)?, scale))
    }

    /// The exact sum, at the larger scale.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn add(self, other: Self) -> Result<Self, Overflow> {
        let (a, b, scale) = self.aligned(other)?;
        Self::new(a.checked_add(b).ok_or(Overflow)?, scale).ok_or(Overflow)
    }

    /// The exact difference, at the larger scale.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn sub(self, other: Self) -> Result<Self, Overflow> {
        self.add(other.neg())
    }

    /// The negative.
    #[must_use]
    pub fn neg(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            scale: self.scale,
        }
    }

    /// The exact product: the scales add.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn mul(self, other: Self) -> Result<Self, Overflow> {
        let exact =
            |a: Self, b: Self| Self::new(a.mantissa.checked_mul(b.mantissa)?, a.scale.checked_add(b.scale)?);
        exact(self, other)
            .or_else(|| {
                let ((a, s), (b, t)) = (self.normal(), other.normal());
                exact(
                    Self {
                        mantissa: a,
                        scale: s,
                    },
                    Self {
                        mantissa: b,
                        scale: t,
                    },
                )
            })
            .ok_or(Overflow)
    }

    /// The quotient at the larger scale + 6 (at most 38), rounded half-even.
    ///
    /// # Errors
    /// [`Overflow`], also for a division by zero.
    pub fn div(self, other: Self) -> Result<Self, Overflow> {
        let scale = (self.scale.max(other.scale) + 6).min(MAX_SCALE);
        self.quotient(other, scale)
    }

    /// The average of a sum: the exact quotient, rounded half-even at the scale + 6 (at most 38).
    ///
    /// # Errors
    /// [`Overflow`], also for a count of zero.
    pub fn average(self, count: u64) -> Result<Self, Overflow> {
        self.quotient(
            Self {
                mantissa: i128::from(count),
                scale: 0,
            },
            (self.scale + 6).min(MAX_SCALE),
        )
    }

    /// Long division, digit by digit, so that nothing between overflows.
    fn quotient(self, other: Self, scale: u8) -> Result<Self, Overflow> {
        if other.mantissa == 0 {
            return Err(Overflow);
        }
        let (a, b) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let negative = (self.mantissa < 0) != (other.mantissa < 0);
        let digits = i16::from(scale) + i16::from(other.scale) - i16::from(self.scale);
        if digits < 0 {
            // Only where the scale is capped: the divisor grows instead.
            let b = b
                .checked_mul(power(digits.unsigned_abs() as u8).unsigned_abs())
                .ok_or(Overflow)?;
            return Self::signed(half_even(a / b, a % b, b), negative, scale);
        }
        let (mut whole, mut rest) = (a / b, a % b);
        for _ in 0..digits {
            // rest * 10 by ten additions below 2b, which fits: b has at most 38 digits.
            let (mut digit, mut sum) = (0, 0);
            for _ in 0..10 {
                sum += rest;
                if sum >= b {
                    sum -= b;
                    digit += 1;
                }
            }
            rest = sum;
            whole = whole
                .checked_mul(10)
                .and_then(|it| it.checked_add(digit))
                .ok_or(Overflow)?;
        }
        Self::signed(half_even(whole, rest, b), negative, scale)
    }

    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        // The text is the shortest way to the correctly rounded float.
        self.to_string().parse().unwrap_or(0.0)
    }
}

/// `whole + rest / of`, to the nearest, ties to even.
fn half_even(whole: u128, rest: u128, of: u128) -> u128 {
    match rest.cmp(&(of - rest)) {
        Ordering::Less => whole,
        Ordering::Greater => whole + 1,
        Ordering::Equal => whole + whole % 2,
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self {
            mantissa: i128::from(value),
            scale: 0,
        }
    }
}

/// `-12.50`: all digits of the scale, never an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!(
            "{:0width$}",
            self.mantissa.unsigned_abs(),
            width = usize::from(self.scale) + 1
        );
        let (whole, part) = digits.split_at(digits.len() - usize::from(self.scale));
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

/// Digits with an optional sign, point and exponent.
impl std::str::FromStr for Decimal {
    type Err = NotDecimal;
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| NotDecimal)?),
            None => (text, 0),
        };
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty()
            || number.ends_with('.')
            || !whole.bytes().chain(part.bytes()).all(|it| it.is_ascii_digit())
        {
            return Err(NotDecimal);
        }
        let mut mantissa = 0u128;
        for digit in whole.bytes().chain(part.bytes()) {
            let next = mantissa
                .checked_mul(10)
                .and_then(|it| it.checked_add(u128::from(digit - b'0')));
            mantissa = next.ok_or(NotDecimal)?;
        }
        let mut scale = i32::try_from(part.len())
            .map_err(|_| NotDecimal)?
            .saturating_sub(exponent);
        while scale > 0 && mantissa.is_multiple_of(10) && (scale > i32::from(MAX_SCALE) || mantissa > MAX) {
            mantissa /= 10;
            scale -= 1;
        }
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or(NotDecimal)?;
            scale = if mantissa == 0 { 0 } else { scale + 1 };
        }
        let scale = if mantissa == 0 {
            scale.min(i32::from(MAX_SCALE))
        } else {
            scale
        };
        let scale = u8::try_from(scale).map_err(|_| NotDecimal)?;
        if scale > MAX_SCALE {
            return Err(NotDecimal);
        }
        Self::signed(mantissa, negative, scale).map_err(|_| NotDecimal)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        if self.scale == other.scale {
            self.mantissa == other.mantissa
        } else {
            self.normal() == other.normal()
        }
    }
}
impl Eq for Decimal {}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
        // Whole parts first, then the fractions brought to one scale: nothing can overflow.
        let split = |it: Self| {
            (
                it.mantissa.div_euclid(power(it.scale)),
                it.mantissa.rem_euclid(power(it.scale)),
            )
        };
        let ((whole_a, part_a), (whole_b, part_b)) = (split(*self), split(*other));
        let scale = self.scale.max(other.scale);
        let widen = |part: i128, from: u8| part * power(scale - from);
        whole_a
            .cmp(&whole_b)
            .then_with(|| widen(part_a, self.scale).cmp(&widen(part_b, other.scale)))
    }
}
impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn numbers_print_as_they_are_read() {
        for text in [
            "0",
            "-0.01",
            "12.50",
            "99999999999999999999999999999999999999",
            "0.00000000000000000000000000000000000001",
        ] {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("1.5e3").to_string(), "1500");
        assert_eq!(d("15e-1").to_string(), "1.5");
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1e",
            "--1",
            "1_0",
            "NaN",
            "100000000000000000000000000000000000000",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn division_rounds_half_even_at_six_more_places() {
        assert_eq!(d("1").div(d("3")).map(|it| it.to_string()), Ok("0.333333".into()));
        assert_eq!(
            d("2.00").div(d("3")).map(|it| it.to_string()),
            Ok("0.66666667".into())
        );
        assert_eq!(
            d("1").div(d("2000000")).map(|it| it.to_string()),
            Ok("0.000000".into())
        );
        assert_eq!(
            d("3").div(d("2000000")).map(|it| it.to_string()),
            Ok("0.000002".into())
        );
        assert_eq!(
            d("-5").average(2).map(|it| it.to_string()),
            Ok("-2.500000".into())
        );
        assert_eq!(d("1").div(d("0.0")), Err(Overflow));
        let wide = d("99999999999999999999999999999999999999");
        assert_eq!(wide.div(wide).map(|it| it.to_string()), Ok("1.000000".into()));
        assert_eq!(wide.add(d("1")), Err(Overflow));
    }

    #[test]
    fn what_does_not_fit_exactly_does_not_fit() {
        assert_eq!(d("12.500").fit(4, 2), Some(d("12.5")));
        assert_eq!(d("12.501").fit(4, 2), None);
        assert_eq!(d("123.5").fit(4, 2), None);
    }

    proptest! {
        #[test]
        fn the_laws_of_arithmetic_hold(a in -10_000_000_000i128..10_000_000_000, s in 0u8..9, b in -10_000_000i128..10_000_000, t in 0u8..9) {
            let (x, y) = (Decimal { mantissa: a, scale: s }, Decimal { mantissa: b, scale: t });
            prop_assert_eq!(x.add(y), y.add(x));
            prop_assert_eq!(x.add(y).and_then(|it| it.sub(y)), Ok(x));
            prop_assert_eq!(x.mul(y).map(|it| it.scale), Ok(s + t));
            prop_assert_eq!(x.cmp(&y), x.sub(y).map_or(0, |it| it.mantissa).cmp(&0));
            prop_assert_eq!(x.to_string().parse::<Decimal>(), Ok(x));
            if b != 0 {
                // |x - q·y| <= |y| · half a unit of the last place
                let q = x.div(y).expect("small");
                let off = x.sub(q.mul(y).expect("small")).expect("small");
                let twice = off.mul(Decimal { mantissa: 2 * 10i128.pow(u32::from(q.scale)), scale: 0 }).expect("small");
                prop_assert!(twice.mantissa.unsigned_abs() <= y.rescale(twice.scale).expect("small").mantissa.unsigned_abs());
            }
        }
    }
}
