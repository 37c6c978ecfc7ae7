//! What native handlers answer: JSON with a status, and what describes it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::declaration::Change;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api_error::ApiError;
use crate::openapi::{Describe, Description};

/// A record that was made or brought to the state that was put: 201 or 200.
pub(crate) struct Put<T>(pub(crate) PutOutcome, pub(crate) T);

/// What became of a record that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PutOutcome {
    Created,
    Updated,
    /// It was as wanted; nothing was written.
    Unchanged,
}

/// A record with what became of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Put{T}")]
struct WithOutcome<T> {
    outcome: PutOutcome,
    #[serde(flatten)]
    record: T,
}

impl<T: Serialize> IntoResponse for Put<T> {
    fn into_response(self) -> Response {
        let Self(outcome, record) = self;
        let is_new = outcome == PutOutcome::Created;
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        (status, Json(WithOutcome { outcome, record })).into_response()
    }
}

impl<T: JsonSchema> Describe for Put<T> {
    fn describe(description: &mut Description) {
        description.reply::<WithOutcome<T>>(200, "Changed, or as it was wanted already", &[]);
        description.reply::<WithOutcome<T>>(201, "Made", &[]);
    }
}

impl PutOutcome {
    /// Of the changes that putting led to; `is_creation` tells the one that makes the record.
    pub(crate) fn of(changes: &[Change], is_creation: impl Fn(&Change) -> bool) -> Self {
        match changes {
            [] => Self::Unchanged,
            changes if changes.iter().any(is_creation) => Self::Created,
            _ => Self::Updated,
        }
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
#[schemars(rename = "PageOf{T}")]
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

    /// The first `limit` of records that are shown as they are.
    pub(crate) fn of_records<P: Serialize>(
        mut data: Vec<T>,
        limit: usize,
        position: impl Fn(&T) -> P,
    ) -> Self {
        let has_more = data.len() > limit;
        data.truncate(limit);
        let last = if has_more { data.last() } else { None };
        let next_cursor = last.map(|record| cursor(&position(record)));
        Self { data, has_more, next_cursor }
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
