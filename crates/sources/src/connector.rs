//! What each kind of database has to offer.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::name::{SourceName, TableName};
use model::source::Connection;
use query::Value;
use uuid::Uuid;

use crate::activity::Activity;
use crate::clickhouse::ClickHouseServer;
use crate::engine_worker::EngineWorkers;
use crate::error::{ResultLimit, SourceError};
use crate::mysql::MySqlDatabase;
use crate::network::Network;
use crate::objects::ObjectCache;
use crate::options::{Limits, WorkerCommand};
use crate::postgres::PostgresDatabase;
use crate::progress::Progress;
use crate::result::ResultSet;
use crate::sqlite::SqliteFile;
use crate::stop::Stop;

/// One data source, opened when it is first asked.
pub(crate) trait Connector: Send + Sync {
    /// Runs one SELECT. When `stop` is ordered, the query is stopped in the database too; the future
    /// resolves only once the query holds nothing there any more, and is always polled to its end.
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>>;

    /// The tables and views that datasets may name, with their columns. The future may be dropped
    /// before its end.
    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>>;

    /// The columns of one of them; this too may be dropped. For connectors that find those of one
    /// table faster than those of all.
    fn describe(
        self: Arc<Self>,
        table: String,
    ) -> BoxFuture<'static, Result<Vec<TableColumn>, Failure>> {
        let tables = self.tables();
        async move { of_table(tables.await?, &table) }.boxed()
    }

    /// Lets go of the database at once, whatever runs in it.
    fn close(self: Arc<Self>) -> BoxFuture<'static, ()>;
}

/// A query as a connector takes it.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) sql: String,
    /// For the placeholders, in their order.
    pub(crate) arguments: Vec<Value>,
    /// Session variables for the database's row security, with their values.
    pub(crate) session: Vec<(String, Value)>,
    pub(crate) row_limit: u64,
    pub(crate) byte_limit: u64,
    /// The request that an operator of the database finds this query by.
    pub(crate) request_id: Uuid,
    /// How far it has come: for the connector to tell.
    pub(crate) progress: Progress,
}

/// The columns of each table that a connection offers, in their order.
pub type Tables = BTreeMap<String, Vec<TableColumn>>;

/// The tables of a catalog, of which `declared` are offered, or all where none are declared. Names
/// are compared as the compiler of statements does, without regard to case.
pub(crate) fn offered(
    catalog: impl IntoIterator<Item = (String, TableColumn)>,
    declared: Option<&[TableName]>,
) -> Tables {
    let is_offered = |table: &str| {
        declared.is_none_or(|names| names.iter().any(|it| it.as_str().eq_ignore_ascii_case(table)))
    };
    let mut tables = Tables::new();
    for (table, column) in catalog {
        if is_offered(&table) {
            tables.entry(table).or_default().push(column);
        }
    }
    tables
}

/// The columns of one table. Of two names that differ by case only, the one that is meant.
fn of_table(mut tables: Tables, table: &str) -> Result<Vec<TableColumn>, Failure> {
    let alike = || tables.keys().find(|name| name.eq_ignore_ascii_case(table));
    let name = tables.keys().find(|name| *name == table).or_else(alike).cloned();
    name.and_then(|name| tables.remove(&name))
        .ok_or_else(|| Failure::Refused(format!("{table:?} is no table of the data source")))
}

/// A column of a table of a data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    pub name: String,
    /// In the words of the database, for example `VARCHAR` or `DECIMAL(18,3)`.
    pub data_type: String,
}

/// Why a connector has no rows. Texts are for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Unavailable(String),
    Refused(String),
    Failed(String),
    TooLarge(ResultLimit),
    /// The order to stop was heard.
    Stopped,
}

impl Failure {
    pub(crate) fn closed() -> Self {
        Self::Unavailable("the source is closed".to_owned())
    }

    pub(crate) fn late() -> Self {
        Self::Unavailable("the server did not answer in time".to_owned())
    }

    /// A statement binds each member of a list by itself.
    pub(crate) fn unbound_list() -> Self {
        Self::Refused("a list is bound as one value".to_owned())
    }
}

impl From<Failure> for SourceError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(detail) => Self::Unavailable { detail },
            Failure::Refused(detail) => Self::Refused { detail },
            Failure::Failed(detail) => Self::Failed { detail },
            Failure::TooLarge(limit) => Self::TooLarge(limit),
            Failure::Stopped => Self::Unavailable { detail: "the query was stopped".to_owned() },
        }
    }
}

/// What a connector is made with, besides its connection.
pub(crate) struct Circumstances<'a> {
    /// The source's name, for logs.
    pub(crate) name: &'a SourceName,
    pub(crate) limits: &'a Limits,
    pub(crate) worker: &'a WorkerCommand,
    pub(crate) activity: &'a Arc<Activity>,
    pub(crate) objects: &'a Arc<ObjectCache>,
}

/// The connector for a connection. Connects to nothing yet.
pub(crate) fn connector(connection: &Connection, of: &Circumstances<'_>) -> Arc<dyn Connector> {
    match connection {
        Connection::Files(it) => Arc::new(EngineWorkers::new(it, of)),
        Connection::Postgres(it) => Arc::new(PostgresDatabase::new(it, of)),
        Connection::MySql(it) => Arc::new(MySqlDatabase::new(it, of)),
        Connection::Sqlite(it) => Arc::new(SqliteFile::new(it, of)),
        Connection::ClickHouse(it) => Arc::new(ClickHouseServer::new(it, of)),
    }
}

impl Circumstances<'_> {
    /// How many queries run at once, where a connection says so itself or not; at least 1.
    pub(crate) fn queries_at_once(&self, connections: Option<u16>) -> usize {
        connections.map_or(self.limits.queries_per_source, usize::from).max(1)
    }

    /// What the connector may reach.
    pub(crate) fn network(&self) -> Network {
        Network::new(self.limits.network.clone(), Arc::clone(self.activity))
    }
}
