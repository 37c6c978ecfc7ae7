//! Days and buckets, counted one day after the other.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::dashboard::Bucket;

use super::Clock;
use crate::value::Value;

/// The bucket in which a row's day or instant lies. A day belongs to no zone.
pub(super) fn bucket_of(value: &Value, bucket: Bucket, zone: &TimeZone) -> Value {
    match (value, bucket) {
        (Value::Day(day), Bucket::Hour) => {
            Value::At(day.to_zoned_datetime(zone.clone()).expect("a day").timestamp())
        }
        (Value::At(at), Bucket::Hour) => Value::At(start_of_hour(*at, zone)),
        (Value::Day(day), _) => Value::Day(start_of(*day, bucket)),
        (Value::At(at), _) => {
            Value::Day(start_of(at.to_zoned_datetime(zone.clone()).date(), bucket))
        }
        _ => Value::Missing,
    }
}

fn start_of_hour(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let clock = at.to_zoned_datetime(zone.clone());
    at - i64::from(clock.minute()).minutes()
        - i64::from(clock.second()).seconds()
        - i64::from(clock.subsec_nanosecond()).nanoseconds()
}

/// Back, day by day, to one on which a bucket begins.
pub(super) fn start_of(day: Date, bucket: Bucket) -> Date {
    let begins = |day: &Date| match bucket {
        Bucket::Hour | Bucket::Day => true,
        Bucket::Week => day.weekday() == Weekday::Monday,
        Bucket::Month => day.day() == 1,
        Bucket::Quarter => day.day() == 1 && [1, 4, 7, 10].contains(&day.month()),
        Bucket::Year => day.day_of_year() == 1,
    };
    let mut day = day;
    while !begins(&day) {
        day = before(day);
    }
    day
}

pub(super) fn before(day: Date) -> Date {
    day.yesterday().expect("a day of this age")
}

pub(super) fn after(day: Date) -> Date {
    day.tomorrow().expect("a day of this age")
}

/// All buckets from the one of the first instant to that of the last.
pub(super) fn buckets(
    first: Timestamp,
    last: Timestamp,
    bucket: Bucket,
    zone: &TimeZone,
) -> Vec<Value> {
    let day_of = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let mut buckets = Vec::new();
    if bucket == Bucket::Hour {
        let mut hour = start_of_hour(first, zone);
        while hour <= last {
            buckets.push(Value::At(hour));
            hour = start_of_hour(hour + 1.hour(), zone);
        }
        return buckets;
    }
    let mut day = start_of(day_of(first), bucket);
    while day <= day_of(last) {
        if start_of(day, bucket) == day {
            buckets.push(Value::Day(day));
        }
        day = after(day);
    }
    buckets
}

/// The days of a length such as `7 days`, up to today; of the unit that it is, or of the one before.
pub(super) fn relative(operator: &str, text: &str, clock: &Clock) -> (Date, Date) {
    let today = clock.today;
    if operator == "in_last" {
        let (count, unit) = text.split_once(' ').expect("a length");
        let count: i32 = count.parse().expect("a number");
        return (after(earlier(today, count, unit_of(unit))), today);
    }
    let bucket = unit_of(text);
    let mut first = start_of(today, bucket);
    if operator == "in_previous" {
        first = start_of(before(first), bucket);
    }
    let mut last = first;
    while start_of(after(last), bucket) == first {
        last = after(last);
    }
    (first, last)
}

fn unit_of(word: &str) -> Bucket {
    match word.trim_end_matches('s') {
        "day" => Bucket::Day,
        "week" => Bucket::Week,
        "month" => Bucket::Month,
        "quarter" => Bucket::Quarter,
        "year" => Bucket::Year,
        _ => panic!("no request has the unit {word:?}"),
    }
}

/// So many units earlier: the same day of an earlier month, or that month's last.
pub(super) fn earlier(day: Date, count: i32, unit: Bucket) -> Date {
    match unit {
        Bucket::Hour => panic!("days are not counted in hours"),
        Bucket::Day => day - count.days(),
        Bucket::Week => day - (7 * count).days(),
        Bucket::Month => day - count.months(),
        Bucket::Quarter => day - (3 * count).months(),
        Bucket::Year => day - (12 * count).months(),
    }
}
