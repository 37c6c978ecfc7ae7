//! What native handlers answer: JSON with a status, and what describes it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api_error::ApiError;
use crate::openapi::{Describe, Description};

/// Something was made: 201.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: JsonSchema> Describe for Created<T> {
    fn describe(description: &mut Description) {
        description.reply::<T>(201, "Made", &[]);
    }
}

/// Done, with nothing to tell: 204.
pub(crate) struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Describe for NoContent {
    fn describe(description: &mut Description) {
        description.empty_reply(204, "Done");
    }
}

/// One page of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    /// Whether there is more behind this page.
    pub(crate) has_more: bool,
    /// For the parameter `cursor` of the next call; `null` on the last page.
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of at most `limit` of `found`, which may hold one more to tell that there is more.
    /// `position` is where a record stands in the list.
    pub(crate) fn of<Row, P: Serialize>(
        mut found: Vec<Row>,
        limit: usize,
        position: impl Fn(&Row) -> P,
        show: impl Fn(&Row) -> T,
    ) -> Self {
        let has_more = found.len() > limit;
        found.truncate(limit);
        let last = if has_more { found.last() } else { None };
        let next_cursor = last.map(|row| cursor(&position(row)));
        Self { data: found.iter().map(show).collect(), has_more, next_cursor }
    }

    /// A list that always fits on one page.
    pub(crate) fn whole(data: Vec<T>) -> Self {
        Self { data, has_more: false, next_cursor: None }
    }
}

/// A place in a list, as text that means nothing to clients.
fn cursor(position: &impl Serialize) -> String {
    let json = serde_json::to_vec(position)
        .unwrap_or_else(|_| unreachable!("numbers and text always serialise"));
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

/// The place that a cursor stands for.
pub(crate) fn position<P: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<P>, ApiError> {
    let Some(text) = cursor else { return Ok(None) };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let position = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let wrong = || ApiError::invalid("cursor", "must be the next_cursor of a page of this list");
    position.map(Some).ok_or_else(wrong)
}
