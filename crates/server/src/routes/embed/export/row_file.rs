//! A result as CSV or XLSX.

use bytes::Bytes;
use jiff::tz::TimeZone;
use model::dashboard::Panel;
use render::Heading;
use sources::{Cell, ResultSet};

use super::wanted::RowFormat;
use crate::api_error::ApiError;

pub(super) fn write(
    format: RowFormat,
    panel: &Panel,
    result: &ResultSet,
    zone: &TimeZone,
) -> Result<Bytes, ApiError> {
    let headings: Vec<Heading> =
        panel.result_labels().map(|label| Heading(label.to_owned())).collect();
    let rows = result.rows().map(|row| row.map(|cell| rendered(cell, zone)).collect());
    let mut out = std::io::Cursor::new(Vec::new());
    match format {
        RowFormat::Csv => render::write_csv(&headings, rows, &mut out),
        RowFormat::Xlsx => render::write_xlsx(&headings, rows, &mut out),
    }
    .map_err(ApiError::internal)?;
    Ok(out.into_inner().into())
}

fn rendered(cell: Cell<'_>, zone: &TimeZone) -> render::Cell {
    match cell {
        Cell::Null => render::Cell::Empty,
        Cell::Text(text) => render::Cell::Text(text.to_owned()),
        Cell::Integer(value) if super::super::rows::is_exact_in_a_double(value) => {
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
