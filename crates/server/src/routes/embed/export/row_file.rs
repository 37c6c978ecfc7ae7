//! A result as CSV or XLSX.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use jiff::tz::TimeZone;
use model::dashboard::Panel;
use render::{Heading, RenderError};
use sources::{Cell, ResultSet};

use super::super::answer::Answered;
use super::wanted::RowFormat;
use crate::api_error::ApiError;

/// Rows that are in memory as text at once.
const ROWS_AT_ONCE: usize = 1_000;

/// A table of texts, numbers and times that is written row by row.
struct Table {
    headings: Vec<Heading>,
    result: Arc<ResultSet>,
    totals: Option<Vec<render::Cell>>,
    zone: TimeZone,
}

pub(super) fn write(
    format: RowFormat,
    panel: &Panel,
    answer: &Answered,
    zone: &TimeZone,
) -> Result<Body, ApiError> {
    let result = Arc::clone(&answer.rows.result);
    let headings = headings(panel, &result);
    let totals = answer.totals().map(|totals| last_row(totals, zone));
    let table = Table { headings, result, totals, zone: zone.clone() };
    match format {
        RowFormat::Csv => Ok(Body::from_stream(stream::iter(table.into_csv()))),
        RowFormat::Xlsx => table.to_xlsx().map(Body::from).map_err(ApiError::internal),
    }
}

impl Table {
    fn rows(&self, first: usize, most: usize) -> impl Iterator<Item = Vec<render::Cell>> {
        let rows = self.result.rows_from(first, most);
        rows.map(|row| row.map(|cell| rendered(cell, &self.zone)).collect())
    }

    /// Piece by piece, each made when it is sent. An error ends the file before its end, which
    /// clients notice.
    fn into_csv(self) -> impl Iterator<Item = Result<Bytes, RenderError>> {
        let starts = (0..self.result.row_count().max(1)).step_by(ROWS_AT_ONCE);
        starts.map(move |first| self.csv_piece(first).map(Bytes::from))
    }

    fn csv_piece(&self, first: usize) -> Result<Vec<u8>, RenderError> {
        let mut out = Vec::new();
        if first == 0 {
            render::write_csv_headings(&self.headings, &mut out)?;
        }
        let is_last = first + ROWS_AT_ONCE >= self.result.row_count();
        let totals = self.totals.clone().filter(|_| is_last);
        render::write_csv_rows(self.rows(first, ROWS_AT_ONCE).chain(totals), &mut out)?;
        Ok(out)
    }

    /// Whole: the table of contents of the archive that it is comes last.
    fn to_xlsx(&self) -> Result<Vec<u8>, RenderError> {
        let rows = self.rows(0, usize::MAX).chain(self.totals.clone());
        let mut out = std::io::Cursor::new(Vec::new());
        render::write_xlsx(&self.headings, rows, &mut out)?;
        Ok(out.into_inner())
    }
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
