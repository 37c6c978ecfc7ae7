//! Answers as texts, so that those of all databases can be compared with the reference.

use std::collections::BTreeMap;

use sources::{Cell, ResultSet};

use crate::reference::Table;
use crate::value::Value;

/// What one statement was answered with; `None` is a missing value.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

/// What all statements of a request were answered with, by what they are for.
pub(crate) type Answer = BTreeMap<&'static str, Found>;

impl Found {
    pub(crate) fn of_result(result: &ResultSet) -> Self {
        let text = |cell: Cell<'_>| match cell {
            Cell::Null => None,
            cell => Some(cell.to_string()),
        };
        Self {
            columns: result.columns().iter().map(|column| column.name.clone()).collect(),
            rows: result.rows().map(|row| row.map(text).collect()).collect(),
        }
    }

    pub(crate) fn of_total(total: usize) -> Self {
        Self { columns: vec!["total".to_owned()], rows: vec![vec![Some(total.to_string())]] }
    }
}

/// Where an answer says anything else than it must.
pub(crate) fn difference(
    expected: &BTreeMap<&'static str, Table>,
    found: &Answer,
) -> Option<String> {
    let (wanted, told) = (expected.keys(), found.keys());
    if !wanted.clone().eq(told.clone()) {
        let [wanted, told] = [wanted.collect::<Vec<_>>(), told.collect()];
        return Some(format!("statements {told:?}, not {wanted:?}"));
    }
    let of_statement = |(purpose, table): (&&'static str, &Table)| {
        let what = of_table(table, &found[purpose])?;
        Some(format!("{purpose}: {what}"))
    };
    expected.iter().find_map(of_statement)
}

fn of_table(expected: &Table, found: &Found) -> Option<String> {
    let names = expected.columns.iter().zip(&found.columns);
    let is_other = expected.columns.len() != found.columns.len()
        || names.clone().any(|(expected, found)| !is_named(expected, found));
    if is_other {
        return Some(format!("columns {:?}, not {:?}", found.columns, expected.columns));
    }
    let is_told = |(expected, found): (&Vec<Value>, &Vec<Option<String>>)| {
        let mut cells = expected.iter().zip(found);
        cells.all(|(expected, found)| expected.is_told_by(found.as_deref()))
    };
    let mut rows = expected.rows.iter().zip(&found.rows);
    let at = rows.position(|row| !is_told(row));
    let at = at.or_else(|| {
        let lengths = [expected.rows.len(), found.rows.len()];
        (lengths[0] != lengths[1]).then(|| lengths[0].min(lengths[1]))
    })?;
    Some(format!(
        "row {} of {}, which should be {}: {:?}, not {:?}",
        at + 1,
        found.rows.len(),
        expected.rows.len(),
        found.rows.get(at),
        expected.rows.get(at),
    ))
}

/// Where truth is a number, a column that it became is called by that.
fn is_named(expected: &str, found: &str) -> bool {
    let (value, rest) = found.split_at(found.find(" · ").unwrap_or(found.len()));
    let value = match value {
        "1" => "true",
        "0" => "false",
        value => value,
    };
    expected == found || *expected == format!("{value}{rest}")
}
