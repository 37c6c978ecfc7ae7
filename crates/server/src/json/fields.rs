//! The fields of an object, taken one by one with the type that each must have.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api_error::{ApiError, FieldFault};
use crate::field_path::FieldPath;

/// The faults of a request, collected so that the client learns of all at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// The detail completes the field's name: `must not be empty`.
    pub fn add(&mut self, field: impl Into<FieldPath>, detail: impl ToString) {
        self.0.push(FieldFault { field: field.into(), detail: detail.to_string() });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, or its fault noted.
    pub fn note<T, E: ToString>(
        &mut self,
        field: impl Into<FieldPath>,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.add(field, error)).ok()
    }

    /// The value when no fault was noted; a value that is missing must have left one.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, ApiError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(ApiError::invalid_fields(self.0)),
        }
    }
}

/// The fields of an object. `null` is the same as absent; a wrong type is noted as a fault and read
/// as absent.
#[derive(Debug, Default)]
pub struct Fields {
    map: Map<String, Value>,
    pub faults: Faults,
    /// What was asked for, to hold it against what is documented.
    #[cfg(test)]
    pub(crate) asked: std::collections::BTreeSet<String>,
}

impl Fields {
    pub fn new(map: Map<String, Value>) -> Self {
        Self { map, ..Self::default() }
    }

    /// Whether the field is there, be it `null`. Ask before it is taken.
    pub fn contains(&mut self, key: &str) -> bool {
        self.note_asked(key);
        self.map.contains_key(key)
    }

    pub fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, "text", as_text)
    }

    /// An id: text, or a number, which is kept as its text.
    pub fn id(&mut self, key: &str) -> Option<String> {
        self.take(key, "text", as_id)
    }

    pub fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, "true or false", |value| match value {
            Value::Bool(flag) => Ok(flag),
            other => Err(other),
        })
    }

    pub fn object(&mut self, key: &str) -> Option<Map<String, Value>> {
        self.take(key, "an object", |value| match value {
            Value::Object(map) => Ok(map),
            other => Err(other),
        })
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let list = self.take(key, "a list of texts", |value| match value {
            Value::Array(list) => Ok(list),
            other => Err(other),
        })?;
        let mut texts = Vec::with_capacity(list.len());
        for (index, value) in list.into_iter().enumerate() {
            match as_text(value) {
                Ok(text) => texts.push(text),
                Err(other) => {
                    let field = FieldPath::from(key).index(index);
                    self.faults.add(field, format!("must be text, not {}", kind_of(&other)));
                }
            }
        }
        Some(texts)
    }

    /// An object from ids to ids: text or numbers, both kept as text.
    pub fn ids_by_id(&mut self, key: &str) -> Option<Vec<(String, String)>> {
        let map = self.object(key)?;
        let mut entries = Vec::with_capacity(map.len());
        for (name, value) in map {
            match as_id(value) {
                Ok(text) => entries.push((name, text)),
                Err(other) => {
                    let field = FieldPath::from(key).key(name);
                    self.faults.add(field, format!("must be text, not {}", kind_of(&other)));
                }
            }
        }
        Some(entries)
    }

    /// A whole number from 1.
    pub fn positive(&mut self, key: &str) -> Option<u32> {
        let number = self.whole_number(key)?;
        self.faults.note(key, number.ok_or("must be a whole number from 1"))
    }

    /// A whole number from 1 to `most`.
    pub fn positive_up_to(&mut self, key: &str, most: u32) -> Option<u32> {
        let number = self.whole_number(key)?.filter(|number| *number <= most);
        let fault = || format!("must be a whole number from 1 to {most}");
        self.faults.note(key, number.ok_or_else(fault))
    }

    /// `Some(None)`: there is something else than a whole number from 1.
    fn whole_number(&mut self, key: &str) -> Option<Option<u32>> {
        let number = self.present(key)?.as_u64();
        Some(number.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0))
    }

    /// A list of at most `most` records.
    pub fn records<T: DeserializeOwned>(&mut self, key: &str, most: usize) -> Option<Vec<T>> {
        let list = self.take(key, "a list", |value| match value {
            Value::Array(list) => Ok(list),
            other => Err(other),
        })?;
        if list.len() > most {
            self.faults.add(key, format!("must have at most {most} entries"));
            return None;
        }
        let mut records = Vec::with_capacity(list.len());
        for (index, value) in list.into_iter().enumerate() {
            let field = FieldPath::from(key).index(index);
            records.extend(self.faults.note(field, serde_json::from_value(value)));
        }
        Some(records)
    }

    /// Notes a fault for every field that was not taken.
    pub fn refuse_others(&mut self) {
        for key in self.map.keys() {
            self.faults.add(key.as_str(), "is not a field of this request");
        }
    }

    /// Notes the fault when a required field is absent.
    pub fn required<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        // A field of the wrong type has its fault already.
        if value.is_none() && !self.faults.0.iter().any(|fault| fault.field == key.into()) {
            self.faults.add(key, "is required");
        }
        value
    }

    /// The value when no fault was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, ApiError> {
        self.faults.finish(value)
    }

    fn take<T>(
        &mut self,
        key: &str,
        expected: &str,
        convert: impl FnOnce(Value) -> Result<T, Value>,
    ) -> Option<T> {
        let converted = convert(self.present(key)?);
        let wrong = |other: Value| format!("must be {expected}, not {}", kind_of(&other));
        self.faults.note(key, converted.map_err(wrong))
    }

    fn present(&mut self, key: &str) -> Option<Value> {
        self.note_asked(key);
        self.map.remove(key).filter(|value| !value.is_null())
    }

    #[cfg(test)]
    fn note_asked(&mut self, key: &str) {
        self.asked.insert(key.to_owned());
    }

    #[cfg(not(test))]
    fn note_asked(&mut self, _: &str) {}
}

