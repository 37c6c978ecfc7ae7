//! Values of a column that become columns.

use super::table::{Table, compare};
use crate::error::{ResultLimit, SourceError};
use crate::result::{Cell, Column};

/// Most values that become columns.
const MAX_VALUES: usize = 100;

/// What the column of a missing value is called.
const MISSING: &str = "–";

pub(super) fn apply(
    table: &mut Table<'_>,
    column: usize,
    measures: &[usize],
) -> Result<(), SourceError> {
    let mut values: Vec<Cell<'_>> =
        table.groups(&[column]).iter().map(|group| table.rows[group[0]][column]).collect();
    if values.len() > MAX_VALUES {
        return Err(SourceError::TooLarge(ResultLimit::Columns(MAX_VALUES as u64)));
    }
    values.sort_by(|one, other| compare(*one, *other));
    let is_key = |at: &usize| *at != column && !measures.contains(at);
    let keys: Vec<usize> = (0..table.columns.len()).filter(is_key).collect();
    let turned = table.groups(&keys).into_iter().map(|group| {
        let first = &table.rows[group[0]];
        let mut row: Vec<Cell<'_>> = keys.iter().map(|key| first[*key]).collect();
        for value in &values {
            let of_value =
                group.iter().map(|at| &table.rows[*at]).find(|row| row[column] == *value);
            row.extend(measures.iter().map(|at| of_value.map_or(Cell::Null, |row| row[*at])));
        }
        row
    });
    let rows = turned.collect();
    table.columns = columns(table, &keys, &values, measures);
    table.rows = rows;
    Ok(())
}

fn columns(
    table: &Table<'_>,
    keys: &[usize],
    values: &[Cell<'_>],
    measures: &[usize],
) -> Vec<Column> {
    let mut columns: Vec<Column> = keys.iter().map(|key| table.columns[*key].clone()).collect();
    for value in values {
        let value = if *value == Cell::Null { MISSING.to_owned() } else { value.to_string() };
        for measure in measures.iter().map(|at| &table.columns[*at]) {
            let name = match measures.len() {
                1 => value.clone(),
                _ => format!("{value} · {}", measure.name),
            };
            let of = Some(measure.name.clone());
            columns.push(Column { name, kind: measure.kind, measure: of });
        }
    }
    columns
}
