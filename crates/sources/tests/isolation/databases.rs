//! The same rows in each kind of database, once for all tenants and once for one alone.

mod engine;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};

use crate::rows::{ISOLATED, Row};

pub(crate) const GROUP: GroupId = GroupId(1);
pub(crate) const SCHEMA: SchemaId = SchemaId(1);

/// One kind of database: the source that all tenants share, then the one that is one tenant's alone.
pub(crate) struct Database {
    pub(crate) name: &'static str,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) sources: Vec<Arc<DataSource>>,
    /// What the database runs in; let go of last.
    _home: Box<dyn Send + Sync>,
}

pub(crate) struct Databases(Vec<Database>);

impl Databases {
    pub(crate) async fn start(rows: &[Row]) -> Self {
        Self(vec![engine::start(rows, 10)])
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
            _home: Box::new(home),
        }
    }

    pub(crate) fn isolated(&self) -> SourceId {
        self.sources[1].id
    }
}

/// The rows of the tenant that has a database of its own.
fn isolated(rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|row| row.tenant == ISOLATED).cloned().collect()
}
