//! The one thing that runs against customers' data.

use std::hash::{Hash, Hasher};

use model::name::{SourceId, TimeZoneName};

use crate::step::Step;
use crate::value::Value;

/// A SELECT with its values, for one data source. Only [`crate::compile`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(crate) source: SourceId,
    pub(crate) revision: i64,
    pub(crate) sql: String,
    pub(crate) args: Vec<Value>,
    pub(crate) row_limit: u32,
    pub(crate) time_zone: TimeZoneName,
    pub(crate) session: Vec<(String, Value)>,
    pub(crate) steps: Vec<Step>,
}

impl Statement {
    /// The data source it is written for.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The SQL in the source's dialect, with one placeholder per value.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values, in the order of the placeholders' numbers. No lists.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// Most rows the answer may have; more is the executor's to cut or refuse.
    pub fn row_limit(&self) -> u32 {
        self.row_limit
    }

    /// The zone in which the statement reads and buckets dates. The session's zone stays UTC.
    pub fn time_zone(&self) -> &TimeZoneName {
        &self.time_zone
    }

    /// Session variables that the database's row security reads, with their values. They hold for this
    /// statement alone.
    pub fn session(&self) -> &[(String, Value)] {
        &self.session
    }

    /// What is done with the rows once the database has delivered them, in this order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What a cached result is kept under: everything that decides the rows, except settings of the
    /// session that the executor adds itself.
    pub fn cache_key(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.source.0.to_le_bytes());
        hasher.update(&self.revision.to_le_bytes());
        hasher.update(&self.row_limit.to_le_bytes());
        Value::Text(self.time_zone.to_string()).hash_into(&mut hasher);
        Value::Text(self.sql.clone()).hash_into(&mut hasher);
        Value::Integer(self.args.len() as i64).hash_into(&mut hasher);
        self.args.iter().for_each(|value| value.hash_into(&mut hasher));
        for (name, value) in &self.session {
            Value::Text(name.clone()).hash_into(&mut hasher);
            value.hash_into(&mut hasher);
        }
        self.steps.hash(&mut Fed(&mut hasher));
        hasher.finalize()
    }
}

/// A hasher that is fed by what derives `Hash`, which tells lengths and kinds apart.
struct Fed<'a>(&'a mut blake3::Hasher);

impl Hasher for Fed<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("only the blake3 hash is asked for")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            source: SourceId(1),
            revision: 1,
            sql: "select $1".to_owned(),
            args: vec![Value::Text("UA".to_owned())],
            row_limit: 10,
            time_zone: TimeZoneName::utc(),
            session: Vec::new(),
            steps: Vec::new(),
        }
    }

    #[test]
    fn the_cache_key_tells_apart_whatever_may_change_the_rows() {
        let changes: [fn(&mut Statement); 11] = [
            |s| s.source = SourceId(2),
            |s| s.revision = 2,
            |s| s.sql.push(' '),
            |s| s.args = vec![Value::Text("AA".to_owned())],
            |s| s.args.push(Value::Null),
            |s| s.row_limit = 11,
            |s| s.time_zone = "Europe/Berlin".parse().expect("a zone"),
            |s| s.session = vec![("app.customer_id".to_owned(), Value::Text("UA".to_owned()))],
            |s| s.session = vec![("app.customer_id".to_owned(), Value::Text("AA".to_owned()))],
            |s| s.steps = vec![Step::Page { offset: 0, size: 10 }],
            |s| s.steps = vec![Step::Page { offset: 10, size: 10 }],
        ];
        let original = statement().cache_key();
        assert_eq!(original, statement().cache_key());
        let mut keys = std::collections::BTreeSet::from([*original.as_bytes()]);
        for (at, change) in changes.into_iter().enumerate() {
            let mut changed = statement();
            change(&mut changed);
            assert!(keys.insert(*changed.cache_key().as_bytes()), "change {at}");
        }
    }
}
