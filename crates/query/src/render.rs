//! The last stage: statements in the source's dialect.

mod condition;
mod groups;
mod others;

use model::name::{ColumnName, TimeZoneName};

use crate::compile::{Comparison, Compiled};
use crate::dialect::Dialect;
use crate::formula::{self, Ranks};
use crate::fragment::Fragment;
use crate::plan::{ComparedShapes, Plan, Rendered};
use crate::restrict::RestrictedPlan;
use crate::shape::{Column, Computed, Condition, Key, OrderKey, Shape};
use crate::statement::Statement;

pub(crate) fn render(plan: RestrictedPlan<'_>) -> Compiled {
    let plan = plan.into_plan();
    let rows = frame(&plan, &plan.shape);
    let total = plan.shape.page.map(|_| rows.statement(rows.total(), 1));
    let of_shape = |shape: &Shape| {
        let frame = frame(&plan, shape);
        frame.statement(frame.rows(), shape.row_limit)
    };
    Compiled {
        rows: of_shape(&plan.shape),
        total,
        totals: plan.totals.as_ref().map(of_shape),
        comparison: plan.comparison.as_ref().map(|compared| comparison(compared, of_shape)),
        columns: plan.shape.columns.iter().map(|column| column.result.clone()).collect(),
    }
}

fn comparison(compared: &ComparedShapes, of_shape: impl Fn(&Shape) -> Statement) -> Comparison {
    Comparison {
        current: of_shape(&compared.current),
        previous: of_shape(&compared.previous),
        previous_rows: of_shape(&compared.previous_rows),
        current_period: compared.periods.current,
        previous_period: compared.periods.previous,
        bucket: compared.bucket,
    }
}

fn frame<'a>(plan: &'a Plan<'a>, shape: &'a Shape) -> Frame<'a> {
    Frame {
        rendered: &plan.rendered,
        time_zone: &plan.time_zone,
        dialect: plan.rendered.dialect,
        shape,
    }
}

/// One shape around the rows of a dataset.
struct Frame<'a> {
    rendered: &'a Rendered<'a>,
    time_zone: &'a TimeZoneName,
    dialect: &'a dyn Dialect,
    shape: &'a Shape,
}

