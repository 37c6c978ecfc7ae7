//! From the driver's rows to columns.

use jiff::civil::Date;
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Row, Value};

use crate::column_builder::{ColumnBuilder, Measure, result};
use crate::connector::{Failure, Query};
use crate::result::ResultSet;
use arrow_array::builder::{
    BinaryBuilder, Date32Builder, Float64Builder, Int64Builder, NullBuilder, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};

/// The character set of what is no text.
const BINARY: u16 = 63;

const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// The rows of one result so far.
pub(super) struct Rows {
    columns: Vec<(String, ColumnBuilder)>,
    measure: Measure,
}

impl Rows {
    pub(super) fn of(columns: &[Column], query: &Query) -> Result<Self, Failure> {
        let named =
            |column| builder(column).map(|builder| (column.name_str().into_owned(), builder));
        let columns = columns.iter().map(named).collect::<Result<_, _>>()?;
        Ok(Self { columns, measure: Measure::new(query.row_limit, query.byte_limit) })
    }

    pub(super) fn push(&mut self, row: Row) -> Result<(), Failure> {
        self.measure.row()?;
        for ((name, builder), value) in self.columns.iter_mut().zip(row.unwrap()) {
            self.measure.value(size(&value))?;
            if !append(builder, &value) {
                let detail = format!("{name}: {} cannot be shown", value.as_sql(true));
                return Err(Failure::Failed(detail));
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<ResultSet, Failure> {
        result(self.columns, self.measure.rows)
    }
}

fn builder(column: &Column) -> Result<ColumnBuilder, Failure> {
    use ColumnType as Type;
    let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    Ok(match column.column_type() {
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_YEAR => ColumnBuilder::Integer(Int64Builder::new()),
        Type::MYSQL_TYPE_LONGLONG if is_unsigned => ColumnBuilder::Unsigned(UInt64Builder::new()),
        Type::MYSQL_TYPE_LONGLONG => ColumnBuilder::Integer(Int64Builder::new()),
        Type::MYSQL_TYPE_BIT => ColumnBuilder::Unsigned(UInt64Builder::new()),
        Type::MYSQL_TYPE_FLOAT | Type::MYSQL_TYPE_DOUBLE => {
            ColumnBuilder::Float(Float64Builder::new())
        }
        Type::MYSQL_TYPE_DECIMAL | Type::MYSQL_TYPE_NEWDECIMAL => {
            let fits = |scale: &i8| *scale <= 38;
            let scale = i8::try_from(column.decimals()).ok().filter(fits).ok_or_else(|| {
                Failure::Failed(format!("{}: too many decimals", column.name_str()))
            })?;
            ColumnBuilder::decimal(scale)
        }
        Type::MYSQL_TYPE_DATE | Type::MYSQL_TYPE_NEWDATE => {
            ColumnBuilder::Date(Date32Builder::new())
        }
        Type::MYSQL_TYPE_DATETIME
        | Type::MYSQL_TYPE_DATETIME2
        | Type::MYSQL_TYPE_TIMESTAMP
        | Type::MYSQL_TYPE_TIMESTAMP2 => {
            ColumnBuilder::Timestamp(TimestampMicrosecondBuilder::new())
        }
        Type::MYSQL_TYPE_TIME | Type::MYSQL_TYPE_TIME2 => {
            ColumnBuilder::Time(Time64MicrosecondBuilder::new())
        }
        Type::MYSQL_TYPE_NULL => ColumnBuilder::Nothing(NullBuilder::new()),
        Type::MYSQL_TYPE_JSON => ColumnBuilder::Text(StringBuilder::new()),
        Type::MYSQL_TYPE_GEOMETRY => ColumnBuilder::Bytes(BinaryBuilder::new()),
        _ if column.character_set() == BINARY => ColumnBuilder::Bytes(BinaryBuilder::new()),
        _ => ColumnBuilder::Text(StringBuilder::new()),
    })
}

/// Whether the value was one of the column's.
fn append(builder: &mut ColumnBuilder, value: &Value) -> bool {
    if *value == Value::NULL {
        builder.append_null();
        return true;
    }
    appended(builder, value).is_some()
}

fn appended(builder: &mut ColumnBuilder, value: &Value) -> Option<()> {
    match (builder, value) {
        (ColumnBuilder::Integer(to), Value::Int(number)) => to.append_value(*number),
        (ColumnBuilder::Integer(to), Value::UInt(number)) => {
            to.append_value(i64::try_from(*number).ok()?);
        }
        (ColumnBuilder::Unsigned(to), Value::UInt(number)) => to.append_value(*number),
        (ColumnBuilder::Unsigned(to), Value::Int(number)) => {
            to.append_value(u64::try_from(*number).ok()?);
        }
        (ColumnBuilder::Unsigned(to), Value::Bytes(bits)) => to.append_value(bits_of(bits)?),
        (ColumnBuilder::Float(to), Value::Float(number)) => to.append_value(f64::from(*number)),
        (ColumnBuilder::Float(to), Value::Double(number)) => to.append_value(*number),
        (ColumnBuilder::Decimal(to, scale), Value::Bytes(text)) => {
            to.append_value(decimal(text, *scale)?);
        }
        (ColumnBuilder::Text(to), Value::Bytes(text)) => {
            to.append_value(std::str::from_utf8(text).ok()?);
        }
        (ColumnBuilder::Bytes(to), Value::Bytes(bytes)) => to.append_value(bytes),
        (ColumnBuilder::Date(to), Value::Date(year, month, day, ..)) => {
            to.append_option(days(*year, *month, *day));
        }
        (ColumnBuilder::Timestamp(to), Value::Date(year, month, day, h, m, s, micros)) => {
            let time = [(*h, 3_600), (*m, 60), (*s, 1)];
            let seconds: i64 = time.iter().map(|(part, of)| i64::from(*part) * of).sum();
            let midnight = days(*year, *month, *day).map(|days| i64::from(days) * DAY_MICROSECONDS);
            to.append_option(midnight.map(|at| at + seconds * 1_000_000 + i64::from(*micros)));
        }
        (ColumnBuilder::Time(to), Value::Time(false, 0, h, m, s, micros)) => {
            let seconds = i64::from(*h) * 3_600 + i64::from(*m) * 60 + i64::from(*s);
            to.append_value(seconds * 1_000_000 + i64::from(*micros));
        }
        _ => return None,
    }
    Some(())
}

/// Days since 1970. The server knows dates without a day, such as `0000-00-00`, that stand for none.
fn days(year: u16, month: u8, day: u8) -> Option<i32> {
    let part = |number: u8| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, part(month)?, part(day)?).ok()?;
    let epoch = Date::constant(1970, 1, 1);
    Some(date.since((jiff::Unit::Day, epoch)).ok()?.get_days())
}

/// Up to 64 bits, the highest first.
fn bits_of(bytes: &[u8]) -> Option<u64> {
    let number = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, number))
}

/// The digits of a decimal number with so many after the point.
fn decimal(text: &[u8], scale: i8) -> Option<i128> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let width = usize::try_from(scale).ok()?;
    (fraction.len() <= width).then_some(())?;
    format!("{whole}{fraction:0<width$}").parse().ok()
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
    fn decimals_keep_their_digits() {
        let cases = [
            ("12.50", 2, Some(1250)),
            ("-0.05", 2, Some(-5)),
            ("7", 0, Some(7)),
            ("7", 3, Some(7000)),
            ("-12", 1, Some(-120)),
            ("1.234", 2, None),
            ("99999999999999999999999999999999999999", 0, Some(10_i128.pow(38) - 1)),
            ("x", 0, None),
        ];
        for (text, scale, expected) in cases {
            assert_eq!(decimal(text.as_bytes(), scale), expected, "{text}");
        }
    }

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
