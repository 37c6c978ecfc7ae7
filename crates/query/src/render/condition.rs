//! Conditions on single columns.

use super::Frame;
use crate::fragment::Fragment;
use crate::shape::{Condition, Test};

impl Frame<'_> {
    pub(super) fn conditions(&self, sql: &mut Fragment, from: &str, conditions: &[Condition]) {
        for (at, condition) in conditions.iter().enumerate() {
            sql.sql(if at == 0 { "\nwhere " } else { "\n  and " });
            let column = self.of(from, condition.column.as_str());
            self.condition(sql, &column, &condition.test);
        }
    }

    fn condition(&self, sql: &mut Fragment, column: &str, test: &Test) {
        match test {
            Test::Compare(operator, value) => {
                sql.sql(&format!("{column} {operator} "));
                sql.bind(value.clone());
            }
            Test::List { negated, members } => {
                if *negated && self.dialect.missing_is_not_in_lists() {
                    sql.sql(&format!("{column} is not null and "));
                }
                sql.sql(&format!("{column} {}in (", not(*negated)));
                sql.bind_all(members.iter().cloned());
                sql.sql(")");
            }
            // Old servers of ClickHouse know no NOT BETWEEN.
            Test::Between { negated, least, greatest } => {
                sql.sql(&format!("{}({column} between ", not(*negated)));
                sql.bind(least.clone());
                sql.sql(" and ");
                sql.bind(greatest.clone());
                sql.sql(")");
            }
            Test::Text { negated: false, part, wanted } => {
                self.dialect.matches(sql, column, *part, wanted.clone());
            }
            Test::Text { negated: true, part, wanted } => {
                sql.sql("not (");
                self.dialect.matches(sql, column, *part, wanted.clone());
                sql.sql(")");
            }
            Test::EndsWith(wanted) => self.dialect.ends_with(sql, column, wanted),
            Test::Truth(wanted) => self.dialect.truth(sql, column, *wanted),
            Test::Days(days) => self.dialect.days(sql, column, *days, self.time_zone.as_str()),
            Test::Empty(true) => sql.sql(&format!("{column} is null")),
            Test::Empty(false) => sql.sql(&format!("{column} is not null")),
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}
