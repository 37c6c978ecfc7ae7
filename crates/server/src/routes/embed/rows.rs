//! A result as the wire's `"columns":[…],"rows":[…]`, written straight into bytes.
//!
//! Integers that a double would round and decimals are strings, timestamps are RFC 3339 in UTC, a
//! NaN or an infinity is null.

use std::io::Write;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use sources::{Cell, ColumnKind, ResultSet};

/// A column of the result.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ResultColumn")]
pub(super) struct Heading<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: ColumnType,
    /// Of a table's column that was a value: the measure whose figures it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<&'a str>,
}

/// What a column holds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ColumnType {
    String,
    Integer,
    Float,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Time,
}

/// One value of a row.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "Cell")]
#[expect(dead_code, reason = "it tells the form of what is written; tests hold replies to it")]
pub(super) enum CellForm {
    Missing(()),
    Boolean(bool),
    Number(f64),
    /// Also integers beyond 2^53 and decimals; dates and times in ISO 8601.
    Text(String),
}

/// `"columns":[…],"rows":[[…],…]`, without the braces around them.
pub(crate) fn encode(result: &ResultSet) -> Bytes {
    let columns = result.columns();
    let headings: Vec<Heading<'_>> = columns
        .iter()
        .map(|column| Heading {
            name: &column.name,
            kind: column.kind.into(),
            measure: column.measure.as_deref(),
        })
        .collect();
    let mut out = Vec::with_capacity(256 + result.row_count() * columns.len() * 12);
    out.extend_from_slice(b"\"columns\":");
    write_json(&mut out, &headings);
    out.extend_from_slice(b",\"rows\":");
    write_rows(&mut out, result);
    out.into()
}

/// `[[…],…]`
pub(super) fn write_rows(out: &mut Vec<u8>, result: &ResultSet) {
    out.push(b'[');
    for (at, row) in result.rows().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_row(out, row);
    }
    out.push(b']');
}

/// `[…]`
pub(super) fn write_row<'a>(out: &mut Vec<u8>, row: impl Iterator<Item = Cell<'a>>) {
    out.push(b'[');
    for (at, cell) in row.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_cell(out, cell);
    }
    out.push(b']');
}

/// Whether a program that reads numbers as doubles reads this one as it is: up to 2⁵³.
pub(super) fn is_exact_in_a_double(value: i128) -> bool {
    value.unsigned_abs() <= 1 << 53
}

impl From<ColumnKind> for ColumnType {
    fn from(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::String | ColumnKind::Other => Self::String,
            ColumnKind::Integer => Self::Integer,
            ColumnKind::Float => Self::Float,
            ColumnKind::Decimal => Self::Decimal,
            ColumnKind::Boolean => Self::Boolean,
            ColumnKind::Date => Self::Date,
            ColumnKind::Timestamp => Self::Timestamp,
            ColumnKind::Time => Self::Time,
        }
    }
}

pub(super) fn write_cell(out: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Text(text) => write_json(out, text),
        Cell::Integer(value) if is_exact_in_a_double(value) => drop(write!(out, "{value}")),
        // JSON has no number for a NaN or an infinity: serde_json writes null.
        Cell::Float(value) => write_json(out, &value),
        Cell::Boolean(value) => write_json(out, &value),
        Cell::Integer(_)
        | Cell::Decimal(_)
        | Cell::Date(_)
        | Cell::Timestamp(_)
        | Cell::Time(_) => write_quoted(out, cell),
    }
}

/// A cell whose text needs no escaping.
fn write_quoted(out: &mut Vec<u8>, cell: Cell<'_>) {
    // A Vec takes every byte.
    let _ = write!(out, "\"{cell}\"");
}

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Scalars and texts always serialise, and a Vec takes every byte.
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use sources::Decimal;

    use super::*;

    #[track_caller]
    fn check(cell: Cell<'_>, expected: &str) {
        let mut out = Vec::new();
        write_cell(&mut out, cell);
        assert_eq!(String::from_utf8(out).as_deref(), Ok(expected));
    }

    #[test]
    fn integers_beyond_what_a_double_holds_are_strings() {
        check(Cell::Integer(-3), "-3");
        check(Cell::Integer(1 << 53), "9007199254740992");
        check(Cell::Integer((1 << 53) + 1), "\"9007199254740993\"");
        check(Cell::Integer(i64::MIN.into()), "\"-9223372036854775808\"");
    }

    #[test]
    fn decimals_are_strings_with_all_their_digits() {
        check(Cell::Decimal(Decimal { unscaled: -105, scale: 2 }), "\"-1.05\"");
        check(Cell::Decimal(Decimal { unscaled: 7, scale: 2 }), "\"0.07\"");
    }

    #[test]
    fn a_float_without_a_number_is_null() {
        check(Cell::Float(0.1), "0.1");
        check(Cell::Float(f64::NAN), "null");
        check(Cell::Float(f64::NEG_INFINITY), "null");
    }

    #[test]
    fn dates_and_instants_are_iso_texts() {
        check(Cell::Date("2013-01-01".parse().expect("a date")), "\"2013-01-01\"");
        let instant = "2013-01-01T05:00:00-05:00".parse().expect("an instant");
        check(Cell::Timestamp(instant), "\"2013-01-01T10:00:00Z\"");
    }

    #[test]
    fn texts_are_escaped_and_missing_values_are_null() {
        check(Cell::Text("a\"b\u{1}"), "\"a\\\"b\\u0001\"");
        check(Cell::Null, "null");
        check(Cell::Boolean(false), "false");
    }
}
