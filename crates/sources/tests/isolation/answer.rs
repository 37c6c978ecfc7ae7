//! Answers as texts, so that those of all databases and of the reference can be compared.

use sources::{Cell, ResultSet};

/// Row by row; `None` is a missing value.
pub(crate) type Answer = Vec<Vec<Option<String>>>;

pub(crate) fn of_result(result: &ResultSet) -> Answer {
    let text = |cell: Cell<'_>| match cell {
        Cell::Null => None,
        cell => Some(cell.to_string()),
    };
    result.rows().map(|row| row.map(text).collect()).collect()
}
