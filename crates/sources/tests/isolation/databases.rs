//! The same rows in each kind of database, once for all tenants and once for one alone.

mod clickhouse;
mod engine;
mod mysql;
mod postgres;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};

use crate::customers::Looker;
use crate::dashboards::{Dataset, Keeps};
use crate::rows::{ISOLATED, Row};

pub(crate) const GROUP: GroupId = GroupId(1);
pub(crate) const SCHEMA: SchemaId = SchemaId(1);

/// One kind of database: the source that all tenants share, then the one that is one tenant's alone.
pub(crate) struct Database {
    pub(crate) name: &'static str,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) sources: Vec<Arc<DataSource>>,
    /// Its own row security keeps tenants apart, whatever a dataset says.
    has_row_security: bool,
    /// What the database runs in; let go of last.
    _home: Box<dyn Send + Sync>,
}

pub(crate) struct Databases(Vec<Database>);

impl Databases {
    pub(crate) fn start(rows: &[Row]) -> Self {
        let kinds = [
            engine::start(rows, 10),
            postgres::start(rows, 20),
            mysql::start(rows, 30),
            clickhouse::start(rows, 40),
        ];
        Self(kinds.into_iter().flatten().collect())
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

    /// Whether the reference knows what comes of the dataset here. With row security, one that keeps
    /// nobody apart answers all the same.
    pub(crate) fn suits(&self, dataset: &Dataset, looker: &Looker) -> bool {
        let needs_it = match dataset.keeps {
            Keeps::Nothing => true,
            Keeps::Source => !looker.is_mapped,
            Keeps::Tenant | Keeps::Member | Keeps::Regions => false,
        };
        !(self.has_row_security && needs_it)
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
    let optional = |value: Option<&str>| value.map_or("null".to_owned(), &text);
    let row = |row: &Row| {
        let (tenant, member, region) =
            (text(row.tenant), optional(row.member.as_deref()), optional(row.region));
        let n = row.n.map_or("null".to_owned(), |n| n.to_string());
        format!("({}, {tenant}, {member}, {region}, {n}, '{}')", row.id, row.day)
    };
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}
