//! The reader: one pass over the bytes, recursive descent.

use serde_json::{Map, Value};

use super::{numbers, text};
use crate::api_error::FieldFault;
use crate::field_path::FieldPath;

/// How deep lists and objects may be nested.
pub const MAX_DEPTH: usize = 32;

/// Reads one JSON document.
pub fn read(bytes: &[u8]) -> Result<Value, FieldFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("is not UTF-8 (at byte {})", error.valid_up_to());
        FieldFault { field: FieldPath::root(), detail }
    })?;
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.unexpected("nothing more"));
    }
    Ok(value)
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Always on the border of a character.
    pub(super) at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, FieldFault> {
        match self.peek() {
            Some(b'{') => self.object(depth + 1).map(Value::Object),
            Some(b'[') => self.list(depth + 1).map(Value::Array),
            Some(b'"') => text::read(self).map(Value::String),
            Some(b'-' | b'0'..=b'9') => numbers::read(self).map(Value::Number),
            _ if self.take("true") => Ok(Value::Bool(true)),
            _ if self.take("false") => Ok(Value::Bool(false)),
            _ if self.take("null") => Ok(Value::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Map<String, Value>, FieldFault> {
        self.enter(depth)?;
        let mut map = Map::new();
        if self.take("}") {
            return Ok(map);
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = text::read(self)?;
            self.skip_space();
            if !self.take(":") {
                return Err(under_key(self.unexpected("a colon"), &key));
            }
            self.skip_space();
            let value = self.value(depth).map_err(|fault| under_key(fault, &key))?;
            if map.contains_key(&key) {
                return Err(under_key(fault("is given twice"), &key));
            }
            map.insert(key, value);
            if self.ends_with("}", "a comma or }")? {
                return Ok(map);
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, FieldFault> {
        self.enter(depth)?;
        let mut list = Vec::new();
        if self.take("]") {
            return Ok(list);
        }
        loop {
            let value = self.value(depth).map_err(|fault| under_index(fault, list.len()))?;
            list.push(value);
            if self.ends_with("]", "a comma or ]")? {
                return Ok(list);
            }
        }
    }

    /// Goes past the opening bracket of a list or object.
    fn enter(&mut self, depth: usize) -> Result<(), FieldFault> {
        if depth > MAX_DEPTH {
            return Err(fault(format!("is nested deeper than {MAX_DEPTH} levels")));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Goes past the closing bracket (true), or past a comma to the next entry (false).
    fn ends_with(&mut self, bracket: &str, expected: &str) -> Result<bool, FieldFault> {
        self.skip_space();
        if self.take(bracket) {
            return Ok(true);
        }
        if !self.take(",") {
            return Err(self.unexpected(expected));
        }
        self.skip_space();
        Ok(false)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn unexpected(&self, expected: &str) -> FieldFault {
        let before = &self.text.as_bytes()[..self.at.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column =
            self.at - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        fault(format!(
            "is not valid JSON: expected {expected} at line {line}, column {}",
            column + 1
        ))
    }
}

/// A fault of the value that is being read; who reads what is around it adds the path.
pub(super) fn fault(detail: impl Into<String>) -> FieldFault {
    FieldFault { field: FieldPath::root(), detail: detail.into() }
}

fn under_key(fault: FieldFault, key: &str) -> FieldFault {
    FieldFault { field: fault.field.under_key(key), ..fault }
}

fn under_index(fault: FieldFault, index: usize) -> FieldFault {
    FieldFault { field: fault.field.under_index(index), ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: Value) {
        assert_eq!(read(text.as_bytes()), Ok(expected), "{text}");
    }

    #[track_caller]
    fn check_fault(text: impl AsRef<[u8]>, expected: &str) {
        let fault = read(text.as_ref()).expect_err("a fault").to_string();
        assert_eq!(fault, expected);
    }

    #[test]
    fn json_is_read() {
        check(" {\"a\" : [1, -2.5, true, false, null, \"x\"] , \"b\":{}} ", {
            json!({"a": [1, -2.5, true, false, null, "x"], "b": {}})
        });
        check("[]", json!([]));
        check("0", json!(0));
        check("-0", json!(0));
        check("1e3", json!(1000.0));
        check("9223372036854775807", json!(i64::MAX));
        check("-9223372036854775808", json!(i64::MIN));
        check(r#""\"\\\/\b\f\n\r\té😀""#, json!("\"\\/\u{8}\u{c}\n\r\té😀"));
        check(r#""\u00e9\ud83d\ude00\u0001""#, json!("é😀\u{1}"));
    }

    #[test]
    fn what_is_no_json_is_refused_with_the_place() {
        check_fault("", "the body is not valid JSON: expected a value at line 1, column 1");
        check_fault("{", {
            "the body is not valid JSON: expected a key in double quotes at line 1, column 2"
        });
        check_fault("{\"a\":1,}", {
            "the body is not valid JSON: expected a key in double quotes at line 1, column 8"
        });
        check_fault("{\"a\"\n 1}", "a: is not valid JSON: expected a colon at line 2, column 2");
        check_fault(
            "[1 2]",
            "the body is not valid JSON: expected a comma or ] at line 1, column 4",
        );
        check_fault("{\"a\":{\"b\":nul}}", {
            "a.b: is not valid JSON: expected a value at line 1, column 11"
        });
        check_fault("{} {}", {
            "the body is not valid JSON: expected nothing more at line 1, column 4"
        });
        for text in ["01", "1.", ".5", "+1", "1e", "-", "0x1", "NaN", "Infinity", "'a'", "[1,]"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_duplicate_key_is_an_error_that_names_it() {
        check_fault(r#"{"name":"a","name":"b"}"#, "name: is given twice");
        check_fault(r#"{"properties":{"a":{"b":1,"\u0062":2}}}"#, "properties.a.b: is given twice");
        check_fault(r#"{"list":[{},{"a":1,"a":1}]}"#, "list[1].a: is given twice");
    }

    #[test]
    fn nesting_ends_at_32_levels() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(32).as_bytes()).is_ok());
        let fault = read(nested(33).as_bytes()).expect_err("too deep").to_string();
        assert!(fault.ends_with("is nested deeper than 32 levels"), "{fault}");
        assert!(read("[".repeat(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn text_that_no_database_could_keep_is_refused() {
        check_fault(r#"{"a":"x\u0000"}"#, "a: must not contain the character U+0000");
        check_fault(r#"{"a":{"x\u0000":1}}"#, "a: must not contain the character U+0000");
        check_fault(r#"{"a":"\ud83d"}"#, "a: contains half of a surrogate pair (\\ud83d)");
        check_fault(r#"{"a":"\ude00\ud83d"}"#, "a: contains half of a surrogate pair (\\ude00)");
        check_fault(r#"{"a":"\ud83dx"}"#, "a: contains half of a surrogate pair (\\ud83d)");
        check_fault(b"{\"a\":\"\xff\"}", "the body is not UTF-8 (at byte 6)");
        check_fault("{\"a\":\"\n\"}", {
            "a: is not valid JSON: expected the closing double quote or \\n at line 1, column 7"
        });
        for text in ["\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"", "\"\\", "\"\\u+123\""] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_that_would_not_come_back_are_refused() {
        check_fault(r#"{"a":[9223372036854775808]}"#, {
            "a[0]: is an integer beyond 64 bits; send it as text"
        });
        check_fault(r#"{"a":-123456789012345678901234567890}"#, {
            "a: is an integer beyond 64 bits; send it as text"
        });
        check_fault(r#"{"a":1e309}"#, "a: is a number out of range");
    }

    /// Values that this reader accepts.
    fn values() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
            "[^\\x00]{0,12}".prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::hash_map("[^\\x00]{0,6}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(value in values()) {
            prop_assert_eq!(read(value.to_string().as_bytes()), Ok(value.clone()));
            let pretty = serde_json::to_vec_pretty(&value).expect("prints");
            prop_assert_eq!(read(&pretty), Ok(value));
        }

        #[test]
        fn whatever_is_accepted_is_json_to_another_reader(text in r#"[\[\]{}",:0-9eE.+\- a\\u]{0,24}"#) {
            if let Ok(value) = read(text.as_bytes()) {
                let other: Value = serde_json::from_str(&text).expect("valid JSON");
                // The other reader keeps `-0` as a double.
                prop_assert_eq!(value.to_string(), other.to_string().replace("-0.0", "0"));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&bytes);
        }
    }
}
