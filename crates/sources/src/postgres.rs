//! PostgreSQL, and what speaks its protocol.
//!
//! Each question is a transaction of its own that only reads, on a session from the source's pool.
//! The session keeps nothing of it: settings, the role, and what row security is told of the viewer
//! end with the transaction.

mod column;
mod fault;
mod login;
mod moment;
mod parameter;
mod pool;
mod question;
mod row_security;
mod rows;
mod server;
mod session;
mod tables;
mod told;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::name::SourceName;
use model::source::Postgres;
use tokio::time::timeout;

use crate::connector::{Circumstances, Connector, Failure, Query, Tables};
use crate::result::ResultSet;
use crate::stop::{Stop, Stopper, stop};
use parameter::Parameter;
use pool::{Lease, Pool};
use question::{Question, Unanswered};
use server::Server;

/// How long a trial may take.
const TRIAL: Duration = Duration::from_secs(5);
/// How often a query is told to end, and how long each time it may take to do so.
const CANCELS: usize = 5;
const CANCEL_PAUSE: Duration = Duration::from_secs(1);

/// One database of a data source.
pub(crate) struct PostgresDatabase {
    name: SourceName,
    connection: Arc<Postgres>,
    pool: Pool,
    /// A session that was not used, or whose row security was not looked at, for so long is tried
    /// before it is used.
    untried: Duration,
    /// What every transaction is told.
    told: Vec<(String, String)>,
    /// Ends what runs when the source is closed.
    closing: Stopper,
    closed: Stop,
}

impl PostgresDatabase {
    pub(crate) fn new(connection: &Postgres, of: &Circumstances<'_>) -> Self {
        let connection = Arc::new(connection.clone());
        let server = Server::new(Arc::clone(&connection), of.network());
        let most = of.queries_at_once(connection.connections);
        let (closing, closed) = stop();
        Self {
            name: of.name.clone(),
            told: told::of_connection(&connection, of.limits.statement_timeout),
            pool: Pool::new(Arc::clone(&connection), server, most, of.limits.idle),
            untried: of.limits.untried,
            connection,
            closing,
            closed,
        }
    }

    async fn run(&self, query: &Query, stop: &Stop) -> Result<ResultSet, Failure> {
        let question = self.question(query)?;
        let outcome = match self.attempt(&question, stop, self.session()).await {
            // The server may have ended a session since its last use. Reading twice does no harm.
            Err((Unanswered::Lost(_), true)) => {
                self.attempt(&question, stop, self.new_session()).await
            }
            outcome => outcome,
        };
        outcome.map_err(|(unanswered, _)| unanswered.into())
    }

    fn question(&self, query: &Query) -> Result<Question, Failure> {
        let mut told = self.told.clone();
        told.push(told::of_request(query.request_id));
        told.extend(told::of_viewer(&self.connection, &query.session)?);
        Ok(Question {
            told,
            sql: query.sql.clone(),
            parameters: query.arguments.iter().map(Parameter::of).collect::<Result<_, _>>()?,
            row_limit: query.row_limit,
            byte_limit: query.byte_limit,
            progress: query.progress.clone(),
        })
    }

    /// Asks once; on failure also whether the session had been used before.
    async fn attempt(
        &self,
        question: &Question,
        stop: &Stop,
        session: impl Future<Output = Result<Lease, Failure>>,
    ) -> Result<ResultSet, (Unanswered, bool)> {
        let stopped = async {
            tokio::select! { () = stop.ordered() => {}, () = self.closed.ordered() => {} }
        };
        tokio::pin!(stopped);
        let lease = tokio::select! {
            lease = session => lease.map_err(|failure| (Unanswered::Refused(failure), false)),
            () = &mut stopped => Err((Unanswered::Stopped, false)),
        };
        let mut lease = lease?;
        question.progress.opened();
        let is_used = lease.is_used;
        let outcome = tokio::select! {
            outcome = question.ask(&mut lease.session) => outcome,
            () = &mut stopped => Err(Unanswered::Stopped),
        };
        match &outcome {
            Ok(_) | Err(Unanswered::Refused(_)) => self.give_back(lease),
            Err(Unanswered::Lost(_)) => {}
            Err(Unanswered::Unwanted(_) | Unanswered::Stopped) => self.end_query(lease).await,
        }
        outcome.map_err(|unanswered| (unanswered, is_used))
    }

