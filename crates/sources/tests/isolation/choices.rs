//! What a viewer has chosen, as the dashboard's declarations read it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value as Json};

use crate::customers::Looker;

/// What must not be answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused;

pub(crate) struct Choices<'a> {
    pub(crate) looker: &'a Looker,
    pub(crate) variables: &'a Map<String, Json>,
    pub(crate) zone: &'a TimeZone,
    /// A control does not narrow its own choices.
    pub(crate) ignored: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub(crate) enum End {
    Start,
    End,
}

impl Choices<'_> {
    /// Null and the empty text are no choice.
    pub(crate) fn sent(&self, name: &str) -> Option<&Json> {
        let json = self.variables.get(name).filter(|_| self.ignored != Some(name));
        json.filter(|json| !json.is_null() && json.as_str() != Some(""))
    }

    /// One of a range's ends, which may be sent in a name of its own.
    pub(crate) fn end(&self, range: &str, end: End) -> Option<&Json> {
        let name = match end {
            End::Start => "startDate",
            End::End => "endDate",
        };
        let nested = || self.variables.get(range)?.get(name);
        let json = self.variables.get(&format!("{range}.{name}")).or_else(nested);
        json.filter(|json| !json.is_null() && json.as_str() != Some(""))
    }

    /// A list of texts; a text alone is a list of one, and nothing chosen is no choice.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refused> {
        let texts = match self.sent(name) {
            None => return Ok(None),
            Some(Json::Array(members)) => members.iter().map(scalar).collect::<Result<_, _>>()?,
            Some(json) => vec![scalar(json)?],
        };
        Ok(Some(texts).filter(|texts| !texts.is_empty()))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        self.sent(name).map(scalar).transpose()
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refused> {
        self.read(name, |text| text.parse().ok())
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Refused> {
        self.read(name, |text| text.parse().ok().filter(|number: &f64| number.is_finite()))
    }

    pub(crate) fn truth(&self, name: &str) -> Result<Option<bool>, Refused> {
        self.read(name, |text| text.parse().ok())
    }

    pub(crate) fn day(&self, name: &str) -> Result<Option<Date>, Refused> {
        self.read(name, day)
    }

    pub(crate) fn instant(&self, name: &str) -> Result<Option<Timestamp>, Refused> {
        self.read(name, |text| instant(text, End::Start, self.zone))
    }

    /// Both ends of a range of days.
    pub(crate) fn days(&self, range: &str) -> Result<[Option<Date>; 2], Refused> {
        self.range(range, |text, _| day(text))
    }

    /// The first instant of the first day, and the last of the last.
    pub(crate) fn instants(&self, range: &str) -> Result<[Option<Timestamp>; 2], Refused> {
        self.range(range, |text, end| instant(text, end, self.zone))
    }

    fn range<T>(
        &self,
        range: &str,
        read: impl Fn(&str, End) -> Option<T>,
    ) -> Result<[Option<T>; 2], Refused> {
        if self.sent(range).is_some_and(|json| !json.is_object()) {
            return Err(Refused);
        }
        let one = |end| match self.end(range, end) {
            None => Ok(None),
            Some(json) => json.as_str().and_then(|text| read(text, end)).map(Some).ok_or(Refused),
        };
        Ok([one(End::Start)?, one(End::End)?])
    }

    fn read<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refused> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        read(&text).map(Some).ok_or(Refused)
    }
}

fn scalar(json: &Json) -> Result<String, Refused> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Number(_) | Json::Bool(_) => Ok(json.to_string()),
        _ => Err(Refused),
    }
}

pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

pub(crate) fn instant(text: &str, end: End, zone: &TimeZone) -> Option<Timestamp> {
    match (day(text), end) {
        (Some(day), End::Start) => Some(start_of(day, zone)),
        (Some(day), End::End) => Some(end_of(day, zone)),
        (None, _) => text.parse().ok(),
    }
}

pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned_datetime(zone.clone()).expect("a day of this age").timestamp()
}

/// The last microsecond.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> Timestamp {
    start_of(day.tomorrow().expect("a day of this age"), zone) - 1.microsecond()
}
