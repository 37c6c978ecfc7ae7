//! The choices of a control.

use axum::extract::State;
use bytes::Bytes;
use model::dashboard::{Element, ElementKind, FixedOption, Options};
use query::Target;
use schemars::JsonSchema;
use serde_json::{Value, json};
use sources::{Cell, ResultSet};

use super::answer::Question;
use super::request::DataRequest;
use super::viewer::Viewer;
use super::{json_headers, rows};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::InPath;
use crate::reading::Strict;
use crate::request_id::RequestId;

/// The choices of a control.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the form of what is written; tests hold replies to it")]
pub(super) struct ElementOptions {
    options: Vec<ElementOption>,
}

/// One choice.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the form of what is written; tests hold replies to it")]
struct ElementOption {
    /// What the control sends as its variable.
    value: rows::CellForm,
    /// What the viewer reads.
    label: String,
}

/// `POST /embed/v1/elements/{id}/options`
pub(super) async fn options(
    State(app): State<App>,
    id: RequestId,
    viewer: Viewer,
    InPath(element): InPath<String>,
    Strict(request): Strict<DataRequest>,
) -> Result<Answer<ElementOptions>, ApiError> {
    // A credential for one panel opens no controls.
    let elements = viewer.only_panel.is_none().then_some(&viewer.published.definition);
    let element = elements.and_then(|definition| definition.element(&element));
    let element = element.ok_or_else(|| ApiError::not_found("there is no such control here"))?;
    let refresh = request.refresh;
    let request = request.of(Target::Options(element.id.clone()), app.clock.now());
    let body = match choices(element) {
        None => Bytes::from_static(b"{\"options\":[]}"),
        Some(Options::Fixed(list)) => fixed(list),
        Some(Options::Dataset(_)) => {
            let question = Question { app: &app, id, viewer: &viewer, request: &request, refresh };
            encode(&question.answer().await?.rows.result)
        }
    };
    Ok(Answer::new((viewer.reply_headers(), json_headers(), body)))
}

/// A date range has no list of choices.
fn choices(element: &Element) -> Option<&Options> {
    match &element.kind {
        ElementKind::Dropdown { options } | ElementKind::MultiSelect { options } => Some(options),
        ElementKind::DateRange { .. } => None,
    }
}

fn fixed(list: &[FixedOption]) -> Bytes {
    let choice = |option: &FixedOption| {
        let label = option.label.clone().unwrap_or_else(|| shown(&option.value));
        json!({"value": option.value, "label": label})
    };
    let options: Vec<Value> = list.iter().map(choice).collect();
    json!({"options": options}).to_string().into()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Rows of value and label as choices; a missing value is no choice.
fn encode(result: &ResultSet) -> Bytes {
    let mut out = b"{\"options\":[".to_vec();
    for mut row in result.rows() {
        let value = row.next().unwrap_or(Cell::Null);
        if value == Cell::Null {
            continue;
        }
        let label = row.next().filter(|label| *label != Cell::Null).unwrap_or(value);
        out.extend_from_slice(if out.ends_with(b"[") { b"{\"value\":" } else { b",{\"value\":" });
        rows::write_cell(&mut out, value);
        out.extend_from_slice(b",\"label\":");
        rows::write_cell(&mut out, Cell::Text(&label.to_string()));
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out.into()
}
