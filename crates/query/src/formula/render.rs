//! From an expression to SQL.

use model::dashboard::Simple;
use model::name::ColumnName;

use super::{CastType, Expr, Function, Operator};
use crate::dialect::Dialect;
use crate::fragment::Fragment;
use crate::value::Value;

/// Where the rows carry the ranks of a column's values, for databases that have no percentiles.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ranks<'a>(pub(crate) &'a [&'a ColumnName]);

impl Ranks<'_> {
    /// The names of the two columns that hold a value's rank, from 1, and the number of values.
    pub(crate) fn names(number: usize) -> (String, String) {
        (format!("fanlight rank {number}"), format!("fanlight count {number}"))
    }
}

/// The expression over the columns of the relation `dataset`.
pub(crate) fn render(expr: &Expr, ranks: Ranks<'_>, dialect: &dyn Dialect) -> Fragment {
    Renderer { ranks, dialect }.expr(expr)
}

struct Renderer<'a> {
    ranks: Ranks<'a>,
    dialect: &'a dyn Dialect,
}

impl Renderer<'_> {
    fn expr(&self, expr: &Expr) -> Fragment {
        let mut sql = Fragment::default();
        match expr {
            Expr::Column(name) => sql.sql(&self.column(name.as_str())),
            Expr::Integer(number) => sql.sql(&number.to_string()),
            Expr::Float(number) => sql.sql(&number.to_string()),
            Expr::Text(text) => sql.bind(Value::Text(text.clone())),
            Expr::Boolean(is_true) => sql.sql(if *is_true { "true" } else { "false" }),
            Expr::Null => sql.sql("null"),
            Expr::CountRows => sql.sql("count(*)"),
            Expr::Aggregate(aggregate, of) => return self.aggregate(*aggregate, of),
            Expr::Percentile(column, share) => return self.percentile(column, *share),
            Expr::Call(function, arguments) => self.call(&mut sql, *function, arguments),
            Expr::Round(of, digits) => return self.dialect.round(self.expr(of), *digits),
            Expr::Negated(of) => self.parts(&mut sql, &["(-", ")"], &[of]),
            Expr::Not(of) => self.parts(&mut sql, &["(not ", ")"], &[of]),
            Expr::Binary(operator, left, right) => {
                self.parts(&mut sql, &["(", symbol(*operator), ")"], &[left, right]);
            }
            Expr::Quotient(dividend, divisor) => {
                return self.dialect.quotient(self.expr(dividend), self.expr(divisor));
            }
            Expr::IsNull(of) => self.parts(&mut sql, &["(", " is null)"], &[of]),
            Expr::In(of, list) => self.is_in(&mut sql, of, list),
            Expr::Case(branches, otherwise) => self.case(&mut sql, branches, otherwise.as_deref()),
            Expr::Cast(of, to) => return self.dialect.cast(self.expr(of), *to),
        }
        sql
    }

    /// Our own text with expressions between.
    fn parts(&self, sql: &mut Fragment, texts: &[&str], exprs: &[&Expr]) {
        for (at, text) in texts.iter().enumerate() {
            sql.sql(text);
            if let Some(expr) = exprs.get(at) {
                sql.append(self.expr(expr));
            }
        }
    }

    fn column(&self, name: &str) -> String {
        format!("dataset.{}", self.dialect.quote(name))
    }

    fn aggregate(&self, aggregate: Simple, of: &Expr) -> Fragment {
        let of = self.expr(of);
        match aggregate {
            Simple::Count => of.between("count(", ")"),
            Simple::CountDistinct => self.dialect.count_distinct(of),
            Simple::Sum => self.dialect.aggregate("sum", of),
            Simple::Avg => self.dialect.aggregate("avg", of),
            Simple::Min => self.dialect.aggregate("min", of),
            Simple::Max => self.dialect.aggregate("max", of),
        }
    }

    fn percentile(&self, column: &ColumnName, share: f64) -> Fragment {
        let value = self.column(column.as_str());
        if let Some(sql) = self.dialect.percentile(&value, share) {
            return sql;
        }
        let number = self.ranks.0.iter().position(|ranked| *ranked == column);
        let (rank, count) = Ranks::names(number.unwrap_or_default() + 1);
        interpolated(&value, &self.column(&rank), &self.column(&count), share, self.dialect)
    }

    fn call(&self, sql: &mut Fragment, function: Function, arguments: &[Expr]) {
        sql.sql(match function {
            Function::Abs => "abs(",
            Function::Floor => "floor(",
            Function::Ceil => "ceil(",
            Function::Coalesce => "coalesce(",
            Function::NullIf => "nullif(",
        });
        self.list(sql, arguments);
        sql.sql(")");
    }

    fn list(&self, sql: &mut Fragment, exprs: &[Expr]) {
        for (at, expr) in exprs.iter().enumerate() {
            if at > 0 {
                sql.sql(", ");
            }
            sql.append(self.expr(expr));
        }
    }

    fn is_in(&self, sql: &mut Fragment, of: &Expr, list: &[Expr]) {
        self.parts(sql, &["(", " in ("], &[of]);
        self.list(sql, list);
        sql.sql("))");
    }

    fn case(&self, sql: &mut Fragment, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) {
        sql.sql("case");
        for (when, then) in branches {
            self.parts(sql, &[" when ", " then ", ""], &[when, then]);
        }
        if let Some(otherwise) = otherwise {
            self.parts(sql, &[" else ", ""], &[otherwise]);
        }
        sql.sql(" end");
    }
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Plus => " + ",
        Operator::Minus => " - ",
        Operator::Times => " * ",
        Operator::Equal => " = ",
        Operator::NotEqual => " <> ",
        Operator::Less => " < ",
        Operator::AtMost => " <= ",
        Operator::Greater => " > ",
        Operator::AtLeast => " >= ",
        Operator::And => " and ",
        Operator::Or => " or ",
    }
}

/// The weighted sum of the two values that stand around the wanted place. With ranks from 1, that
/// place is `1 + share * (count - 1)`; a value weighs one minus its distance from it, if that is more
/// than nothing.
fn interpolated(
    value: &str,
    rank: &str,
    count: &str,
    share: f64,
    dialect: &dyn Dialect,
) -> Fragment {
    let distance = format!("abs({rank} - 1 - {share} * ({count} - 1))");
    let mut real = Fragment::default();
    real.sql(value);
    let real = dialect.cast(real, CastType::Real);
    let mut sql = Fragment::default();
    sql.sql(&format!("sum(case when {value} is not null and {distance} < 1 then "));
    sql.append(real);
    sql.sql(&format!(" * (1 - {distance}) end)"));
    sql
}
