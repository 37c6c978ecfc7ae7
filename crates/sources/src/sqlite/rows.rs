//! From SQLite's rows to columns.
//!
//! A column holds whatever it holds, so its kind is found when all its values are there; a type that
//! was declared for it only says whether texts and numbers are times.

use jiff::tz::TimeZone;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::moment::{Moment, of_text, read as read_moment};
use super::opened::Opened;
use super::{arguments, failure};
use crate::connector::{Failure, Query};
use crate::result::{
    ColumnBuilder, Measure, ResultBuilder, ResultSet, days_since_1970, hexadecimal,
};

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
    built(&columns)
}

fn built(columns: &[Column]) -> Result<ResultSet, Failure> {
    let rows = columns.first().map_or(0, |column| column.values.len());
    let typed = columns.iter().map(|column| Ok((column.name.clone(), column.builder())));
    let mut result = ResultBuilder::new(typed, Measure::unlimited())?;
    for row in 0..rows {
        let mut each = columns.iter();
        result.row(0, |builder| {
            append(builder, each.next().map_or(&Value::Null, |column| &column.values[row]))
        })?;
    }
    result.finish()
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
    fn builder(&self) -> ColumnBuilder {
        self.times().unwrap_or_else(|| match self.kinds() {
            Kinds { blobs: true, .. } => ColumnBuilder::other(),
            Kinds { texts: true, .. } => ColumnBuilder::text(),
            Kinds { reals: true, .. } => ColumnBuilder::float(),
            Kinds { integers: true, .. } => ColumnBuilder::integer(),
            Kinds { .. } => ColumnBuilder::text(),
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

    /// For a column of times, which it is when all its values are some.
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
        Some(if are_days { ColumnBuilder::date() } else { ColumnBuilder::timestamp() })
    }
}

/// Adds a value to the column that was made for all of them.
fn append(column: &mut ColumnBuilder, value: &Value) -> Result<(), &'static str> {
    match (column, value) {
        (column, Value::Null) => column.append_null(),
        (ColumnBuilder::Date(to), value) => to.append_option(read_moment(value.into()).map(day)),
        (ColumnBuilder::Timestamp(to), value) => {
            to.append_option(read_moment(value.into()).map(instant));
        }
        (ColumnBuilder::Integer(to), Value::Integer(number)) => to.append_value(*number),
        (ColumnBuilder::Float(to), Value::Integer(number)) => to.append_value(*number as f64),
        (ColumnBuilder::Float(to), Value::Real(number)) => to.append_value(*number),
        (ColumnBuilder::Text(to) | ColumnBuilder::Other(to), value) => match value {
            Value::Integer(number) => to.append_value(number.to_string()),
            Value::Real(number) => to.append_value(number.to_string()),
            Value::Text(text) => to.append_value(text),
            Value::Blob(bytes) => to.append_value(hexadecimal(bytes)),
            Value::Null => to.append_null(),
        },
        _ => return Err("a value is none of its kind"),
    }
    Ok(())
}

/// Which kinds of values a column holds.
#[derive(Default)]
struct Kinds {
    integers: bool,
    reals: bool,
    texts: bool,
    blobs: bool,
}

/// Days since 1970.
fn day(moment: Moment) -> i32 {
    let day = match moment {
        Moment::Day(day) => day,
        Moment::Instant(at) => TimeZone::UTC.to_datetime(at).date(),
    };
    days_since_1970(day)
}

/// Microseconds since 1970.
fn instant(moment: Moment) -> i64 {
    match moment {
        Moment::Day(_) => i64::from(day(moment)) * 86_400_000_000,
        Moment::Instant(at) => at.as_microsecond(),
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Integer(_) | Value::Real(_) => 8,
        Value::Text(text) => text.len() + 4,
        Value::Blob(bytes) => bytes.len() + 4,
    }
}
