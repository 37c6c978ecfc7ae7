//! From JSON to typed values. Faults complete "`pointer`: …" and are fit to be shown to a viewer.

use model::dashboard::VariableType;
use serde_json::Value as Json;

use super::date_range::{End, date, instant};
use crate::value::Value;
use crate::zone::Zone;

/// Most members of a list that a request sends.
pub(crate) const MAX_LIST: usize = 1_000;

/// Most bytes of a text that a request sends.
const MAX_TEXT: usize = 16_384;

/// Why a value does not fit its variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Typing {
    #[error("must be a string, number or boolean")]
    NotScalar,
    #[error("must be a list of strings, numbers and booleans")]
    NotList,
    #[error("must have at most {MAX_LIST} members, this has {0}")]
    LongList(usize),
    #[error("must have at most {MAX_TEXT} bytes, this has {0}")]
    LongText(usize),
    #[error("must not contain U+0000")]
    Nul,
    #[error("must be {0}")]
    Expected(&'static str),
}

/// A string, number or boolean.
pub(crate) fn scalar(json: &Json) -> Result<Value, Typing> {
    if let Json::String(text) = json {
        return text_value(text);
    }
    Value::of_scalar(json).ok_or(Typing::NotScalar)
}

/// A list of scalars; a scalar is a list of one.
pub(crate) fn list(json: &Json) -> Result<Vec<Value>, Typing> {
    let Json::Array(members) = json else {
        return scalar(json).map(|value| vec![value]).map_err(not_list);
    };
    if members.len() > MAX_LIST {
        return Err(Typing::LongList(members.len()));
    }
    members.iter().map(|member| scalar(member).map_err(not_list)).collect()
}

fn not_list(fault: Typing) -> Typing {
    if fault == Typing::NotScalar { Typing::NotList } else { fault }
}

fn text_value(text: &str) -> Result<Value, Typing> {
    if text.len() > MAX_TEXT {
        return Err(Typing::LongText(text.len()));
    }
    if text.contains('\0') {
        return Err(Typing::Nul);
    }
    Ok(Value::Text(text.to_owned()))
}

/// A value of the wanted type; numbers, booleans and dates may be written as strings, as URLs do.
pub(super) fn typed(json: &Json, wanted: VariableType, zone: &Zone) -> Result<Value, Typing> {
    let text = match json {
        Json::String(text) => text.clone(),
        Json::Number(_) | Json::Bool(_) => json.to_string(),
        _ => return Err(Typing::NotScalar),
    };
    let expected = |what| move || Typing::Expected(what);
    match wanted {
        VariableType::String | VariableType::List => text_value(&text),
        VariableType::Integer => {
            text.parse().map(Value::Integer).map_err(|_| Typing::Expected("an integer"))
        }
        VariableType::Float => {
            let finite = text.parse().ok().filter(|float: &f64| float.is_finite());
            finite.map(Value::Float).ok_or_else(expected("a finite number"))
        }
        VariableType::Boolean => {
            text.parse().map(Value::Boolean).map_err(|_| Typing::Expected("true or false"))
        }
        VariableType::Date => {
            date(&text).map(Value::Date).ok_or_else(expected("a date such as 2013-12-31"))
        }
        VariableType::Timestamp => instant(&text, End::Start, zone)
            .map(Value::Timestamp)
            .ok_or_else(expected("a timestamp such as 2013-12-31T09:30:00Z")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::name::TimeZoneName;
    use serde_json::json;

    #[track_caller]
    fn check(wanted: VariableType, json: Json, expected: Result<&str, &str>) {
        let zone = Zone::find(&TimeZoneName::utc()).expect("UTC");
        let found = typed(&json, wanted, &zone).map(|value| value.to_string());
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(found.map_err(|fault| fault.to_string()), expected, "{json}");
    }

    #[test]
    fn a_declared_variable_takes_its_type_from_json_or_from_its_text() {
        check(VariableType::String, json!("a"), Ok("text \"a\""));
        check(VariableType::String, json!(5), Ok("text \"5\""));
        check(VariableType::Integer, json!(5), Ok("integer 5"));
        check(VariableType::Integer, json!("-5"), Ok("integer -5"));
        check(VariableType::Integer, json!(5.5), Err("must be an integer"));
        check(VariableType::Integer, json!("5; drop"), Err("must be an integer"));
        check(VariableType::Integer, json!("9223372036854775808"), Err("must be an integer"));
        check(VariableType::Float, json!("2.5"), Ok("float 2.5"));
        check(VariableType::Float, json!("NaN"), Err("must be a finite number"));
        check(VariableType::Float, json!("1e999"), Err("must be a finite number"));
        check(VariableType::Boolean, json!("true"), Ok("boolean true"));
        check(VariableType::Boolean, json!(1), Err("must be true or false"));
        check(VariableType::Date, json!("2013-12-31"), Ok("date 2013-12-31"));
        let expected = Err("must be a date such as 2013-12-31");
        check(VariableType::Date, json!("2013-12-31T00:00:00Z"), expected);
        check(VariableType::Date, json!("2013-02-30"), expected);
        let at = "timestamp 2013-12-31T09:30:00Z";
        check(VariableType::Timestamp, json!("2013-12-31T04:30:00-05:00"), Ok(at));
        check(VariableType::Integer, json!([5]), Err("must be a string, number or boolean"));
        check(VariableType::String, json!("a\0"), Err("must not contain U+0000"));
    }

    #[test]
    fn a_list_holds_scalars_only_and_not_too_many() {
        let texts = |json: Json| list(&json).map(|values| values.len()).map_err(|e| e.to_string());
        assert_eq!(texts(json!(["JFK", 1, true])), Ok(3));
        assert_eq!(texts(json!("JFK")), Ok(1));
        assert_eq!(texts(json!([])), Ok(0));
        let expected = Err("must be a list of strings, numbers and booleans".to_owned());
        assert_eq!(texts(json!([["JFK"]])), expected);
        assert_eq!(texts(json!([null])), expected);
        assert_eq!(texts(json!({"a": 1})), expected);
        let expected = Err("must have at most 1000 members, this has 1001".to_owned());
        assert_eq!(texts(json!(vec![1; 1001])), expected);
    }
}
