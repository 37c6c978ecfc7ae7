//! The order of finished rows.

use std::cmp::Ordering;

use query::SortKey;

use super::table::{Table, compare};
use crate::result::Cell;

pub(super) fn apply(table: &mut Table<'_>, keys: &[SortKey]) {
    table.rows.sort_by(|one, other| {
        let mut by_keys = keys.iter().map(|key| by_key(key, one, other));
        by_keys.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
}

fn by_key(key: &SortKey, one: &[Cell<'_>], other: &[Cell<'_>]) -> Ordering {
    match key {
        SortKey::Column { column, descending } => {
            directed(one[*column], other[*column], *descending)
        }
        SortKey::Last { column, text } => {
            let is_last = |row: &[Cell<'_>]| row[*column] == Cell::Text(text);
            is_last(one).cmp(&is_last(other))
        }
    }
}

fn directed(one: Cell<'_>, other: Cell<'_>, descending: bool) -> Ordering {
    let is_missing = one == Cell::Null || other == Cell::Null;
    match descending && !is_missing {
        true => compare(other, one),
        false => compare(one, other),
    }
}
