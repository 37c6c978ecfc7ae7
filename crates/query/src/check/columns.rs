//! What a panel asks of its dataset's columns, held against those that the dataset has.

use model::dashboard::{Panel, Simple};
use model::name::ColumnName;

use crate::formula::{self, CastType, Expr, Function, Operator};
use crate::nearest::hint;

/// A column of a dataset, as its data source tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetColumn {
    pub name: String,
    pub holds: Holds,
}

/// What kind of value a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Number,
    Text,
    /// A date, a time or both.
    Time,
    /// Anything else, of which nothing is said here.
    Other,
}

/// What is wrong with a key of a panel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct ColumnFault {
    /// A JSON pointer into the panel.
    pub pointer: String,
    pub message: String,
}

/// Every column that a panel names and its dataset does not have, and every figure of numbers over what
/// is none: each at the key where it stands.
pub fn check_columns(panel: &Panel, columns: &[DatasetColumn]) -> Vec<ColumnFault> {
    let mut check = Check { columns, pointer: String::new(), faults: Vec::new() };
    check.named(panel);
    for (at, measure) in panel.measures.iter().enumerate() {
        check.pointer = format!("/measures/{at}");
        // A formula that cannot be read is told without knowing any column.
        if let Ok(expr) = formula::of_measure(measure, &panel.measures) {
            check.kind(&expr);
        }
    }
    for (at, column) in panel.columns.iter().enumerate() {
        check.pointer = format!("/columns/{at}/total");
        if let Some(simple) = column.total.map(Simple::from) {
            check.aggregate(simple, &Expr::Column(column.column.clone()));
        }
    }
    check.faults
}

struct Check<'a> {
    columns: &'a [DatasetColumn],
    /// The key that is looked at.
    pointer: String,
    faults: Vec<ColumnFault>,
}

