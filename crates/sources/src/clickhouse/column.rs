//! Columns under construction: what ClickHouse writes of each type, as Arrow.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_schema::ArrowError;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Unit};

use crate::connector::Failure;

/// Most digits of a decimal number that Arrow's 128 bits hold.
const MOST_DIGITS: u8 = 38;

/// One column of a result.
pub(super) enum Column {
    Integer(Int64Builder),
    /// Whole numbers beyond 63 bits.
    Large(Decimal128Builder),
    Decimal(Decimal128Builder, u8),
    Float(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    /// Written in this zone unless a text says itself that it is UTC.
    Timestamp(TimestampMicrosecondBuilder, TimeZone),
    /// Texts, and whatever has no other form.
    Text(StringBuilder),
    /// Texts of a fixed length, filled up with U+0000.
    Fixed(StringBuilder),
}

impl Column {
    /// The column for a type, in ClickHouse's words.
    pub(super) fn of(data_type: &str, zone: &TimeZone) -> Result<Self, Failure> {
        let plain = plain(data_type);
        let (name, arguments) = match plain.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
            None => (plain, ""),
        };
        Ok(match name {
            "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" => {
                Self::Integer(Int64Builder::new())
            }
            "UInt64" => Self::large(20)?,
            "Float32" | "Float64" | "BFloat16" => Self::Float(Float64Builder::new()),
            "Decimal" => decimal(arguments)?,
            "Bool" => Self::Boolean(BooleanBuilder::new()),
            "Date" | "Date32" => Self::Date(Date32Builder::new()),
            "DateTime" => Self::timestamp(arguments, zone)?,
            "DateTime64" => {
                Self::timestamp(arguments.split_once(", ").map_or("", |(_, zone)| zone), zone)?
            }
            "FixedString" => Self::Fixed(StringBuilder::new()),
            _ => Self::Text(StringBuilder::new()),
        })
    }

    fn large(digits: u8) -> Result<Self, Failure> {
        numbers(digits, 0).map(Self::Large)
    }

    /// `zone` stands in quotes, or is empty.
    fn timestamp(zone: &str, of_server: &TimeZone) -> Result<Self, Failure> {
        let zone = match zone.trim_matches('\'') {
            "" => of_server.clone(),
            name => TimeZoneDatabase::bundled()
                .get(name)
                .map_err(|error| Failure::Failed(format!("a column's time zone: {error}")))?,
        };
        Ok(Self::Timestamp(TimestampMicrosecondBuilder::new(), zone))
    }

    pub(super) fn push_missing(&mut self) {
        match self {
            Self::Integer(values) => values.append_null(),
            Self::Large(values) | Self::Decimal(values, _) => values.append_null(),
            Self::Float(values) => values.append_null(),
            Self::Boolean(values) => values.append_null(),
            Self::Date(values) => values.append_null(),
            Self::Timestamp(values, _) => values.append_null(),
            Self::Text(values) | Self::Fixed(values) => values.append_null(),
        }
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), Failure> {
        let unread =
            || Failure::Failed(format!("the server wrote {text:?} in a column of another type"));
        match self {
            Self::Integer(values) => values.append_value(text.parse().map_err(|_| unread())?),
            Self::Large(values) => values.append_value(text.parse().map_err(|_| unread())?),
            Self::Decimal(values, scale) => {
                values.append_value(unscaled(text, *scale).ok_or_else(unread)?);
            }
            Self::Float(values) => values.append_value(text.parse().map_err(|_| unread())?),
            Self::Boolean(values) => match text {
                "true" | "1" => values.append_value(true),
                "false" | "0" => values.append_value(false),
                _ => return Err(unread()),
            },
            Self::Date(values) => match day(text) {
                Some(day) => values.append_option(day),
                None => return Err(unread()),
            },
            Self::Timestamp(values, zone) => values.append_option(instant(text, zone)?),
            Self::Text(values) => values.append_value(text),
            Self::Fixed(values) => values.append_value(text.trim_end_matches('\0')),
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Integer(mut values) => Arc::new(values.finish()),
            Self::Large(mut values) | Self::Decimal(mut values, _) => Arc::new(values.finish()),
            Self::Float(mut values) => Arc::new(values.finish()),
            Self::Boolean(mut values) => Arc::new(values.finish()),
            Self::Date(mut values) => Arc::new(values.finish()),
            Self::Timestamp(mut values, _) => Arc::new(values.finish().with_timezone("UTC")),
            Self::Text(mut values) | Self::Fixed(mut values) => Arc::new(values.finish()),
        })
    }
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

