//! XLSX with one sheet, written row by row in constant memory.

use std::io::{Seek, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use crate::{Cell, Heading, RenderError};

/// Rows that a sheet holds besides the heading, from the file format's limits.
pub const MAX_ROWS: usize = 1_048_575;

/// Writes a workbook with one sheet: a bold heading that stays in view, then the rows. Rows past
/// [`MAX_ROWS`] are left out.
///
/// Texts are written as texts, so none becomes a formula. Numbers that a double would round are
/// written as texts too.
pub fn write_xlsx(
    headings: &[Heading],
    rows: impl IntoIterator<Item = Vec<Cell>>,
    out: impl Write + Seek + Send,
) -> Result<(), RenderError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let formats = Formats::new();
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in (0..).zip(headings) {
        sheet.set_column_width(column, column_width(&heading.0))?;
        sheet.write_string_with_format(0, column, &heading.0, &formats.heading)?;
    }
    for (row, cells) in (1..).zip(rows.into_iter().take(MAX_ROWS)) {
        for (column, cell) in (0..).zip(&cells) {
            write_cell(sheet, row, column, cell, &formats)?;
        }
    }
    Ok(workbook.save_to_writer(out)?)
}

struct Formats {
    heading: Format,
    date: Format,
    instant: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            heading: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// Wide enough for the heading and for a timestamp, in characters.
fn column_width(heading: &str) -> f64 {
    let characters = u16::try_from(heading.chars().count()).unwrap_or(60);
    f64::from(characters.clamp(18, 60))
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), RenderError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) | Cell::Digits(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Boolean(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Cell::Date(date) => write_date_time(sheet, row, column, &date.to_string(), &formats.date)?,
        Cell::Instant(zoned) => {
            // A sheet knows no zones: the wall clock of the zone in force is what people read.
            let wall_clock = zoned.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            write_date_time(sheet, row, column, &wall_clock, &formats.instant)?;
        }
    }
    Ok(())
}

/// Dates before 1900 do not exist in the file format and are written as texts.
fn write_date_time(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), RenderError> {
    match ExcelDateTime::parse_from_str(text) {
        Ok(date_time) => sheet.write_datetime_with_format(row, column, &date_time, format)?,
        Err(_) => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_workbook_is_a_zip_file_with_one_sheet() {
        let headings = [Heading("Destination".to_owned()), Heading("Flown".to_owned())];
        let rows = vec![
            vec![Cell::Text("=1+1".to_owned()), Cell::Date("1899-01-01".parse().expect("a date"))],
            vec![Cell::Number(3.5), Cell::Date("2013-01-01".parse().expect("a date"))],
        ];
        let mut out = Cursor::new(Vec::new());
        write_xlsx(&headings, rows, &mut out).expect("written");
        let bytes = out.into_inner();
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        let names = String::from_utf8_lossy(&bytes);
        assert!(names.contains("xl/worksheets/sheet1.xml"));
        assert!(!names.contains("xl/worksheets/sheet2.xml"));
    }
}