impl Check<'_> {
    /// The columns that stand by themselves.
    fn named(&mut self, panel: &Panel) {
        for (at, dimension) in panel.dimensions.iter().enumerate() {
            self.pointer = format!("/dimensions/{at}/column");
            self.find(&dimension.column);
        }
        for (at, column) in panel.columns.iter().enumerate() {
            self.pointer = format!("/columns/{at}/column");
            self.find(&column.column);
        }
        for (at, filter) in panel.filters.iter().enumerate() {
            self.pointer = format!("/filters/{at}/column");
            self.find(&filter.column);
        }
        if let Some(trend) = &panel.trend {
            "/trend/date".clone_into(&mut self.pointer);
            self.find(&trend.date);
        }
        // A grouped table is sorted by columns of its result.
        for (at, sort) in panel.sort.iter().enumerate().filter(|_| !panel.columns.is_empty()) {
            self.pointer = format!("/sort/{at}/column");
            self.find(&sort.column);
        }
    }

    /// Databases find a column whatever the case of its name, or look at it.
    fn find(&mut self, name: &ColumnName) -> Option<Holds> {
        let is_named = |column: &&DatasetColumn| column.name.eq_ignore_ascii_case(name.as_str());
        let found = self.columns.iter().find(is_named).map(|column| column.holds);
        if found.is_none() {
            let known = self.columns.iter().map(|column| column.name.as_str());
            let hint = hint(name.as_str(), known);
            self.fault(format!("the dataset has no column {:?}{hint}", name.as_str()));
        }
        found
    }

    fn fault(&mut self, message: String) {
        let fault = ColumnFault { pointer: self.pointer.clone(), message };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What an expression is, as far as that can be told. Its parts are looked at on the way.
    fn kind<'e>(&mut self, expr: &'e Expr) -> Option<Kind<'e>> {
        match expr {
            Expr::Column(name) => Some(Kind { holds: self.find(name)?, column: Some(name) }),
            Expr::Text(_) => Some(Kind::of(Holds::Text)),
            Expr::Integer(_) | Expr::Float(_) | Expr::CountRows => Some(Kind::of(Holds::Number)),
            Expr::Boolean(_) | Expr::Null => None,
            Expr::Aggregate(simple, of) => self.aggregate(*simple, of),
            Expr::Percentile(column, _) => self.percentile(column),
            Expr::Round(of, _) | Expr::Negated(of) => self.numbers("arithmetic", [&**of]),
            Expr::Quotient(dividend, divisor) => {
                self.numbers("a division", [&**dividend, &**divisor])
            }
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::Call(Function::Coalesce | Function::NullIf, arguments) => {
                self.first_of(arguments)
            }
            Expr::Call(_, arguments) => self.numbers("arithmetic", arguments),
            Expr::Case(branches, otherwise) => {
                for (when, _) in branches {
                    self.kind(when);
                }
                let values = branches.iter().map(|(_, then)| then);
                self.first_of(values.chain(otherwise.as_deref()))
            }
            Expr::Cast(of, to) => {
                self.kind(of);
                Some(Kind::of(match to {
                    CastType::Integer | CastType::Real => Holds::Number,
                    CastType::Text => Holds::Text,
                    CastType::Date => Holds::Time,
                }))
            }
            Expr::Not(of) | Expr::IsNull(of) => {
                self.kind(of);
                None
            }
            Expr::In(of, list) => {
                self.first_of(std::iter::once(&**of).chain(list));
                None
            }
        }
    }

    fn aggregate<'e>(&mut self, simple: Simple, of: &'e Expr) -> Option<Kind<'e>> {
        match simple {
            Simple::Sum => self.numbers("a sum", [of]),
            Simple::Avg => self.numbers("a mean", [of]),
            Simple::Min | Simple::Max => self.kind(of),
            Simple::Count | Simple::CountDistinct => {
                self.kind(of);
                Some(Kind::of(Holds::Number))
            }
        }
    }

    fn percentile<'e>(&mut self, column: &'e ColumnName) -> Option<Kind<'e>> {
        let holds = self.find(column)?;
        self.number("a percentile", Kind { holds, column: Some(column) });
        Some(Kind::of(Holds::Number))
    }

    /// Times may be subtracted, texts may not.
    fn binary<'e>(
        &mut self,
        operator: Operator,
        left: &'e Expr,
        right: &'e Expr,
    ) -> Option<Kind<'e>> {
        let sides = [self.kind(left), self.kind(right)];
        if !matches!(operator, Operator::Plus | Operator::Minus | Operator::Times) {
            return None;
        }
        for side in sides.into_iter().flatten().filter(|side| side.holds == Holds::Text) {
            self.number("arithmetic", side);
        }
        let is_number = |side: &Option<Kind<'_>>| side.is_some_and(|it| it.holds == Holds::Number);
        sides.iter().all(is_number).then_some(Kind::of(Holds::Number))
    }

    /// All of these are of one kind, so the first that can be told tells it.
    fn first_of<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Option<Kind<'e>> {
        let kinds: Vec<_> = exprs.into_iter().map(|expr| self.kind(expr)).collect();
        kinds.into_iter().flatten().next()
    }

    fn numbers<'e>(
        &mut self,
        what: &str,
        exprs: impl IntoIterator<Item = &'e Expr>,
    ) -> Option<Kind<'e>> {
        for expr in exprs {
            if let Some(kind) = self.kind(expr) {
                self.number(what, kind);
            }
        }
        Some(Kind::of(Holds::Number))
    }

    fn number(&mut self, what: &str, found: Kind<'_>) {
        let kind = match found.holds {
            Holds::Text => "a text",
            Holds::Time => "a date or time",
            Holds::Number | Holds::Other => return,
        };
        let subject = match found.column {
            Some(column) => format!("the column {:?} is {kind}", column.as_str()),
            None => format!("this is {kind}"),
        };
        self.fault(format!("{what} needs numbers, and {subject}"));
    }
}

/// What an expression is, and the column that makes it so.
#[derive(Clone, Copy)]
struct Kind<'e> {
    holds: Holds,
    column: Option<&'e ColumnName>,
}

