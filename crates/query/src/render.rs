//! The last stage: statements in the source's dialect.

use model::dashboard::{Aggregate, FilterOperator};

use crate::compile::Compiled;
use crate::dialect::{Dialect, TextPart};
use crate::fragment::Fragment;
use crate::plan::Plan;
use crate::restrict::RestrictedPlan;
use crate::shape::{Column, Computed, Condition, Key, OrderKey, Shape};
use crate::statement::Statement;

pub(crate) fn render(plan: RestrictedPlan<'_>) -> Compiled {
    let plan = plan.into_plan();
    let counted = plan.shape.page.map(|_| total(&plan));
    let total = counted.map(|sql| statement(&plan, sql, 1));
    let rows = statement(&plan, rows(&plan), plan.shape.row_limit);
    let columns = plan.shape.columns.into_iter().map(|column| column.result).collect();
    Compiled { rows, total, columns }
}

fn statement(plan: &Plan<'_>, sql: Fragment, row_limit: u32) -> Statement {
    Statement {
        source: plan.rendered.source.id,
        revision: plan.rendered.source.revision,
        sql: sql.statement(plan.rendered.dialect),
        args: sql.into_values(),
        row_limit,
        time_zone: plan.time_zone.clone(),
        session: plan.rendered.session.clone(),
    }
}

/// The rows of the target: all of a chart's, one page of a table's.
fn rows(plan: &Plan<'_>) -> Fragment {
    let (shape, dialect) = (&plan.shape, plan.rendered.dialect);
    let mut sql = unordered(plan);
    order(&mut sql, shape, dialect);
    let limit = shape.limit.map(u64::from);
    match shape.page {
        Some(page) => {
            let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(page.offset));
            sql.sql("\nlimit ");
            dialect.row_count(&mut sql, integer(left.min(u64::from(page.size))));
            sql.sql(" offset ");
            dialect.row_count(&mut sql, integer(page.offset));
        }
        None => cut(&mut sql, limit, dialect),
    }
    sql
}

/// The number of the same rows on all pages.
fn total(plan: &Plan<'_>) -> Fragment {
    let mut sql = Fragment::default();
    sql.sql("select count(*) as \"total\"\nfrom (\n");
    sql.append(unordered(plan));
    cut(&mut sql, plan.shape.limit.map(u64::from), plan.rendered.dialect);
    sql.sql("\n) as counted");
    sql
}

fn cut(sql: &mut Fragment, limit: Option<u64>, dialect: &dyn Dialect) {
    if let Some(limit) = limit {
        sql.sql("\nlimit ");
        dialect.row_count(sql, integer(limit));
    }
}

fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The rows of the whole result in no order.
fn unordered(plan: &Plan<'_>) -> Fragment {
    let shape = &plan.shape;
    let grouped = select(plan);
    if shape.after.is_empty() {
        return grouped;
    }
    let mut sql = Fragment::default();
    sql.sql("select *\nfrom (\n");
    sql.append(grouped);
    sql.sql("\n) as result");
    conditions(&mut sql, "result", &shape.after, plan.rendered.dialect);
    sql
}

fn select(plan: &Plan<'_>) -> Fragment {
    let shape = &plan.shape;
    let mut sql = Fragment::default();
    sql.sql("select ");
    for (at, column) in shape.columns.iter().enumerate() {
        if at > 0 {
            sql.sql(", ");
        }
        computed(&mut sql, column, plan);
        sql.sql(" as ");
        sql.sql(&plan.rendered.dialect.quote(column.result.name.as_str()));
    }
    sql.sql("\nfrom (\n");
    sql.append(plan.rendered.sql.clone());
    sql.sql("\n) as dataset");
    conditions(&mut sql, "dataset", &shape.before, plan.rendered.dialect);
    group(&mut sql, shape, plan.rendered.dialect);
    sql
}

