//! One cell of a result.

use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use jiff::civil;

/// A value of a result. [`fmt::Display`] writes it as text: dates as `2013-01-05`, times as
/// `10:00:00`, timestamps as RFC 3339 in UTC, a missing value as nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Text(&'a str),
    Integer(i128),
    Float(f64),
    Decimal(Decimal),
    Boolean(bool),
    Date(civil::Date),
    Timestamp(jiff::Timestamp),
    Time(civil::Time),
}

/// An exact decimal number: `unscaled` × 10^-`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub unscaled: i128,
    /// Digits after the point, 0 to 38.
    pub scale: u8,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divisor = 10_u128.pow(u32::from(self.scale));
        let magnitude = self.unscaled.unsigned_abs();
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let (whole, fraction) = (magnitude / divisor, magnitude % divisor);
        if self.scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction:0width$}", width = usize::from(self.scale))
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Integer(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::Timestamp(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
        }
    }
}

/// The cell of a canonical column at `row`.
///
/// A date or timestamp beyond the years that a calendar counts (the database's `infinity` among
/// them) has no value to show and is missing.
pub(super) fn cell(array: &ArrayRef, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row)),
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row).into()),
        DataType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            decimal(array.as_primitive::<Decimal128Type>().value(row), *scale)
        }
        DataType::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        DataType::Date32 => date(array.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(..) => {
            timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Time64(_) => time(array.as_primitive::<Time64MicrosecondType>().value(row)),
        other => unreachable!("no canonical column is of type {other}"),
    }
}

fn decimal(unscaled: i128, scale: i8) -> Cell<'static> {
    match u8::try_from(scale) {
        Ok(0) | Err(_) => Cell::Integer(unscaled),
        Ok(scale) => Cell::Decimal(Decimal { unscaled, scale }),
    }
}

fn date(days: i32) -> Cell<'static> {
    let epoch = civil::Date::constant(1970, 1, 1);
    let span = jiff::Span::new().try_days(days);
    span.and_then(|span| epoch.checked_add(span)).map_or(Cell::Null, Cell::Date)
}

fn timestamp(microseconds: i64) -> Cell<'static> {
    jiff::Timestamp::from_microsecond(microseconds).map_or(Cell::Null, Cell::Timestamp)
}

fn time(microseconds: i64) -> Cell<'static> {
    let span = jiff::Span::new().try_microseconds(microseconds);
    span.and_then(|span| civil::Time::midnight().checked_add(span)).map_or(Cell::Null, Cell::Time)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Date32Array, Decimal128Array, TimestampMicrosecondArray};

    use super::*;

    #[track_caller]
    fn check(array: impl Array + 'static, expected: &str) {
        let array: ArrayRef = Arc::new(array);
        assert_eq!(cell(&array, 0).to_string(), expected);
    }

    fn decimals(unscaled: i128, scale: i8) -> Decimal128Array {
        Decimal128Array::from(vec![unscaled]).with_precision_and_scale(38, scale).unwrap()
    }

    #[test]
    fn cells_are_written_as_people_and_programs_expect() {
        check(Date32Array::from(vec![15_710]), "2013-01-05");
        check(Date32Array::from(vec![i32::MAX]), "");
        check(TimestampMicrosecondArray::from(vec![1_357_380_000_000_000]), "2013-01-05T10:00:00Z");
        check(TimestampMicrosecondArray::from(vec![i64::MAX]), "");
        check(decimals(-5, 2), "-0.05");
        check(decimals(12_345, 2), "123.45");
        check(decimals(i128::MAX, 0), "170141183460469231731687303715884105727");
    }
}
