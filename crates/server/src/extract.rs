//! What native handlers take from a request: each is checked against its type's schema.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::api_error::ApiError;
use crate::app::App;
use crate::body::{MAX_BYTES, read_json};
use crate::field_path::FieldPath;
use crate::json;
use crate::openapi::{Describe, Description};
use crate::validate::{from_texts, validated};

/// The JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + JsonSchema + 'static> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        parsed(&read_json(request, MAX_BYTES).await?).map(Self)
    }
}

/// `T` from the bytes of a body.
pub(crate) fn parsed<T: DeserializeOwned + JsonSchema + 'static>(
    bytes: &[u8],
) -> Result<T, ApiError> {
    if bytes.is_empty() {
        return Err(ApiError::invalid(FieldPath::root(), "must be JSON, but is empty"));
    }
    let value = json::read(bytes).map_err(|fault| ApiError::invalid_fields(vec![fault]))?;
    validated(value)
}

impl<T: JsonSchema> Describe for Body<T> {
    fn describe(description: &mut Description) {
        description.body::<T>();
    }
}

/// The parameters of the query; one that is not known is an error.
pub(crate) struct InQuery<T>(pub(crate) T);

/// The parameter that callers read themselves.
const ALWAYS_TAKEN: &str = "group";

impl<T: DeserializeOwned + JsonSchema + 'static> FromRequestParts<App> for InQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let parameters = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(parameters) = parameters.map_err(|error| {
            ApiError::invalid("query", "must be name=value pairs in UTF-8").because(error)
        })?;
        from_texts(parameters, ALWAYS_TAKEN).map(Self)
    }
}

impl<T: JsonSchema> Describe for InQuery<T> {
    fn describe(description: &mut Description) {
        description.query::<T>();
    }
}

/// The one parameter of the path.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: FromStr<Err: Display> + Send> FromRequestParts<App> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let mut named = named(parts, app).await?.into_iter();
        next(&mut named).map(Self)
    }
}

/// Parameters of the path stand in the operation's path itself.
impl<T> Describe for InPath<T> {
    fn describe(_: &mut Description) {}
}

/// The two parameters of the path, in their order.
pub(crate) struct BothInPath<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> FromRequestParts<App> for BothInPath<A, B>
where
    A: FromStr<Err: Display> + Send,
    B: FromStr<Err: Display> + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let mut named = named(parts, app).await?.into_iter();
        Ok(Self(next(&mut named)?, next(&mut named)?))
    }
}

impl<A, B> Describe for BothInPath<A, B> {
    fn describe(_: &mut Description) {}
}

/// The parameters of the path with their names, in their order.
async fn named(parts: &mut Parts, app: &App) -> Result<Vec<(String, String)>, ApiError> {
    let named = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
    named.map(|Path(named)| named).map_err(|error| unreadable().because(error))
}

fn next<T: FromStr<Err: Display>>(
    named: &mut impl Iterator<Item = (String, String)>,
) -> Result<T, ApiError> {
    let (name, text) = named.next().ok_or_else(unreadable)?;
    text.parse().map_err(|fault: T::Err| ApiError::invalid(name, fault.to_string()))
}

fn unreadable() -> ApiError {
    ApiError::invalid("path", "must be UTF-8 in percent-encoding")
}
