//! A panel's rows as a file.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::tz::TimeZone;
use model::dashboard::Panel;
use query::Target;
use render::Heading;
use serde_json::Value;
use sources::{Cell, ResultSet};

use super::answer::Question;
use super::viewer::Viewer;
use super::{panel_of, request};
use crate::api_error::ApiError;
use crate::app::App;
use crate::request_id::RequestId;

/// The files that a panel can be had as.
#[derive(Clone, Copy)]
enum FileFormat {
    Csv,
    Xlsx,
}

/// `POST /embed/v1/panels/{id}/export`
pub(crate) async fn export(
    State(app): State<App>,
    id: RequestId,
    viewer: Viewer,
    Path(panel): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let format = file_format(&body)?;
    let target = Target::Export(panel_of(&viewer, &panel)?);
    let request = request::read(target, &body, &["format"])?;
    let definition = &viewer.published.definition;
    let found = definition.panel(&panel);
    let found = found.ok_or_else(|| ApiError::not_found("there is no such panel here"))?;
    let zone = request.time_zone.as_ref().or(definition.time_zone.as_ref());
    let zone = zone.and_then(|zone| TimeZone::get(zone.as_str()).ok()).unwrap_or(TimeZone::UTC);
    let answer = Question { app: &app, id, viewer: &viewer, request: &request }.answer().await?;
    let file = write(format, found, &answer.rows.result, &zone)?;
    Ok((viewer.reply_headers(), file_headers(format, &panel), file).into_response())
}

fn file_format(body: &[u8]) -> Result<FileFormat, ApiError> {
    match request::object(body)?.get("format") {
        Some(Value::String(format)) if format == "csv" => Ok(FileFormat::Csv),
        Some(Value::String(format)) if format == "xlsx" => Ok(FileFormat::Xlsx),
        None | Some(Value::Null) => Err(ApiError::invalid("format", "is required: csv or xlsx")),
        Some(other) => {
            Err(ApiError::invalid("format", format!("must be csv or xlsx, not {other}")))
        }
    }
}

fn write(
    format: FileFormat,
    panel: &Panel,
    result: &ResultSet,
    zone: &TimeZone,
) -> Result<Bytes, ApiError> {
    let headings: Vec<Heading> =
        panel.result_labels().map(|label| Heading(label.to_owned())).collect();
    let rows = result.rows().map(|row| row.map(|cell| rendered(cell, zone)).collect());
    let mut out = std::io::Cursor::new(Vec::new());
    match format {
        FileFormat::Csv => render::write_csv(&headings, rows, &mut out),
        FileFormat::Xlsx => render::write_xlsx(&headings, rows, &mut out),
    }
    .map_err(ApiError::internal)?;
    Ok(out.into_inner().into())
}

fn rendered(cell: Cell<'_>, zone: &TimeZone) -> render::Cell {
    /// Up to here every integer is exact in a double: 2⁵³.
    const EXACT_IN_A_DOUBLE: u128 = 1 << 53;
    match cell {
        Cell::Null => render::Cell::Empty,
        Cell::Text(text) => render::Cell::Text(text.to_owned()),
        Cell::Integer(value) if value.unsigned_abs() <= EXACT_IN_A_DOUBLE => {
            render::Cell::Number(value as f64)
        }
        Cell::Integer(_) | Cell::Decimal(_) => render::Cell::Digits(cell.to_string()),
        Cell::Float(value) if value.is_finite() => render::Cell::Number(value),
        Cell::Float(_) => render::Cell::Empty,
        Cell::Boolean(value) => render::Cell::Boolean(value),
        Cell::Date(date) => render::Cell::Date(date),
        Cell::Timestamp(instant) => render::Cell::Instant(instant.to_zoned_datetime(zone.clone())),
        Cell::Time(time) => render::Cell::Text(time.to_string()),
    }
}

fn file_headers(format: FileFormat, panel: &str) -> HeaderMap {
    let (content_type, ending) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        FileFormat::Xlsx => {
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // A panel id is letters, digits and underscores.
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{panel}.{ending}\"")) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    headers
}