fn computed(sql: &mut Fragment, column: &Column, plan: &Plan<'_>) {
    let dialect = plan.rendered.dialect;
    match &column.from {
        Computed::Plain(name) => sql.sql(&of("dataset", name.as_str(), dialect)),
        Computed::Bucket(name, bucket) => {
            let column = of("dataset", name.as_str(), dialect);
            dialect.bucket(sql, &column, *bucket, plan.time_zone.as_str());
        }
        Computed::Measure(_, None) => sql.sql("count(*)"),
        Computed::Measure(aggregate, Some(name)) => {
            let column = of("dataset", name.as_str(), dialect);
            sql.sql(&match aggregate {
                Aggregate::Count => format!("count({column})"),
                Aggregate::CountDistinct => format!("count(distinct {column})"),
                Aggregate::Sum => format!("sum({column})"),
                Aggregate::Avg => format!("avg({column})"),
                Aggregate::Min => format!("min({column})"),
                Aggregate::Max => format!("max({column})"),
            });
        }
    }
}

fn group(sql: &mut Fragment, shape: &Shape, dialect: &dyn Dialect) {
    if !shape.grouped {
        return;
    }
    let is_key = |(_, column): &(usize, &Column)| !matches!(column.from, Computed::Measure(..));
    let keys = shape.columns.iter().enumerate().filter(is_key);
    let keys = keys.map(|(at, column)| dialect.result_column(at, column.result.name.as_str()));
    let keys: Vec<String> = keys.collect();
    if !keys.is_empty() {
        sql.sql("\ngroup by ");
        sql.sql(&keys.join(", "));
    }
}

/// Missing values come last either way. One row needs no order.
fn order(sql: &mut Fragment, shape: &Shape, dialect: &dyn Dialect) {
    let one_row = shape.columns.iter().all(|column| matches!(column.from, Computed::Measure(..)));
    if one_row {
        return;
    }
    for (at, OrderKey { key, descending }) in shape.order.iter().enumerate() {
        sql.sql(if at == 0 { "\norder by " } else { ", " });
        let key = match key {
            Key::Result(index) => {
                dialect.result_column(*index, shape.columns[*index].result.name.as_str())
            }
            Key::Hidden(name) => of("dataset", name.as_str(), dialect),
        };
        dialect.order_key(sql, &key, *descending);
    }
}

fn conditions(sql: &mut Fragment, from: &str, conditions: &[Condition], dialect: &dyn Dialect) {
    for (at, condition) in conditions.iter().enumerate() {
        sql.sql(if at == 0 { "\nwhere " } else { "\n  and " });
        let column = of(from, condition.column.as_str(), dialect);
        one_condition(sql, &column, condition, dialect);
    }
}

fn one_condition(sql: &mut Fragment, column: &str, condition: &Condition, dialect: &dyn Dialect) {
    use FilterOperator as Op;
    let values = || condition.values.iter().cloned();
    let mut compare = |before: &str, after: &str| {
        sql.sql(&format!("{column} {before}"));
        sql.bind_all(values());
        sql.sql(after);
    };
    match condition.operator {
        Op::Equals => compare("= ", ""),
        Op::NotEquals => compare("<> ", ""),
        Op::GreaterThan => compare("> ", ""),
        Op::AtLeast => compare(">= ", ""),
        Op::LessThan => compare("< ", ""),
        Op::AtMost => compare("<= ", ""),
        Op::In => compare("in (", ")"),
        Op::NotIn => compare("not in (", ")"),
        Op::IsEmpty => compare("is null", ""),
        Op::IsNotEmpty => compare("is not null", ""),
        Op::Between => {
            for (value, before) in values().zip([format!("{column} between "), " and ".to_owned()])
            {
                sql.sql(&before);
                sql.bind(value);
            }
        }
        Op::Contains => dialect.matches(sql, column, TextPart::Any, condition.value()),
        Op::StartsWith => dialect.matches(sql, column, TextPart::Start, condition.value()),
    }
}

fn of(from: &str, column: &str, dialect: &dyn Dialect) -> String {
    format!("{from}.{}", dialect.quote(column))
}
