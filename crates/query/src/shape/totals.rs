//! A table's measures over all of its rows.

use model::dashboard::{Panel, Simple};

use super::order::complete;
use super::{CHART_ROWS, Column, Computed, Condition, Key, OrderKey, Others, Shape};
use crate::compile::ColumnRole;
use crate::formula::Expr;
use crate::step::Step;

impl Shape {
    /// The one row below the table, over the rows of all groups that meet the viewer's conditions;
    /// `None` for a table without one.
    pub(crate) fn totals(&self, panel: &Panel) -> Option<Self> {
        if !panel.totals {
            return None;
        }
        let columns: Vec<Column> = if self.grouped {
            self.columns.iter().filter(|column| is_kept(column, panel)).cloned().collect()
        } else {
            columns_with_total(panel, &self.columns)
        };
        let others = self.others_among(&columns);
        let on_rows = self.on_rows(others.is_some());
        let groups = on_rows.is_none().then(|| Box::new(self.groups()));
        Some(Self {
            grouped: true,
            before: self.before.iter().cloned().chain(on_rows.unwrap_or_default()).collect(),
            after: Vec::new(),
            groups,
            order: Vec::new(),
            limit: self.limit.filter(|_| others.is_some()),
            others,
            page: None,
            row_limit: CHART_ROWS,
            steps: turned(panel, &columns).into_iter().collect(),
            columns,
        })
    }

    /// The groups that meet the viewer's conditions, on whatever page they stand.
    fn groups(&self) -> Self {
        Self { order: Vec::new(), page: None, steps: Vec::new(), ..self.clone() }
    }

    /// The viewer's conditions, where all of them are of rows. Which values are the first, and which the
    /// others, is said by all rows and not by those that the conditions leave.
    fn on_rows(&self, has_others: bool) -> Option<Vec<Condition>> {
        let conditions = self.after.iter().map(|condition| self.on_dataset(condition)).collect();
        if has_others && !self.after.is_empty() { None } else { conditions }
    }

    /// A condition on a dimension that shows its column as it is; what the others are called is no value
    /// of a column.
    fn on_dataset(&self, condition: &Condition) -> Option<Condition> {
        let is_meant = |column: &Column| column.result.name == condition.column;
        let at = self.columns.iter().position(is_meant)?;
        let has_others = self.others.as_ref().is_some_and(|others| others.dimension == at);
        match &self.columns[at].from {
            Computed::Plain(name) if !has_others => {
                Some(Condition { column: name.clone(), test: condition.test.clone() })
            }
            _ => None,
        }
    }

    /// The others of a dimension whose values become columns.
    fn others_among(&self, columns: &[Column]) -> Option<Others> {
        let others = self.others.as_ref()?;
        let place = |at: usize| columns.iter().position(|one| *one == self.columns[at]);
        let of_total = |one: &OrderKey| match one.key {
            Key::Result(at) => Some(OrderKey { key: Key::Result(place(at)?), ..*one }),
            Key::Hidden(_) => None,
        };
        let order = others.order.iter().filter_map(of_total).collect();
        Some(Others {
            dimension: place(others.dimension)?,
            label: others.label.clone(),
            order: complete(order, columns.len()),
        })
    }
}

/// The measures, and what becomes columns. Figures computed from other rows have no total.
fn is_kept(column: &Column, panel: &Panel) -> bool {
    match column.result.role {
        ColumnRole::Measure => !column.looks_around,
        _ => panel.pivot.as_ref() == Some(&column.result.name),
    }
}

fn turned(panel: &Panel, columns: &[Column]) -> Option<Step> {
    let name = panel.pivot.as_ref()?;
    let column = columns.iter().position(|column| column.result.name == *name)?;
    let measures = (0..columns.len()).filter(|at| *at != column).collect();
    Some(Step::Pivot { column, measures })
}

fn columns_with_total(panel: &Panel, columns: &[Column]) -> Vec<Column> {
    let with_total = panel.columns.iter().zip(columns);
    let total = |(of_panel, column): (&model::dashboard::TableColumn, &Column)| {
        let simple = Simple::from(of_panel.total?);
        let of = Box::new(Expr::Column(of_panel.column.clone()));
        Some(Column {
            result: column.result.clone(),
            from: Computed::Measure(Expr::Aggregate(simple, of)),
            looks_around: false,
        })
    };
    with_total.filter_map(total).collect()
}
