//! MySQL 8 and MariaDB. Sessions run in UTC, join texts by `||` and know no backslash escapes.

use jiff::civil::DateTime;
use model::dashboard::Bucket;
use sqlparser::ast::Query;
use sqlparser::dialect::{Dialect as ParserDialect, MySqlDialect};
use sqlparser::tokenizer::Token;

use super::numerals::is_ambiguous;
use super::offsets::{Clock, offset};
use super::{Dialect, TextPart, is_one_of, unit};
use crate::formula::CastType;
use crate::fragment::{Fragment, Standing};
use crate::gate::{Refusal, called};
use crate::isolation::facts::Form;
use crate::value::Value;

pub(super) struct MySql;

/// Numbers of more digits may be compared as floating point.
const DIGITS: usize = 15;

/// Functions that read files, wait, hold locks, or tell of the server and its users.
const REFUSED: [&str; 28] = [
    "benchmark",
    "binlog_gtid_pos",
    "connection_id",
    "database",
    "extractvalue",
    "found_rows",
    "get_lock",
    "is_free_lock",
    "is_used_lock",
    "last_insert_id",
    "lastval",
    "load_file",
    "master_gtid_wait",
    "master_pos_wait",
    "release_all_locks",
    "release_lock",
    "row_count",
    "schema",
    "sleep",
    "source_pos_wait",
    "statement_digest",
    "sys_guid",
    "system_user",
    "updatexml",
    "user",
    "uuid_short",
    "wait_for_executed_gtid_set",
    "wsrep_last_seen_gtid",
];

/// The same for functions that are often installed, and families of them.
const REFUSED_STARTS: [&str; 4] = ["ps_", "sys_e", "sys_g", "wait_until_"];

impl Dialect for MySql {
    fn parser(&self) -> &dyn ParserDialect {
        &MySqlDialect {}
    }

    fn quote(&self, identifier: &str) -> String {
        format!("`{}`", identifier.replace('`', "``"))
    }

    /// The parser wants a number, the server wants none.
    fn placeholder(&self, number: usize, sql: &mut String) {
        sql.push('?');
        sql.push_str(&number.to_string());
    }

    fn reference(&self, _number: usize, _value: &Value, sql: &mut String) {
        sql.push('?');
    }

    /// A text of bytes: compared with a text, every byte counts, whatever the column's collation, and
    /// indexes are used all the same. Compared with a number, the server warns where it is none.
    fn tenant(&self, _number: usize, _value: &Value, sql: &mut String) {
        sql.push_str("cast(? as binary)");
    }

    /// Looked up as the author would, and then compared as text: a number has one spelling only.
    fn is_one_of(&self, sql: &mut Fragment, column: &str, values: Vec<Value>) {
        is_one_of(sql, column, values.clone(), Standing::Other);
        sql.sql(" and ");
        let text = format!("cast(convert({column} using utf8mb4) as binary)");
        is_one_of(sql, &text, values, Standing::Tenant);
    }

    fn keeps_apart(&self, id: &str) -> bool {
        !is_ambiguous(id, DIGITS)
    }

