//! How databases differ: small questions, each with a generic answer.

mod clickhouse;
mod duckdb;
mod mysql;
mod postgres;
mod sqlite;

use model::dashboard::Bucket;
use model::source::Connection;
use sqlparser::ast::Query;
use sqlparser::dialect::Dialect as ParserDialect;
use sqlparser::tokenizer::Token;

use crate::fragment::Fragment;
use crate::gate::Refusal;
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

    /// Appends a key of an order, by which missing values come last in either direction.
    fn order_key(&self, sql: &mut Fragment, key: &str, descending: bool) {
        sql.sql(key);
        sql.sql(if descending { " desc nulls last" } else { " nulls last" });
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
