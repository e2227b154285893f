//! Dates, times, timestamps and durations: proleptic Gregorian, UTC, without leap seconds.

use std::fmt::Write;

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// 0001-01-01 and 9999-12-31, in days since 1970-01-01.
const DATES: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// A text that doesn't say what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct NotCivil {
    /// What a right text looks like.
    pub expected: &'static str,
}

const DATE: NotCivil = NotCivil {
    expected: "a date such as 2026-01-31, years 0001 to 9999",
};
const TIME: NotCivil = NotCivil {
    expected: "a time such as 09:30:00 or 09:30:00.250000",
};
const TIMESTAMP: NotCivil = NotCivil {
    expected: "a timestamp such as 2026-01-31T09:30:00Z, years 0001 to 9999",
};
const DURATION: NotCivil = NotCivil {
    expected: "a duration such as PT1H30M, P2D or 1h30m",
};

/// Whether a day (since 1970-01-01) lies in the years 1 to 9999.
pub fn is_date(days: i64) -> bool {
    i32::try_from(days).is_ok_and(|days| DATES.contains(&days))
}

/// Whether an instant lies in the years 1 to 9999.
pub fn is_timestamp(micros: i64) -> bool {
    is_date(micros.div_euclid(DAY))
}

/// Year, month and day of a day since 1970-01-01.
pub fn civil(days: i32) -> (i32, u8, u8) {
    // Eras of 400 years that begin on the first of March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (
        year_of_era + era * 400 + i32::from(month <= 2),
        month.unsigned_abs() as u8,
        day.unsigned_abs() as u8,
    )
}

/// The day of a year, month and day, where there is such a day in the years 1 to 9999.
pub fn days(year: i32, month: u8, day: u8) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => return None,
    };
    if !(1..=9999).contains(&year) || day == 0 || day > length {
        return None;
    }
    let (month, day) = (i32::from(month), i32::from(day));
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// An instant so many calendar months later; the last day of the month where there is no such day.
pub fn add_months(micros: i64, months: u32) -> Option<i64> {
    let (year, month, day) = civil(i32::try_from(micros.div_euclid(DAY)).ok()?);
    let at = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(months);
    let (year, month) = (
        i32::try_from(at.div_euclid(12)).ok()?,
        (at.rem_euclid(12) + 1) as u8,
    );
    let to = (0..4).find_map(|less| days(year, month, day.checked_sub(less)?))?;
    Some(i64::from(to) * DAY + micros.rem_euclid(DAY))
}

/// `2026-01-31`
pub fn print_date(days: i32) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `09:30:00`, with six places where there are microseconds.
pub fn print_time(micros: i64) -> String {
    let mut text = clock(micros);
    let part = micros.rem_euclid(SECOND);
    if part != 0 {
        let _ = write!(text, ".{part:06}");
    }
    text
}

/// `2026-01-31T09:30:00Z`, with six places where there are microseconds.
pub fn print_timestamp(micros: i64) -> String {
    format!(
        "{}T{}Z",
        print_date(micros.div_euclid(DAY) as i32),
        print_time(micros.rem_euclid(DAY))
    )
}

/// `09:30:00.000000`: fixed width, so that the text's order is the time's.
pub fn print_time_fixed(micros: i64) -> String {
    format!("{}.{:06}", clock(micros), micros.rem_euclid(SECOND))
}

/// `2026-01-31T09:30:00.000000Z`: fixed width, so that the text's order is the instant's.
pub fn print_timestamp_fixed(micros: i64) -> String {
    format!(
        "{}T{}Z",
        print_date(micros.div_euclid(DAY) as i32),
        print_time_fixed(micros.rem_euclid(DAY))
    )
}

