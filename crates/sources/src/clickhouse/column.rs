//! Columns of a result: what ClickHouse writes of each type.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::connector::Failure;
use crate::result::{ColumnBuilder, days_since_1970, is_number};

/// How the texts of a column are to be read, beyond what its type is to us.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Plain,
    /// Lists and the like, whose members are written with escapes of their own.
    Written,
    /// Of a fixed length, filled up with U+0000.
    Fixed,
    /// Times in this zone, unless a text says itself that it is UTC.
    Zoned(TimeZone),
}

/// The column for a type, in ClickHouse's words, and how its texts are read.
pub(super) fn of_type(data_type: &str, zone: &TimeZone) -> Result<(ColumnBuilder, Form), Failure> {
    let plain = plain(data_type);
    let (name, arguments) = match plain.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
        None => (plain, ""),
    };
    let column = match name {
        "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" => {
            ColumnBuilder::integer()
        }
        "UInt64" => ColumnBuilder::large(),
        "Int128" | "Int256" | "UInt128" | "UInt256" => ColumnBuilder::decimal(Some(0)),
        "Float32" | "Float64" | "BFloat16" => ColumnBuilder::float(),
        "Decimal" => ColumnBuilder::decimal(Some(scale(arguments)?)),
        "Bool" => ColumnBuilder::boolean(),
        "Date" | "Date32" => ColumnBuilder::date(),
        "DateTime" => return times(arguments, zone),
        "DateTime64" => {
            return times(arguments.split_once(", ").map_or("", |(_, zone)| zone), zone);
        }
        "FixedString" => return Ok((ColumnBuilder::text(), Form::Fixed)),
        "Array" | "Map" | "Nested" | "Tuple" | "Variant" | "Dynamic" => {
            return Ok((ColumnBuilder::other(), Form::Written));
        }
        _ => ColumnBuilder::text(),
    };
    Ok((column, Form::Plain))
}

/// `zone` stands in quotes, or is empty.
fn times(zone: &str, of_server: &TimeZone) -> Result<(ColumnBuilder, Form), Failure> {
    let zone = match zone.trim_matches('\'') {
        "" => of_server.clone(),
        name => TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|error| Failure::Failed(format!("a column's time zone: {error}")))?,
    };
    Ok((ColumnBuilder::timestamp(), Form::Zoned(zone)))
}

/// Adds the value that a text stands for.
pub(super) fn append(
    column: &mut ColumnBuilder,
    form: &Form,
    text: &str,
) -> Result<(), &'static str> {
    const UNREAD: &str = "a value is none of its type";
    match (column, form) {
        (ColumnBuilder::Integer(values), _) => {
            values.append_value(text.parse().map_err(|_| UNREAD)?);
        }
        (ColumnBuilder::Large(values), _) => {
            values.append_value(text.parse().map_err(|_| UNREAD)?);
        }
        (ColumnBuilder::Decimal(values), _) if is_number(text) => values.append(Some(text)),
        (ColumnBuilder::Float(values), _) => values.append_value(text.parse().map_err(|_| UNREAD)?),
        (ColumnBuilder::Boolean(values), _) => match text {
            "true" | "1" => values.append_value(true),
            "false" | "0" => values.append_value(false),
            _ => return Err(UNREAD),
        },
        (ColumnBuilder::Date(values), _) => values.append_option(day(text).ok_or(UNREAD)?),
        (ColumnBuilder::Timestamp(values), Form::Zoned(zone)) => {
            values.append_option(instant(text, zone)?);
        }
        (ColumnBuilder::Text(values), Form::Fixed) => {
            values.append_value(text.trim_end_matches('\0'));
        }
        (ColumnBuilder::Text(values) | ColumnBuilder::Other(values), _) => {
            values.append_value(text);
        }
        _ => return Err(UNREAD),
    }
    Ok(())
}

/// The type without what says only that values may be missing, or how they are stored.
fn plain(data_type: &str) -> &str {
    let within = |name: &str| data_type.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(inner) = within("Nullable").or_else(|| within("LowCardinality")) {
        return plain(inner);
    }
    match within("SimpleAggregateFunction").and_then(|inner| inner.split_once(", ")) {
        Some((_, inner)) => plain(inner),
        None => data_type,
    }
}

/// `18, 2` has two digits after the point.
fn scale(arguments: &str) -> Result<u8, Failure> {
    let scale = arguments.split_once(',').and_then(|(_, scale)| scale.trim().parse().ok());
    scale.ok_or_else(|| Failure::Failed(format!("a column of type Decimal({arguments})")))
}

/// Days since 1970. ClickHouse writes its first day, which stands for none, as zeros.
fn day(text: &str) -> Option<Option<i32>> {
    if text == "0000-00-00" {
        return Some(None);
    }
    Some(Some(days_since_1970(text.parse().ok()?)))
}

