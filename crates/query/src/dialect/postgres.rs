//! PostgreSQL and what speaks its protocol. Sessions run in UTC.

use model::dashboard::Bucket;
use sqlparser::dialect::{Dialect as ParserDialect, PostgreSqlDialect};

use super::{Dialect, TextPart, unit};
use crate::fragment::Fragment;
use crate::value::Value;

pub(super) struct Postgres;

impl Dialect for Postgres {
    fn parser(&self) -> &dyn ParserDialect {
        &PostgreSqlDialect {}
    }

    /// A timestamp without a zone is read as UTC, as the session reads it wherever it is compared
    /// with an instant. A date has no instant and is never shifted.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        if bucket == Bucket::Hour {
            return hour(sql, column, time_zone);
        }
        sql.sql(&format!("cast(date_trunc('{}', ", unit(bucket)));
        if time_zone == "UTC" {
            sql.sql(&format!("cast({column} as timestamp)"));
        } else {
            sql.sql(&format!(
                "case when {} then cast({column} as timestamp) else ",
                is_date(column)
            ));
            in_zone(sql, time_zone, |sql| sql.sql(&format!("cast({column} as timestamptz)")));
            sql.sql(" end");
        }
        sql.sql(") as date)");
    }

    /// Only exact numbers are rounded to digits.
    fn round(&self, value: Fragment, digits: u8) -> Fragment {
        value.between("round(cast(", &format!(" as numeric), {digits})"))
    }

    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value) {
        let position = match part {
            TextPart::Any => "> 0",
            TextPart::Start => "= 1",
        };
        sql.sql(&format!("strpos(lower(cast({column} as text)), lower("));
        sql.bind(wanted);
        sql.sql(&format!(")) {position}"));
    }
}

/// The compiler does not know the types of columns, and every branch of a `case` must do for each.
fn is_date(column: &str) -> String {
    format!("pg_typeof({column}) = cast('date' as regtype)")
}

/// What clocks of the zone show at an instant, or the instant at which they show a time.
fn in_zone(sql: &mut Fragment, time_zone: &str, moment: impl Fn(&mut Fragment)) {
    sql.sql("timezone(cast(");
    sql.bind(Value::Text(time_zone.to_owned()));
    sql.sql(" as text), ");
    moment(sql);
    sql.sql(")");
}

/// The instant minus what has passed of its local hour: the two hours that share a name when clocks
/// go back stay apart, and zones of half hours have their own. A date is its first hour in the zone.
fn hour(sql: &mut Fragment, column: &str, time_zone: &str) {
    let instant = |sql: &mut Fragment| {
        sql.sql(&format!("case when {} then ", is_date(column)));
        in_zone(sql, time_zone, |sql| sql.sql(&format!("cast({column} as timestamp)")));
        sql.sql(&format!(" else cast({column} as timestamptz) end"));
    };
    let local = |sql: &mut Fragment| in_zone(sql, time_zone, instant);
    instant(sql);
    sql.sql(" - (");
    local(sql);
    sql.sql(" - date_trunc('hour', ");
    local(sql);
    sql.sql("))");
}