impl Frame<'_> {
    fn statement(&self, sql: Fragment, row_limit: u32) -> Statement {
        Statement {
            source: self.rendered.source.id,
            revision: self.rendered.source.revision,
            sql: sql.statement(self.dialect),
            args: sql.into_values(),
            row_limit,
            time_zone: self.time_zone.clone(),
            session: self.rendered.session.clone(),
            steps: self.shape.steps.clone(),
        }
    }

    /// The rows of the target: all of a chart's, one page of a table's.
    fn rows(&self) -> Fragment {
        let mut sql = self.unordered();
        self.order(&mut sql);
        let limit = self.limit();
        match self.shape.page {
            Some(page) => {
                let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(page.offset));
                sql.sql("\nlimit ");
                self.dialect.row_count(&mut sql, integer(left.min(u64::from(page.size))));
                sql.sql(" offset ");
                self.dialect.row_count(&mut sql, integer(page.offset));
            }
            None => cut(&mut sql, limit, self.dialect),
        }
        sql
    }

    /// The number of the same rows on all pages.
    fn total(&self) -> Fragment {
        let mut counted = self.unordered();
        cut(&mut counted, self.limit(), self.dialect);
        let total = format!("select count(*) as {}\nfrom (\n", self.dialect.quote("total"));
        counted.between(&total, "\n) as counted")
    }

    /// With others, the limit has done its work when the rows are grouped.
    fn limit(&self) -> Option<u64> {
        self.shape.limit.filter(|_| self.shape.others.is_none()).map(u64::from)
    }

    /// The rows of the whole result in no order.
    fn unordered(&self) -> Fragment {
        let grouped = self.select();
        if !self.is_wrapped() {
            return grouped;
        }
        let mut sql = Fragment::default();
        sql.sql("select ");
        match self.shape.others.is_some() || self.has_own_names() {
            true => sql.sql(&self.result_columns()),
            false => sql.sql("*"),
        }
        sql.append(grouped.between("\nfrom (\n", "\n) as result"));
        self.conditions_on_result(&mut sql);
        sql
    }

    fn conditions_on_result(&self, sql: &mut Fragment) {
        let after: Vec<Condition> =
            self.shape.after.iter().map(|condition| self.on_result(condition)).collect();
        self.conditions(sql, "result", &after);
    }

    /// Whether the result's rows are those of a relation `result`.
    fn is_wrapped(&self) -> bool {
        let is_named = self.shape.grouped && self.dialect.orders_by_expressions();
        let is_selected = !self.shape.after.is_empty() || self.shape.others.is_some();
        is_named || is_selected || self.has_own_names()
    }

    /// Whether groups are computed under names of ours: where a result's name would hide the dataset's
    /// column from a condition or another measure.
    fn has_own_names(&self) -> bool {
        self.shape.grouped && self.dialect.aliases_hide_qualified_columns()
    }

    /// The name under which a column is computed.
    fn computed_name(&self, at: usize) -> ColumnName {
        let name = &self.shape.columns[at].result.name;
        let own = self.has_own_names().then(|| format!("fanlight column {}", at + 1));
        own.and_then(|own| ColumnName::try_from(own).ok()).unwrap_or_else(|| name.clone())
    }

    fn on_result(&self, condition: &Condition) -> Condition {
        let mut columns = self.shape.columns.iter();
        let at = columns.position(|column| column.result.name == condition.column);
        let column = at.map_or_else(|| condition.column.clone(), |at| self.computed_name(at));
        Condition { column, test: condition.test.clone() }
    }

    fn result_columns(&self) -> String {
        let columns = self.shape.columns.iter().enumerate().map(|(at, column)| {
            let computed = self.of("result", self.computed_name(at).as_str());
            match self.has_own_names() {
                true => {
                    format!("{computed} as {}", self.dialect.quote(column.result.name.as_str()))
                }
                false => computed,
            }
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> Fragment {
        let ranked = self.ranked();
        let mut sql = Fragment::default();
        sql.sql("select ");
        if self.shape.columns.is_empty() {
            sql.sql("dataset.*");
        }
        for (at, column) in self.shape.columns.iter().enumerate() {
            if at > 0 {
                sql.sql(", ");
            }
            match (&column.from, ranked.is_empty()) {
                (Computed::Measure(expr), _) => {
                    sql.append(formula::render(expr, Ranks(&ranked), self.dialect));
                }
                (_, true) => sql.append(self.key(at, column)),
                (_, false) => sql.sql(&self.of("dataset", &key_name(at))),
            }
            sql.sql(" as ");
            sql.sql(&self.dialect.quote(self.computed_name(at).as_str()));
        }
        if self.shape.others.is_some() {
            let flag = self.dialect.quote(others::FLAG);
            sql.sql(&format!(", dataset.{flag} as {flag}"));
        }
        match ranked.is_empty() {
            true => self.dataset_rows(&mut sql),
            false => sql.append(self.with_ranks(&ranked).between("\nfrom (\n", "\n) as dataset")),
        }
        self.group(&mut sql);
        sql
    }

    /// What a column that is no measure shows.
    fn key(&self, at: usize, column: &Column) -> Fragment {
        let mut sql = Fragment::default();
        let others = self.shape.others.as_ref().filter(|others| others.dimension == at);
        match &column.from {
            Computed::Plain(name) if let Some(others) = others => {
                return self.top_or_others(name.as_str(), &others.label);
            }
            Computed::Bucket(name, bucket) => {
                let column = self.of("dataset", name.as_str());
                self.dialect.bucket(&mut sql, &column, *bucket, self.time_zone.as_str());
            }
            Computed::Plain(name) => sql.sql(&self.of("dataset", name.as_str())),
            Computed::Measure(_) => {}
        }
        sql
    }

    /// The columns of which percentiles are taken on a database that has none.
    fn ranked(&self) -> Vec<&ColumnName> {
        let mut columns = Vec::new();
        if self.dialect.percentile("x", 0.5).is_none() {
            for column in &self.shape.columns {
                if let Computed::Measure(expr) = &column.from {
                    expr.ranked(&mut columns);
                }
            }
        }
        columns
    }

    /// The dataset's rows with their keys, and for each of the columns a value's rank in its group and
    /// the number of the group's values.
    fn with_ranks(&self, ranked: &[&ColumnName]) -> Fragment {
        let mut sql = Fragment::default();
        sql.sql("select dataset.*");
        for (at, column) in self.keys() {
            sql.append(self.key(at, column).between(", ", " as "));
            sql.sql(&self.dialect.quote(&key_name(at)));
        }
        for (column, number) in ranked.iter().zip(1..) {
            let value = self.of("dataset", column.as_str());
            let (rank, count) = Ranks::names(number);
            // Missing values come last and not apart: MariaDB confuses partitions by two CASEs.
            sql.sql(", row_number() over (partition by ");
            self.partition(&mut sql);
            sql.sql(" order by ");
            self.dialect.order_key(&mut sql, &value, false);
            sql.sql(&format!(") as {}", self.dialect.quote(&rank)));
            sql.sql(&format!(", count({value}) over (partition by "));
            self.partition(&mut sql);
            sql.sql(&format!(") as {}", self.dialect.quote(&count)));
        }
        self.dataset_rows(&mut sql);
        sql
    }

    /// The keys, and a constant where there is none.
    fn partition(&self, sql: &mut Fragment) {
        for (at, column) in self.keys() {
            sql.append(self.key(at, column).between("", ", "));
        }
        if self.shape.others.is_some() {
            sql.sql(&format!("{}, ", self.of("dataset", others::FLAG)));
        }
        sql.sql("1");
    }

    fn keys(&self) -> impl Iterator<Item = (usize, &Column)> {
        let columns = self.shape.columns.iter().enumerate();
        columns.filter(|(_, column)| self.shape.is_key(column))
    }

    fn group(&self, sql: &mut Fragment) {
        let flag = (self.shape.columns.len(), others::FLAG.to_owned());
        let flag = self.shape.others.as_ref().map(|_| flag);
        let keys = self.keys().map(|(at, _)| (at, self.computed_name(at).to_string()));
        let keys: Vec<String> =
            keys.chain(flag).map(|(at, name)| self.dialect.result_column(at, &name)).collect();
        if !keys.is_empty() {
            sql.sql("\ngroup by ");
            sql.sql(&keys.join(", "));
        }
    }

    /// Missing values come last either way, and others after what is not. One row needs no order.
    fn order(&self, sql: &mut Fragment) {
        let is_measure = |column: &Column| matches!(column.from, Computed::Measure(..));
        if self.shape.columns.iter().all(is_measure) {
            return;
        }
        let mut separator = "\norder by ";
        let mut flag = self.shape.others.as_ref().map(|_| self.of("result", others::FLAG));
        for OrderKey { key, descending } in &self.shape.order {
            if let Some(flag) = flag.take_if(|_| !self.is_bucket(key)) {
                sql.sql(separator);
                sql.sql(&flag);
                separator = ", ";
            }
            sql.sql(separator);
            separator = ", ";
            let key = match key {
                Key::Result(index) => self.result_key(*index),
                Key::Hidden(name) => self.of("dataset", name.as_str()),
            };
            self.dialect.order_key(sql, &key, *descending);
        }
    }

    fn result_key(&self, index: usize) -> String {
        let column = &self.shape.columns[index];
        let name = column.result.name.as_str();
        match &column.from {
            _ if !self.dialect.orders_by_expressions() => self.dialect.result_column(index, name),
            Computed::Plain(name) if !self.is_wrapped() => self.of("dataset", name.as_str()),
            _ => self.of("result", name),
        }
    }

    fn is_bucket(&self, key: &Key) -> bool {
        match key {
            Key::Result(at) => matches!(self.shape.columns[*at].from, Computed::Bucket(..)),
            Key::Hidden(_) => false,
        }
    }

    fn of(&self, from: &str, column: &str) -> String {
        format!("{from}.{}", self.dialect.quote(column))
    }
}

/// What a key is called where ranks are counted.
fn key_name(at: usize) -> String {
    format!("fanlight key {}", at + 1)
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
