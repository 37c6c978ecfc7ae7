//! The periods of a trend: the one that is shown, and the one before that it is compared with.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use model::dashboard::{Bucket, CustomPeriod, Preset};

use crate::calendar::Days;
use crate::variables::{date, instant_without_end};
use crate::zone::Zone;

/// A period; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Whole days in the zone in force.
    Days(Days),
    Instants(Timestamp, Timestamp),
}

/// A period and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Periods {
    pub(crate) current: Period,
    pub(crate) previous: Period,
}

impl Periods {
    /// A period of whole months is compared with the months before, up to the same day; any other
    /// with as many days.
    pub(crate) fn of_preset(preset: Preset, today: Date) -> Option<Self> {
        let before = |days: Days| Some((days, days.before()?));
        let (current, previous) = match preset {
            Preset::Today => before(Days { first: today, last: today })?,
            Preset::Last7Days => before(Days::up_to(today, 7, Bucket::Day)?)?,
            Preset::Last4Weeks => before(Days::up_to(today, 4, Bucket::Week)?)?,
            Preset::Last3Months => months_back(today, 3)?,
            Preset::Last12Months => months_back(today, 12)?,
            Preset::MonthToDate => to_date(today, Bucket::Month, 1)?,
            Preset::YearToDate => to_date(today, Bucket::Year, 12)?,
            Preset::PreviousMonth => {
                let month =
                    |day: Date| Days::around(day.first_of_month().yesterday().ok()?, Bucket::Month);
                let current = month(today)?;
                (current, month(current.first)?)
            }
        };
        Some(Self { current: Period::Days(current), previous: Period::Days(previous) })
    }

    /// As many days, or as much time, right before. For instants the period before ends a second
    /// before the start.
    pub(crate) fn of_range(current: Period) -> Option<Self> {
        let previous = match current {
            Period::Days(days) => Period::Days(days.before()?),
            Period::Instants(start, end) => {
                let last = start.checked_sub(1.second()).ok()?;
                Period::Instants(last.checked_sub(end.duration_since(start)).ok()?, last)
            }
        };
        Some(Self { current, previous })
    }

    /// The author's fixed days or instants.
    pub(crate) fn of_custom(custom: &CustomPeriod, zone: &Zone) -> Result<Self, String> {
        let fault = "the period's start and end must be two dates such as 2023-08-09 or two \
                     timestamps such as 2023-08-09T12:00:00Z, the earlier first";
        period_of_texts(&custom.start, &custom.end, zone)
            .and_then(Self::of_range)
            .ok_or_else(|| fault.to_owned())
    }

    /// The unit of the points when the author names none: about a dozen to a hundred of them.
    pub(crate) fn bucket(&self) -> Bucket {
        let days = match self.current {
            Period::Days(days) => days.count(),
            Period::Instants(start, end) => {
                i32::try_from(end.duration_since(start).as_hours() / 24).unwrap_or(i32::MAX)
            }
        };
        match days {
            ..=2 => Bucket::Hour,
            3..=62 => Bucket::Day,
            63..=200 => Bucket::Week,
            _ => Bucket::Month,
        }
    }
}

/// Two dates, or two instants.
pub(crate) fn period_of_texts(start: &str, end: &str, zone: &Zone) -> Option<Period> {
    match (date(start), date(end)) {
        (Some(first), Some(last)) if first <= last => Some(Period::Days(Days { first, last })),
        (None, None) => {
            let (start, end) = (instant_without_end(start, zone)?, instant_without_end(end, zone)?);
            (start <= end).then_some(Period::Instants(start, end))
        }
        _ => None,
    }
}

/// The months up to today, and as many before them.
fn months_back(today: Date, months: i32) -> Option<(Days, Days)> {
    let current = Days::up_to(today, months, Bucket::Month)?;
    let both = Days::up_to(today, 2 * months, Bucket::Month)?;
    Some((current, Days { first: both.first, last: current.first.yesterday().ok()? }))
}