impl Kind<'_> {
    fn of(holds: Holds) -> Self {
        Self { holds, column: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn columns() -> Vec<DatasetColumn> {
        let column = |(name, holds): (&str, Holds)| DatasetColumn { name: name.to_owned(), holds };
        let columns = [
            ("amount", Holds::Number),
            ("city", Holds::Text),
            ("ordered", Holds::Time),
            ("paid", Holds::Other),
        ];
        columns.into_iter().map(column).collect()
    }

    #[track_caller]
    fn check(keys: Value, expected: &[&str]) {
        let mut panel = json!({"id": "p", "type": "table", "title": "P", "dataset": "d"});
        let fields = panel.as_object_mut().expect("an object");
        fields.extend(keys.as_object().expect("an object").clone());
        let panel: Panel = serde_json::from_value(panel).expect("a panel");
        let found = check_columns(&panel, &columns());
        assert_eq!(found.iter().map(ColumnFault::to_string).collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn check_measure(keys: Value, expected: &[&str]) {
        let mut measure = json!({"name": "m"});
        let fields = measure.as_object_mut().expect("an object");
        fields.extend(keys.as_object().expect("an object").clone());
        check(json!({"measures": [measure]}), expected);
    }

    #[test]
    fn sums_means_and_percentiles_are_of_numbers() {
        let text = |what: &str| {
            format!("/measures/0: {what} needs numbers, and the column \"city\" is a text")
        };
        for (aggregate, what) in [("sum", "a sum"), ("avg", "a mean"), ("median", "a percentile")] {
            check_measure(json!({"aggregate": aggregate, "column": "city"}), &[&text(what)]);
            check_measure(json!({"aggregate": aggregate, "column": "amount"}), &[]);
            check_measure(json!({"aggregate": aggregate, "column": "paid"}), &[]);
        }
        for aggregate in ["count", "count_distinct", "min", "max"] {
            check_measure(json!({"aggregate": aggregate, "column": "city"}), &[]);
        }
        let weighted = json!({"aggregate": "avg", "column": "amount", "weight": "city"});
        check_measure(weighted, &[&text("arithmetic"), &text("a sum")]);
        let ratio = json!({"aggregate": "ratio", "column": "city", "over": "amount"});
        check_measure(ratio, &[&text("a sum")]);
    }

    #[test]
    fn formulas_are_looked_into() {
        check_measure(json!({"formula": "SUM(amount) / COUNT(DISTINCT city)"}), &[]);
        check_measure(json!({"formula": "SUM(CASE WHEN city = 'Rome' THEN 1 ELSE 0 END)"}), &[]);
        check_measure(json!({"formula": "MAX(ordered) - MIN(ordered)"}), &[]);
        check_measure(json!({"formula": "SUM(CAST(city AS integer))"}), &[]);
        check_measure(
            json!({"formula": "AVG(ordered)"}),
            &["/measures/0: a mean needs numbers, and the column \"ordered\" is a date or time"],
        );
        check_measure(
            json!({"formula": "MAX(city) * 2"}),
            &["/measures/0: arithmetic needs numbers, and the column \"city\" is a text"],
        );
        check_measure(
            json!({"formula": "SUM(COALESCE(amounts, 'none'))"}),
            &[
                "/measures/0: the dataset has no column \"amounts\"; did you mean \"amount\"?",
                "/measures/0: a sum needs numbers, and this is a text",
            ],
        );
    }

    #[test]
    fn columns_that_are_not_there_are_named_where_they_stand() {
        let keys = json!({
            "dimensions": [{"column": "City"}, {"column": "town"}],
            "filters": [{"column": "cty", "operator": "is_empty"}],
            "measures": [{"name": "n", "aggregate": "count"}],
            "sort": [{"column": "n"}],
        });
        check(
            keys,
            &[
                "/dimensions/1/column: the dataset has no column \"town\"",
                "/filters/0/column: the dataset has no column \"cty\"; did you mean \"city\"?",
            ],
        );
        let keys = json!({
            "columns": [{"column": "city", "total": "sum"}], "totals": true,
            "sort": [{"column": "when"}],
        });
        check(
            keys,
            &[
                "/sort/0/column: the dataset has no column \"when\"",
                "/columns/0/total: a sum needs numbers, and the column \"city\" is a text",
            ],
        );
    }
}
