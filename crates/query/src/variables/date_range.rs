//! The two ends of a date range.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use model::dashboard::RangeValue;
use serde_json::Value as Json;

use super::typing::Typing;
use crate::template::VariableName;
use crate::value::Value;
use crate::zone::Zone;

/// Which end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Start,
    End,
}

impl End {
    /// The end that a name such as `period.startDate` speaks of.
    pub(super) fn named(name: &VariableName) -> Option<Self> {
        let words: Vec<&str> = name.rest().collect();
        match words.as_slice() {
            ["startDate"] => Some(Self::Start),
            ["endDate"] => Some(Self::End),
            _ => None,
        }
    }
}

/// One end of a range: a plain date stands for its first or last instant in the zone in force.
pub(super) fn read(
    json: &Json,
    end: End,
    wanted: RangeValue,
    zone: &Zone,
) -> Result<Value, Typing> {
    let fault =
        Typing::Expected("a date such as 2013-12-31 or a timestamp such as 2013-12-31T09:30:00Z");
    let text = json.as_str().ok_or(fault.clone())?;
    let value = match wanted {
        RangeValue::Timestamp => instant(text, end, zone).map(Value::Timestamp),
        RangeValue::Date => day(text, zone).map(Value::Date),
    };
    value.ok_or(fault)
}

/// A date written `YYYY-MM-DD` and in no other way.
pub(crate) fn date(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10 && text.as_bytes()[4] == b'-';
    text.parse().ok().filter(|_| is_plain)
}

/// The instant that a text stands for. A timestamp without an offset is read in the zone.
pub(super) fn instant(text: &str, end: End, zone: &Zone) -> Option<Timestamp> {
    if let Some(date) = date(text) {
        return edge_of_day(date, end, zone);
    }
    let with_offset: Option<Timestamp> = text.parse().ok();
    with_offset.or_else(|| {
        let civil: DateTime = text.parse().ok().filter(|_| text.contains(['T', ' ']))?;
        Some(civil.to_zoned_datetime(zone.rules.clone()).ok()?.timestamp())
    })
}

/// The instant of a text that is not a whole day.
pub(crate) fn instant_without_end(text: &str, zone: &Zone) -> Option<Timestamp> {
    instant(text, End::Start, zone).filter(|_| date(text).is_none())
}

/// The first and the last instant that a value stands for, when it speaks of time.
pub(crate) fn instant_or_day(value: &Value, zone: &Zone) -> Option<(Timestamp, Timestamp)> {
    let both =
        |text: &str| Some((instant(text, End::Start, zone)?, instant(text, End::End, zone)?));
    match value {
        Value::Timestamp(at) => Some((*at, *at)),
        Value::Date(day) => both(&day.to_string()),
        Value::Text(text) => both(text),
        _ => None,
    }
}

/// The day on which a text falls in the zone.
fn day(text: &str, zone: &Zone) -> Option<Date> {
    let of_instant =
        || Some(instant(text, End::Start, zone)?.to_zoned_datetime(zone.rules.clone()).date());
    date(text).or_else(of_instant)
}

/// The last instant of a day is a microsecond before the next day: databases keep microseconds.
fn edge_of_day(date: Date, end: End, zone: &Zone) -> Option<Timestamp> {
    let start_of = |date: Date| {
        let midnight = date.to_zoned_datetime(zone.rules.clone()).ok()?;
        Some(midnight.start_of_day().ok()?.timestamp())
    };
    match end {
        End::Start => start_of(date),
        End::End => start_of(date.tomorrow().ok()?)?.checked_sub(1.microsecond()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, text: &str, start: Option<&str>, end: Option<&str>) {
        let zone = Zone::find(&zone.parse().expect("a zone name")).expect("a zone");
        let found = |end| instant(text, end, &zone).map(|at| at.to_string());
        assert_eq!(found(End::Start).as_deref(), start, "start of {text}");
        assert_eq!(found(End::End).as_deref(), end, "end of {text}");
    }

    #[test]
    fn a_date_stands_for_its_first_and_last_instant_in_the_zone() {
        let utc = (Some("2013-01-01T00:00:00Z"), Some("2013-01-01T23:59:59.999999Z"));
        check("UTC", "2013-01-01", utc.0, utc.1);
        let york = (Some("2013-01-01T05:00:00Z"), Some("2013-01-02T04:59:59.999999Z"));
        check("America/New_York", "2013-01-01", york.0, york.1);
        // Clocks go forward: the day has 23 hours.
        let short = (Some("2013-03-10T05:00:00Z"), Some("2013-03-11T03:59:59.999999Z"));
        check("America/New_York", "2013-03-10", short.0, short.1);
        // Midnight itself is skipped.
        let skipped = (Some("2013-10-20T03:00:00Z"), Some("2013-10-21T01:59:59.999999Z"));
        check("America/Sao_Paulo", "2013-10-20", skipped.0, skipped.1);
    }

    #[test]
    fn a_timestamp_is_taken_as_it_is_and_without_an_offset_in_the_zone() {
        let at = Some("2024-04-24T10:30:00Z");
        check("America/New_York", "2024-04-24T10:30:00.000Z", at, at);
        check("UTC", "2024-04-24T10:30:00", at, at);
        check("America/New_York", "2024-04-24T06:30:00", at, at);
        check("UTC", "20240424", None, None);
        check("UTC", "2024-04", None, None);
        check("UTC", "yesterday", None, None);
        check("UTC", "2013-13-01", None, None);
        check("UTC", "' or 1=1 --", None, None);
    }
}
