//! A panel as a file: its rows, or its picture.

mod picture;
mod row_file;
mod wanted;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use query::{Request, Target};

use self::wanted::{FileFormat, Wanted};
use super::answer::Question;
use super::viewer::Viewer;
use super::{panel_of, request};
use crate::api_error::ApiError;
use crate::app::App;
use crate::body::JsonBytes;
use crate::request_id::RequestId;

/// `POST /embed/v1/panels/{id}/export`
pub(crate) async fn export(
    State(app): State<App>,
    id: RequestId,
    viewer: Viewer,
    Path(panel): Path<String>,
    JsonBytes(body): JsonBytes,
) -> Result<Response, ApiError> {
    let panel = panel_of(&viewer, &panel)?;
    let wanted = Wanted::read(&body)?;
    let target = match wanted.format {
        FileFormat::Rows(_) => Target::Export(panel.clone()),
        FileFormat::Picture(_) => Target::Panel(panel.clone()),
    };
    let mut request = request::read(target, &body, &wanted::FIELDS)?;
    if matches!(wanted.format, FileFormat::Picture(_)) {
        // A picture shows as many rows of a table as find room on it.
        request.page_size = request.page_size.or(Some(picture::TABLE_ROWS));
    }
    let zone = zone(&request, &viewer);
    let answer = Question { app: &app, id, viewer: &viewer, request: &request }.answer().await?;
    let no_panel = || ApiError::not_found("there is no such part of this dashboard");
    let definition = viewer.published.definition.panel(panel.as_str()).ok_or_else(no_panel)?;
    let file = match wanted.format {
        FileFormat::Rows(format) => {
            row_file::write(format, definition, &answer.rows.result, &zone)?
        }
        FileFormat::Picture(format) => {
            let drawing = picture::drawing(&wanted, definition, &answer, &viewer, zone)?;
            picture::draw(&app, format, drawing).await?
        }
    };
    let headers = file_headers(wanted.format, panel.as_str());
    Ok((viewer.reply_headers(), headers, file).into_response())
}

/// The zone in force; the compiler has refused names that no zone has.
fn zone(request: &Request, viewer: &Viewer) -> TimeZone {
    let of_dashboard = viewer.published.definition.time_zone.as_ref();
    let zone = request.time_zone.as_ref().or(of_dashboard);
    zone.and_then(|zone| TimeZone::get(zone.as_str()).ok()).unwrap_or(TimeZone::UTC)
}

fn file_headers(format: FileFormat, panel: &str) -> HeaderMap {
    let (ending, content_type) = format.ending_and_content_type();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // A panel id is letters, digits and underscores.
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{panel}.{ending}\"")) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    headers
}
