//! What a customer got, as a table or as JSON.

use std::fmt::Write;

use model::name::{DashboardName, GroupName, ProvidedId};
use serde::Serialize;

use super::choices::{self, Choices};

/// Everything that was looked at.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) customer: ProvidedId,
    pub(super) group: GroupName,
    /// Parts without an answer, and parts with rows of others.
    pub(super) faults: usize,
    pub(super) parts: Vec<Part>,
}

/// One part of a dashboard as the customer got it, by one of the ways to choose.
#[derive(Clone, Serialize)]
pub(super) struct Part {
    pub(super) dashboard: DashboardName,
    pub(super) kind: Kind,
    /// The panel's or the control's id, or the dataset's name.
    pub(super) id: String,
    /// What was chosen.
    pub(super) variables: Choices,
    /// On all pages of a table; `None`: there is no answer, or nothing to count.
    pub(super) rows: Option<u64>,
    pub(super) milliseconds: u64,
    /// The column that tells whose a row is, when its result has one.
    pub(super) tenant_column: Option<String>,
    /// Rows whose tenant column is not the customer's or an ancestor's.
    pub(super) foreign_rows: Option<u64>,
    /// Why a dataset may answer, or what could not be looked at.
    pub(super) note: Option<String>,
    /// Why there is no answer.
    pub(super) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Panel,
    Options,
    /// All rows of a dataset, whatever panels make of them.
    Dataset,
}

impl Part {
    pub(super) fn is_faulty(&self) -> bool {
        self.error.is_some() || self.foreign_rows.is_some_and(|rows| rows > 0)
    }

    fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Panel => "panel",
            Kind::Options => "options",
            Kind::Dataset => "dataset",
        };
        match choices::shown(&self.variables) {
            chosen if chosen.is_empty() => format!("{kind} {}", self.id),
            chosen => format!("{kind} {} with {chosen}", self.id),
        }
    }

    fn remark(&self) -> String {
        match (&self.error, self.foreign_rows) {
            (Some(error), _) => format!("ERROR: {error}"),
            (None, Some(rows)) if rows > 0 => {
                let column = self.tenant_column.as_deref().unwrap_or_default();
                format!("ROWS OF OTHERS: {column} is not the customer's")
            }
            _ => self.note.clone().unwrap_or_default(),
        }
    }
}

impl Report {
    pub(super) fn of(customer: ProvidedId, group: GroupName, parts: Vec<Part>) -> Self {
        let faults = parts.iter().filter(|part| part.is_faulty()).count();
        Self { customer, group, faults, parts }
    }

    pub(super) fn faults(&self) -> usize {
        self.faults
    }

    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// A line per part, and one with the sum.
    pub(super) fn table(&self) -> String {
        let number = |rows: Option<u64>| rows.map_or("-".to_owned(), |rows| rows.to_string());
        let row = |part: &Part| {
            let cells = [
                part.dashboard.to_string(),
                part.name(),
                number(part.rows),
                part.milliseconds.to_string(),
                number(part.foreign_rows),
                part.remark(),
            ];
            cells.map(|cell| cell.lines().next().unwrap_or_default().to_owned())
        };
        let heading = ["dashboard", "part", "rows", "ms", "others", ""].map(str::to_owned);
        let rows: Vec<[String; 6]> =
            std::iter::once(heading).chain(self.parts.iter().map(row)).collect();
        let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let widths: [usize; 5] = std::array::from_fn(width);
        let mut table = String::new();
        for [dashboard, part, rows, milliseconds, foreign, remark] in &rows {
            // Writing into a String cannot fail.
            let _ = write!(table, "{dashboard:<0$}  {part:<1$}", widths[0], widths[1]);
            let _ = write!(table, "  {rows:>0$}  {milliseconds:>1$}", widths[2], widths[3]);
            let line = format!("  {foreign:>0$}  {remark}", widths[4]);
            let _ = writeln!(table, "{}", line.trim_end());
        }
        let (parts, faults) = (self.parts.len(), self.faults);
        let _ = write!(
            table,
            "{parts} parts as {} of {}, {faults} at fault",
            self.customer, self.group
        );
        table
    }
}