/// From the start of the unit to today, and the same days of the unit before.
fn to_date(today: Date, unit: Bucket, months: i32) -> Option<(Days, Days)> {
    let current = Days { first: Days::around(today, unit)?.first, last: today };
    Some((current, current.months_earlier(months)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: &str, last: &str) -> Period {
        let day = |text: &str| text.parse().expect("a date");
        Period::Days(Days { first: day(first), last: day(last) })
    }

    #[track_caller]
    fn check(preset: Preset, today: &str, current: (&str, &str), previous: (&str, &str)) {
        let found = Periods::of_preset(preset, today.parse().expect("a date"));
        let expected =
            Periods { current: days(current.0, current.1), previous: days(previous.0, previous.1) };
        assert_eq!(found, Some(expected), "{preset:?} of {today}");
    }

    #[test]
    fn the_presets_of_a_day_in_august_are_those_of_the_specification() {
        let check = |preset, current, previous| check(preset, "2023-08-15", current, previous);
        check(Preset::Today, ("2023-08-15", "2023-08-15"), ("2023-08-14", "2023-08-14"));
        check(Preset::Last7Days, ("2023-08-09", "2023-08-15"), ("2023-08-02", "2023-08-08"));
        check(Preset::Last4Weeks, ("2023-07-19", "2023-08-15"), ("2023-06-21", "2023-07-18"));
        check(Preset::Last3Months, ("2023-05-16", "2023-08-15"), ("2023-02-16", "2023-05-15"));
        check(Preset::Last12Months, ("2022-08-16", "2023-08-15"), ("2021-08-16", "2022-08-15"));
        check(Preset::MonthToDate, ("2023-08-01", "2023-08-15"), ("2023-07-01", "2023-07-15"));
        check(Preset::YearToDate, ("2023-01-01", "2023-08-15"), ("2022-01-01", "2022-08-15"));
        check(Preset::PreviousMonth, ("2023-07-01", "2023-07-31"), ("2023-06-01", "2023-06-30"));
    }

    #[test]
    fn days_that_a_month_does_not_have_are_its_last() {
        let months = Preset::Last3Months;
        // Three months before 30 May is 28 February, so March begins the period.
        check(months, "2023-05-30", ("2023-03-01", "2023-05-30"), ("2022-12-01", "2023-02-28"));
        check(months, "2024-05-31", ("2024-03-01", "2024-05-31"), ("2023-12-01", "2024-02-29"));
        let year = Preset::Last12Months;
        check(year, "2024-02-29", ("2023-03-01", "2024-02-29"), ("2022-03-01", "2023-02-28"));
        check(year, "2025-02-28", ("2024-02-29", "2025-02-28"), ("2023-03-01", "2024-02-28"));
        let to_date = Preset::MonthToDate;
        check(to_date, "2023-03-31", ("2023-03-01", "2023-03-31"), ("2023-02-01", "2023-02-28"));
        check(to_date, "2023-01-01", ("2023-01-01", "2023-01-01"), ("2022-12-01", "2022-12-01"));
        let year = Preset::YearToDate;
        check(year, "2024-02-29", ("2024-01-01", "2024-02-29"), ("2023-01-01", "2023-02-28"));
        let month = Preset::PreviousMonth;
        check(month, "2024-03-31", ("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"));
        check(month, "2024-01-15", ("2023-12-01", "2023-12-31"), ("2023-11-01", "2023-11-30"));
    }

    #[test]
    fn a_custom_period_is_compared_with_as_much_before() {
        let zone = Zone::utc();
        let custom = |start: &str, end: &str| {
            let custom = CustomPeriod { start: start.to_owned(), end: end.to_owned() };
            Periods::of_custom(&custom, &zone)
        };
        let found = custom("2024-02-28", "2024-03-01").expect("periods");
        assert_eq!(found.previous, days("2024-02-25", "2024-02-27"));
        let found = custom("2024-04-24T12:00:00Z", "2024-04-24T12:30:00Z").expect("periods");
        let at = |text: &str| text.parse().expect("an instant");
        let expected = Period::Instants(at("2024-04-24T11:29:59Z"), at("2024-04-24T11:59:59Z"));
        assert_eq!(found.previous, expected);
        for (start, end) in [
            ("2024-02-02", "2024-02-01"),
            ("yesterday", "today"),
            ("2024-02-01", "2024-02-02T00:00:00Z"),
        ] {
            assert!(custom(start, end).is_err(), "{start} to {end}");
        }
    }
}