    /// A session that does what it should.
    async fn session(&self) -> Result<Lease, Failure> {
        loop {
            let lease = self.pool.take().await?;
            let is_used = lease.is_used;
            match self.tried(lease).await {
                // Another one may stand; the last one is new.
                Err(Unanswered::Lost(_)) if is_used => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn new_session(&self) -> Result<Lease, Failure> {
        Ok(self.tried(self.pool.take_new().await?).await?)
    }

    /// The session, after a trial if it needs one.
    async fn tried(&self, mut lease: Lease) -> Result<Lease, Unanswered> {
        let is_fresh = lease.checked.is_some_and(|checked| checked.elapsed() < self.untried);
        let relies_on_rows = self.connection.row_security.is_some();
        if !is_fresh && (lease.is_used || relies_on_rows) {
            self.trial(&mut lease).await?;
        }
        Ok(lease)
    }

    /// A trivial question; where the source relies on it, whether row security holds.
    async fn trial(&self, lease: &mut Lease) -> Result<(), Unanswered> {
        let question = match self.connection.row_security {
            Some(_) => row_security::gaps(&self.connection, self.told.clone()),
            None => Question::of_catalog("select 'here'".to_owned(), Vec::new(), Vec::new()),
        };
        let answer = timeout(TRIAL, question.ask(&mut lease.session))
            .await
            .map_err(|_| Unanswered::Lost(Failure::late()))??;
        if self.connection.row_security.is_some() {
            let gaps = answer.rows().flatten().map(|cell| cell.to_string());
            if let Some(failure) = row_security::failure(&gaps.collect::<Vec<_>>()) {
                return Err(Unanswered::Refused(failure));
            }
        }
        lease.checked = Some(Instant::now());
        Ok(())
    }

    fn give_back(&self, mut lease: Lease) {
        // An answer is as good as a trial, but says nothing of row security.
        if self.connection.row_security.is_none() {
            lease.checked = Some(Instant::now());
        }
        self.pool.give_back(lease);
    }

    /// Ends the query that runs in a session, and then the session: an order to cancel that comes
    /// late must not meet the next query.
    async fn end_query(&self, mut lease: Lease) {
        let (peer, key) = (lease.session.peer.clone(), lease.session.key);
        for _ in 0..CANCELS {
            if let Err(failure) = self.pool.server.cancel(&peer, key).await {
                tracing::warn!(source = %self.name, ?failure, "a query could not be cancelled");
            }
            // Errs when the session has ended, and with it the query.
            if timeout(CANCEL_PAUSE, lease.session.drain()).await.is_ok() {
                return lease.end().await;
            }
        }
        tracing::warn!(source = %self.name, "a query does not end; its session is left");
    }

    /// Asks the catalog, in the connection's own name.
    async fn look_up(&self, question: &Question) -> Result<ResultSet, Failure> {
        loop {
            let mut lease = self.pool.take().await?;
            let answer = question.ask(&mut lease.session).await;
            match answer {
                Err(Unanswered::Lost(_)) if lease.is_used => continue,
                Ok(_) | Err(Unanswered::Refused(_)) => self.pool.give_back(lease),
                Err(_) => {}
            }
            return answer.map_err(Failure::from);
        }
    }
}

impl From<Unanswered> for Failure {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Refused(failure)
            | Unanswered::Lost(failure)
            | Unanswered::Unwanted(failure) => failure,
            Unanswered::Stopped => Self::Stopped,
        }
    }
}

impl Connector for PostgresDatabase {
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>> {
        async move { self.run(&query, &stop).await }.boxed()
    }

    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>> {
        async move {
            let found = self.look_up(&tables::columns(&self.connection, self.told.clone())).await?;
            Ok(tables::offered(&self.connection, &found))
        }
        .boxed()
    }

    fn close(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            self.closing.stop();
            self.pool.close().await;
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
