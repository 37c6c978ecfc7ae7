//! Reads a result in the format TabSeparatedWithNamesAndTypes, part by part.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::column::{Form, append, of_type};
use crate::connector::Failure;
use crate::result::{MOST_COLUMNS, Measure, ResultBuilder, ResultSet};

/// A result that is being read: a line of names, a line of types, then a line for each row. In a
/// value, a tab and a line's end are written with a backslash.
pub(super) struct Reader {
    zone: TimeZone,
    /// Of what has come, ended lines or not.
    received: Measure,
    /// Of rows. Their bytes are in `received`.
    rows: Measure,
    /// The beginning of a line that has not ended yet.
    rest: Vec<u8>,
    part: Part,
}

/// How far the reading has come.
enum Part {
    Names,
    Types(Vec<String>),
    Rows(Vec<Form>, ResultBuilder),
}

impl Reader {
    /// `zone` is the one in which the server writes times that say none.
    pub(super) fn new(zone: &TimeZone, row_limit: u64, byte_limit: u64) -> Self {
        Self {
            zone: zone.clone(),
            received: Measure::new(row_limit, byte_limit),
            rows: Measure::new(row_limit, byte_limit),
            rest: Vec::new(),
            part: Part::Names,
        }
    }

    /// Reads on. Errs at the limits.
    pub(super) fn read(&mut self, part: &[u8]) -> Result<(), Failure> {
        self.received.value(part.len())?;
        let mut left = part;
        while let Some(end) = left.iter().position(|byte| *byte == b'\n') {
            let mut line = std::mem::take(&mut self.rest);
            line.extend_from_slice(&left[..end]);
            self.line(&line)?;
            left = &left[end + 1..];
        }
        self.rest.extend_from_slice(left);
        Ok(())
    }

    /// The whole result.
    pub(super) fn finish(self) -> Result<ResultSet, Failure> {
        match self.part {
            Part::Rows(_, rows) if self.rest.is_empty() => rows.finish(),
            _ => Err(Failure::Unavailable("the server's answer ends early".to_owned())),
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        match &mut self.part {
            Part::Names => {
                let names = fields(line).map(|field| unescaped(field).into_owned());
                // One too many is as wrong as a million.
                self.part = Part::Types(names.take(MOST_COLUMNS + 1).collect());
            }
            Part::Types(names) if names.len() != fields(line).take(MOST_COLUMNS + 1).count() => {
                return Err(Failure::Unavailable("names and types do not match".to_owned()));
            }
            Part::Types(names) => {
                self.part = columns(std::mem::take(names), line, &self.zone, self.rows)?;
            }
            Part::Rows(forms, rows) => row(line, forms, rows)?,
        }
        Ok(())
    }
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b'\t')
}

fn columns(
    names: Vec<String>,
    types: &[u8],
    zone: &TimeZone,
    measure: Measure,
) -> Result<Part, Failure> {
    let mut forms = Vec::new();
    let typed = names.into_iter().zip(fields(types)).map(|(name, field)| {
        let (column, form) = of_type(&unescaped(field), zone)?;
        forms.push(form);
        Ok((name, column))
    });
    let rows = ResultBuilder::new(typed, measure)?;
    Ok(Part::Rows(forms, rows))
}

fn row(line: &[u8], forms: &[Form], rows: &mut ResultBuilder) -> Result<(), Failure> {
    if fields(line).count() != forms.len() {
        return Err(Failure::Unavailable("a row does not match its columns".to_owned()));
    }
    let mut each = fields(line).zip(forms);
    rows.row(line.len(), |column| match each.next() {
        Some((b"\\N", _)) => {
            column.append_null();
            Ok(())
        }
        Some((field, form @ Form::Written)) => {
            append(column, form, &String::from_utf8_lossy(field))
        }
        Some((field, form)) => append(column, form, &unescaped(field)),
        None => Err("a row is too short"),
    })
}

/// A field's text. Strings of ClickHouse are bytes; what is no UTF-8 in them becomes U+FFFD.
fn unescaped(field: &[u8]) -> Cow<'_, str> {
    if !field.contains(&b'\\') {
        return String::from_utf8_lossy(field);
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter();
    while let Some(byte) = rest.next() {
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        bytes.extend(rest.next().map(|escaped| match escaped {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'r' => b'\r',
            b'n' => b'\n',
            b't' => b'\t',
            b'0' => 0,
            other => *other,
        }));
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ResultLimit;

    const ANSWER: &str = "n\tlabel\nUInt8\tNullable(String)\n1\ta\\tb\\\\n\n2\t\\N\n";

    fn read(answer: &str, size: usize, rows: u64, bytes: u64) -> Result<String, Failure> {
        let mut reader = Reader::new(&TimeZone::UTC, rows, bytes);
        for part in answer.as_bytes().chunks(size) {
            reader.read(part)?;
        }
        let found = reader.finish()?;
        let row = |cells: Vec<String>| cells.join("|");
        let rows = found.rows().map(|cells| row(cells.map(|cell| cell.to_string()).collect()));
        Ok(rows.collect::<Vec<_>>().join(";"))
    }

    #[test]
    fn an_answer_is_the_same_in_parts_of_any_size() {
        for size in 1..ANSWER.len() {
            assert_eq!(read(ANSWER, size, 9, 99), Ok("1|a\tb\\n;2|".to_owned()), "{size}");
        }
        assert_eq!(read("n\nString\n", 4, 9, 99), Ok(String::new()));
    }

    #[test]
    fn limits_hold_while_an_answer_is_read() {
        assert_eq!(read(ANSWER, 3, 1, 99), Err(Failure::TooLarge(ResultLimit::Rows(1))));
        assert_eq!(read(ANSWER, 3, 9, 20), Err(Failure::TooLarge(ResultLimit::Bytes(20))));
    }

    #[test]
    fn an_answer_that_ends_early_or_does_not_fit_is_none() {
        for answer in ["", "n\n", "n\nUInt8\n1", "n\nUInt8\tUInt8\n", "n\nUInt8\n1\t2\n"] {
            let found = read(answer, 9, 9, 99);
            assert!(matches!(found, Err(Failure::Unavailable(_))), "{answer:?}: {found:?}");
        }
        assert!(matches!(read("n\nUInt8\nx\n", 9, 9, 99), Err(Failure::Failed(_))));
    }
}
