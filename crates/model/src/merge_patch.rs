//! JSON Merge Patch (RFC 7396).

use serde_json::{Map, Value};

/// What becomes of `target` under `patch`: per key, `null` removes, an object merges into an object,
/// anything else replaces. Keys keep their place; new ones come last.
pub fn merged(target: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut result = target.clone();
    merge_into(&mut result, patch);
    result
}

fn merge_into(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.shift_remove(key);
            }
            Value::Object(inner) => {
                let mut merged = match target.get_mut(key).map(Value::take) {
                    Some(Value::Object(existing)) => existing,
                    _ => Map::new(),
                };
                merge_into(&mut merged, inner);
                target.insert(key.clone(), Value::Object(merged));
            }
            other => {
                target.insert(key.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(target: Value, patch: Value, expected: &Value) {
        let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
            unreachable!("the cases are objects")
        };
        assert_eq!(&Value::Object(merged(&target, &patch)), expected);
    }

    /// The cases of RFC 7396, appendix A, whose target and patch are objects.
    #[test]
    fn the_cases_of_the_specification() {
        check(json!({"a": "b"}), json!({"a": "c"}), &json!({"a": "c"}));
        check(json!({"a": "b"}), json!({"b": "c"}), &json!({"a": "b", "b": "c"}));
        check(json!({"a": "b"}), json!({"a": null}), &json!({}));
        check(json!({"a": "b", "b": "c"}), json!({"a": null}), &json!({"b": "c"}));
        check(json!({"a": ["b"]}), json!({"a": "c"}), &json!({"a": "c"}));
        check(json!({"a": "c"}), json!({"a": ["b"]}), &json!({"a": ["b"]}));
        check(
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            &json!({"a": {"b": "d"}}),
        );
        check(json!({"a": [{"b": "c"}]}), json!({"a": [1]}), &json!({"a": [1]}));
        check(json!({"e": null}), json!({"a": 1}), &json!({"e": null, "a": 1}));
        check(json!({}), json!({"a": {"bb": {"ccc": null}}}), &json!({"a": {"bb": {}}}));
    }

    #[test]
    fn keys_keep_their_place() {
        let (Value::Object(target), Value::Object(patch)) =
            (json!({"a": 1, "b": 2, "c": 3}), json!({"d": 4, "b": 5, "a": null}))
        else {
            unreachable!("objects")
        };
        let keys: Vec<String> = merged(&target, &patch).keys().cloned().collect();
        assert_eq!(keys, ["b", "c", "d"]);
    }
}
