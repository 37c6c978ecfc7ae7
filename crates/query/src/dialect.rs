//! How databases differ: small questions, each with a generic answer.

mod clickhouse;
mod duckdb;
mod mysql;
mod numerals;
mod offsets;
mod postgres;
mod sqlite;

use jiff::civil::Date;
use model::dashboard::Bucket;
use model::source::Connection;
use sqlparser::ast::Query;
use sqlparser::dialect::Dialect as ParserDialect;
use sqlparser::tokenizer::Token;

use crate::calendar::Days;
use crate::formula::CastType;
use crate::fragment::{Fragment, Standing};
use crate::gate::Refusal;
use crate::isolation::facts::Form;
use crate::value::Value;

pub use clickhouse::CLICKHOUSE_VALUES;

/// A database's answers. The generic answer follows the SQL standard as PostgreSQL and DuckDB read
/// it.
pub(crate) trait Dialect: Send + Sync {
    /// For the SQL parser.
    fn parser(&self) -> &dyn ParserDialect;

    /// The one place where an identifier becomes SQL text.
    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    /// Appends the placeholder of the value with this number, from 1.
    fn placeholder(&self, number: usize, sql: &mut String) {
        sql.push('$');
        sql.push_str(&number.to_string());
    }

    /// Appends how the statement that runs speaks of the value with this number: by its placeholder,
    /// where the database has any. The proof reads placeholders in either case.
    fn reference(&self, number: usize, value: &Value, sql: &mut String) {
        let _ = value;
        self.placeholder(number, sql);
    }

    /// The same for a value that says who the viewer is. Where `=` is loose in this database, it is
    /// written such that a comparison with it finds nobody else's rows.
    fn tenant(&self, number: usize, value: &Value, sql: &mut String) {
        self.reference(number, value, sql);
    }

    /// Appends whether a column equals one of the values that keep customers apart, exactly, whatever
    /// the column's type. There is at least one.
    fn is_one_of(&self, sql: &mut Fragment, column: &str, values: Vec<Value>) {
        is_one_of(sql, column, values, Standing::Other);
    }

    /// Whether a comparison that an author writes with this id finds nobody else's rows, whatever the
    /// column's type.
    fn keeps_apart(&self, id: &str) -> bool {
        let _ = id;
        true
    }

