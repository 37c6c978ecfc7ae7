//! Whether a connection works: opened apart from all sources, asked for its tables, and closed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId, TableName};
use model::source::{Connection, DataSource};
use tokio::time::timeout;

use crate::connector::{Connector, TableColumn, connector};
use crate::error::SourceError;
use crate::sources::Sources;

/// The columns of each table that a connection offers, in their order.
pub type Tables = BTreeMap<TableName, Vec<TableColumn>>;

impl Sources {
    /// Opens a connection and lists the columns of its tables. One connection is tried at a time;
    /// nothing of it stays open.
    ///
    /// Whether the connection may be tried at all is for the caller to know.
    pub async fn probe(
        &self,
        connection: Connection,
        limit: Duration,
    ) -> Result<Tables, SourceError> {
        let sources = self.clone();
        // A task of its own, so that all is closed even when nobody waits for the answer any more.
        let probed = tokio::spawn(async move { sources.probe_alone(connection, limit).await });
        probed.await.map_err(|error| SourceError::Unavailable { detail: error.to_string() })?
    }

    async fn probe_alone(
        &self,
        connection: Connection,
        limit: Duration,
    ) -> Result<Tables, SourceError> {
        let _turn = self.turn_to_probe().await;
        let source = unregistered(connection);
        let connector = connector(&source, self.limits(), self.worker(), self.shared_activity());
        let listed = timeout(limit, tables(&connector, &source.connection)).await;
        connector.close().await;
        listed.unwrap_or(Err(SourceError::TimedOut { limit }))
    }
}

async fn tables(
    connector: &Arc<dyn Connector>,
    connection: &Connection,
) -> Result<Tables, SourceError> {
    let Connection::Files { tables, .. } = connection;
    let mut found = Tables::new();
    for name in tables.keys() {
        let columns = Arc::clone(connector).describe(name.to_string()).await?;
        found.insert(name.clone(), columns);
    }
    Ok(found)
}

fn unregistered(connection: Connection) -> DataSource {
    let name = "probe".parse();
    DataSource {
        id: SourceId(0),
        name: name.unwrap_or_else(|_| unreachable!("letters are a name")),
        schema: SchemaId(0),
        group: GroupId(0),
        isolated: false,
        connection,
        revision: 0,
    }
}
