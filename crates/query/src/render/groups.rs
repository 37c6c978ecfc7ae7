//! The rows of some groups.
//!
//! The groups are found by a query of their own, and each row is told by `(…) in (…)` whether it is of
//! one of them. Each key is compared as a pair that is never missing, so that groups without a value are
//! found too: the value, and whether it is missing.

use super::{Frame, others};
use crate::fragment::Fragment;

impl Frame<'_> {
    /// `from (…) as dataset` with the conditions on it, and of those rows the ones whose groups meet the
    /// conditions on the result.
    pub(super) fn rows_of_groups(&self, sql: &mut Fragment) {
        self.dataset_rows(sql);
        let has_conditions = self.shape.others.is_none() && !self.shape.before.is_empty();
        sql.sql(if has_conditions { "\n  and (" } else { "\nwhere (" });
        sql.append(self.identity("dataset", |at| self.key(at, &self.shape.columns[at])));
        sql.sql(") in (\nselect ");
        sql.append(self.identity("result", |at| {
            let mut sql = Fragment::default();
            sql.sql(&self.of("result", self.computed_name(at).as_str()));
            sql
        }));
        sql.append(self.select().between("\nfrom (\n", "\n) as result"));
        self.conditions_on_result(sql);
        sql.sql("\n)");
    }

    /// What tells a row's group: each key as its pair, and whether it is the others. All of it is text,
    /// because old servers of ClickHouse compare numbers of one type only. A result without keys is one
    /// group.
    fn identity(&self, from: &str, key: impl Fn(usize) -> Fragment) -> Fragment {
        let mut flag = Fragment::default();
        flag.sql(&self.of(from, others::FLAG));
        let mut parts: Vec<Fragment> = Vec::new();
        parts.extend(self.shape.others.as_ref().map(|_| self.dialect.comparable(flag)));
        for (at, _) in self.keys() {
            parts.push(self.dialect.comparable(key(at)));
            parts.push(key(at).between("case when ", " is null then 'missing' else '' end"));
        }
        if parts.is_empty() {
            return Fragment::default().between("'all'", "");
        }
        let mut sql = Fragment::default();
        for (at, part) in parts.into_iter().enumerate() {
            sql.append(part.between(if at == 0 { "" } else { ", " }, ""));
        }
        sql
    }
}
