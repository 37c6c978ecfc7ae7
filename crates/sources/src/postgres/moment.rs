//! Dates and times as the database writes them in its ISO style, with the session in UTC.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::result::days_since_1970;

/// Days since 1970-01-01. `None` for `infinity` and for years that the calendar does not count.
pub(super) fn days(text: &str) -> Option<i32> {
    date(text).map(days_since_1970)
}

/// Microseconds since midnight. `None` for `24:00:00`, which no clock shows.
pub(super) fn microseconds_of_day(text: &str) -> Option<i64> {
    let time = time(text)?;
    i64::try_from(time.duration_since(Time::midnight()).as_micros()).ok()
}

/// Microseconds since 1970 of `2013-01-05 10:00:00.5`, with `+00` behind it where it is an instant.
pub(super) fn microseconds(text: &str) -> Option<i64> {
    let (day, clock) = text.split_once(' ')?;
    let clock = clock.strip_suffix("+00").unwrap_or(clock);
    let moment = DateTime::from_parts(date(day)?, time(clock)?);
    Some(TimeZone::UTC.to_timestamp(moment).ok()?.as_microsecond())
}

/// Years of four digits after Christ; what is written otherwise is none of ours.
fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_plain = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    text.parse().ok().filter(|_| is_plain)
}

fn time(text: &str) -> Option<Time> {
    text.parse().ok().filter(|_| text.len() >= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        let cases = [
            ("1970-01-01", Some(0)),
            ("2013-01-05", Some(15_710)),
            ("1969-12-31", Some(-1)),
            ("infinity", None),
            ("-infinity", None),
            ("0044-03-15 BC", None),
            ("10000-01-01", None),
        ];
        for (text, expected) in cases {
            assert_eq!(days(text), expected, "{text}");
        }
    }

    #[test]
    fn times_are_microseconds() {
        assert_eq!(microseconds_of_day("10:00:00"), Some(36_000_000_000));
        assert_eq!(microseconds_of_day("00:00:00.000001"), Some(1));
        assert_eq!(microseconds_of_day("24:00:00"), None);
    }

    #[test]
    fn moments_are_microseconds_since_1970_with_or_without_a_zone() {
        let at = Some(1_357_380_000_500_000);
        assert_eq!(microseconds("2013-01-05 10:00:00.5"), at);
        assert_eq!(microseconds("2013-01-05 10:00:00.5+00"), at);
        for text in ["infinity", "-infinity", "0044-03-15 10:00:00 BC", "294276-01-01 00:00:00"] {
            assert_eq!(microseconds(text), None, "{text}");
        }
    }
}