    /// A cast makes bytes a text of the session's collation, or a number.
    fn loose_forms(&self) -> &'static [Form] {
        &[Form::Cast]
    }

    /// To the parser a backslash escapes what follows; to the template language and in our sessions it is
    /// itself.
    fn objections(&self, sql: &str, tokens: &[Token], query: &Query) -> Result<(), Refusal> {
        if sql.contains('\\') {
            return Err(Refusal::ReadDifferently("a backslash"));
        }
        tokens.iter().try_for_each(object)?;
        let is_refused = |name: &str| {
            REFUSED.contains(&name) || REFUSED_STARTS.iter().any(|start| name.starts_with(start))
        };
        called(query, is_refused).map_or(Ok(()), |name| Err(Refusal::Function(name)))
    }

    /// Whole periods since a Monday that begins a year. Zones are written out, because the server may
    /// not have been told of them and would then answer with nothing.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        if bucket == Bucket::Hour {
            return sql.sql(&hour(column, time_zone));
        }
        let unit = unit(bucket);
        let local = local(column, time_zone);
        sql.sql(&format!(
            "cast(timestampadd({unit}, timestampdiff({unit}, {DAY_ONE}, {local}), {DAY_ONE}) as date)"
        ));
    }

    fn orders_by_expressions(&self) -> bool {
        true
    }

    /// The server takes missing values for the least.
    fn order_key(&self, sql: &mut Fragment, key: &str, descending: bool) {
        match descending {
            true => sql.sql(&format!("{key} desc")),
            false => sql.sql(&format!("{key} is null, {key}")),
        }
    }

    fn type_name(&self, to: CastType) -> &'static str {
        match to {
            CastType::Integer => "signed",
            CastType::Real => "double",
            CastType::Text => "char",
            CastType::Date => "date",
        }
    }

    /// By the key's own collation, which a cast would lose.
    fn comparable(&self, value: Fragment) -> Fragment {
        value.between("coalesce(", ", '')")
    }

    /// No aggregate of either server tells it.
    fn percentile(&self, _column: &str, _share: f64) -> Option<Fragment> {
        None
    }

    fn ends_with(&self, sql: &mut Fragment, column: &str, wanted: &str) {
        let length = wanted.to_lowercase().chars().count();
        sql.sql(&format!("right({}, {length}) = ", lower(column)));
        lower_bound(sql, Value::Text(wanted.to_owned()));
    }

    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value) {
        let position = match part {
            TextPart::Any => "> 0",
            TextPart::Start => "= 1",
        };
        sql.sql("locate(");
        lower_bound(sql, wanted);
        sql.sql(&format!(", {}) {position}", lower(column)));
    }
}

/// A Monday, and the first day of a year.
const DAY_ONE: &str = "date'0001-01-01'";

/// Variables tell of the server and its sessions; to the parser they are names.
fn object(token: &Token) -> Result<(), Refusal> {
    let is_variable = match token {
        Token::Word(word) => word.quote_style.is_none() && word.value.contains('@'),
        Token::AtSign | Token::AtAt => true,
        _ => false,
    };
    if is_variable { Err(Refusal::ReadDifferently("a variable of the server")) } else { Ok(()) }
}

/// The column's time in the zone. A date stays as it is: it is known by its length.
fn local(column: &str, time_zone: &str) -> String {
    if time_zone == "UTC" {
        return column.to_owned();
    }
    let instant = instant(column);
    let ahead = offset(time_zone, Clock::Utc, &is_before(&instant));
    format!(
        "case char_length({column}) when 10 then {column} \
         else timestampadd(second, {ahead}, {instant}) end"
    )
}

/// The instant minus what has passed of its local hour: the two hours that share a name when clocks
/// go back stay apart, and zones of half hours have their own. A date is its first hour in the zone.
fn hour(column: &str, time_zone: &str) -> String {
    let instant = instant(column);
    let ahead = offset(time_zone, Clock::Utc, &is_before(&instant));
    let ahead_of_date = offset(time_zone, Clock::Local, &is_before(&instant));
    let since = format!(
        "timestampdiff(microsecond, timestamp'0001-01-01 00:00:00', \
         timestampadd(second, {ahead}, {instant}))"
    );
    format!(
        "case char_length({column}) when 10 then timestampadd(second, -({ahead_of_date}), {instant}) \
         else timestampadd(microsecond, -mod({since}, 3600000000), {instant}) end"
    )
}

fn instant(column: &str) -> String {
    format!("cast({column} as datetime(6))")
}

fn is_before(instant: &str) -> impl Fn(DateTime) -> String {
    move |at| format!("{instant} < '{}'", at.strftime("%Y-%m-%d %H:%M:%S"))
}

fn lower(column: &str) -> String {
    format!("lower(convert({column} using utf8mb4))")
}

/// Letters of either case are the same, letters with accents are not.
fn lower_bound(sql: &mut Fragment, text: Value) {
    sql.sql("lower(convert(");
    sql.bind(text);
    sql.sql(" using utf8mb4)) collate utf8mb4_bin");
}
