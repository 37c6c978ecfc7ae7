//! The group of what is beyond a limit.
//!
//! The first groups are found by a query of their own, and each row is told whether it is of one of
//! them. What is not belongs to the others, whose figures are computed over its rows. So do rows
//! without a value.

use super::Frame;
use crate::formula::CastType;
use crate::fragment::Fragment;
use crate::shape::{Column, Computed, Condition, Key, OrderKey, Others, Shape, Test};
use crate::value::Value;

/// The column that tells the others' rows, and keeps them apart from a group of the same name.
pub(super) const FLAG: &str = "fanlight others";

impl Frame<'_> {
    /// `from (…) as dataset` with the conditions on it, and the flag where there are others.
    pub(super) fn dataset_rows(&self, sql: &mut Fragment) {
        if let Some(groups) = &self.shape.groups {
            return Frame { shape: groups, ..*self }.rows_of_groups(sql);
        }
        let mut rows = self.rendered.sql.clone().between("\nfrom (\n", "\n) as dataset");
        self.conditions(&mut rows, "dataset", &self.shape.before);
        let Some((top, names)) = self.shape.others.as_ref().and_then(|others| self.top(others))
        else {
            return sql.append(rows);
        };
        let own = self.of("dataset", names.from);
        let of_kept = self.of("kept", names.result);
        let top = Frame { shape: &top, ..*self }.rows();
        let mut flagged = Fragment::default();
        flagged.sql(&format!("\nfrom (\nselect dataset.*, case when {own} in (\nselect {of_kept}"));
        flagged.append(top.between("\nfrom (\n", "\n) as kept\n"));
        flagged.sql(&format!(") then 0 else 1 end as {}", self.dialect.quote(FLAG)));
        flagged.append(rows);
        sql.append(flagged.between("", "\n) as dataset"));
    }

    /// The groups that the limit keeps, by the author's order.
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
        let order = others.order.iter().filter_map(place).collect();
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
    pub(super) fn top_or_others(&self, from: &str, label: &str) -> Fragment {
        let mut value = Fragment::default();
        value.sql(&self.of("dataset", from));
        let value = self.dialect.cast(value, CastType::Text);
        let mut sql = Fragment::default();
        sql.sql(&format!("case when {} = 1 then ", self.of("dataset", FLAG)));
        sql.bind(Value::Text(label.to_owned()));
        sql.append(value.between(" else ", " end"));
        sql
    }
}

/// A dimension's names in the dataset and in the result.
struct Names<'a> {
    from: &'a str,
    result: &'a str,
}
