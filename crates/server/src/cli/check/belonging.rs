//! Whether a row is the viewer's, by what stands in its tenant column.

use std::collections::BTreeSet;

use sources::Cell;
use uuid::Uuid;

/// Whether a value of the tenant column is one of these ids. A missing value is nobody's, and so does
/// not show another's row.
pub(super) fn belongs(cell: Cell<'_>, ids: &BTreeSet<String>) -> bool {
    match cell {
        Cell::Null => true,
        Cell::Integer(number) => ids.iter().any(|id| id.trim().parse() == Ok(number)),
        // A column of fixed width fills ids up with spaces; databases do not count these.
        Cell::Text(text) => {
            let text = text.trim_end_matches(' ');
            ids.iter().any(|id| id.trim_end_matches(' ') == text || is_same_uuid(id, text))
        }
        other => ids.contains(&other.to_string()),
    }
}

/// Databases with a type for them write them their own way.
fn is_same_uuid(one: &str, other: &str) -> bool {
    match (Uuid::parse_str(one), Uuid::parse_str(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: Cell<'_>, id: &str, expected: bool) {
        assert_eq!(belongs(cell, &BTreeSet::from([id.to_owned()])), expected);
    }

    #[test]
    fn a_value_is_compared_as_the_database_compares_it() {
        check(Cell::Text("UA"), "UA", true);
        check(Cell::Text("UA  "), "UA", true);
        check(Cell::Text("ua"), "UA", false);
        check(Cell::Integer(7), "7", true);
        check(Cell::Integer(7), "007", true);
        check(Cell::Integer(7), "8", false);
        check(Cell::Integer(7), "seven", false);
        check(Cell::Null, "UA", true);
        let id = "0F4C6F1E-6A0C-4C7E-9D4B-1F2E3D4C5B6A";
        check(Cell::Text("0f4c6f1e-6a0c-4c7e-9d4b-1f2e3d4c5b6a"), id, true);
        check(Cell::Text(""), "UA", false);
    }
}
