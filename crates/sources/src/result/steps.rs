//! What is done with a result once the database has delivered it.

mod fill;
mod pivot;
mod running;
mod sort;
mod table;

use query::Step;

use super::ResultSet;
use crate::error::SourceError;
use table::Table;

/// The result after these operations, in their order.
pub(crate) fn apply(result: ResultSet, steps: &[Step]) -> Result<ResultSet, SourceError> {
    if steps.is_empty() {
        return Ok(result);
    }
    let mut table = Table::of(&result);
    for step in steps {
        match step {
            Step::Fill(fill) => fill::apply(&mut table, fill)?,
            Step::Running { column, kind, window, along, series } => {
                let run = running::Run { kind: *kind, window: *window, along: *along, series };
                run.apply(&mut table, *column);
            }
            Step::Share { column, within } => running::share(&mut table, *column, within),
            Step::Sort(keys) => sort::apply(&mut table, keys),
            Step::Pivot { column, measures } => pivot::apply(&mut table, *column, measures)?,
            Step::Page { offset, size } => table.cut(*offset, *size),
        }
    }
    table.into_result().map_err(|error| SourceError::Failed { detail: error.to_string() })
}

#[cfg(test)]
mod tests;
