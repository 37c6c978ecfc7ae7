//! What the elements call: a dashboard's definition, its panels' rows, its controls' choices.
//!
//! The credential stands in a header and becomes a [`Viewer`]; what it may read is decided by
//! `query::compile`, the one gate.

mod answer;
mod definition;
mod export;
mod options;
mod request;
mod rows;
mod viewer;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use model::name::PanelId;
use query::Target;

use self::answer::Question;
use self::definition::Definition;
pub(crate) use self::export::export;
pub(crate) use self::options::options;
use self::viewer::Viewer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::body::JsonBytes;
use crate::request_id::RequestId;

/// `GET /embed/v1/dashboard`
pub(crate) async fn dashboard(viewer: Viewer) -> Response {
    let definition = Definition::new(&viewer);
    (viewer.reply_headers(), Json(definition)).into_response()
}

/// `POST /embed/v1/panels/{id}/data`
pub(crate) async fn data(
    State(app): State<App>,
    id: RequestId,
    viewer: Viewer,
    Path(panel): Path<String>,
    JsonBytes(body): JsonBytes,
) -> Result<Response, ApiError> {
    let target = Target::Panel(panel_of(&viewer, &panel)?);
    let request = request::read(target, &body, &[])?;
    let answer = Question { app: &app, id, viewer: &viewer, request: &request }.answer().await?;
    Ok((viewer.reply_headers(), json_headers(), answer.to_json()).into_response())
}

/// The panel that a path names. An id that no panel can have, or that the credential does not open,
/// is as absent as one that none has.
fn panel_of(viewer: &Viewer, text: &str) -> Result<PanelId, ApiError> {
    let id = text.parse().ok().filter(|id| viewer.may_see(id));
    id.ok_or_else(|| ApiError::not_found("there is no such part of this dashboard"))
}

/// Rows belong to one viewer and to now.
fn json_headers() -> HeaderMap {
    let json = axum::http::HeaderValue::from_static("application/json");
    let no_store = axum::http::HeaderValue::from_static("no-store");
    [(axum::http::header::CONTENT_TYPE, json), (CACHE_CONTROL, no_store)].into_iter().collect()
}