/// `18, 2`; with more digits than fit, the numbers' texts.
fn decimal(arguments: &str) -> Result<Column, Failure> {
    let numbers_of = || {
        let (digits, scale) = arguments.split_once(',')?;
        Some((digits.trim().parse::<u8>().ok()?, scale.trim().parse::<u8>().ok()?))
    };
    let unread = || Failure::Failed(format!("a column of type Decimal({arguments})"));
    let (digits, scale) = numbers_of().ok_or_else(unread)?;
    if digits > MOST_DIGITS {
        return Ok(Column::Text(StringBuilder::new()));
    }
    Ok(Column::Decimal(numbers(digits, scale)?, scale))
}

fn numbers(digits: u8, scale: u8) -> Result<Decimal128Builder, Failure> {
    let scale = i8::try_from(scale).unwrap_or(i8::MAX);
    Decimal128Builder::new()
        .with_precision_and_scale(digits, scale)
        .map_err(|error| Failure::Failed(error.to_string()))
}

/// `-1.5` with scale 2 is -150.
fn unscaled(text: &str, scale: u8) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()
}

/// Days since 1970. ClickHouse writes its first day, which stands for none, as zeros.
fn day(text: &str) -> Option<Option<i32>> {
    if text == "0000-00-00" {
        return Some(None);
    }
    let day: Date = text.parse().ok()?;
    let since = day.since((Unit::Day, Date::constant(1970, 1, 1))).ok()?;
    Some(Some(since.get_days()))
}

/// Microseconds since 1970. A local time that clocks show twice is none.
fn instant(text: &str, zone: &TimeZone) -> Result<Option<i64>, Failure> {
    let unread = || Failure::Failed(format!("the server wrote {text:?} in a column of times"));
    if text.starts_with("0000-00-00") {
        return Ok(None);
    }
    if text.ends_with('Z') {
        let at: Timestamp = text.parse().map_err(|_| unread())?;
        return Ok(Some(at.as_microsecond()));
    }
    let local: DateTime = text.parse().map_err(|_| unread())?;
    let at = zone.to_ambiguous_timestamp(local).unambiguous().map_err(|_| {
        Failure::Failed(format!(
            "{text} stands for two instants in the zone of its column; select it with toTimeZone(…, 'UTC')"
        ))
    })?;
    Ok(Some(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use arrow_schema::{DataType, TimeUnit};

    use super::*;
    use crate::result::{ColumnKind, ResultSet};

    #[track_caller]
    fn check(data_type: &str, text: &str, kind: ColumnKind, expected: &str) {
        let zone = TimeZoneDatabase::bundled().get("America/New_York").unwrap();
        let mut column = Column::of(data_type, &zone).unwrap();
        column.push(text).unwrap();
        column.push_missing();
        let array = column.finish().unwrap();
        let field = arrow_schema::Field::new("x", array.data_type().clone(), true);
        let schema = Arc::new(arrow_schema::Schema::new(vec![field]));
        let batch = arrow_array::RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
        let found = ResultSet::of_batches(&schema, &[batch]).unwrap();
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
        check("Decimal(76, 2)", "1.50", Kind::String, "1.50");
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
        check("Array(Int32)", "[1,2]", Kind::String, "[1,2]");
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
        let mut column = Column::of("DateTime", &zone).unwrap();
        let twice = column.push("2013-11-03 01:30:00");
        assert!(
            matches!(&twice, Err(Failure::Failed(text)) if text.contains("two instants")),
            "{twice:?}"
        );
        let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        assert_eq!(column.finish().unwrap().data_type(), &utc);
    }

    #[test]
    fn a_zone_or_a_value_that_cannot_be_read_is_an_error() {
        assert!(Column::of("DateTime('Mars/Olympus')", &TimeZone::UTC).is_err());
        assert!(Column::of("Decimal(x)", &TimeZone::UTC).is_err());
        for (data_type, text) in
            [("Int8", "x"), ("Date", "2013-13-01"), ("Bool", "perhaps"), ("Decimal(9, 1)", "1.25")]
        {
            assert!(Column::of(data_type, &TimeZone::UTC).unwrap().push(text).is_err(), "{text}");
        }
    }
}
