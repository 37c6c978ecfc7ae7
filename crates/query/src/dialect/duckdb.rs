//! DuckDB, the embedded engine. Its sessions run in UTC.

use model::dashboard::Bucket;
use sqlparser::dialect::{Dialect as ParserDialect, DuckDbDialect};

use super::{Dialect, TextPart, unit};
use crate::formula::CastType;
use crate::fragment::Fragment;
use crate::value::Value;

pub(super) struct DuckDb;

impl Dialect for DuckDb {
    fn parser(&self) -> &dyn ParserDialect {
        &DuckDbDialect
    }

    /// A timestamp without a zone is read as UTC, as the session reads it wherever it is compared
    /// with an instant. A date has no instant and is never shifted.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        let unit = unit(bucket);
        if bucket == Bucket::Hour {
            return hour(sql, column, time_zone);
        }
        sql.sql(&format!("cast(date_trunc('{unit}', "));
        if time_zone == "UTC" {
            // The zone's rules cost five times the rest of the query; UTC has none.
            sql.sql(&format!("make_timestamp(epoch_us(cast({column} as timestamptz)))"));
        } else {
            // The engine folds the question for the column's type when it plans the query.
            let is_date =
                format!("case typeof({column}) when 'DATE' then cast({column} as timestamp)");
            sql.sql(&format!("{is_date} else timezone("));
            sql.bind(Value::Text(time_zone.to_owned()));
            sql.sql(&format!(", cast({column} as timestamptz)) end"));
        }
        sql.sql(") as date)");
    }

    fn type_name(&self, to: CastType) -> &'static str {
        match to {
            CastType::Integer => "bigint",
            CastType::Real => "double",
            CastType::Text => "varchar",
            CastType::Date => "date",
        }
    }

    /// Of a decimal column the engine would cut the interpolated value to the column's digits.
    fn percentile(&self, column: &str, share: f64) -> Option<Fragment> {
        let mut sql = Fragment::default();
        sql.sql(&format!("quantile_cont(cast({column} as double), {share})"));
        Some(sql)
    }

    fn ends_with(&self, sql: &mut Fragment, column: &str, wanted: &str) {
        sql.sql(&format!("ends_with(lower(cast({column} as varchar)), lower("));
        sql.bind(Value::Text(wanted.to_owned()));
        sql.sql("))");
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

/// The instant minus what has passed of its local hour: the two hours that share a name when clocks
/// go back stay apart, and zones of half hours have their own. A date is its first hour in the zone.
fn hour(sql: &mut Fragment, column: &str, time_zone: &str) {
    let zone = || Value::Text(time_zone.to_owned());
    let instant = |sql: &mut Fragment| {
        sql.sql(&format!("case typeof({column}) when 'DATE' then timezone("));
        sql.bind(zone());
        sql.sql(&format!(", cast({column} as timestamp)) else cast({column} as timestamptz) end"));
    };
    let local = |sql: &mut Fragment| {
        sql.sql("timezone(");
        sql.bind(zone());
        sql.sql(", ");
        instant(sql);
        sql.sql(")");
    };
    instant(sql);
    sql.sql(" - (");
    local(sql);
    sql.sql(" - date_trunc('hour', ");
    local(sql);
    sql.sql("))");
}
