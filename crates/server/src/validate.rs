//! JSON against the schema of the type that it shall become, with all faults at once.
//!
//! The schema is the one that the OpenAPI document shows, so both always agree.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::field_path::FieldPath;
use crate::json::{Faults, kind_of};

/// Turns JSON into `T`. Errs with every fault and its place.
pub(crate) fn validated<T: DeserializeOwned + JsonSchema + 'static>(
    value: Value,
) -> Result<T, ApiError> {
    let mut faults = Faults::default();
    for error in known::<T>().validator.iter_errors(&value) {
        note(&error, &mut faults);
    }
    // Reads the value only when it fits; then only what a schema cannot say is left to fail.
    let read = if faults.is_empty() { read(value, &mut faults) } else { None };
    faults.finish(read)
}

/// As [`validated`], from the parameters of a query. Those that shall be numbers or flags are read
/// as such. The parameter `passed_over` is for others, unless `T` has it.
pub(crate) fn from_texts<T: DeserializeOwned + JsonSchema + 'static>(
    parameters: Vec<(String, String)>,
    passed_over: &str,
) -> Result<T, ApiError> {
    let (mut object, mut faults) = (Map::new(), Faults::default());
    let known = known::<T>();
    for (name, text) in parameters {
        let wanted = &known.schema["properties"][&name];
        if wanted.is_null() && name == passed_over {
            continue;
        }
        let value = typed(&wanted["type"], text);
        if object.insert(name.clone(), value).is_some() {
            faults.add(name, "is given twice");
        }
    }
    faults.finish(Some(()))?;
    validated(Value::Object(object))
}

/// A parameter's text as the type that its schema wants; the text itself when it is none of that.
fn typed(wanted: &Value, text: String) -> Value {
    let wants = |name: &str| match wanted {
        Value::Array(names) => names.iter().any(|it| it == name),
        single => single == name,
    };
    let number = || wants("integer").then(|| text.parse::<i64>().ok()).flatten();
    let flag = || wants("boolean").then(|| text.parse::<bool>().ok()).flatten();
    number().map(Value::from).or_else(|| flag().map(Value::from)).unwrap_or(Value::String(text))
}

fn read<T: DeserializeOwned>(value: Value, faults: &mut Faults) -> Option<T> {
    let read = serde_path_to_error::deserialize(value);
    read.map_err(|error: serde_path_to_error::Error<serde_json::Error>| {
        faults.add(path_of(error.path()), error.inner());
    })
    .ok()
}

fn path_of(path: &serde_path_to_error::Path) -> FieldPath {
    use serde_path_to_error::Segment;
    path.iter().fold(FieldPath::root(), |path, segment| match segment {
        Segment::Seq { index } => path.index(*index),
        Segment::Map { key } => path.key(key.clone()),
        Segment::Enum { .. } | Segment::Unknown => path,
    })
}

/// A type's schema, ready for use.
struct Known {
    schema: Value,
    validator: Validator,
}

/// Made on first use, once for each type.
fn known<T: JsonSchema + 'static>() -> Arc<Known> {
    static ALL: LazyLock<RwLock<HashMap<TypeId, Arc<Known>>>> = LazyLock::new(RwLock::default);
    let id = TypeId::of::<T>();
    if let Some(known) = ALL.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(known);
    }
    let schema = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    let validator = jsonschema::validator_for(&schema)
        .unwrap_or_else(|error| unreachable!("{}: {error}", std::any::type_name::<T>()));
    let known = Arc::new(Known { schema, validator });
    ALL.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&known));
    known
}

/// One fault in our words, at its place.
fn note(error: &ValidationError<'_>, faults: &mut Faults) {
    let place = FieldPath::from_pointer(error.instance_path().as_str());
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            faults.add(place.key(name), "is required");
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                faults.add(place.clone().key(name), "is no field of this call");
            }
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            match nearest(context) {
                Some(errors) => errors.iter().for_each(|error| note(error, faults)),
                None => faults.add(place, "has none of the forms that are taken here"),
            }
        }
        kind => faults.add(place, told(kind, error.instance())),
    }
}

/// The alternative that was most likely meant: the one whose faults lie deepest. Alternatives of
/// another type, such as `null`, fail at the value itself.
fn nearest<'a>(
    alternatives: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a Vec<ValidationError<'static>>> {
    let is_of_other_type = |errors: &&Vec<ValidationError<'static>>| {
        let at_once = |error: &ValidationError<'_>| {
            let kind = matches!(
                error.kind(),
                ValidationErrorKind::Type { kind: TypeKind::Single(single) }
                    if single.to_string() == "null"
            );
            kind || matches!(error.kind(), ValidationErrorKind::Constant { .. })
        };
        errors.iter().any(at_once)
    };
    alternatives
        .iter()
        .filter(|errors| !is_of_other_type(errors))
        .max_by_key(|errors| errors.iter().map(|error| depth(error)).max())
}

fn depth(error: &ValidationError<'_>) -> usize {
    error.instance_path().as_str().matches('/').count()
}

fn told(kind: &ValidationErrorKind, value: &Value) -> String {
    match kind {
        ValidationErrorKind::Type { kind } => {
            format!("must be {}, not {}", expected(kind), kind_of(value))
        }
        ValidationErrorKind::Enum { options } => format!("must be one of {}", listed(options)),
        ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        ValidationErrorKind::MinLength { limit } => {
            format!("must have at least {limit} characters")
        }
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("must have at least {limit} entries"),
        ValidationErrorKind::MaxItems { limit } => format!("must have at most {limit} entries"),
        ValidationErrorKind::UniqueItems => "must not name anything twice".to_owned(),
        ValidationErrorKind::Pattern { pattern } => format!("must match {pattern}"),
        ValidationErrorKind::Format { format } => format!("must be a {format}"),
        other => format!("breaks the rule {:?} of its schema", other.keyword()),
    }
}

fn expected(kind: &TypeKind) -> String {
    let words = |name: &str| {
        match name {
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            other => other,
        }
        .to_owned()
    };
    match kind {
        TypeKind::Single(single) => words(&single.to_string()),
        TypeKind::Multiple(several) => {
            let several = several.iter().map(|it| it.to_string()).filter(|name| name != "null");
            several.map(|name| words(&name)).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn listed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = options.iter().map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(", ")
}
