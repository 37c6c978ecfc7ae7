//! A table's measures over all of its rows.

use model::dashboard::{ColumnTotal, Panel, Simple};

use super::{CHART_ROWS, Column, Computed, Condition, Key, OrderKey, Others, Shape};
use crate::compile::ColumnRole;
use crate::formula::Expr;
use crate::step::Step;

impl Shape {
    /// The one row below the table; `None` for a table without one, and where the viewer's conditions
    /// are on figures, of which no sum over rows is known.
    pub(crate) fn totals(&self, panel: &Panel) -> Option<Self> {
        if !panel.totals {
            return None;
        }
        let mut before = self.before.clone();
        for condition in &self.after {
            before.push(self.on_dataset(condition)?);
        }
        let columns: Vec<Column> = if self.grouped {
            self.columns.iter().filter(|column| is_kept(column, panel)).cloned().collect()
        } else {
            columns_with_total(panel, &self.columns)
        };
        let steps = turned(panel, &columns).into_iter().collect();
        let others = self.others.as_ref().and_then(|others| self.turned_others(others, &columns));
        // Which values are the first is said by all rows, not by those that the viewer's conditions leave.
        if others.is_some() && !self.after.is_empty() {
            return None;
        }
        Some(Self {
            columns,
            grouped: true,
            before,
            after: Vec::new(),
            order: Vec::new(),
            limit: self.limit.filter(|_| others.is_some()),
            others,
            page: None,
            row_limit: CHART_ROWS,
            steps,
        })
    }

    /// Others that became a column have a total too. Its columns are `columns`.
    fn turned_others(&self, others: &Others, columns: &[Column]) -> Option<Others> {
        let place = |at: usize| {
            let name = &self.columns.get(at)?.result.name;
            columns.iter().position(|column| column.result.name == *name)
        };
        let key = |key: &OrderKey| match key.key {
            Key::Result(at) => Some(OrderKey { key: Key::Result(place(at)?), ..*key }),
            Key::Hidden(_) => None,
        };
        Some(Others {
            dimension: place(others.dimension)?,
            label: others.label.clone(),
            order: others.order.iter().filter_map(key).collect(),
        })
    }

    /// A condition on a dimension that shows its column as it is; what the others are called is no value
    /// of a column.
    fn on_dataset(&self, condition: &Condition) -> Option<Condition> {
        let at = self.columns.iter().position(|it| it.result.name == condition.column)?;
        let is_gathered = self.others.as_ref().is_some_and(|others| others.dimension == at);
        match &self.columns[at].from {
            Computed::Plain(name) if !is_gathered => {
                Some(Condition { column: name.clone(), test: condition.test.clone() })
            }
            _ => None,
        }
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
        let simple = simple(of_panel.total?);
        let of = Box::new(Expr::Column(of_panel.column.clone()));
        Some(Column {
            result: column.result.clone(),
            from: Computed::Measure(Expr::Aggregate(simple, of)),
            looks_around: false,
        })
    };
    with_total.filter_map(total).collect()
}

fn simple(total: ColumnTotal) -> Simple {
    match total {
        ColumnTotal::Count => Simple::Count,
        ColumnTotal::CountDistinct => Simple::CountDistinct,
        ColumnTotal::Sum => Simple::Sum,
        ColumnTotal::Avg => Simple::Avg,
        ColumnTotal::Min => Simple::Min,
        ColumnTotal::Max => Simple::Max,
    }
}
