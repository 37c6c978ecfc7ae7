//! The group of what is beyond a limit.
//!
//! The first groups are found by a query of their own, to which the rows are joined: what finds no
//! partner belongs to the others, and its figures are computed over its rows. Missing values find none.

use super::Frame;
use crate::formula::CastType;
use crate::fragment::Fragment;
use crate::shape::{Column, Computed, Condition, Key, OrderKey, Others, Shape, Test};
use crate::value::Value;

/// The column that keeps the others apart from a group of the same name.
pub(super) const FLAG: &str = "fanlight others";

impl Frame<'_> {
    /// `left join (…) as top on …`, when there are others.
    pub(super) fn join_top(&self, sql: &mut Fragment) {
        let Some(others) = &self.shape.others else { return };
        let Some((shape, name)) = self.top(others) else { return };
        let top = Frame { shape: &shape, ..*self };
        sql.append(top.rows().between("\nleft join (\n", "\n) as top on "));
        let own = self.of("dataset", name.from);
        sql.sql(&format!("{own} = {}", self.of("top", name.result)));
    }

    /// The groups that the limit keeps, by the author's or the viewer's order.
    fn top(&self, others: &Others) -> Option<(Shape, Names<'_>)> {
        let dimension = self.shape.columns.get(others.dimension)?;
        let Computed::Plain(from) = &dimension.from else { return None };
        let is_measure = |column: &&Column| matches!(column.from, Computed::Measure(_));
        let measures = self.shape.columns.iter().filter(is_measure).cloned();
        let columns: Vec<Column> = std::iter::once(dimension.clone()).chain(measures).collect();
        let mut before = self.shape.before.clone();
        before.push(Condition { column: from.clone(), test: Test::Empty(false) });
        let place = |key: &OrderKey| {
            let Key::Result(at) = key.key else { return None };
            let name = &self.shape.columns.get(at)?.result.name;
            let at = columns.iter().position(|column| column.result.name == *name)?;
            Some(OrderKey { key: Key::Result(at), descending: key.descending })
        };
        let order = self.shape.order.iter().filter_map(place).collect();
        let names = Names { from: from.as_str(), result: dimension.result.name.as_str() };
        let shape = Shape {
            columns,
            before,
            after: Vec::new(),
            order,
            others: None,
            page: None,
            ..self.shape.clone()
        };
        Some((shape, names))
    }

    /// The value of a group that the limit keeps, or what the others are called.
    pub(super) fn top_or_others(&self, column: &Column) -> Fragment {
        let top = self.of("top", column.result.name.as_str());
        let mut value = Fragment::default();
        value.sql(&top);
        let value = self.dialect.cast(value, CastType::Text);
        let mut sql = Fragment::default();
        sql.sql(&format!("case when {top} is null then "));
        sql.bind(Value::Text(
            self.shape.others.as_ref().map(|o| o.label.clone()).unwrap_or_default(),
        ));
        sql.append(value.between(" else ", " end"));
        sql
    }

    /// 1 for the others, else 0.
    pub(super) fn flag(&self) -> String {
        let dimension = self.shape.others.as_ref().map(|others| others.dimension);
        let column = dimension.and_then(|at| self.shape.columns.get(at));
        let name = column.map(|column| column.result.name.as_str()).unwrap_or_default();
        format!("case when {} is null then 1 else 0 end", self.of("top", name))
    }
}

/// A dimension's names in the dataset and in the result.
struct Names<'a> {
    from: &'a str,
    result: &'a str,
}
