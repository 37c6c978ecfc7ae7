//! Figures that depend on other rows: running ones, and shares.

use model::dashboard::Running;

use super::table::{Table, compare, number, rescaled};
use crate::result::{Cell, ColumnKind, Decimal};

/// How figures run.
pub(super) struct Run<'a> {
    pub(super) kind: Running,
    pub(super) window: Option<u32>,
    pub(super) along: Option<usize>,
    pub(super) series: &'a [usize],
}

impl Run<'_> {
    pub(super) fn apply(&self, table: &mut Table<'_>, column: usize) {
        for mut group in table.groups(self.series) {
            if let Some(along) = self.along {
                group.sort_by(|one, other| {
                    compare(table.rows[*one][along], table.rows[*other][along])
                });
            }
            let figures: Vec<Cell<'_>> = group.iter().map(|row| table.rows[*row][column]).collect();
            let figures = self.figures(&figures);
            for (row, figure) in group.into_iter().zip(figures) {
                table.rows[row][column] = figure;
            }
        }
        if self.kind == Running::Average {
            table.columns[column].kind = ColumnKind::Float;
        }
    }

    fn figures(&self, of_rows: &[Cell<'_>]) -> Vec<Cell<'static>> {
        let Some(window) = self.window.map(|window| window as usize) else {
            let mut sum = Sum::default();
            let so_far = of_rows.iter().map(|cell| {
                sum.add(*cell);
                sum.figure(self.kind)
            });
            return so_far.collect();
        };
        let last = |end: usize| {
            let mut sum = Sum::default();
            of_rows[(end + 1).saturating_sub(window)..=end].iter().for_each(|cell| sum.add(*cell));
            sum.figure(self.kind)
        };
        (0..of_rows.len()).map(last).collect()
    }
}

/// Replaces a figure by its share of all, or of those that agree in some columns.
pub(super) fn share(table: &mut Table<'_>, column: usize, within: &[usize]) {
    for group in table.groups(within) {
        let figures = group.iter().filter_map(|row| number(table.rows[*row][column]));
        let whole: f64 = figures.sum();
        for row in group {
            let part = number(table.rows[row][column]).filter(|_| whole != 0.0);
            table.rows[row][column] = part.map_or(Cell::Null, |part| Cell::Float(part / whole));
        }
    }
    table.columns[column].kind = ColumnKind::Float;
}

/// The figures met so far; missing ones do not take part.
#[derive(Default)]
struct Sum {
    count: u32,
    /// As long as all figures are exact and the sum can be told exactly.
    exact: Option<Decimal>,
    is_inexact: bool,
    float: f64,
}

impl Sum {
    fn add(&mut self, cell: Cell<'_>) {
        let Some(float) = number(cell) else { return };
        self.count += 1;
        self.float += float;
        let exact = match cell {
            Cell::Integer(unscaled) => Some(Decimal { unscaled, scale: 0 }),
            Cell::Decimal(decimal) => Some(decimal),
            _ => None,
        };
        let so_far = self.exact.unwrap_or(Decimal { unscaled: 0, scale: 0 });
        self.exact = exact.filter(|_| !self.is_inexact).and_then(|exact| added(so_far, exact));
        self.is_inexact = self.exact.is_none();
    }

    fn figure(&self, kind: Running) -> Cell<'static> {
        match (kind, self.exact) {
            _ if self.count == 0 => Cell::Null,
            (Running::Average, _) => Cell::Float(self.float / f64::from(self.count)),
            (Running::Total, Some(Decimal { unscaled, scale: 0 })) => Cell::Integer(unscaled),
            (Running::Total, Some(decimal)) => Cell::Decimal(decimal),
            (Running::Total, None) => Cell::Float(self.float),
        }
    }
}

fn added(one: Decimal, other: Decimal) -> Option<Decimal> {
    let scale = one.scale.max(other.scale);
    let unscaled = rescaled(one, scale)?.checked_add(rescaled(other, scale)?)?;
    Some(Decimal { unscaled, scale })
}
