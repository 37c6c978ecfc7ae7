//! A panel as a file: its rows, or its picture.

mod picture;
mod row_file;
mod wanted;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use query::{Request, Target};

use self::wanted::{ExportRequest, FileFormat};
use super::answer::Question;
use super::viewer::{PanelOfViewer, Viewer, no_part};
use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Describe, Description};
use crate::reading::Strict;
use crate::request_id::RequestId;

/// A panel's rows or picture.
pub(super) struct File(Response);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Describe for File {
    fn describe(description: &mut Description) {
        let headers = &[("Content-Disposition", "The file's name")];
        description.file_reply("The file", FileFormat::media_types(), headers);
    }
}

/// `POST /embed/v1/panels/{id}/export`
pub(super) async fn export(
    State(app): State<App>,
    id: RequestId,
    PanelOfViewer { viewer, panel }: PanelOfViewer,
    Strict(ExportRequest { mut data, wanted }): Strict<ExportRequest>,
) -> Result<File, ApiError> {
    let target = match wanted.format {
        FileFormat::Rows(_) => Target::Export(panel.clone()),
        FileFormat::Picture(_) => Target::Panel(panel.clone()),
    };
    if matches!(wanted.format, FileFormat::Picture(_)) {
        // A picture shows as many rows of a table as find room on it.
        data.page_size = data.page_size.or(Some(picture::TABLE_ROWS));
    }
    let refresh = data.refresh;
    let request = data.of(target, app.clock.now());
    let zone = zone(&request, &viewer);
    let question = Question { app: &app, id, viewer: &viewer, request: &request, refresh };
    let answer = question.answer().await?;
    let definition = viewer.published.definition.panel(panel.as_str()).ok_or_else(no_part)?;
    let file = match wanted.format {
        FileFormat::Rows(format) => row_file::write(format, definition, &answer, &zone)?,
        FileFormat::Picture(format) => {
            let drawing = picture::drawing(&wanted, definition, &answer, &viewer, zone)?;
            picture::draw(&app, format, drawing).await?.into()
        }
    };
    let headers = file_headers(wanted.format, panel.as_str());
    Ok(File((viewer.reply_headers(), headers, file).into_response()))
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