fn clock(micros: i64) -> String {
    let seconds = micros.div_euclid(SECOND);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// `PT1H30M`, `-PT0.000001S`, `PT0S`
pub fn print_duration(micros: i64) -> String {
    let (seconds, part) = (
        micros.unsigned_abs() / 1_000_000,
        micros.unsigned_abs() % 1_000_000,
    );
    let mut text = String::from(if micros < 0 { "-PT" } else { "PT" });
    for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    if part > 0 {
        let _ = write!(text, "{}.{part:06}S", seconds % 60);
    } else if seconds % 60 > 0 || micros == 0 {
        let _ = write!(text, "{}S", seconds % 60);
    }
    text
}

/// The day of `2026-01-31`.
///
/// # Errors
/// [`NotCivil`]
pub fn parse_date(text: &str) -> Result<i32, NotCivil> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return Err(DATE);
    }
    let number = |from: usize, to: usize| digits(&bytes[from..to]).ok_or(DATE);
    let small = |from: usize, to: usize| number(from, to).map(|it| it.unsigned_abs() as u8);
    days(number(0, 4)? as i32, small(5, 7)?, small(8, 10)?).ok_or(DATE)
}

/// The microseconds of `09:30`, `09:30:00` or `09:30:00.25`.
///
/// # Errors
/// [`NotCivil`]
pub fn parse_time(text: &str) -> Result<i64, NotCivil> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let fields: Vec<&str> = whole.split(':').collect();
    let two = |text: &str, below: i64| match digits(text.as_bytes()) {
        Some(number) if text.len() == 2 && number < below => Ok(number),
        Some(_) | None => Err(TIME),
    };
    let seconds = match fields.as_slice() {
        [hour, minute] if !text.contains('.') => two(hour, 24)? * 3600 + two(minute, 60)? * 60,
        [hour, minute, second] => two(hour, 24)? * 3600 + two(minute, 60)? * 60 + two(second, 60)?,
        _ => return Err(TIME),
    };
    if part.is_empty() || part.len() > 6 {
        return Err(TIME);
    }
    let part_micros = digits(part.as_bytes()).ok_or(TIME)? * 10i64.pow(6 - part.len() as u32);
    Ok(seconds * SECOND + part_micros)
}

/// The instant of `2026-01-31T09:30:00Z`; an offset such as `+02:00` is taken off, and a space may stand for the `T`.
///
/// # Errors
/// [`NotCivil`]
pub fn parse_timestamp(text: &str) -> Result<i64, NotCivil> {
    let (date, rest) = text.split_at_checked(10).ok_or(TIMESTAMP)?;
    let date = i64::from(parse_date(date).map_err(|_| TIMESTAMP)?);
    let rest = rest.strip_prefix(['T', 't', ' ']).ok_or(TIMESTAMP)?;
    let (time, offset) = if let Some(time) = rest.strip_suffix(['Z', 'z']) {
        (time, 0)
    } else {
        let at = rest.rfind(['+', '-']).ok_or(TIMESTAMP)?;
        let (time, offset) = rest.split_at(at);
        let minutes = parse_time(&offset[1..]).map_err(|_| TIMESTAMP)?;
        (
            time,
            if offset.starts_with('-') {
                -minutes
            } else {
                minutes
            },
        )
    };
    let micros = date * DAY + parse_time(time).map_err(|_| TIMESTAMP)? - offset;
    if is_timestamp(micros) {
        Ok(micros)
    } else {
        Err(TIMESTAMP)
    }
}

