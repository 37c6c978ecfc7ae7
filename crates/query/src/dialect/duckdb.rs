//! DuckDB, the embedded engine. Its sessions run in UTC.

use model::dashboard::Bucket;
use sqlparser::dialect::{Dialect as ParserDialect, DuckDbDialect};

use super::{Dialect, TextPart, unit};
use crate::fragment::Fragment;
use crate::value::Value;

pub(super) struct DuckDb;

impl Dialect for DuckDb {
    fn parser(&self) -> &dyn ParserDialect {
        &DuckDbDialect
    }

    /// A timestamp without a zone is read as UTC, as the session reads it wherever it is compared
    /// with an instant. A date has no instant and is never shifted. The engine folds the question
    /// for the column's type when it plans the query.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        let zone = || Value::Text(time_zone.to_owned());
        let unit = unit(bucket);
        if bucket == Bucket::Hour {
            // Minutes past the local hour are taken off the instant: the two hours that share a
            // name when clocks go back stay apart, in zones of half hours too.
            let instant = |sql: &mut Fragment| {
                sql.sql(&format!("case typeof({column}) when 'DATE' then timezone("));
                sql.bind(zone());
                sql.sql(&format!(
                    ", cast({column} as timestamp)) else cast({column} as timestamptz) end"
                ));
            };
            let local = |sql: &mut Fragment| {
                sql.sql("timezone(");
                sql.bind(zone());
                sql.sql(", ");
                instant(sql);
                sql.sql(")");
            };
            instant_minus_past(sql, &instant, &local);
            return;
        }
        sql.sql(&format!(
            "cast(date_trunc('{unit}', case typeof({column}) when 'DATE' then \
             cast({column} as timestamp) else timezone("
        ));
        sql.bind(zone());
        sql.sql(&format!(", cast({column} as timestamptz)) end) as date)"));
    }

    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value) {
        let function = match part {
            TextPart::Any => "contains",
            TextPart::Start => "starts_with",
        };
        sql.sql(&format!("{function}(lower(cast({column} as varchar)), lower("));
        sql.bind(wanted);
        sql.sql("))");
    }
}

/// `instant - (local - date_trunc('hour', local))`
fn instant_minus_past(
    sql: &mut Fragment,
    instant: &dyn Fn(&mut Fragment),
    local: &dyn Fn(&mut Fragment),
) {
    instant(sql);
    sql.sql(" - (");
    local(sql);
    sql.sql(" - date_trunc('hour', ");
    local(sql);
    sql.sql("))");
}
