//! What a value of SQLite says of a time. It has no type for one, so texts and numbers stand for it.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::ValueRef;

/// Greater numbers are milliseconds since 1970, not seconds.
const MOST_SECONDS: u64 = 100_000_000_000;

/// Smaller numbers that are not whole are days since noon of the first day of the Julian period.
const MOST_DAYS: f64 = 5_373_484.5;

/// When 1970 began, in days of the Julian period.
const EPOCH_DAY: f64 = 2_440_587.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A day without a time, which belongs to no zone.
    Day(Date),
    Instant(Timestamp),
}

/// Reads `2013-01-31`, `2013-01-31 10:00:00`, the same with `T`, fractions or an offset; whole numbers
/// since 1970, and days of the Julian period. Times without an offset are UTC.
pub(super) fn read(value: ValueRef<'_>) -> Option<Moment> {
    match value {
        ValueRef::Text(text) => of_text(std::str::from_utf8(text).ok()?),
        ValueRef::Integer(number) if number.unsigned_abs() < MOST_SECONDS => {
            Timestamp::from_second(number).ok().map(Moment::Instant)
        }
        ValueRef::Integer(number) => Timestamp::from_millisecond(number).ok().map(Moment::Instant),
        ValueRef::Real(number) => of_real(number),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

pub(super) fn of_text(text: &str) -> Option<Moment> {
    let digits = text.as_bytes().first()?.is_ascii_digit();
    if !digits || text.len() < 10 || text.as_bytes()[4] != b'-' {
        return None;
    }
    if text.len() == 10 {
        return text.parse().ok().map(Moment::Day);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Moment::Instant(instant));
    }
    let civil: DateTime = text.parse().ok()?;
    civil.to_zoned_datetime(TimeZone::UTC).ok().map(|at| Moment::Instant(at.timestamp()))
}

fn of_real(number: f64) -> Option<Moment> {
    let is_day = (0.0..MOST_DAYS).contains(&number);
    let seconds = if is_day { (number - EPOCH_DAY) * 86_400.0 } else { number };
    let since = SignedDuration::try_from_secs_f64((seconds * 1e3).round() / 1e3).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(since).ok().map(Moment::Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: ValueRef<'_>, expected: Option<&str>) {
        let found = read(value).map(|moment| match moment {
            Moment::Day(day) => day.to_string(),
            Moment::Instant(at) => at.to_string(),
        });
        assert_eq!(found.as_deref(), expected, "{value:?}");
    }

    #[test]
    fn a_time_is_known_in_each_of_its_spellings() {
        let text = |text: &'static str| ValueRef::Text(text.as_bytes());
        check(text("2013-01-31"), Some("2013-01-31"));
        for spelling in [
            "2013-01-31 10:00:00",
            "2013-01-31T10:00:00Z",
            "2013-01-31T05:00:00-05:00",
            "2013-01-31 10:00",
            "2013-01-31 10:00:00.000",
        ] {
            check(text(spelling), Some("2013-01-31T10:00:00Z"));
        }
        check(ValueRef::Integer(1_359_626_400), Some("2013-01-31T10:00:00Z"));
        check(ValueRef::Integer(1_359_626_400_500), Some("2013-01-31T10:00:00.5Z"));
        check(ValueRef::Integer(0), Some("1970-01-01T00:00:00Z"));
        check(ValueRef::Real(2_456_323.916_666_666_5), Some("2013-01-31T10:00:00Z"));
        check(ValueRef::Real(1_359_626_400.5), Some("2013-01-31T10:00:00.5Z"));
        for none in ["", "yesterday", "2013", "20130131", "2013-02-30", "2013-01-31x"] {
            check(text(none), None);
        }
        for none in [i64::MIN, i64::MAX] {
            check(ValueRef::Integer(none), None);
        }
        check(ValueRef::Null, None);
    }
}