    /// Forms in which a comparison with what [`Dialect::tenant`] writes is loose all the same.
    fn loose_forms(&self) -> &'static [Form] {
        &[]
    }

    /// Appends a number of rows, which is ours and no value from outside.
    fn row_count(&self, sql: &mut Fragment, number: i64) {
        sql.bind(Value::Integer(number));
    }

    /// How rows are grouped and ordered by a result column, given its position from 0 and its name: by
    /// position, because a name could also be a column of the dataset.
    fn result_column(&self, position: usize, name: &str) -> String {
        let _ = name;
        (position + 1).to_string()
    }

    /// Whether a name of the SELECT list hides a table's column of that name even where a condition
    /// writes `table.column`.
    fn aliases_hide_qualified_columns(&self) -> bool {
        false
    }

    /// Objects to what this database would read differently from the parser, or would let a dataset do
    /// beyond its tables.
    fn objections(&self, sql: &str, tokens: &[Token], query: &Query) -> Result<(), Refusal> {
        let _ = (sql, tokens, query);
        Ok(())
    }

    /// Appends the start of the period in which `column` falls, in `time_zone`: a date, or for
    /// hours an instant.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str);

    /// Whether [`Dialect::order_key`] needs an expression for a key and not a position.
    fn orders_by_expressions(&self) -> bool {
        false
    }

    /// Appends a key of an order, by which missing values come last in either direction.
    fn order_key(&self, sql: &mut Fragment, key: &str, descending: bool) {
        sql.sql(key);
        sql.sql(if descending { " desc nulls last" } else { " nulls last" });
    }

    /// The name of a type to cast to.
    fn type_name(&self, to: CastType) -> &'static str {
        match to {
            CastType::Integer => "bigint",
            CastType::Real => "double precision",
            CastType::Text => "varchar",
            CastType::Date => "date",
        }
    }

    fn cast(&self, value: Fragment, to: CastType) -> Fragment {
        value.between("cast(", &format!(" as {})", self.type_name(to)))
    }

    /// A division of real numbers, missing where the divisor is zero.
    fn quotient(&self, dividend: Fragment, divisor: Fragment) -> Fragment {
        let mut sql = Fragment::default();
        sql.sql("(");
        sql.append(self.cast(dividend, CastType::Real));
        sql.append(divisor.between(" / nullif(", ", 0))"));
        sql
    }

    /// A key's value as what is never missing, to be compared with values of the same key.
    fn comparable(&self, value: Fragment) -> Fragment {
        self.cast(value, CastType::Text).between("coalesce(", ", '')")
    }

    /// `sum`, `avg`, `min` or `max` of the values, missing where there is none.
    fn aggregate(&self, function: &str, value: Fragment) -> Fragment {
        value.between(&format!("{function}("), ")")
    }

    /// How many values there are but the missing ones, each counted once.
    fn count_distinct(&self, value: Fragment) -> Fragment {
        value.between("count(distinct ", ")")
    }

    /// Rounded to so many digits after the point, 0 to 10.
    fn round(&self, value: Fragment, digits: u8) -> Fragment {
        value.between("round(", &format!(", {digits})"))
    }

    /// The interpolated value of the column below which this share (0 to 1) of its values lies;
    /// `None` where no aggregate tells it, and the compiler counts ranks instead.
    fn percentile(&self, column: &str, share: f64) -> Option<Fragment> {
        let mut sql = Fragment::default();
        sql.sql(&format!("percentile_cont({share}) within group (order by {column})"));
        Some(sql)
    }

    /// Appends whether the day on which `column` falls in `time_zone` is one of these.
    ///
    /// Whatever the zone, the instant lies within a day of the days themselves in UTC: that much a
    /// database can look up, because it is said of the column itself.
    fn days(&self, sql: &mut Fragment, column: &str, days: Days, time_zone: &str) {
        let near = [days.first.yesterday(), days.last.tomorrow().and_then(Date::tomorrow)];
        for (day, operator) in near.into_iter().zip([">=", "<"]) {
            if let Ok(day) = day {
                sql.sql(&format!("{column} {operator} "));
                sql.bind(Value::Date(day));
                sql.sql(" and ");
            }
        }
        self.bucket(sql, column, Bucket::Day, time_zone);
        sql.sql(" between ");
        sql.bind(Value::Date(days.first));
        sql.sql(" and ");
        sql.bind(Value::Date(days.last));
    }

    /// Whether a missing value is found not to be in a list; elsewhere nothing is known of it.
    fn missing_is_not_in_lists(&self) -> bool {
        false
    }

    /// Appends whether the column is true, or false.
    fn truth(&self, sql: &mut Fragment, column: &str, wanted: bool) {
        sql.sql(&format!("{column} is {wanted}"));
    }

    /// Appends whether the column's text ends with a text, whatever the case.
    fn ends_with(&self, sql: &mut Fragment, column: &str, wanted: &str) {
        let length = wanted.to_lowercase().chars().count();
        let text = self.type_name(CastType::Text);
        sql.sql(&format!("right(lower(cast({column} as {text})), {length}) = lower("));
        sql.bind(Value::Text(wanted.to_owned()));
        sql.sql(")");
    }

    /// Appends whether the column's text contains, or starts with, a text, whatever the case.
    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value);
}

/// Which part of a text a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPart {
    Any,
    Start,
}

/// `column = value`, or `column in (…)`.
fn is_one_of(sql: &mut Fragment, column: &str, values: Vec<Value>, standing: Standing) {
    let is_list = values.len() > 1;
    sql.sql(&format!("{column} {}", if is_list { "in (" } else { "= " }));
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            sql.sql(", ");
        }
        sql.bind_as(value, standing);
    }
    if is_list {
        sql.sql(")");
    }
}

/// The dialect of a data source.
pub(crate) fn of(connection: &Connection) -> &'static dyn Dialect {
    match connection {
        Connection::Files(_) => EMBEDDED_ENGINE,
        Connection::Postgres(_) => &postgres::Postgres,
        Connection::MySql(_) => &mysql::MySql,
        Connection::Sqlite(_) => &sqlite::Sqlite,
        Connection::ClickHouse(_) => &clickhouse::ClickHouse,
    }
}

/// The dialect of the embedded engine.
pub(crate) const EMBEDDED_ENGINE: &dyn Dialect = &duckdb::DuckDb;

/// The word for a bucket in `date_trunc`.
fn unit(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Hour => "hour",
        Bucket::Day => "day",
        Bucket::Week => "week",
        Bucket::Month => "month",
        Bucket::Quarter => "quarter",
        Bucket::Year => "year",
    }
}
