//! ClickHouse, over HTTP.
//!
//! One client per data source keeps connections alive. A query is one POST: its text in the one part,
//! its values as a table in the other, its settings in the address. The server answers when it has
//! finished, so that an error is one even when rows came before it.

mod answer;
mod client;
mod column;
mod session;
mod values;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::source::ClickHouse;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::connector::{Circumstances, Connector, Failure, Query, TableColumn, Tables, offered};
use crate::progress::Progress;
use crate::result::ResultSet;
use crate::stop::{Stop, Stopper, stop};
use client::{Client, Request};
use session::Session;

/// How long a query that was told to stop may take to do so before we no longer wait for it.
const FAREWELL: Duration = Duration::from_secs(20);
/// How long an order to stop may take.
const ORDER: Duration = Duration::from_secs(5);
/// How often it is told.
const REMINDER: Duration = Duration::from_millis(200);

/// The columns of all tables of the database, in their order.
const COLUMNS: &str = "select table, name, type from system.columns \
    where database = currentDatabase() and not startsWith(table, '.inner')";

/// Tables may have this many columns in all, or this many bytes of names and types.
const MOST_COLUMNS: u64 = 100_000;
const MOST_COLUMN_BYTES: u64 = 16 << 20;

/// Begins with the request's id, by which the operator of the database finds it, and is unique.
fn query_id(request_id: Uuid) -> String {
    format!("{request_id}-{}", Uuid::new_v4().simple())
}

/// One data source on a ClickHouse server.
pub(crate) struct ClickHouseServer {
    connection: ClickHouse,
    client: Client,
    /// What the server knows and allows; asked before the first query.
    session: Mutex<Option<Arc<Session>>>,
    turns: Semaphore,
    at_once: u32,
    statement_timeout: Duration,
    /// Ends what runs when the source is closed.
    closing: (Stopper, Stop),
}

impl ClickHouseServer {
    pub(crate) fn new(connection: &ClickHouse, of: &Circumstances<'_>) -> Self {
        let at_once = of.queries_at_once(connection.connections);
        Self {
            client: Client::new(connection, at_once, &of.network()),
            connection: connection.clone(),
            session: Mutex::default(),
            turns: Semaphore::new(at_once),
            at_once: u32::try_from(at_once).unwrap_or(u32::MAX),
            statement_timeout: of.limits.statement_timeout,
            closing: stop(),
        }
    }

    async fn session(&self) -> Result<Arc<Session>, Failure> {
        let mut known = self.session.lock().await;
        if let Some(session) = known.as_ref() {
            return Ok(Arc::clone(session));
        }
        let asked = Session::ask(&self.client, &self.connection, self.statement_timeout).await?;
        Ok(Arc::clone(known.insert(Arc::new(asked))))
    }

    async fn run(&self, query: &Query, stop: &Stop) -> Result<ResultSet, Failure> {
        if !query.session.is_empty() {
            return Err(Failure::Refused("ClickHouse has no session variables".to_owned()));
        }
        let Ok(_turn) = self.turns.acquire().await else {
            return Err(Failure::closed());
        };
        let stopped = async {
            tokio::select! {
                () = stop.ordered() => {}
                () = self.closing.1.ordered() => {}
            }
        };
        tokio::pin!(stopped);
        let session = tokio::select! {
            session = self.session() => session?,
            () = &mut stopped => return Err(Failure::Stopped),
        };
        query.progress.opened();
        let id = query_id(query.request_id);
        let running = self.ask(&session, query, &id);
        tokio::pin!(running);
        tokio::select! {
            outcome = &mut running => {
                if let Err(Failure::Unavailable(_)) = outcome {
                    // Another server may stand in its place.
                    self.session.lock().await.take();
                }
                outcome
            }
            () = &mut stopped => {
                self.stop(&id, running).await;
                Err(Failure::Stopped)
            }
        }
    }

    async fn ask(&self, session: &Session, query: &Query, id: &str) -> Result<ResultSet, Failure> {
        let values = values::table(&query.arguments, session.has_subseconds())?;
        let request = Request {
            sql: &query.sql,
            values,
            settings: session.settings(query.byte_limit),
            id: Some(id),
            byte_limit: query.byte_limit,
        };
        let mut reply = self.client.post(request).await?;
        let mut answer = answer::Reader::new(session.zone(), query.row_limit, query.byte_limit);
        while let Some(part) = reply.next().await? {
            query.progress.row();
            answer.read(&part)?;
        }
        answer.finish()
    }

    /// Tells the server to stop a query until it has: a query that it has not begun yet is unknown to
    /// it, so once is not enough.
    async fn stop(&self, id: &str, running: impl Future<Output = Result<ResultSet, Failure>>) {
        // Made of two numbers of ours: nothing from outside.
        let sql = format!("kill query where query_id = '{id}' async");
        let told = async {
            loop {
                let _ = timeout(ORDER, self.client.post(Request::bare(&sql))).await;
                sleep(REMINDER).await;
            }
        };
        let stopped = async {
            tokio::select! { _ = running => {}, () = told => {} }
        };
        if timeout(FAREWELL, stopped).await.is_err() {
            tracing::warn!(query_id = %id, "ClickHouse does not stop a query; it is left behind");
        }
    }

    async fn offered(&self) -> Result<Tables, Failure> {
        let session = self.session().await?;
        let query = Query {
            sql: COLUMNS.to_owned(),
            arguments: Vec::new(),
            session: Vec::new(),
            row_limit: MOST_COLUMNS,
            byte_limit: MOST_COLUMN_BYTES,
            request_id: Uuid::nil(),
            progress: Progress::default(),
        };
        let found = self.ask(&session, &query, &query_id(query.request_id)).await?;
        let columns = found.rows().map(|row| {
            let mut cells = row.map(|cell| cell.to_string());
            let mut next = || cells.next().unwrap_or_default();
            (next(), TableColumn { name: next(), data_type: next() })
        });
        Ok(offered(columns, self.connection.tables.as_deref()))
    }
}

impl Connector for ClickHouseServer {
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>> {
        async move { self.run(&query, &stop).await }.boxed()
    }

    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>> {
        async move { self.offered().await }.boxed()
    }

    fn close(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            self.closing.0.stop();
            // Whoever had a turn has told the server.
            let _ = timeout(FAREWELL, self.turns.acquire_many(self.at_once)).await;
            self.turns.close();
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
