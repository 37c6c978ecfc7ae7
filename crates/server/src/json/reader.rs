//! The reader: `serde_json` reads the syntax, this visitor holds our rules and remembers the way.

use std::cell::RefCell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::api_error::FieldFault;
use crate::field_path::FieldPath;

/// How deep lists and objects may be nested.
pub const MAX_DEPTH: usize = 32;

/// Doubles from here on stand for integers that 64 bits do not hold: their last digits are lost.
const TWO_TO_THE_63: f64 = 9_223_372_036_854_775_808.0;

/// Reads one JSON document.
pub fn read(bytes: &[u8]) -> Result<Value, FieldFault> {
    let way = Way::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Node { way: &way, depth: 0 }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| way.into_fault(&error))
}

/// Where the reader is, and what it found wrong there.
#[derive(Default)]
struct Way {
    path: RefCell<FieldPath>,
    fault: RefCell<Option<String>>,
}

impl Way {
    /// Notes a fault of the value that is being read. The error only carries the news upwards.
    fn fault<E: Error>(&self, detail: impl Into<String>) -> E {
        *self.fault.borrow_mut() = Some(detail.into());
        E::custom("")
    }

    fn into_fault(self, error: &serde_json::Error) -> FieldFault {
        let unreadable = || format!("is not valid JSON: {error}");
        let detail = self.fault.into_inner().unwrap_or_else(unreadable);
        FieldFault { field: self.path.into_inner(), detail }
    }

    fn text<E: Error>(&self, text: String) -> Result<String, E> {
        match text.contains('\0') {
            true => Err(self.fault("must not contain the character U+0000")),
            false => Ok(text),
        }
    }
}

/// A value that will be read. The path leads to it while it is being read, and stays there when it
/// is faulty.
#[derive(Clone, Copy)]
struct Node<'a> {
    way: &'a Way,
    /// How many lists and objects are around it.
    depth: usize,
}

impl Node<'_> {
    /// What is inside this list or object.
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.way.fault(format!("is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        let number = i64::try_from(number);
        number.map(Value::from).map_err(|_| self.way.fault(BEYOND_64_BITS))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        if number.abs() >= TWO_TO_THE_63 {
            return Err(self.way.fault(BEYOND_64_BITS));
        }
        Number::from_f64(number).map(Value::Number).ok_or_else(|| self.way.fault(BEYOND_64_BITS))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        self.way.text(text).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        loop {
            self.way.path.borrow_mut().push_index(values.len());
            let Some(value) = list.next_element_seed(inner)? else { break };
            values.push(value);
            self.way.path.borrow_mut().pop();
        }
        self.way.path.borrow_mut().pop();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut map = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let key = self.way.text(key)?;
            self.way.path.borrow_mut().push_key(&key);
            if map.contains_key(&key) {
                return Err(self.way.fault("is given twice"));
            }
            map.insert(key, object.next_value_seed(inner)?);
            self.way.path.borrow_mut().pop();
        }
        Ok(Value::Object(map))
    }
}

const BEYOND_64_BITS: &str = "is a number beyond 64 bits; send it as text";

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
        check("1e3", json!(1000.0));
        check("9223372036854775807", json!(i64::MAX));
        check("-9223372036854775808", json!(i64::MIN));
        check(r#""\"\\\/\b\f\n\r\té😀""#, json!("\"\\/\u{8}\u{c}\n\r\té😀"));
        check(r#""\u00e9\ud83d\ude00\u0001""#, json!("é😀\u{1}"));
    }

    #[test]
    fn what_is_no_json_is_refused_with_the_place() {
        check_fault("{\"a\"\n 1}", "a: is not valid JSON: expected `:` at line 2 column 2");
        check_fault(
            "{\"a\":{\"b\":nul}}",
            "a.b: is not valid JSON: expected ident at line 1 column 14",
        );
        check_fault("{} {}", "the body is not valid JSON: trailing characters at line 1 column 4");
        for text in ["", "{", "{\"a\":1,}", "[1 2]", "[1,]", "'a'", "NaN", "Infinity", "+1", "0x1"]
        {
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
        for text in [&br#"{"a":"\ud83d"}"#[..], br#"{"a":"\ude00\ud83d"}"#, b"{\"a\":\"\xff\"}"] {
            let fault = read(text).expect_err("a fault").to_string();
            assert!(fault.starts_with("a: is not valid JSON: "), "{fault}");
        }
    }

    #[test]
    fn numbers_that_would_not_come_back_are_refused() {
        let beyond = "is a number beyond 64 bits; send it as text";
        for number in ["9223372036854775808", "-123456789012345678901234567890", "1e20"] {
            let text = format!("{{\"a\":[{number}]}}");
            check_fault(text, &format!("a[0]: {beyond}"));
        }
        check_fault(
            r#"{"a":1e309}"#,
            "a: is not valid JSON: number out of range at line 1 column 10",
        );
    }

    /// Values that this reader accepts.
    fn values() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e18..1e18).prop_map(Value::from),
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
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&bytes);
        }
    }
}
