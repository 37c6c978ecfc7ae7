//! Reads a result in the format TabSeparatedWithNamesAndTypes, part by part.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Field, Schema};
use jiff::tz::TimeZone;

use super::column::Column;
use crate::connector::Failure;
use crate::error::ResultLimit;
use crate::result::ResultSet;

/// A result that is being read: a line of names, a line of types, then a line for each row. In a
/// value, a tab and a line's end are written with a backslash.
pub(super) struct Reader {
    zone: TimeZone,
    row_limit: u64,
    byte_limit: u64,
    rows: u64,
    bytes: u64,
    /// The beginning of a line that has not ended yet.
    rest: Vec<u8>,
    names: Option<Vec<String>>,
    columns: Option<Vec<Column>>,
}

impl Reader {
    /// `zone` is the one in which the server writes times that say none.
    pub(super) fn new(zone: &TimeZone, row_limit: u64, byte_limit: u64) -> Self {
        Self {
            zone: zone.clone(),
            row_limit,
            byte_limit,
            rows: 0,
            bytes: 0,
            rest: Vec::new(),
            names: None,
            columns: None,
        }
    }

    /// Reads on. Errs at the limits.
    pub(super) fn read(&mut self, part: &[u8]) -> Result<(), Failure> {
        self.bytes += part.len() as u64;
        if self.bytes > self.byte_limit {
            return Err(Failure::TooLarge(ResultLimit::Bytes(self.byte_limit)));
        }
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
        let (Some(names), Some(columns), true) = (self.names, self.columns, self.rest.is_empty())
        else {
            return Err(Failure::Unavailable("the server's answer ends early".to_owned()));
        };
        let arrays: Vec<ArrayRef> =
            columns.into_iter().map(Column::finish).collect::<Result<_, _>>().map_err(garbled)?;
        let fields = names.iter().zip(&arrays);
        let fields: Vec<Field> =
            fields.map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let rows = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)
            .and_then(|batch| ResultSet::of_batches(&schema, &[batch]))
            .map_err(garbled)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        let fields = || line.split(|byte| *byte == b'\t');
        let Some(names) = &self.names else {
            self.names = Some(fields().map(|field| unescaped(field).into_owned()).collect());
            return Ok(());
        };
        let Some(columns) = &mut self.columns else {
            let types = fields().map(|field| Column::of(&unescaped(field), &self.zone));
            let columns = types.collect::<Result<Vec<_>, _>>()?;
            if columns.len() != names.len() {
                return Err(Failure::Unavailable("names and types do not match".to_owned()));
            }
            self.columns = Some(columns);
            return Ok(());
        };
        self.rows += 1;
        if self.rows > self.row_limit {
            return Err(Failure::TooLarge(ResultLimit::Rows(self.row_limit)));
        }
        if fields().count() != columns.len() {
            return Err(Failure::Unavailable("a row does not match its columns".to_owned()));
        }
        for (column, field) in columns.iter_mut().zip(fields()) {
            match field {
                b"\\N" => column.push_missing(),
                _ => column.push(&unescaped(field))?,
            }
        }
        Ok(())
    }
}

fn garbled(error: ArrowError) -> Failure {
    Failure::Failed(error.to_string())
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
