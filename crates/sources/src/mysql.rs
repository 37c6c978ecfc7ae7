//! MySQL and MariaDB.
//!
//! Statements are prepared and their values bound. Each runs on a connection of its own, in a session
//! that may only read; a query is stopped by `KILL QUERY` from a second connection, and a connection
//! that has been stopped is never used again.

mod arguments;
mod failure;
mod pool;
mod rows;
mod schema;
mod server;
mod session;
mod truncation;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::source::MySql;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, Params};
use tokio::time::timeout;

use crate::connector::{Circumstances, Connector, Failure, Query, Tables};
use crate::error::ResultLimit;
use crate::result::ResultSet;
use crate::stop::Stop;
use failure::failure;
use pool::{Lease, Pool};
use rows::Rows;
use server::{Peer, Server};

/// How long the server may take to end a query that was stopped, before its connection is cut.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// How long it may take to connect and to set a session up.
const CONNECT: Duration = Duration::from_secs(15);

/// One database of one server.
pub(crate) struct MySqlDatabase {
    server: Server,
    statement_timeout: Duration,
    pool: Arc<Pool>,
}

impl MySqlDatabase {
    pub(crate) fn new(connection: &MySql, of: &Circumstances<'_>) -> Self {
        let limits = of.limits;
        Self {
            server: Server::new(connection.clone(), of.network(), limits.result_bytes),
            statement_timeout: limits.statement_timeout,
            pool: Pool::new(),
        }
    }

    /// A connection that was unused may have lost its server; then a new one is asked. Reading twice
    /// does no harm.
    async fn run(self: Arc<Self>, query: Arc<Query>, stop: Stop) -> Result<ResultSet, Failure> {
        if let Some(lease) = self.pool.take()? {
            match self.run_on(lease, &query, &stop).await {
                Err(Ended::Lost(_)) if !stop.is_ordered() => {}
                outcome => return outcome.map_err(Failure::from),
            }
        }
        let lease = tokio::select! {
            connected = self.connect() => connected?,
            () = stop.ordered() => return Err(Failure::Stopped),
        };
        Ok(self.run_on(lease, &query, &stop).await?)
    }

    async fn run_on(
        &self,
        mut lease: Lease,
        query: &Query,
        stop: &Stop,
    ) -> Result<ResultSet, Ended> {
        query.progress.opened();
        let (peer, id) = (lease.peer, lease.connection.id());
        let outcome = {
            let mut answer = std::pin::pin!(answer(&mut lease.connection, query));
            tokio::select! {
                outcome = &mut answer => outcome,
                () = stop.ordered() => {
                    self.kill(peer, id).await;
                    // Whether it ends or not: the connection closes, and the query with it.
                    let _ = timeout(STOP_PATIENCE, answer).await;
                    return Err(Ended::Clean(Failure::Stopped));
                }
            }
        };
        match &outcome {
            Ok(_) | Err(Ended::Clean(_)) => self.pool.give_back(lease),
            Err(Ended::Unfinished(_)) => self.kill(peer, id).await,
            Err(Ended::Lost(_)) => {}
        }
        outcome
    }

    async fn connect(&self) -> Result<Lease, Failure> {
        let connected = timeout(CONNECT, async {
            let mut lease = self.server.connect().await?;
            let told = &self.server.connection;
            session::set_up(&mut lease.connection, told, self.statement_timeout).await?;
            Ok(lease)
        });
        connected.await.unwrap_or_else(|_| Err(Failure::late()))
    }

    /// Stops what runs on a connection. Where that fails, closing the connection is all that is left
    /// to do.
    async fn kill(&self, peer: Peer, id: u32) {
        if let Err(failure) = self.server.kill(peer, id).await {
            tracing::warn!(?failure, "a query could not be stopped by another connection");
        }
    }
}

/// How a query ended without its result.
enum Ended {
    /// The connection can be used again.
    Clean(Failure),
    /// The query still runs.
    Unfinished(Failure),
    /// The connection has gone.
    Lost(Failure),
}

impl From<Ended> for Failure {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Clean(failure) | Ended::Unfinished(failure) | Ended::Lost(failure) => failure,
        }
    }
}

impl From<mysql_async::Error> for Ended {
    fn from(error: mysql_async::Error) -> Self {
        let failure = failure(&error);
        if error.is_fatal() { Self::Lost(failure) } else { Self::Clean(failure) }
    }
}

async fn answer(connection: &mut Conn, query: &Query) -> Result<ResultSet, Ended> {
    let arguments = arguments::of(&query.arguments).map_err(Ended::Clean)?;
    let parameters =
        if arguments.is_empty() { Params::Empty } else { Params::Positional(arguments) };
    // So that an operator finds the request in the server's list of what runs.
    let sql = format!("/* fanlight {} */ {}", query.request_id, query.sql);
    let statement = connection.prep(sql).await?;
    let mut result = connection.exec_iter(&statement, parameters).await?;
    let mut rows = Rows::of(result.columns_ref(), query).map_err(Ended::Unfinished)?;
    let too_large = || Ended::Unfinished(Failure::TooLarge(ResultLimit::Bytes(query.byte_limit)));
    while let Some(row) = result.next().await.map_err(|error| match error {
        Error::Driver(DriverError::PacketTooLarge) => too_large(),
        other => other.into(),
    })? {
        query.progress.row();
        rows.push(row).map_err(Ended::Unfinished)?;
    }
    drop(result);
    truncation::check(connection, &query.arguments).await?;
    rows.finish().map_err(Ended::Clean)
}

impl Connector for MySqlDatabase {
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>> {
        self.run(query, stop).boxed()
    }

    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>> {
        async move {
            let mut lease = self.connect().await?;
            let declared = self.server.connection.tables.as_deref();
            let tables = schema::tables(&mut lease.connection, declared).await;
            let tables = tables.map_err(|error| failure(&error))?;
            self.pool.give_back(lease);
            Ok(tables)
        }
        .boxed()
    }

    fn close(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move { self.pool.close() }.boxed()
    }
}