fn as_text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(other),
    }
}

fn as_id(value: Value) -> Result<String, Value> {
    match value {
        Value::Number(number) => Ok(number.to_string()),
        other => as_text(other),
    }
}

/// What a value is, for an error message: `a number`.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::new(map),
            other => unreachable!("{other} is no object"),
        }
    }

    #[test]
    fn a_field_has_the_type_that_is_asked_for() {
        let mut fields = fields(json!({
            "name": "a", "id": 7, "flag": false, "list": ["a"], "object": {}, "mapping": {"1": 2},
            "nothing": null,
        }));
        assert_eq!(fields.text("name").as_deref(), Some("a"));
        assert_eq!(fields.id("id").as_deref(), Some("7"));
        assert_eq!(fields.flag("flag"), Some(false));
        assert_eq!(fields.texts("list"), Some(vec!["a".to_owned()]));
        assert_eq!(fields.object("object"), Some(Map::new()));
        assert_eq!(fields.ids_by_id("mapping"), Some(vec![("1".to_owned(), "2".to_owned())]));
        assert_eq!(fields.text("nothing"), None);
        assert_eq!(fields.text("absent"), None);
        assert!(fields.finish(Some(())).is_ok());
    }

    #[test]
    fn all_wrong_types_are_told_at_once() {
        let mut fields = fields(json!({
            "name": 1, "id": [], "flag": "yes", "list": ["a", null, 2], "object": "{}",
            "mapping": {"1": {}},
        }));
        let _ = (fields.text("name"), fields.id("id"), fields.flag("flag"));
        let _ = (fields.texts("list"), fields.object("object"), fields.ids_by_id("mapping"));
        let error = fields.finish(Some(())).expect_err("faults").to_string();
        assert_eq!(
            error,
            "name: must be text, not a number; id: must be text, not a list; \
             flag: must be true or false, not text; list[1]: must be text, not null; \
             list[2]: must be text, not a number; object: must be an object, not text; \
             mapping.1: must be text, not an object"
        );
    }

    #[test]
    fn a_required_field_is_missed_once() {
        let mut fields = fields(json!({"id": [], "name": null}));
        let id = fields.id("id");
        fields.required("id", id);
        let name = fields.text("name");
        fields.required("name", name);
        let error = fields.finish(Some(())).expect_err("faults").to_string();
        assert_eq!(error, "id: must be text, not a list; name: is required");
    }
}
