//! The body of a data, options or export request, read into the compiler's terms.

use model::dashboard::{Filter, Sort};
use model::name::TimeZoneName;
use query::{Request, Target};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::field_path::FieldPath;
use crate::json::{self, Faults, kind_of};

/// Most sort keys and filters of one request.
const MAX_ENTRIES: usize = 50;

/// The body's fields; everything is optional, and anything unknown is a fault. `extra` names the
/// fields that the caller has taken care of.
pub(super) fn read(target: Target, body: &[u8], extra: &[&str]) -> Result<Request, ApiError> {
    let fields = object(body)?;
    let mut request = Request::of(target);
    let mut faults = Faults::default();
    for (key, value) in fields {
        if value.is_null() || extra.contains(&key.as_str()) {
            continue;
        }
        match key.as_str() {
            "variables" => request.variables = variables(value, &mut faults).unwrap_or_default(),
            "time_zone" => request.time_zone = time_zone(value, &mut faults),
            "page" => request.page = positive("page", &value, &mut faults),
            "page_size" => request.page_size = positive("page_size", &value, &mut faults),
            "sort" => request.sort = entries::<Sort>("sort", value, &mut faults),
            "filters" => request.filters = entries::<Filter>("filters", value, &mut faults),
            _ => faults.add(key, "is not a field of this request"),
        }
    }
    faults.finish(Some(request))
}

/// The body as an object; no body is an empty one.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match json::read(body).map_err(|fault| ApiError::invalid_fields(vec![fault]))? {
        Value::Object(fields) => Ok(fields),
        other => {
            let detail = format!("must be an object, not {}", kind_of(&other));
            Err(ApiError::invalid(FieldPath::root(), detail))
        }
    }
}

fn variables(value: Value, faults: &mut Faults) -> Option<Map<String, Value>> {
    match value {
        Value::Object(variables) => Some(variables),
        other => {
            faults.add("variables", format!("must be an object, not {}", kind_of(&other)));
            None
        }
    }
}

fn time_zone(value: Value, faults: &mut Faults) -> Option<TimeZoneName> {
    let Value::String(name) = value else {
        faults.add("time_zone", format!("must be text, not {}", kind_of(&value)));
        return None;
    };
    faults.note("time_zone", TimeZoneName::try_from(name))
}

fn positive(key: &str, value: &Value, faults: &mut Faults) -> Option<u32> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    let number = number.filter(|number| *number > 0);
    if number.is_none() {
        faults.add(key, "must be a whole number from 1");
    }
    number
}

fn entries<T: DeserializeOwned>(key: &str, value: Value, faults: &mut Faults) -> Vec<T> {
    let Value::Array(list) = value else {
        faults.add(key, format!("must be a list, not {}", kind_of(&value)));
        return Vec::new();
    };
    if list.len() > MAX_ENTRIES {
        faults.add(key, format!("must have at most {MAX_ENTRIES} entries"));
        return Vec::new();
    }
    let entry = |(index, value)| {
        let field = FieldPath::from(key).index(index);
        faults.note(field, serde_json::from_value(value))
    };
    list.into_iter().enumerate().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target::Panel("recent".parse().expect("a panel id"))
    }

    #[track_caller]
    fn check(body: &str, fault: &str) {
        let found = read(target(), body.as_bytes(), &[]).expect_err("a fault").to_string();
        assert!(found.contains(fault), "{found}");
    }

    #[test]
    fn everything_is_optional() {
        let empty = Request::of(target());
        assert_eq!(read(target(), b"", &[]).expect("no body"), empty);
        let nulls = br#"{"variables":null,"time_zone":null,"page":null,"sort":null}"#;
        assert_eq!(read(target(), nulls, &[]).expect("nulls"), empty);
    }

    #[test]
    fn fields_are_read_into_the_compilers_terms() {
        let body = br#"{"variables":{"origin":["JFK"]},"time_zone":"Europe/Berlin","page":2,
            "page_size":100,"sort":[{"column":"dest","direction":"desc"}],
            "filters":[{"column":"dest","operator":"equals","value":"LAX"}]}"#;
        let request = read(target(), body, &[]).expect("a request");
        assert_eq!(request.variables.len(), 1);
        assert_eq!(request.time_zone.as_ref().map(TimeZoneName::as_str), Some("Europe/Berlin"));
        assert_eq!((request.page, request.page_size), (Some(2), Some(100)));
        assert_eq!(request.sort[0].column.as_str(), "dest");
        assert_eq!(request.filters[0].value, "LAX");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check("[]", "must be an object, not a list");
        check(r#"{"limit":5}"#, "limit: is not a field of this request");
        check(r#"{"variables":[]}"#, "variables: must be an object, not a list");
        check(r#"{"page":0}"#, "page: must be a whole number from 1");
        check(r#"{"page":1.5}"#, "page: must be a whole number from 1");
        check(r#"{"page_size":"5"}"#, "page_size: must be a whole number from 1");
        check(r#"{"time_zone":"UTC'; drop"}"#, "time_zone: must be an IANA time zone");
        check(r#"{"sort":{}}"#, "sort: must be a list, not an object");
        check(r#"{"sort":[{"column":"a","sql":"b"}]}"#, "sort[0]: unknown field `sql`");
        check(r#"{"sort":[{"column":"a","direction":"up"}]}"#, "sort[0]: unknown variant `up`");
        check(r#"{"filters":[{"column":"a"}]}"#, "filters[0]: missing field `operator`");
        check(r#"{"page":1,"page":2}"#, "page: is given twice");
    }
}
