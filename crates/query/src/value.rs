//! Values that are bound to a statement.

use std::fmt;

/// A typed value. What a statement binds is never a list: each member is bound by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    /// Read by the database as it reads a quoted literal: compared with an integer column it is an
    /// integer, with a date a date.
    Text(String),
    Integer(i64),
    /// Always finite.
    Float(f64),
    Boolean(bool),
    Date(jiff::civil::Date),
    /// An instant; databases keep microseconds.
    Timestamp(jiff::Timestamp),
    List(Vec<Value>),
}

impl Value {
    /// The value of a JSON scalar; `None` for null, lists and objects.
    pub(crate) fn of_scalar(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::String(text) => Some(Self::Text(text.clone())),
            serde_json::Value::Bool(is_true) => Some(Self::Boolean(*is_true)),
            serde_json::Value::Number(number) => Some(Self::of_number(number)),
            _ => None,
        }
    }

    /// A number that fits neither an integer nor a finite float is left for the database to read.
    fn of_number(number: &serde_json::Number) -> Self {
        if let Some(integer) = number.as_i64() {
            return Self::Integer(integer);
        }
        match number.as_f64() {
            Some(float) if float.is_finite() && !number.is_u64() => Self::Float(float),
            _ => Self::Text(number.to_string()),
        }
    }

    /// Feeds the value with its type to `hasher`, such that no two sequences of values feed the same
    /// bytes.
    pub(crate) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        match self {
            Self::Null => tagged(hasher, b'n', &[]),
            Self::Text(text) => tagged(hasher, b't', text.as_bytes()),
            Self::Integer(integer) => tagged(hasher, b'i', &integer.to_le_bytes()),
            Self::Float(float) => tagged(hasher, b'f', &float.to_bits().to_le_bytes()),
            Self::Boolean(is_true) => tagged(hasher, b'b', &[u8::from(*is_true)]),
            Self::Date(date) => tagged(hasher, b'd', date.to_string().as_bytes()),
            Self::Timestamp(at) => tagged(hasher, b'z', &at.as_nanosecond().to_le_bytes()),
            Self::List(members) => {
                tagged(hasher, b'l', &(members.len() as u64).to_le_bytes());
                members.iter().for_each(|member| member.hash_into(hasher));
            }
        }
    }
}

fn tagged(hasher: &mut blake3::Hasher, tag: u8, bytes: &[u8]) {
    hasher.update(&[tag]);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// For logs and golden files: the type, then the value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Text(text) => write!(f, "text {text:?}"),
            Self::Integer(integer) => write!(f, "integer {integer}"),
            Self::Float(float) => write!(f, "float {float}"),
            Self::Boolean(is_true) => write!(f, "boolean {is_true}"),
            Self::Date(date) => write!(f, "date {date}"),
            Self::Timestamp(at) => write!(f, "timestamp {at}"),
            Self::List(members) => {
                f.write_str("list")?;
                members.iter().try_for_each(|member| write!(f, " {member}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: serde_json::Value, expected: Option<Value>) {
        assert_eq!(Value::of_scalar(&json), expected);
    }

    #[test]
    fn a_json_scalar_keeps_its_type() {
        check("a".into(), Some(Value::Text("a".to_owned())));
        check(true.into(), Some(Value::Boolean(true)));
        check(7.into(), Some(Value::Integer(7)));
        check(7.5.into(), Some(Value::Float(7.5)));
        check(u64::MAX.into(), Some(Value::Text("18446744073709551615".to_owned())));
        check(serde_json::Value::Null, None);
        check(serde_json::json!([1]), None);
        check(serde_json::json!({"a": 1}), None);
    }

    #[test]
    fn values_of_different_types_hash_differently() {
        let digest = |values: &[Value]| {
            let mut hasher = blake3::Hasher::new();
            values.iter().for_each(|value| value.hash_into(&mut hasher));
            hasher.finalize()
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let all = [
            vec![text("1")],
            vec![Value::Integer(1)],
            vec![Value::Boolean(true)],
            vec![Value::Float(1.0)],
            vec![Value::Null],
            vec![],
            vec![text("a"), text("b")],
            vec![text("ab")],
            vec![text("ab"), text("")],
            vec![Value::List(vec![text("a"), text("b")])],
        ];
        for (at, one) in all.iter().enumerate() {
            for other in &all[..at] {
                assert_ne!(digest(one), digest(other), "{one:?} {other:?}");
            }
        }
    }
}
