//! A result as CSV or XLSX.

use bytes::Bytes;
use jiff::tz::TimeZone;
use model::dashboard::Panel;
use render::Heading;
use sources::{Cell, ResultSet};

use super::super::answer::Answered;
use super::wanted::RowFormat;
use crate::api_error::ApiError;

pub(super) fn write(
    format: RowFormat,
    panel: &Panel,
    answer: &Answered,
    zone: &TimeZone,
) -> Result<Bytes, ApiError> {
    let result = &answer.rows.result;
    let headings = headings(panel, result);
    let rows = result.rows().map(|row| row.map(|cell| rendered(cell, zone)).collect());
    let totals = answer.totals().map(|totals| last_row(totals, zone));
    let rows = rows.chain(totals);
    let mut out = std::io::Cursor::new(Vec::new());
    match format {
        RowFormat::Csv => render::write_csv(&headings, rows, &mut out),
        RowFormat::Xlsx => render::write_xlsx(&headings, rows, &mut out),
    }
    .map_err(ApiError::internal)?;
    Ok(out.into_inner().into())
}

/// The author's words, or the value that became a column.
fn headings(panel: &Panel, result: &ResultSet) -> Vec<Heading> {
    let labels: Vec<(&str, &str)> =
        panel.result_columns().map(|name| name.as_str()).zip(panel.result_labels()).collect();
    let label = |name: &str| labels.iter().find(|(column, _)| *column == name).map(|(_, l)| *l);
    let columns = result.columns().iter();
    columns.map(|column| Heading(label(&column.name).unwrap_or(&column.name).to_owned())).collect()
}

/// The totals, called so where the first column has none.
fn last_row(totals: Vec<Cell<'_>>, zone: &TimeZone) -> Vec<render::Cell> {
    let mut row: Vec<render::Cell> = totals.into_iter().map(|cell| rendered(cell, zone)).collect();
    if let Some(first) = row.first_mut().filter(|cell| matches!(cell, render::Cell::Empty)) {
        *first = render::Cell::Text("Total".to_owned());
    }
    row
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
