//! ClickHouse, from its old versions on. The server's own zone is never asked.

mod objections;

use model::dashboard::Bucket;
use sqlparser::ast::Query;
use sqlparser::dialect::{ClickHouseDialect, Dialect as ParserDialect};
use sqlparser::tokenizer::Token;

use super::{Dialect, TextPart};
use crate::calendar::Days;
use crate::formula::CastType;
use crate::fragment::Fragment;
use crate::gate::Refusal;
use crate::value::Value;

/// The table that the values of a statement for ClickHouse come in: one row with a column `p1`, `p2` …
/// for each.
pub const CLICKHOUSE_VALUES: &str = "fanlight_values";

pub(super) struct ClickHouse;

impl Dialect for ClickHouse {
    fn parser(&self) -> &dyn ParserDialect {
        &ClickHouseDialect {}
    }

    /// Old servers have no placeholders. A scalar subquery is a constant before the query is planned,
    /// so that indexes are used. A missing value has no type there that anything compares with.
    fn reference(&self, number: usize, value: &Value, sql: &mut String) {
        match value {
            Value::Null => sql.push_str("null"),
            _ => sql.push_str(&format!("(select p{number} from {CLICKHOUSE_VALUES})")),
        }
    }

    /// `limit` takes nothing but digits.
    fn row_count(&self, sql: &mut Fragment, number: i64) {
        sql.sql(&number.to_string());
    }

    /// Old servers take a position for a constant, and take the name for the result's column first.
    fn result_column(&self, _position: usize, name: &str) -> String {
        self.quote(name)
    }

    fn aliases_hide_qualified_columns(&self) -> bool {
        true
    }

    fn objections(&self, sql: &str, tokens: &[Token], query: &Query) -> Result<(), Refusal> {
        objections::find(sql, tokens, query)
    }

    /// Both functions leave a date as it is and tell an instant's in the zone; so the hour of a date
    /// is its first one there. The hour is an instant, shown in UTC lest two of them look the same.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        let zone = || Value::Text(time_zone.to_owned());
        if bucket == Bucket::Hour {
            sql.sql(&format!("toTimeZone(toStartOfHour(toDateTime({column}, "));
            sql.bind(zone());
            sql.sql("), ");
            sql.bind(zone());
            return sql.sql("), 'UTC')");
        }
        let start = match bucket {
            Bucket::Hour | Bucket::Day => "(",
            Bucket::Week => "toMonday(",
            Bucket::Month => "toStartOfMonth(",
            Bucket::Quarter => "toStartOfQuarter(",
            Bucket::Year => "toStartOfYear(",
        };
        sql.sql(&format!("{start}toDate({column}, "));
        sql.bind(zone());
        sql.sql("))");
    }

    /// What is missing stays missing, which a plain cast of old servers refuses. Days are told by the
    /// server's UTC, because the value may be of any type.
    fn cast(&self, value: Fragment, to: CastType) -> Fragment {
        match to {
            CastType::Integer => value.between("toInt64(", ")"),
            CastType::Real => value.between("toFloat64(", ")"),
            CastType::Text => value.between("toString(", ")"),
            CastType::Date => value.between("toDate(", ")"),
        }
    }

    /// Of no rows it would be zero, or the first day of 1970, where the column cannot be missing.
    fn aggregate(&self, function: &str, value: Fragment) -> Fragment {
        value.between(&format!("case when count() > 0 then {function}("), ") end")
    }

    /// Of missing values alone it would be missing.
    fn count_distinct(&self, value: Fragment) -> Fragment {
        value.between("ifNull(uniqExact(", "), 0)")
    }

    /// By the sorted values, because old servers have no interpolated quantile that is exact. An
    /// aggregate that stands several times is computed once.
    fn percentile(&self, column: &str, share: f64) -> Option<Fragment> {
        let sorted = format!("arraySort(groupArray(toFloat64({column})))");
        let place = format!("({share} * (count({column}) - 1))");
        let below = format!("toUInt32(floor({place}) + 1)");
        let above = format!("toUInt32(ceil({place}) + 1)");
        let mut sql = Fragment::default();
        sql.sql(&format!(
            "case when count({column}) > 0 then {sorted}[{below}] \
             + ({sorted}[{above}] - {sorted}[{below}]) * ({place} - floor({place})) end"
        ));
        Some(sql)
    }

    /// The day alone: its function keeps the order of instants, so indexes are used through it, and old
    /// servers compare a date with an instant by their numbers.
    fn days(&self, sql: &mut Fragment, column: &str, days: Days, time_zone: &str) {
        self.bucket(sql, column, Bucket::Day, time_zone);
        sql.sql(" between ");
        sql.bind(Value::Date(days.first));
        sql.sql(" and ");
        sql.bind(Value::Date(days.last));
    }

    fn missing_is_not_in_lists(&self) -> bool {
        true
    }

    fn truth(&self, sql: &mut Fragment, column: &str, wanted: bool) {
        sql.sql(&format!("{column} = {}", u8::from(wanted)));
    }

    fn ends_with(&self, sql: &mut Fragment, column: &str, wanted: &str) {
        sql.sql(&format!("endsWith(lowerUTF8(toString({column})), lowerUTF8("));
        sql.bind(Value::Text(wanted.to_owned()));
        sql.sql("))");
    }

    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value) {
        let position = match part {
            TextPart::Any => "> 0",
            TextPart::Start => "= 1",
        };
        sql.sql(&format!("positionCaseInsensitiveUTF8(toString({column}), "));
        sql.bind(wanted);
        sql.sql(&format!(") {position}"));
    }
}
