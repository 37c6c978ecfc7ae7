//! A statement's values, as a table of one row that travels beside its text.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use query::Value;

use crate::connector::Failure;

/// The dates that a `Date` of any version holds.
const DATES: (Date, Date) = (date(1970, 1, 1), date(2105, 12, 31));
/// The times that a `DateTime64` holds to the microsecond, in seconds.
const INSTANTS: (i64, i64) = (-2_208_988_800, 10_413_791_999);

/// The columns with their types, and the row in the tab-separated format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ValueTable {
    pub(super) structure: String,
    pub(super) row: String,
}

/// The table for the values of a statement, unless it has none. A missing value has no column: the
/// dialect writes it out.
pub(super) fn table(values: &[Value], subseconds: bool) -> Result<Option<ValueTable>, Failure> {
    let (mut structure, mut row) = (Vec::new(), Vec::new());
    for (value, number) in values.iter().zip(1..) {
        if let Some((data_type, text)) = column(value, subseconds)? {
            structure.push(format!("p{number} {data_type}"));
            row.push(text);
        }
    }
    if structure.is_empty() {
        return Ok(None);
    }
    Ok(Some(ValueTable { structure: structure.join(", "), row: format!("{}\n", row.join("\t")) }))
}

fn column(value: &Value, subseconds: bool) -> Result<Option<(&'static str, String)>, Failure> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Text(text) => text_column(text)?,
        Value::Integer(integer) => ("Int64", integer.to_string()),
        Value::Float(float) => ("Float64", float.to_string()),
        Value::Boolean(is_true) => ("UInt8", u8::from(*is_true).to_string()),
        Value::Date(day) => ("Date", within_dates(*day)?.to_string()),
        Value::Timestamp(at) if subseconds => ("DateTime64(6, 'UTC')", microseconds(*at)?),
        Value::Timestamp(at) => ("DateTime", seconds(*at)?),
        Value::List(_) => return Err(Failure::unbound_list()),
    }))
}

/// ClickHouse reads a text as a number where it is compared with numbers, and takes what is beyond its
/// 63 or 64 bits for the last of them: 18446744073709551658 would be customer 42. So a number of 64 bits
/// goes as one, and is an error where it meets texts; a larger one does not go.
fn text_column(text: &str) -> Result<(&'static str, String), Failure> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || text.parse::<i64>().is_ok() {
        return Ok(("String", escaped(text)));
    }
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => Ok(("UInt64", number.to_string())),
        _ => {
            let detail =
                "a number of more than 64 bits is not asked for: it could be taken for another";
            Err(Failure::Refused(detail.to_owned()))
        }
    }
}

fn within_dates(day: Date) -> Result<Date, Failure> {
    if (DATES.0..=DATES.1).contains(&day) {
        Ok(day)
    } else {
        Err(Failure::Failed(format!("{day} is beyond the dates of ClickHouse, 1970 to 2105")))
    }
}

/// Old servers know whole seconds only; ten digits are an instant in any zone.
fn seconds(at: Timestamp) -> Result<String, Failure> {
    let seconds = at.as_microsecond().div_euclid(1_000_000);
    match u32::try_from(seconds) {
        Ok(seconds) => Ok(format!("{seconds:010}")),
        Err(_) => {
            Err(Failure::Failed(format!("{at} is beyond the times of ClickHouse, 1970 to 2106")))
        }
    }
}

fn microseconds(at: Timestamp) -> Result<String, Failure> {
    if (INSTANTS.0..=INSTANTS.1).contains(&at.as_second()) {
        Ok(at.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
    } else {
        Err(Failure::Failed(format!("{at} is beyond the times of ClickHouse, 1900 to 2299")))
    }
}

/// Nothing in a text ends its field, its row or its part.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\0' => escaped.push_str("\\0"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, subseconds: bool, expected: Option<(&str, &str)>) {
        let found = column(&value, subseconds).ok().flatten();
        let found = found.as_ref().map(|(data_type, text)| (*data_type, text.as_str()));
        assert_eq!(found, expected, "{value}");
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn at(text: &str) -> Value {
        Value::Timestamp(text.parse().unwrap())
    }

    #[test]
    fn values_keep_their_types_and_texts_their_characters() {
        check(text("UA"), false, Some(("String", "UA")));
        check(text("a\tb\\N\r\n\0'"), false, Some(("String", "a\\tb\\\\N\\r\\n\\0'")));
        check(Value::Integer(-5), false, Some(("Int64", "-5")));
        check(Value::Float(0.1), false, Some(("Float64", "0.1")));
        check(Value::Boolean(true), false, Some(("UInt8", "1")));
        check(Value::Null, false, None);
        assert!(table(&[Value::List(Vec::new())], false).is_err());
    }

    #[test]
    fn dates_and_times_are_exact_or_refused() {
        check(Value::Date(date(2013, 1, 5)), false, Some(("Date", "2013-01-05")));
        check(Value::Date(date(1969, 12, 31)), false, None);
        check(Value::Date(date(2106, 1, 1)), false, None);
        check(at("2013-01-05T10:00:00.999999Z"), false, Some(("DateTime", "1357380000")));
        check(at("1970-01-01T00:00:05Z"), false, Some(("DateTime", "0000000005")));
        check(at("1969-12-31T23:59:59.5Z"), false, None);
        check(at("2107-01-01T00:00:00Z"), false, None);
        let precise = Some(("DateTime64(6, 'UTC')", "2013-01-05 10:00:00.000001"));
        check(at("2013-01-05T10:00:00.000001Z"), true, precise);
        check(at("1899-12-31T23:59:59Z"), true, None);
        check(at("2300-01-01T00:00:00Z"), true, None);
    }

    #[test]
    fn a_number_that_would_be_cut_off_is_refused() {
        for fits in ["18446744073709551615", "-9223372036854775808", "+5", "0042", "", "-", "1e99"]
        {
            assert!(table(&[text(fits)], false).is_ok(), "{fits}");
        }
        for cut in ["18446744073709551616", "018446744073709551615", "-9223372036854775809"] {
            let found = table(&[text(cut)], false);
            assert!(matches!(found, Err(Failure::Refused(_))), "{cut}: {found:?}");
        }
    }

    #[test]
    fn a_missing_value_leaves_the_others_their_numbers() {
        let found = table(&[text("a"), Value::Null, Value::Integer(3)], false).unwrap().unwrap();
        assert_eq!(
            (found.structure.as_str(), found.row.as_str()),
            ("p1 String, p3 Int64", "a\t3\n")
        );
        assert_eq!(table(&[Value::Null], false), Ok(None));
        assert_eq!(table(&[], false), Ok(None));
    }
}
