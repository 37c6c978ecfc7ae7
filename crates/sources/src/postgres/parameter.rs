//! Values as the database is told them: texts, each with the type that it is read as.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use query::Value;

use crate::connector::Failure;

/// A value for a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// The type's number; [`INFERRED`] where the database finds it out.
    pub(super) type_number: u32,
    /// `None` is null.
    pub(super) text: Option<String>,
}

/// Read as a quoted literal is: as whatever stands on the other side.
const INFERRED: u32 = 0;
const BOOLEAN: u32 = 16;
const BIGINT: u32 = 20;
const INTEGER: u32 = 23;
const DATE: u32 = 1082;
const TIMESTAMP_WITH_TIME_ZONE: u32 = 1184;
const NUMERIC: u32 = 1700;

impl Parameter {
    /// A text that is read as a quoted literal.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { type_number: INFERRED, text: Some(text.into()) }
    }

    /// A number is read as the same digits are when they stand in SQL: as the smallest type that
    /// holds it, so that it goes with dates and into functions as well. Errs for lists.
    pub(super) fn of(value: &Value) -> Result<Self, Failure> {
        let typed = |type_number, text: String| Self { type_number, text: Some(text) };
        Ok(match value {
            Value::Null => Self { type_number: INFERRED, text: None },
            Value::Text(text) => Self::text(text),
            Value::Integer(integer) if i32::try_from(*integer).is_ok() => {
                typed(INTEGER, integer.to_string())
            }
            Value::Integer(integer) => typed(BIGINT, integer.to_string()),
            Value::Float(float) => typed(NUMERIC, float.to_string()),
            Value::Boolean(is_true) => typed(BOOLEAN, is_true.to_string()),
            Value::Date(date) => typed(DATE, day(*date) + era(*date)),
            Value::Timestamp(at) => {
                let at = TimeZone::UTC.to_datetime(*at);
                let (day, clock, era) = (day(at.date()), at.time(), era(at.date()));
                typed(TIMESTAMP_WITH_TIME_ZONE, format!("{day} {clock}+00{era}"))
            }
            Value::List(_) => return Err(Failure::unbound_list()),
        })
    }
}

/// The year before the year 1 is 1 BC to the database, and 0 to the calendar.
fn day(date: Date) -> String {
    let year = if date.year() > 0 { date.year() } else { 1 - date.year() };
    format!("{year:04}-{:02}-{:02}", date.month(), date.day())
}

fn era(date: Date) -> &'static str {
    if date.year() > 0 { "" } else { " BC" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, type_number: u32, text: &str) {
        let expected = Parameter { type_number, text: Some(text.to_owned()) };
        assert_eq!(Parameter::of(&value), Ok(expected));
    }

    #[test]
    fn values_are_told_with_their_types_and_texts_without() {
        check(Value::Text("42".to_owned()), INFERRED, "42");
        check(Value::Integer(-1), INTEGER, "-1");
        check(Value::Integer(1 << 40), BIGINT, "1099511627776");
        check(Value::Float(0.1), NUMERIC, "0.1");
        check(Value::Boolean(true), BOOLEAN, "true");
        check(Value::Date(jiff::civil::date(2013, 1, 5)), DATE, "2013-01-05");
        check(Value::Date(jiff::civil::date(0, 1, 5)), DATE, "0001-01-05 BC");
        let at = "2013-01-05T10:00:00.000001Z".parse().unwrap();
        let text = "2013-01-05 10:00:00.000001+00";
        check(Value::Timestamp(at), TIMESTAMP_WITH_TIME_ZONE, text);
        let null = Parameter { type_number: INFERRED, text: None };
        assert_eq!(Parameter::of(&Value::Null), Ok(null));
        assert!(Parameter::of(&Value::List(vec![])).is_err());
    }
}
