//! Functions that statements call and SQLite does not have.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::dashboard::Bucket;
use query::{start_of_bucket, start_of_hour};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::moment::{Moment, read};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Adds them to a connection.
pub(super) fn add(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("fanlight_bucket", 3, flags, bucket)?;
    connection.create_scalar_function("fanlight_lower", 1, flags, lower)?;
    connection.create_scalar_function("floor", 1, flags, |context| rounded(context, f64::floor))?;
    connection.create_scalar_function("ceil", 1, flags, |context| rounded(context, f64::ceil))
}

/// `fanlight_bucket(unit, time, zone)`: the start of the period in which a time falls in the zone: a
/// date, or for hours an instant.
fn bucket(context: &mut Context<'_>) -> Result<Option<String>> {
    let value = context.get_raw(1);
    if value == ValueRef::Null {
        return Ok(None);
    }
    let moment = read(value)
        .ok_or_else(|| Error::UserFunctionError(format!("{} is no time", shown(value)).into()))?;
    let unit = unit(context.get_raw(0).as_str()?)?;
    let zone = context.get_or_create_aux(2, |name| zone(name.as_str()?))?;
    Ok(Some(match (unit, moment) {
        (Bucket::Hour, Moment::Instant(at)) => instant(start_of_hour(at, &zone)),
        (Bucket::Hour, Moment::Day(day)) => {
            let midnight = day.to_zoned_datetime(TimeZone::clone(&zone)).map_err(other)?;
            instant(midnight.start_of_day().map_err(other)?.timestamp())
        }
        (unit, Moment::Day(day)) => start_of_bucket(day, unit).to_string(),
        (unit, Moment::Instant(at)) => {
            start_of_bucket(zone.to_datetime(at).date(), unit).to_string()
        }
    }))
}

fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn unit(name: &str) -> Result<Bucket> {
    Ok(match name {
        "hour" => Bucket::Hour,
        "day" => Bucket::Day,
        "week" => Bucket::Week,
        "month" => Bucket::Month,
        "quarter" => Bucket::Quarter,
        "year" => Bucket::Year,
        other => return Err(Error::UserFunctionError(format!("no unit {other:?}").into())),
    })
}

fn zone(name: &str) -> Result<TimeZone> {
    ZONES.get(name).map_err(other)
}

fn other(error: jiff::Error) -> Error {
    Error::UserFunctionError(error.into())
}

/// Lower case, of letters beyond ASCII too.
fn lower(context: &mut Context<'_>) -> Result<Option<String>> {
    Ok(context.get_raw(0).as_str_or_null()?.map(str::to_lowercase))
}

fn rounded(context: &mut Context<'_>, round: fn(f64) -> f64) -> Result<ToSqlOutput<'static>> {
    Ok(ToSqlOutput::Owned(match context.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        other => Value::Real(round(other.as_f64()?)),
    }))
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(_) => "a blob".to_owned(),
    }
}