/// Microseconds since 1970. A local time that clocks show twice is none.
fn instant(text: &str, zone: &TimeZone) -> Result<Option<i64>, &'static str> {
    let unread = || "a value is no time";
    if text.starts_with("0000-00-00") {
        return Ok(None);
    }
    if text.ends_with('Z') {
        let at: Timestamp = text.parse().map_err(|_| unread())?;
        return Ok(Some(at.as_microsecond()));
    }
    let local: DateTime = text.parse().map_err(|_| unread())?;
    let at = zone.to_ambiguous_timestamp(local).unambiguous().map_err(|_| {
        "a time stands for two instants in the column's zone; select it with toTimeZone(…, 'UTC')"
    })?;
    Ok(Some(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::{ColumnKind, Measure, ResultBuilder};

    #[track_caller]
    fn check(data_type: &str, text: &str, kind: ColumnKind, expected: &str) {
        let zone = TimeZoneDatabase::bundled().get("America/New_York").unwrap();
        let (column, form) = of_type(data_type, &zone).unwrap();
        let columns = std::iter::once(Ok(("x".to_owned(), column)));
        let mut growing = ResultBuilder::new(columns, Measure::new(2, 99)).unwrap();
        growing.row(9, |column| append(column, &form, text)).unwrap();
        let missing = |column: &mut ColumnBuilder| {
            column.append_null();
            Ok(())
        };
        growing.row(9, missing).unwrap();
        let found = growing.finish().unwrap();
        assert_eq!(found.columns()[0].kind, kind, "{data_type}");
        let cells: Vec<String> =
            found.rows().map(|mut row| row.next().unwrap().to_string()).collect();
        assert_eq!(cells, [expected, ""], "{data_type}");
    }

    #[test]
    fn each_type_has_its_kind() {
        use ColumnKind as Kind;
        check("Int8", "-128", Kind::Integer, "-128");
        check("UInt32", "4294967295", Kind::Integer, "4294967295");
        check("UInt64", "18446744073709551615", Kind::Integer, "18446744073709551615");
        check("Nullable(Int64)", "-5", Kind::Integer, "-5");
        check("Float32", "0.5", Kind::Float, "0.5");
        check("Nullable(Float64)", "nan", Kind::Float, "NaN");
        check("Float64", "-inf", Kind::Float, "-inf");
        check("Decimal(18, 2)", "-0.05", Kind::Decimal, "-0.05");
        check("Decimal(9, 4)", "1.5", Kind::Decimal, "1.5000");
        check("Decimal(38, 0)", "7", Kind::Integer, "7");
        check("Decimal(76, 2)", "1.50", Kind::Decimal, "1.50");
        let long = format!("-{}.25", "9".repeat(60));
        check("Decimal(76, 2)", &long, Kind::Decimal, &long);
        check("Int256", &"7".repeat(60), Kind::Integer, &"7".repeat(60));
        check(
            "UInt128",
            "340282366920938463463374607431768211455",
            Kind::Integer,
            "340282366920938463463374607431768211455",
        );
        check("Bool", "true", Kind::Boolean, "true");
        check("String", "ü", Kind::String, "ü");
        check("FixedString(4)", "UA\0\0", Kind::String, "UA");
        check("LowCardinality(Nullable(String))", "UA", Kind::String, "UA");
        check("SimpleAggregateFunction(sum, Int64)", "5", Kind::Integer, "5");
        check("Enum8('a' = 1, 'b' = 2)", "a", Kind::String, "a");
        check(
            "UUID",
            "00000000-0000-0000-0000-000000000001",
            Kind::String,
            "00000000-0000-0000-0000-000000000001",
        );
        check("Array(Int32)", "[1,2]", Kind::Other, "[1,2]");
        check("Date", "2013-01-05", Kind::Date, "2013-01-05");
        check("Date32", "1900-01-01", Kind::Date, "1900-01-01");
        check("Date", "0000-00-00", Kind::Date, "");
    }

    #[test]
    fn times_are_instants_whatever_zone_they_are_written_in() {
        use ColumnKind::Timestamp as Kind;
        check("DateTime", "2013-01-05 10:00:00", Kind, "2013-01-05T15:00:00Z");
        check("DateTime('UTC')", "2013-01-05 10:00:00", Kind, "2013-01-05T10:00:00Z");
        check(
            "Nullable(DateTime('Asia/Kolkata'))",
            "2013-01-05 10:00:00",
            Kind,
            "2013-01-05T04:30:00Z",
        );
        check("DateTime", "2013-01-05T10:00:00Z", Kind, "2013-01-05T10:00:00Z");
        check("DateTime64(3)", "2013-01-05 10:00:00.250", Kind, "2013-01-05T15:00:00.25Z");
        check(
            "DateTime64(6, 'UTC')",
            "2013-01-05 10:00:00.000001",
            Kind,
            "2013-01-05T10:00:00.000001Z",
        );
        check("DateTime", "0000-00-00 00:00:00", Kind, "");
        let zone = TimeZoneDatabase::bundled().get("America/New_York").unwrap();
        let (mut column, form) = of_type("DateTime", &zone).unwrap();
        let twice = append(&mut column, &form, "2013-11-03 01:30:00");
        assert!(twice.is_err_and(|why| why.contains("two instants")));
    }

    #[test]
    fn a_zone_or_a_value_that_cannot_be_read_is_an_error() {
        assert!(of_type("DateTime('Mars/Olympus')", &TimeZone::UTC).is_err());
        assert!(of_type("Decimal(x)", &TimeZone::UTC).is_err());
        for (data_type, text) in
            [("Int8", "x"), ("Date", "2013-13-01"), ("Bool", "perhaps"), ("Decimal(9, 1)", "nan")]
        {
            let (mut column, form) = of_type(data_type, &TimeZone::UTC).unwrap();
            assert!(append(&mut column, &form, text).is_err(), "{text}");
        }
    }
}
