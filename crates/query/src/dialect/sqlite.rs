//! SQLite, on connections that bring functions of their own for what it does not have: zones, letters
//! beyond ASCII.

use model::dashboard::Bucket;
use sqlparser::ast::Query;
use sqlparser::dialect::{Dialect as ParserDialect, SQLiteDialect};
use sqlparser::tokenizer::Token;

use super::numerals::is_ambiguous;
use super::{Dialect, TextPart, is_one_of, unit};
use crate::calendar::Days;
use crate::formula::CastType;
use crate::fragment::{Fragment, Standing};
use crate::gate::{Refusal, called};
use crate::value::Value;

pub(super) struct Sqlite;

/// Whole numbers of so many digits always fit into 64 bits, and are compared exactly.
const DIGITS: usize = 18;

/// Functions that read files or load code where the library has them, or tell of the library.
const REFUSED: [&str; 9] = [
    "changes",
    "edit",
    "fts3_tokenizer",
    "last_insert_rowid",
    "load_extension",
    "readfile",
    "subtype",
    "total_changes",
    "writefile",
];

const REFUSED_START: &str = "sqlite_";

impl Dialect for Sqlite {
    fn parser(&self) -> &dyn ParserDialect {
        &SQLiteDialect {}
    }

    fn placeholder(&self, number: usize, sql: &mut String) {
        sql.push('?');
        sql.push_str(&number.to_string());
    }

    /// Every byte counts, whatever the column's collation.
    fn tenant(&self, number: usize, value: &Value, sql: &mut String) {
        self.reference(number, value, sql);
        sql.push_str(" collate binary");
    }

    /// Looked up as the author would, and then compared as text: a number has one spelling only.
    fn is_one_of(&self, sql: &mut Fragment, column: &str, values: Vec<Value>) {
        is_one_of(sql, column, values.clone(), Standing::Other);
        sql.sql(" and ");
        let text = format!("cast({column} as text) collate binary");
        is_one_of(sql, &text, values, Standing::Other);
    }

    fn keeps_apart(&self, id: &str) -> bool {
        !is_ambiguous(id, DIGITS)
    }

    /// A list is compared by the column's collation, whatever its members say.
    fn lists_are_exact(&self) -> bool {
        false
    }

    fn objections(&self, _sql: &str, _tokens: &[Token], query: &Query) -> Result<(), Refusal> {
        let is_refused = |name: &str| REFUSED.contains(&name) || name.starts_with(REFUSED_START);
        called(query, is_refused).map_or(Ok(()), |name| Err(Refusal::Function(name)))
    }

    /// The connection's own function: a date, or for hours an instant, as text.
    fn bucket(&self, sql: &mut Fragment, column: &str, bucket: Bucket, time_zone: &str) {
        let unit = unit(bucket);
        sql.sql(&format!("fanlight_bucket('{unit}', {column}, "));
        sql.bind(Value::Text(time_zone.to_owned()));
        sql.sql(")");
    }

    fn type_name(&self, to: CastType) -> &'static str {
        match to {
            CastType::Integer => "integer",
            CastType::Real => "real",
            CastType::Text | CastType::Date => "text",
        }
    }

    /// There is no type for dates; a cast to one would leave the year.
    fn cast(&self, value: Fragment, to: CastType) -> Fragment {
        match to {
            CastType::Date => value.between("date(", ")"),
            _ => value.between("cast(", &format!(" as {})", self.type_name(to))),
        }
    }

    fn percentile(&self, _column: &str, _share: f64) -> Option<Fragment> {
        None
    }

    /// Dates are texts or numbers, so the column says nothing that an index could look up.
    fn days(&self, sql: &mut Fragment, column: &str, days: Days, time_zone: &str) {
        self.bucket(sql, column, Bucket::Day, time_zone);
        sql.sql(" between ");
        sql.bind(Value::Date(days.first));
        sql.sql(" and ");
        sql.bind(Value::Date(days.last));
    }

    fn ends_with(&self, sql: &mut Fragment, column: &str, wanted: &str) {
        let length = wanted.to_lowercase().chars().count();
        if length == 0 {
            return sql.sql(&format!("{column} is not null"));
        }
        sql.sql(&format!("substr({}, -{length}) = ", lower(column)));
        lower_bound(sql, Value::Text(wanted.to_owned()));
    }

    fn matches(&self, sql: &mut Fragment, column: &str, part: TextPart, wanted: Value) {
        let position = match part {
            TextPart::Any => "> 0",
            TextPart::Start => "= 1",
        };
        sql.sql(&format!("instr({}, ", lower(column)));
        lower_bound(sql, wanted);
        sql.sql(&format!(") {position}"));
    }
}

fn lower(column: &str) -> String {
    format!("fanlight_lower(cast({column} as text))")
}

fn lower_bound(sql: &mut Fragment, text: Value) {
    sql.sql("fanlight_lower(");
    sql.bind(text);
    sql.sql(")");
}
