//! From the driver's rows to columns.

use jiff::civil::Date;
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Row, Value};

use crate::connector::{Failure, Query};
use crate::result::{
    ColumnBuilder, Measure, ResultBuilder, ResultSet, days_since_1970, hexadecimal, is_number,
};

/// The character set of what is no text.
const BINARY: u16 = 63;

const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// The rows of one result so far.
pub(super) struct Rows(ResultBuilder);

impl Rows {
    pub(super) fn of(columns: &[Column], query: &Query) -> Result<Self, Failure> {
        let named =
            columns.iter().map(|column| Ok((column.name_str().into_owned(), of_type(column))));
        ResultBuilder::new(named, Measure::of(query)).map(Self)
    }

    pub(super) fn push(&mut self, row: Row) -> Result<(), Failure> {
        let values = row.unwrap();
        let mut each = values.iter();
        self.0.row(values.iter().map(size).sum(), |column| {
            append(column, each.next().ok_or("a row is too short")?)
        })
    }

    pub(super) fn finish(self) -> Result<ResultSet, Failure> {
        self.0.finish()
    }
}

fn of_type(column: &Column) -> ColumnBuilder {
    use ColumnType as Type;
    let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    match column.column_type() {
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_YEAR => ColumnBuilder::integer(),
        Type::MYSQL_TYPE_LONGLONG if is_unsigned => ColumnBuilder::large(),
        Type::MYSQL_TYPE_LONGLONG => ColumnBuilder::integer(),
        Type::MYSQL_TYPE_BIT => ColumnBuilder::large(),
        Type::MYSQL_TYPE_FLOAT | Type::MYSQL_TYPE_DOUBLE => ColumnBuilder::float(),
        Type::MYSQL_TYPE_DECIMAL | Type::MYSQL_TYPE_NEWDECIMAL => {
            ColumnBuilder::decimal(Some(column.decimals()))
        }
        Type::MYSQL_TYPE_DATE | Type::MYSQL_TYPE_NEWDATE => ColumnBuilder::date(),
        Type::MYSQL_TYPE_DATETIME
        | Type::MYSQL_TYPE_DATETIME2
        | Type::MYSQL_TYPE_TIMESTAMP
        | Type::MYSQL_TYPE_TIMESTAMP2 => ColumnBuilder::timestamp(),
        Type::MYSQL_TYPE_TIME | Type::MYSQL_TYPE_TIME2 => ColumnBuilder::time(),
        Type::MYSQL_TYPE_NULL | Type::MYSQL_TYPE_JSON => ColumnBuilder::text(),
        Type::MYSQL_TYPE_GEOMETRY => ColumnBuilder::other(),
        _ if column.character_set() == BINARY => ColumnBuilder::other(),
        _ => ColumnBuilder::text(),
    }
}

fn append(column: &mut ColumnBuilder, value: &Value) -> Result<(), &'static str> {
    match (column, value) {
        (column, Value::NULL) => column.append_null(),
        (ColumnBuilder::Integer(to), Value::Int(number)) => to.append_value(*number),
        (ColumnBuilder::Integer(to), Value::UInt(number)) => {
            to.append_value(i64::try_from(*number).map_err(|_| "a number is too large")?);
        }
        (ColumnBuilder::Large(to), Value::UInt(number)) => to.append_value((*number).into()),
        (ColumnBuilder::Large(to), Value::Int(number)) => to.append_value((*number).into()),
        (ColumnBuilder::Large(to), Value::Bytes(bits)) => {
            to.append_value(bits_of(bits).ok_or("there are more than 64 bits")?.into());
        }
        (ColumnBuilder::Float(to), Value::Float(number)) => to.append_value(widened(*number)),
        (ColumnBuilder::Float(to), Value::Double(number)) => to.append_value(*number),
        (ColumnBuilder::Decimal(to), Value::Bytes(bytes)) => {
            to.append(Some(text(bytes)?).filter(|text| is_number(text)));
        }
        (ColumnBuilder::Text(to), Value::Bytes(bytes)) => to.append_value(text(bytes)?),
        (ColumnBuilder::Other(to), Value::Bytes(bytes)) => to.append_value(hexadecimal(bytes)),
        (ColumnBuilder::Date(to), Value::Date(year, month, day, ..)) => {
            to.append_option(days(*year, *month, *day));
        }
        (ColumnBuilder::Timestamp(to), Value::Date(year, month, day, h, m, s, micros)) => {
            let midnight = days(*year, *month, *day).map(|days| i64::from(days) * DAY_MICROSECONDS);
            to.append_option(midnight.map(|at| at + since_midnight(*h, *m, *s, *micros)));
        }
        (ColumnBuilder::Time(to), Value::Time(false, 0, h, m, s, micros)) => {
            to.append_value(since_midnight(*h, *m, *s, *micros));
        }
        (ColumnBuilder::Time(_), Value::Time(..)) => {
            return Err("a time is negative or beyond a day; select it with time_to_sec(…)");
        }
        _ => return Err("a value is none of its type"),
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    std::str::from_utf8(bytes).map_err(|_| "a text is no UTF-8")
}

/// Days since 1970. The server knows dates without a day, such as `0000-00-00`, that stand for none.
fn days(year: u16, month: u8, day: u8) -> Option<i32> {
    let part = |number: u8| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, part(month)?, part(day)?).ok()?;
    Some(days_since_1970(date))
}

fn since_midnight(hours: u8, minutes: u8, seconds: u8, microseconds: u32) -> i64 {
    let seconds = (i64::from(hours) * 60 + i64::from(minutes)) * 60 + i64::from(seconds);
    seconds * 1_000_000 + i64::from(microseconds)
}

/// The number with the same digits: 0.1 and not 0.10000000149011612.
fn widened(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| number.into())
}

/// Up to 64 bits, the highest first.
fn bits_of(bytes: &[u8]) -> Option<u64> {
    let number = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, number))
}

fn size(value: &Value) -> usize {
    match value {
        Value::NULL => 1,
        Value::Bytes(bytes) => bytes.len() + 4,
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_count_from_1970_and_zero_dates_are_missing() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(1969, 12, 31), Some(-1));
        assert_eq!(days(2013, 7, 4), Some(15_890));
        assert_eq!(days(0, 0, 0), None);
        assert_eq!(days(2013, 7, 0), None);
    }

    #[test]
    fn bits_are_a_number() {
        assert_eq!(bits_of(&[1]), Some(1));
        assert_eq!(bits_of(&[1, 0]), Some(256));
        assert_eq!(bits_of(&[0; 9]), None);
    }
}
