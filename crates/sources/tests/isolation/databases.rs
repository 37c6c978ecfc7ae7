//! The same rows in each kind of database, once for all tenants and once for one alone.

mod clickhouse;
mod engine;
mod mysql;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};

use crate::datasets::{Dataset, Keeps};
use crate::rows::{COLUMNS, ISOLATED, Row};
use crate::value::Value;

pub(crate) const GROUP: GroupId = GroupId(1);
pub(crate) const SCHEMA: SchemaId = SchemaId(1);

/// One kind of database: the source that all tenants share, then the one that is one tenant's alone.
pub(crate) struct Database {
    pub(crate) name: &'static str,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) sources: Vec<Arc<DataSource>>,
    /// Its own row security keeps tenants apart, whatever a dataset says.
    pub(crate) has_row_security: bool,
    /// What the database runs in; let go of last.
    _home: Box<dyn Send + Sync>,
}

pub(crate) struct Databases(Vec<Database>);

/// How a kind of database is started with the rows, given the first of the ids for its sources.
type Start = fn(&[Row], i64) -> Vec<Database>;

/// Each with the names of what it starts.
const KINDS: [(&[&str], Start); 5] = [
    (&["engine"], engine::start),
    (&["postgres", "row-security"], postgres::start),
    (&["mysql"], mysql::start),
    (&["clickhouse"], clickhouse::start),
    (&["sqlite"], sqlite::start),
];

impl Databases {
    /// Those of these names, all when there are none.
    pub(crate) fn start(rows: &[Row], names: &[String]) -> Self {
        let is_wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
        let known = |name: &String| KINDS.iter().any(|(known, _)| known.contains(&name.as_str()));
        assert!(names.iter().all(known), "{names:?} are not all names of databases");
        let wanted = KINDS
            .iter()
            .zip(1..)
            .filter(|((names, _), _)| names.iter().any(|name| is_wanted(name)));
        let started = wanted.flat_map(|((_, start), number)| start(rows, 10 * number));
        Self(started.filter(|database| is_wanted(database.name)).collect())
    }

    pub(crate) fn all(&self) -> &[Database] {
        &self.0
    }
}

impl Database {
    /// `first_id` and the number after it are the ids of its two sources.
    fn new(
        name: &'static str,
        first_id: i64,
        [shared, isolated]: [Connection; 2],
        home: impl Send + Sync + 'static,
    ) -> Self {
        let source = |id: i64, isolated: bool, connection: Connection| {
            Arc::new(DataSource {
                id: SourceId(id),
                name: format!("{name}-{id}").parse().expect("a source's name"),
                schema: SCHEMA,
                group: GROUP,
                isolated,
                connection,
                revision: 1,
            })
        };
        let schema = Schema {
            id: SCHEMA,
            name: "sales".parse().expect("a schema's name"),
            default_source: Some(SourceId(first_id)),
            group_defaults: BTreeMap::new(),
        };
        Self {
            name,
            schemas: vec![schema],
            sources: vec![source(first_id, false, shared), source(first_id + 1, true, isolated)],
            has_row_security: false,
            _home: Box::new(home),
        }
    }

    fn with_row_security(self) -> Self {
        Self { has_row_security: true, ..self }
    }

    /// Whether the reference knows what comes of the dataset here. With row security, one that only looks
    /// safe answers all the same.
    pub(crate) fn suits(&self, dataset: &Dataset) -> bool {
        !(self.has_row_security && dataset.keeps == Keeps::Nothing)
    }

    pub(crate) fn isolated(&self) -> SourceId {
        self.sources[1].id
    }
}

/// The rows of the tenant that has a database of its own.
fn isolated(rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|row| row.tenant == ISOLATED).cloned().collect()
}

/// The rows as a list for an INSERT. `text` writes a text as the database reads it.
fn values(rows: &[Row], text: impl Fn(&str) -> String) -> String {
    let row = |row: &Row| {
        let cells = COLUMNS.map(|column| match row.get(column) {
            Value::Missing => "null".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
            Value::Text(value) => text(&value),
            Value::Day(day) => format!("'{day}'"),
            Value::At(_) => format!("'{}'", row.moment.strftime("%Y-%m-%d %H:%M:%S")),
        });
        format!("({})", cells.join(", "))
    };
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}
