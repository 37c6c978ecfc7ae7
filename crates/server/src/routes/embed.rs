//! What the elements call: a dashboard's definition, its panels' rows, its controls' choices.
//!
//! The credential stands in a header and becomes a [`Viewer`]; what it may read is decided by
//! `query::compile`, the one gate.

mod answer;
mod comparison;
mod definition;
mod export;
mod options;
mod request;
mod rows;
mod viewer;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use query::Target;

pub(crate) use self::answer::cache_policy;
use self::answer::{PanelData, Question};
use self::definition::Definition;
pub(crate) use self::request::DataRequest;
pub(crate) use self::rows::encode;
use self::viewer::{PanelOfViewer, Viewer};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Operation, operation};
use crate::reading::Strict;
use crate::request_id::RequestId;

/// Every operation below `/embed/v1`, in the order of the reference.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /embed/v1/dashboard", "view_dashboard", "What to draw and where", dashboard),
        operation("POST /embed/v1/panels/{id}/data", "view_panel_data", "A panel's rows", data),
        operation(
            "POST /embed/v1/elements/{id}/options",
            "view_element_options",
            "The choices of a control",
            options::options,
        ),
        operation(
            "POST /embed/v1/panels/{id}/export",
            "export_panel",
            "A panel's rows or picture as a file",
            export::export,
        ),
    ]
}

/// `GET /embed/v1/dashboard`
async fn dashboard(viewer: Viewer) -> Answer<Definition<'static>> {
    Answer::new((viewer.reply_headers(), Json(Definition::new(&viewer))))
}

/// `POST /embed/v1/panels/{id}/data`
async fn data(
    State(app): State<App>,
    id: RequestId,
    PanelOfViewer { viewer, panel }: PanelOfViewer,
    Strict(request): Strict<DataRequest>,
) -> Result<Answer<PanelData>, ApiError> {
    let refresh = request.refresh;
    let request = request.of(Target::Panel(panel), app.clock.now());
    let question = Question { app: &app, id, viewer: &viewer, request: &request, refresh };
    let answer = question.answer().await?;
    Ok(Answer::new((viewer.reply_headers(), json_headers(), answer.to_json())))
}

/// Rows belong to one viewer and to now.
fn json_headers() -> HeaderMap {
    let json = axum::http::HeaderValue::from_static("application/json");
    let no_store = axum::http::HeaderValue::from_static("no-store");
    [(axum::http::header::CONTENT_TYPE, json), (CACHE_CONTROL, no_store)].into_iter().collect()
}