/// The microseconds of an ISO 8601 duration without years and months (`P1DT2H`), or of the language's form (`1h30m`,
/// `250ms`, `2w`).
///
/// # Errors
/// [`NotCivil`]
pub fn parse_duration(text: &str) -> Result<i64, NotCivil> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (iso, mut rest) = match text.strip_prefix('P') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mut total, mut after_t, mut any) = (0i128, !iso, false);
    while !rest.is_empty() {
        if iso && !after_t && rest.starts_with('T') {
            (after_t, rest) = (true, &rest[1..]);
            continue;
        }
        let end = rest
            .find(|it: char| !it.is_ascii_digit() && it != '.')
            .ok_or(DURATION)?;
        let (number, tail) = rest.split_at(end);
        let unit_end = if iso {
            1
        } else {
            tail.find(|it: char| it.is_ascii_digit()).unwrap_or(tail.len())
        };
        let (unit, next) = tail.split_at_checked(unit_end).ok_or(DURATION)?;
        let micros: i128 = match (iso, after_t, unit) {
            (true, false, "W") | (false, _, "w") => 7 * i128::from(DAY),
            (true, false, "D") | (false, _, "d") => i128::from(DAY),
            (true, true, "H") | (false, _, "h") => 3_600_000_000,
            (true, true, "M") | (false, _, "m" | "min") => 60_000_000,
            (true, true, "S") | (false, _, "s") => 1_000_000,
            (false, _, "ms") => 1000,
            (false, _, "us") => 1,
            _ => return Err(DURATION),
        };
        let number: super::Decimal = number.parse().map_err(|_| DURATION)?;
        let part = number
            .mul(super::Decimal {
                mantissa: micros,
                scale: 0,
            })
            .ok()
            .and_then(|it| it.rescale(0));
        total += part.ok_or(DURATION)?.mantissa;
        (rest, any) = (next, true);
    }
    let total = if negative { -total } else { total };
    if any {
        i64::try_from(total).map_err(|_| DURATION)
    } else {
        Err(DURATION)
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    let number = |sum: i64, digit: &u8| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'));
    if bytes.is_empty() {
        None
    } else {
        bytes.iter().try_fold(0, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_comes_back() {
        let mut last = (0, 12, 31);
        for day in DATES {
            let at = civil(day);
            assert_eq!(days(at.0, at.1, at.2), Some(day));
            assert!(at > last);
            last = at;
        }
        assert_eq!(
            (civil(*DATES.start()), civil(*DATES.end())),
            ((1, 1, 1), (9999, 12, 31))
        );
        assert_eq!(civil(0), (1970, 1, 1));
    }

    #[test]
    fn texts_come_back_and_wrong_ones_are_refused() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "2024-02-29T12:00:00Z",
        ] {
            assert_eq!(parse_timestamp(text).map(print_timestamp).as_deref(), Ok(text));
        }
        assert_eq!(
            parse_timestamp("2026-01-31 09:00:00+02:00"),
            parse_timestamp("2026-01-31T07:00:00Z")
        );
        for text in [
            "2023-02-29",
            "0000-01-01",
            "2023-13-01",
            "2023-1-01",
            "20230101",
            "+023-01-01",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
        for text in ["24:00:00", "1:00:00", "10:00:00.", "10:00:00.1234567", "10"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
        for text in [
            "2026-01-31T09:00:00",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-01-3é",
        ] {
            assert!(parse_timestamp(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_two_spellings() {
        for (text, printed) in [
            ("1h30m", "PT1H30M"),
            ("P1DT2H", "PT26H"),
            ("2w", "PT336H"),
            ("250ms", "PT0.250000S"),
            ("-PT1.5S", "-PT1.500000S"),
            ("PT0S", "PT0S"),
            ("-9223372036854775808us", "-PT2562047788H54.775808S"),
        ] {
            let micros = parse_duration(text).expect(text);
            assert_eq!(print_duration(micros), printed, "{text}");
            assert_eq!(parse_duration(printed), Ok(micros));
        }
        for text in ["", "P", "PT", "1", "1y", "P1Y", "PT1D", "1.0000001s", "PTé", "1é"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let at = |text| parse_timestamp(text).expect("a timestamp");
        assert_eq!(
            add_months(at("2024-01-31T10:00:00Z"), 1),
            Some(at("2024-02-29T10:00:00Z"))
        );
        assert_eq!(
            add_months(at("2024-02-29T10:00:00Z"), 12),
            Some(at("2025-02-28T10:00:00Z"))
        );
        assert_eq!(add_months(at("9999-12-31T10:00:00Z"), 1), None);
    }
}
