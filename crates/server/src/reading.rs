//! Requests that are read field by field: Explo's calls, which overlook much, and the elements' calls,
//! which overlook nothing. What is read and what the OpenAPI document shows is one type's business,
//! and a test holds the two against each other.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::app::App;
use crate::body::{MAX_BYTES, read_json};
use crate::field_path::FieldPath;
use crate::json::{self, Fields, kind_of};
use crate::openapi::{Describe, Description};

/// What is read from the fields of an object, all of which its schema shows.
pub(crate) trait FromFields: JsonSchema + Sized {
    /// Takes every field. `None`: a fault was noted.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// An id in a body: text, or a number, which is kept as its text.
pub(crate) struct Id;

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number"]})
    }
}

/// A JSON object in the body, in which unknown fields mean nothing.
pub(crate) struct Lenient<T>(pub(crate) T);

/// As [`Lenient`]; no body is an empty object.
pub(crate) struct LenientOrNone<T>(pub(crate) T);

/// The parameters of the query, in which unknown ones mean nothing. Names may also be written in
/// camel case, as older clients do.
pub(crate) struct LenientQuery<T>(pub(crate) T);

/// A JSON object in the body, in which unknown fields are faults; no body is an empty object.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: FromFields> FromRequest<App> for Lenient<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let fields = fields_of(request).await?;
        let fields = fields.ok_or_else(|| whole_body("must be a JSON object, but is empty"))?;
        read(fields).map(Self)
    }
}

impl<T: FromFields> FromRequest<App> for LenientOrNone<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        read(fields_of(request).await?.unwrap_or_default()).map(Self)
    }
}

impl<T: FromFields> FromRequest<App> for Strict<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let mut fields = fields_of(request).await?.unwrap_or_default();
        let value = T::from_fields(&mut fields);
        fields.refuse_others();
        fields.finish(value).map(Self)
    }
}

impl<T: FromFields> FromRequestParts<App> for LenientQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let parameters = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(parameters) = parameters.map_err(|error| {
            ApiError::invalid("query", "must be name=value pairs in UTF-8").because(error)
        })?;
        read(Fields::new(in_snake_case(parameters))).map(Self)
    }
}

impl<T: FromFields> Describe for Lenient<T> {
    fn describe(description: &mut Description) {
        description.body::<T>();
        description.reads::<T>();
    }
}

impl<T: FromFields> Describe for LenientOrNone<T> {
    fn describe(description: &mut Description) {
        Lenient::<T>::describe(description);
        let schema = SchemaGenerator::default().into_root_schema_for::<T>();
        description.body_is_optional = schema.get("required").is_none();
    }
}

impl<T: FromFields> Describe for Strict<T> {
    fn describe(description: &mut Description) {
        LenientOrNone::<T>::describe(description);
    }
}

impl<T: FromFields> Describe for LenientQuery<T> {
    fn describe(description: &mut Description) {
        description.query::<T>();
        description.reads::<T>();
    }
}

fn read<T: FromFields>(mut fields: Fields) -> Result<T, ApiError> {
    let value = T::from_fields(&mut fields);
    fields.finish(value)
}

/// The fields of the body's object; `None` when there is no body.
async fn fields_of(request: Request) -> Result<Option<Fields>, ApiError> {
    let bytes = read_json(request, MAX_BYTES).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    match json::read(&bytes) {
        Ok(Value::Object(map)) => Ok(Some(Fields::new(map))),
        Ok(other) => Err(whole_body(&format!("must be a JSON object, not {}", kind_of(&other)))),
        Err(fault) => Err(ApiError::invalid_fields(vec![fault])),
    }
}

fn whole_body(detail: &str) -> ApiError {
    ApiError::invalid(FieldPath::root(), detail)
}

/// Parameters by name. Of one that is given twice the last counts; snake case wins over camel case.
fn in_snake_case(parameters: Vec<(String, String)>) -> Map<String, Value> {
    let (snake, camel): (Vec<_>, Vec<_>) = parameters
        .into_iter()
        .partition(|(name, _)| !name.contains(|c: char| c.is_ascii_uppercase()));
    let renamed = camel.into_iter().map(|(name, text)| (snake_case(&name), text));
    renamed.chain(snake).map(|(name, text)| (name, Value::String(text))).collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_is_read_where_snake_case_is_absent() {
        let pair = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        let given = [("page_size", "2"), ("pageSize", "3"), ("parentProvidedId", "UA")];
        let read = in_snake_case(given.map(pair).to_vec());
        assert_eq!(
            Value::from(read),
            serde_json::json!({"page_size": "2", "parent_provided_id": "UA"})
        );
    }
}
