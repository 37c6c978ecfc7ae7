//! What a trend is compared with, as the wire has it.

use std::sync::Arc;

use model::dashboard::Bucket;
use query::Period;
use schemars::JsonSchema;
use serde::Serialize;
use sources::{Cell, ResultSet};

use super::rows;

// `Compared::write` writes it without making it.
/// A trend's figures of a period and of the one before.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the form of what is written; tests hold replies to it")]
pub(super) struct PeriodComparison {
    current: rows::CellForm,
    previous: rows::CellForm,
    /// By how much `current` is above `previous`, as a share of that: 0.25 is a quarter more. Null
    /// where there is nothing to compare with.
    change: Option<f64>,
    current_period: PeriodView,
    previous_period: PeriodView,
    /// The unit of the points, which stand at its starts.
    bucket: Bucket,
    /// The points of the period before, like `rows`; the first belongs to the first.
    previous_rows: Vec<Vec<rows::CellForm>>,
}

/// Both ends belong to the period: dates in the zone in force, or RFC 3339 in UTC.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ComparedPeriod")]
pub(super) struct PeriodView {
    start: String,
    end: String,
}

/// The answers of a comparison.
pub(super) struct Compared {
    pub(super) current: Arc<ResultSet>,
    pub(super) previous: Arc<ResultSet>,
    pub(super) previous_rows: Arc<ResultSet>,
    pub(super) current_period: PeriodView,
    pub(super) previous_period: PeriodView,
    pub(super) bucket: Bucket,
}

impl From<Period> for PeriodView {
    fn from(period: Period) -> Self {
        match period {
            Period::Days(days) => {
                Self { start: days.first.to_string(), end: days.last.to_string() }
            }
            Period::Instants(start, end) => Self { start: start.to_string(), end: end.to_string() },
        }
    }
}

impl Compared {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let (current, previous) = (figure(&self.current), figure(&self.previous));
        out.extend_from_slice(b"{\"current\":");
        rows::write_cell(out, current);
        out.extend_from_slice(b",\"previous\":");
        rows::write_cell(out, previous);
        for (name, value) in [
            ("change", serde_json::to_string(&change(current, previous))),
            ("current_period", serde_json::to_string(&self.current_period)),
            ("previous_period", serde_json::to_string(&self.previous_period)),
            ("bucket", serde_json::to_string(&self.bucket)),
        ] {
            // Texts and numbers always serialise.
            let value = value.unwrap_or_else(|_| "null".to_owned());
            out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
        }
        out.extend_from_slice(b",\"previous_rows\":");
        rows::write_rows(out, &self.previous_rows);
        out.push(b'}');
    }
}

/// The only cell of a result.
fn figure(result: &ResultSet) -> Cell<'_> {
    result.rows().next().and_then(|mut row| row.next()).unwrap_or(Cell::Null)
}

fn change(current: Cell<'_>, previous: Cell<'_>) -> Option<f64> {
    let (current, previous) = (number(current)?, number(previous)?);
    let change = (current - previous) / previous.abs();
    change.is_finite().then_some(change)
}

fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Integer(value) => Some(value as f64),
        Cell::Float(value) => Some(value),
        Cell::Decimal(_) => cell.to_string().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sources::Decimal;

    use super::*;

    #[test]
    fn a_change_is_a_share_of_what_was_before() {
        let integer = Cell::Integer;
        assert_eq!(change(integer(5), integer(4)), Some(0.25));
        assert_eq!(change(integer(-2), integer(-4)), Some(0.5));
        assert_eq!(change(integer(5), integer(0)), None);
        assert_eq!(change(integer(0), integer(0)), None);
        assert_eq!(change(Cell::Null, integer(1)), None);
        let decimal = Cell::Decimal(Decimal { unscaled: 150, scale: 2 });
        assert_eq!(change(decimal, Cell::Float(1.0)), Some(0.5));
    }
}
