//! Values as the worker's protocol carries them.

use engine::protocol::Argument;
use query::Value;

use crate::connector::Failure;
use crate::result::days_since_1970;

/// Errs for lists.
pub(super) fn arguments(values: &[Value]) -> Result<Vec<Argument>, Failure> {
    values.iter().map(argument).collect()
}

fn argument(value: &Value) -> Result<Argument, Failure> {
    Ok(match value {
        Value::Null => Argument::Null,
        Value::Text(text) => Argument::Text(text.clone()),
        Value::Integer(integer) => Argument::Integer(*integer),
        Value::Float(float) => Argument::Float((*float).into()),
        Value::Boolean(is_true) => Argument::Boolean(*is_true),
        Value::Date(date) => Argument::Date(days_since_1970(*date)),
        Value::Timestamp(at) => Argument::Timestamp(at.as_microsecond()),
        Value::List(_) => return Err(Failure::unbound_list()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Argument) {
        assert_eq!(argument(&value), Ok(expected));
    }

    #[test]
    fn values_keep_their_types() {
        check(Value::Null, Argument::Null);
        check(Value::Text("42".to_owned()), Argument::Text("42".to_owned()));
        check(Value::Integer(-1), Argument::Integer(-1));
        check(Value::Float(0.1), Argument::Float(0.1.into()));
        check(Value::Date(jiff::civil::date(2013, 1, 5)), Argument::Date(15_710));
        check(Value::Date(jiff::civil::date(1969, 12, 31)), Argument::Date(-1));
        check(Value::Date(jiff::civil::Date::MIN), Argument::Date(-4_371_587));
        let at = "2013-01-05T10:00:00.000001Z".parse().unwrap();
        check(Value::Timestamp(at), Argument::Timestamp(1_357_380_000_000_001));
        assert!(arguments(&[Value::List(vec![])]).is_err());
    }
}
