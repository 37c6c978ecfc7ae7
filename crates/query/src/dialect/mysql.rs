//! MySQL and MariaDB. Sessions run in UTC.

use model::dashboard::Bucket;
use sqlparser::dialect::{Dialect as ParserDialect, MySqlDialect};

use super::{Dialect, TextPart, unit};
use crate::fragment::Fragment;
use crate::value::Value;

pub(super) struct MySql;

impl Dialect for MySql {
    fn parser(&self) -> &dyn ParserDialect {
        &MySqlDialect {}
    }

    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        let unit = unit(bucket);
        sql.sql(&format!("cast(date_trunc('{unit}', timezone("));
        sql.bind(Value::Text(time_zone.to_owned()));
        sql.sql(&format!(", cast({column} as timestamptz))) as date)"));
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
