//! Days and buckets of the calendar, as they follow each other in a time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use model::dashboard::Bucket;

/// Days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

impl Days {
    /// So many units up to `today`, which is one of the days. Where a month is too short for the day
    /// before the first, that is the month's last day.
    pub(crate) fn up_to(today: Date, count: i32, unit: Bucket) -> Option<Self> {
        let before_first = today.checked_sub(length(count, unit)?).ok()?;
        Some(Self { first: before_first.tomorrow().ok()?, last: today })
    }

    /// The whole unit in which `day` lies.
    pub(crate) fn around(day: Date, unit: Bucket) -> Option<Self> {
        let first = start_of_bucket(day, unit);
        Some(Self { first, last: next_bucket(first, unit)?.yesterday().ok()? })
    }

    /// As many days right before these.
    pub(crate) fn before(self) -> Option<Self> {
        let last = self.first.yesterday().ok()?;
        let length = self.last - self.first;
        Some(Self { first: last.checked_sub(length).ok()?, last })
    }

    /// Both ends so many months earlier, clamped to the end of their months.
    pub(crate) fn months_earlier(self, months: i32) -> Option<Self> {
        let earlier = |day: Date| day.checked_sub(Span::new().try_months(months).ok()?).ok();
        Some(Self { first: earlier(self.first)?, last: earlier(self.last)? })
    }

    /// From the first instant of the first day to the last microsecond of the last.
    pub(crate) fn instants(self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let end = start_of_day(self.last.tomorrow().ok()?, zone)?;
        Some((start_of_day(self.first, zone)?, end.checked_sub(1.microsecond()).ok()?))
    }

    /// How many they are.
    pub(crate) fn count(self) -> i32 {
        (self.last - self.first).get_days() + 1
    }
}

fn length(count: i32, unit: Bucket) -> Option<Span> {
    let span = Span::new();
    match unit {
        Bucket::Hour => None,
        Bucket::Day => span.try_days(count).ok(),
        Bucket::Week => span.try_days(count.checked_mul(7)?).ok(),
        Bucket::Month => span.try_months(count).ok(),
        Bucket::Quarter => span.try_months(count.checked_mul(3)?).ok(),
        Bucket::Year => span.try_months(count.checked_mul(12)?).ok(),
    }
}

/// The first instant of a day: not everywhere midnight.
pub(crate) fn start_of_day(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = day.to_zoned_datetime(zone.clone()).ok()?;
    Some(midnight.start_of_day().ok()?.timestamp())
}

/// The first day of the bucket in which `day` lies; the day itself for hours. Weeks start on Monday.
pub fn start_of_bucket(day: Date, bucket: Bucket) -> Date {
    let month = |month: i8| Date::new(day.year(), month, 1).unwrap_or(day);
    match bucket {
        Bucket::Hour | Bucket::Day => day,
        Bucket::Week => {
            let past = day.weekday().to_monday_zero_offset();
            day.checked_sub(i64::from(past).days()).unwrap_or(day)
        }
        Bucket::Month => month(day.month()),
        Bucket::Quarter => month((day.month() - 1) / 3 * 3 + 1),
        Bucket::Year => month(1),
    }
}

/// The first day of the next bucket; `None` at the end of time.
pub fn next_bucket(start: Date, bucket: Bucket) -> Option<Date> {
    start.checked_add(length(1, bucket)?).ok()
}

/// The first instant of the hour in which `instant` lies in the zone.
pub fn start_of_hour(instant: Timestamp, zone: &TimeZone) -> Timestamp {
    let time = instant.to_zoned_datetime(zone.clone()).time();
    let past = i64::from(time.minute()).minutes();
    let past = past.seconds(time.second()).nanoseconds(time.subsec_nanosecond());
    instant.checked_sub(past).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_bucket_starts_where_the_calendar_says_and_the_next_follows() {
        for (bucket, start, next) in [
            (Bucket::Day, "2024-02-29", "2024-03-01"),
            (Bucket::Week, "2024-02-26", "2024-03-04"),
            (Bucket::Month, "2024-02-01", "2024-03-01"),
            (Bucket::Quarter, "2024-01-01", "2024-04-01"),
            (Bucket::Year, "2024-01-01", "2025-01-01"),
        ] {
            assert_eq!(start_of_bucket(day("2024-02-29"), bucket), day(start), "{bucket:?}");
            assert_eq!(next_bucket(day(start), bucket), Some(day(next)), "{bucket:?}");
        }
    }

    #[test]
    fn an_hour_starts_where_the_zone_says() {
        let zone = TimeZone::get("Asia/Kolkata").expect("a zone");
        let at = "2024-01-01T10:45:12Z".parse().expect("an instant");
        assert_eq!(start_of_hour(at, &zone).to_string(), "2024-01-01T10:30:00Z");
    }
}
