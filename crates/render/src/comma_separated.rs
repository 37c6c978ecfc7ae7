//! CSV as in RFC 4180, in UTF-8, with a guard against formula injection.

use std::borrow::Cow;
use std::io::Write;

use crate::{Cell, Heading, RenderError};

/// Writes the line of headings.
pub fn write_csv_headings(headings: &[Heading], out: impl Write) -> Result<(), RenderError> {
    let mut writer = lines(out);
    writer.write_record(headings.iter().map(|heading| guarded(&heading.0).into_owned()))?;
    Ok(writer.flush()?)
}

/// Writes a line for each row.
///
/// A text that a spreadsheet would take for a formula gets an apostrophe in front, because rows hold
/// what strangers typed. Numbers stay as they are.
pub fn write_csv_rows(
    rows: impl IntoIterator<Item = Vec<Cell>>,
    out: impl Write,
) -> Result<(), RenderError> {
    let mut writer = lines(out);
    for row in rows {
        for cell in &row {
            writer.write_field(text(cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.flush()?)
}

fn lines<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)
}

fn text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => guarded(text),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Digits(digits) => Cow::Borrowed(digits),
        Cell::Boolean(true) => Cow::Borrowed("true"),
        Cell::Boolean(false) => Cow::Borrowed("false"),
        Cell::Date(date) => Cow::Owned(date.to_string()),
        Cell::Instant(zoned) => Cow::Owned(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
    }
}

/// The characters that make a spreadsheet evaluate a cell, after the OWASP page on CSV injection.
fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(row: Vec<Cell>, expected: &str) {
        let mut out = Vec::new();
        write_csv_rows([row], &mut out).expect("written");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), format!("{expected}\r\n"));
    }

    #[test]
    fn headings_are_guarded_as_texts_are() {
        let headings = ["Flights", "=1+1"].map(|heading| Heading(heading.to_owned()));
        let mut out = Vec::new();
        write_csv_headings(&headings, &mut out).expect("written");
        assert_eq!(out, b"Flights,'=1+1\r\n");
    }

    #[test]
    fn values_keep_their_form() {
        let date = "2013-01-31".parse().expect("a date");
        let instant = "2013-01-31T05:00:00-05:00[America/New_York]".parse().expect("an instant");
        check(
            vec![
                Cell::Text("Delta, \"Inc\"".to_owned()),
                Cell::Number(-12.5),
                Cell::Digits("9007199254740993".to_owned()),
                Cell::Empty,
                Cell::Boolean(true),
                Cell::Date(date),
                Cell::Instant(instant),
            ],
            "\"Delta, \"\"Inc\"\"\",-12.5,9007199254740993,,true,2013-01-31,2013-01-31T05:00:00-05:00",
        );
    }

    #[test]
    fn no_text_becomes_a_formula() {
        for start in ["=", "+", "-", "@"] {
            let formula = format!("{start}HYPERLINK(1)");
            check(vec![Cell::Text(formula.clone())], &format!("'{formula}"));
        }
        check(vec![Cell::Text("a=b".to_owned())], "a=b");
    }
}
