//! From SQLite's rows to columns.
//!
//! A column holds whatever it holds, so its kind is found when all its values are there; a type that
//! was declared for it only says whether texts and numbers are times.

use arrow_array::builder::{
    BinaryBuilder, Date32Builder, Float64Builder, Int64Builder, NullBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use jiff::civil::Date;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::moment::{Moment, of_text, read as read_moment};
use super::opened::Opened;
use super::{arguments, failure};
use crate::column_builder::{ColumnBuilder, Measure, result};
use crate::connector::{Failure, Query};
use crate::result::ResultSet;

/// Runs one SELECT to its end.
pub(super) fn read(opened: &mut Opened, query: &Query) -> Result<ResultSet, Failure> {
    let failed = |error: rusqlite::Error| failure(&error);
    let arguments = arguments::of(&query.arguments)?;
    let mut statement = opened.connection.prepare(&query.sql).map_err(failed)?;
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(Failure::Refused("the statement is no SELECT".to_owned()));
    }
    let declared = statement.columns().map(|column| Column {
        name: column.name().to_owned(),
        time: Time::of(column.decl_type()),
        values: Vec::new(),
    });
    let mut columns: Vec<Column> = declared.collect();
    let mut measure = Measure::new(query.row_limit, query.byte_limit);
    let mut rows = statement.query(params_from_iter(arguments)).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        query.progress.row();
        measure.row()?;
        for (at, column) in columns.iter_mut().enumerate() {
            let value: Value = row.get(at).map_err(failed)?;
            measure.value(size(&value))?;
            column.values.push(value);
        }
    }
    let built = columns.into_iter().map(|column| (column.name.clone(), column.build()));
    result(built.collect(), measure.rows)
}

struct Column {
    name: String,
    time: Time,
    values: Vec<Value>,
}

/// What is known of a column's times before its values are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// Declared as dates.
    Day,
    /// Declared as times.
    Instant,
    /// An expression, for which nothing is declared: its texts tell.
    Unknown,
    /// Declared as something else.
    None,
}

impl Time {
    fn of(declared: Option<&str>) -> Self {
        match declared.map(str::to_ascii_lowercase).as_deref() {
            None => Self::Unknown,
            Some("date") => Self::Day,
            Some(text) if text.starts_with("datetime") || text.starts_with("timestamp") => {
                Self::Instant
            }
            Some(_) => Self::None,
        }
    }
}

impl Column {
    fn build(self) -> ColumnBuilder {
        self.times().unwrap_or_else(|| match self.kinds() {
            Kinds { blobs: true, .. } => self.bytes(),
            Kinds { texts: true, .. } => self.texts(),
            Kinds { reals: true, .. } => self.numbers(),
            Kinds { integers: true, .. } => self.integers(),
            Kinds { .. } => {
                let mut builder = ColumnBuilder::Nothing(NullBuilder::new());
                self.values.iter().for_each(|_| builder.append_null());
                builder
            }
        })
    }

    fn kinds(&self) -> Kinds {
        let mut kinds = Kinds::default();
        for value in &self.values {
            match value {
                Value::Null => {}
                Value::Integer(_) => kinds.integers = true,
                Value::Real(_) => kinds.reals = true,
                Value::Text(_) => kinds.texts = true,
                Value::Blob(_) => kinds.blobs = true,
            }
        }
        kinds
    }

    /// The column as times, when all its values are some.
    fn times(&self) -> Option<ColumnBuilder> {
        let moment = |value: &Value| match (self.time, value) {
            (Time::None, _) => None,
            (Time::Unknown, Value::Text(text)) => of_text(text).map(Some),
            (Time::Unknown, Value::Null) | (_, Value::Null) => Some(None),
            (Time::Unknown, _) => None,
            (_, value) => read_moment(value.into()).map(Some),
        };
        let moments: Vec<Option<Moment>> = self.values.iter().map(moment).collect::<Option<_>>()?;
        let mut known = moments.iter().flatten().peekable();
        known.peek()?;
        let are_days = match self.time {
            Time::Day => true,
            Time::Instant => false,
            Time::Unknown | Time::None => known.all(|moment| matches!(moment, Moment::Day(_))),
        };
        Some(if are_days { days(&moments) } else { instants(&moments) })
    }

    fn integers(&self) -> ColumnBuilder {
        let mut builder = Int64Builder::new();
        for value in &self.values {
            builder.append_option(match value {
                Value::Integer(number) => Some(*number),
                _ => None,
            });
        }
        ColumnBuilder::Integer(builder)
    }

    fn numbers(&self) -> ColumnBuilder {
        let mut builder = Float64Builder::new();
        for value in &self.values {
            builder.append_option(match value {
                Value::Integer(number) => Some(*number as f64),
                Value::Real(number) => Some(*number),
                _ => None,
            });
        }
        ColumnBuilder::Float(builder)
    }

    fn texts(&self) -> ColumnBuilder {
        let mut builder = StringBuilder::new();
        for value in &self.values {
            match value {
                Value::Integer(number) => builder.append_value(number.to_string()),
                Value::Real(number) => builder.append_value(number.to_string()),
                Value::Text(text) => builder.append_value(text),
                Value::Null | Value::Blob(_) => builder.append_null(),
            }
        }
        ColumnBuilder::Text(builder)
    }

    fn bytes(&self) -> ColumnBuilder {
        let mut builder = BinaryBuilder::new();
        for value in &self.values {
            match value {
                Value::Integer(number) => builder.append_value(number.to_string()),
                Value::Real(number) => builder.append_value(number.to_string()),
                Value::Text(text) => builder.append_value(text),
                Value::Blob(bytes) => builder.append_value(bytes),
                Value::Null => builder.append_null(),
            }
        }
        ColumnBuilder::Bytes(builder)
    }
}

/// Which kinds of values a column holds.
#[derive(Default)]
struct Kinds {
    integers: bool,
    reals: bool,
    texts: bool,
    blobs: bool,
}

fn days(moments: &[Option<Moment>]) -> ColumnBuilder {
    let mut builder = Date32Builder::new();
    for moment in moments {
        builder.append_option(moment.map(|moment| match moment {
            Moment::Day(day) => since_epoch(day),
            Moment::Instant(at) => since_epoch(jiff::tz::TimeZone::UTC.to_datetime(at).date()),
        }));
    }
    ColumnBuilder::Date(builder)
}

fn since_epoch(day: Date) -> i32 {
    (day - Date::constant(1970, 1, 1)).get_days()
}

fn instants(moments: &[Option<Moment>]) -> ColumnBuilder {
    let mut builder = TimestampMicrosecondBuilder::new();
    for moment in moments {
        builder.append_option(moment.map(|moment| match moment {
            Moment::Day(day) => i64::from(since_epoch(day)) * 86_400_000_000,
            Moment::Instant(at) => at.as_microsecond(),
        }));
    }
    ColumnBuilder::Timestamp(builder)
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Integer(_) | Value::Real(_) => 8,
        Value::Text(text) => text.len() + 4,
        Value::Blob(bytes) => bytes.len() + 4,
    }
}
