//! From bound values to SQLite's. A time is a text, because that is how most files hold it.

use query::Value;
use rusqlite::types::Value as Bound;

use crate::connector::Failure;

pub(super) fn of(values: &[Value]) -> Result<Vec<Bound>, Failure> {
    values.iter().map(argument).collect()
}

fn argument(value: &Value) -> Result<Bound, Failure> {
    Ok(match value {
        Value::Null => Bound::Null,
        Value::Text(text) => Bound::Text(text.clone()),
        Value::Integer(number) => Bound::Integer(*number),
        Value::Float(number) => Bound::Real(*number),
        Value::Boolean(is_true) => Bound::Integer(i64::from(*is_true)),
        Value::Date(date) => Bound::Text(date.to_string()),
        Value::Timestamp(at) => {
            let seconds = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
            match at.subsec_microsecond() {
                0 => Bound::Text(seconds),
                fraction => Bound::Text(format!("{seconds}.{fraction:06}")),
            }
        }
        Value::List(_) => return Err(Failure::unbound_list()),
    })
}
