//! Whether a connection works: opened apart from all sources, asked for its tables, and closed.

use std::sync::Arc;
use std::time::Duration;

use model::source::Connection;
use tokio::time::timeout;

use crate::connector::{Circumstances, Tables, connector};
use crate::error::SourceError;
use crate::sources::Sources;

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
        let name = "probe".parse().unwrap_or_else(|_| unreachable!("letters are a name"));
        let of = Circumstances {
            name: &name,
            limits: self.limits(),
            worker: self.worker(),
            activity: self.shared_activity(),
            objects: self.objects(),
        };
        let connector = connector(&connection, &of);
        let listed = timeout(limit, Arc::clone(&connector).tables()).await;
        connector.close().await;
        let listed = listed.map_err(|_| SourceError::TimedOut { limit })?;
        listed.map_err(SourceError::from)
    }
}
