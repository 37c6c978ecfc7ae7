//! From bound values to the driver's.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use mysql_async::Value as Bound;
use query::Value;

use crate::connector::Failure;

pub(super) fn of(values: &[Value]) -> Result<Vec<Bound>, Failure> {
    values.iter().map(argument).collect()
}

fn argument(value: &Value) -> Result<Bound, Failure> {
    Ok(match value {
        Value::Null => Bound::NULL,
        Value::Text(text) => Bound::Bytes(text.clone().into_bytes()),
        Value::Integer(number) => Bound::Int(*number),
        Value::Float(number) => Bound::Double(*number),
        Value::Boolean(is_true) => Bound::Int(i64::from(*is_true)),
        Value::Date(date) => moment(date.to_datetime(jiff::civil::Time::midnight()))?,
        Value::Timestamp(at) => moment(TimeZone::UTC.to_datetime(*at))?,
        Value::List(_) => return Err(Failure::unbound_list()),
    })
}

fn moment(at: DateTime) -> Result<Bound, Failure> {
    let beyond = |_| Failure::Failed(format!("the database has no such date: {at}"));
    let part = |number: i8| u8::try_from(number).map_err(beyond);
    let microseconds = u32::try_from(at.subsec_nanosecond() / 1_000).map_err(beyond)?;
    Ok(Bound::Date(
        u16::try_from(at.year()).map_err(beyond)?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
        microseconds,
    ))
}
