//! PostgreSQL: a pool of connections, changes in transactions that run again when they must, and a
//! listener for changed definitions.

mod address;
mod listener;
mod reader;
mod tls;

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime,
};
use tokio_postgres::IsolationLevel;
use tokio_postgres::error::SqlState;

use crate::activity::PoolUse;
use crate::error::StoreError;
use crate::session::{Connection, Session, Tools};
use crate::store::{Occupancy, Work};

use listener::Listener;

pub(crate) use address::Address;
pub(crate) use reader::PostgresReader;

/// How long a call waits for a connection, and for a new one to be made.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often work runs before its caller hears that others are in the way.
const ATTEMPTS: u32 = 10;
/// The name of the lock that every change shares and a change of the definitions holds alone.
const CHANGE_LOCK: i64 = 0x0046_414e_4c49_4749;
/// What a connection is told before its first use.
///
/// Every statement here finds a few rows by an index that was made for it. A plan that was made while a
/// table was small would read, sort or hash the whole of it, and stay with the connection while the
/// table grows a thousandfold, until PostgreSQL analyses it: so a connection never makes one. Their
/// costs, now beyond measure, must not have them compiled either. The time-out ends what waits for a
/// disk that is stuck; a migration lifts it for itself.
const SETTINGS: &str = "SET enable_seqscan = off; SET enable_bitmapscan = off; \
                        SET enable_sort = off; SET enable_hashjoin = off; \
                        SET enable_mergejoin = off; SET jit = off; \
                        SET statement_timeout = '30s'";

pub(crate) struct Postgres {
    pool: Pool,
    /// Absent in a process that has the store for itself.
    listener: Option<Listener>,
}

impl Postgres {
    pub(crate) async fn open(
        address: Address,
        connections: usize,
        tools: Arc<Tools>,
        occupancy: Occupancy,
    ) -> Result<Self, StoreError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(address.config.clone(), address.tls.clone(), recycling);
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(
                    async move { client.batch_execute(SETTINGS).await.map_err(HookError::Backend) },
                )
            }))
            .build()
            .map_err(StoreError::unavailable)?;
        let mut client = pool.get().await?;
        crate::migrate::postgres(&mut client).await?;
        let session = Session { connection: Connection::Postgres(&client), tools: &tools };
        crate::migrate::check_key(&session).await?;
        drop(client);
        let listener = match occupancy {
            Occupancy::Shared => Some(Listener::start(address, tools).await?),
            Occupancy::Sole => None,
        };
        Ok(Self { pool, listener })
    }

    async fn client(&self) -> Result<Client, StoreError> {
        Ok(self.pool.get().await?)
    }

    /// A connection for reads that need no common moment.
    pub(crate) async fn reader(&self) -> Result<PostgresReader<'_>, StoreError> {
        Ok(PostgresReader { postgres: self, client: self.client().await? })
    }

    pub(crate) fn pool_use(&self) -> PoolUse {
        let status = self.pool.status();
        PoolUse {
            most: status.max_size,
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }

    /// The generation of the definitions as last heard. `None`: the listener has lost the server, so
    /// it must be read.
    pub(crate) fn generation(&self) -> Option<i64> {
        self.listener.as_ref()?.generation()
    }

    /// Runs what changes something in a transaction, again when another one was in its way.
    pub(crate) async fn run<W: Work>(
        &self,
        work: &W,
        tools: &Tools,
    ) -> Result<W::Output, StoreError> {
        let mut attempts = Attempts::default();
        loop {
            match self.attempt(work, tools).await {
                Err(fault) if (is_passing(&fault) || is_lost(&fault)) && attempts.are_left() => {
                    attempts.rest().await;
                }
                Err(fault) if is_passing(&fault) => return Err(StoreError::Contended),
                outcome => return outcome,
            }
        }
    }

    async fn attempt<W: Work>(&self, work: &W, tools: &Tools) -> Result<W::Output, StoreError> {
        let asked = Instant::now();
        let mut client = self.client().await?;
        tools.activity.change_wait.record_duration(asked.elapsed());
        // Dropped without a commit, a transaction is rolled back.
        let tx = client.transaction().await?;
        let lock = match W::EXCLUSIVE {
            true => "SELECT pg_advisory_xact_lock($1)",
            false => "SELECT pg_advisory_xact_lock_shared($1)",
        };
        let lock = tx.prepare_cached(lock).await?;
        tx.query(&lock, &[&CHANGE_LOCK]).await?;
        let session = Session { connection: Connection::PostgresTransaction(&tx), tools };
        if self.generation().is_none() {
            // Without the listener's lock the master key may have been rotated meanwhile.
            crate::migrate::check_key(&session).await?;
        }
        let output = work.run(&session).await?;
        let generation = match W::EXCLUSIVE {
            true => Some(crate::definitions::generation(&session).await?),
            false => None,
        };
        let begun = Instant::now();
        tx.commit().await.map_err(undecided_if_lost)?;
        tools.activity.committed(1, begun.elapsed());
        if let (Some(generation), Some(listener)) = (generation, &self.listener) {
            listener.heard(generation);
        }
        Ok(output)
    }

    /// Reads several statements' worth as of one moment, again over another connection when one was
    /// lost.
    pub(crate) async fn in_snapshot<W: Work>(
        &self,
        read: &W,
        tools: &Tools,
    ) -> Result<W::Output, StoreError> {
        let mut attempts = Attempts::default();
        loop {
            match self.snapshot(read, tools).await {
                Err(fault) if is_lost(&fault) && attempts.are_left() => attempts.rest().await,
                outcome => return outcome,
            }
        }
    }

    async fn snapshot<W: Work>(&self, read: &W, tools: &Tools) -> Result<W::Output, StoreError> {
        let mut client = self.client().await?;
        let builder = client.build_transaction().read_only(true);
        let tx = builder.isolation_level(IsolationLevel::RepeatableRead).start().await?;
        let session = Session { connection: Connection::PostgresTransaction(&tx), tools };
        read.run(&session).await
    }
}

/// How often work has run again.
#[derive(Default)]
struct Attempts(u32);

impl Attempts {
    fn are_left(&self) -> bool {
        self.0 + 1 < ATTEMPTS
    }

    /// Lets others finish, and lets the pool notice which of its connections are gone.
    async fn rest(&mut self) {
        self.0 += 1;
        tokio::time::sleep(Duration::from_millis(u64::from(2 * self.0))).await;
    }
}

/// Whether the connection has ended before anything was committed, so that another one may serve. A
/// pool learns of a server that was restarted only when it uses what it holds.
fn is_lost(fault: &StoreError) -> bool {
    const ENDED: [&SqlState; 3] =
        [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW];
    let StoreError::Unavailable(source) = fault else { return false };
    source
        .downcast_ref::<tokio_postgres::Error>()
        .is_some_and(|error| error.is_closed() || error.code().is_some_and(|c| ENDED.contains(&c)))
}

/// A commit whose connection was lost may stand or not: running the work again could do it twice.
fn undecided_if_lost(error: tokio_postgres::Error) -> StoreError {
    let fault = StoreError::from(error);
    if is_lost(&fault) {
        StoreError::unavailable("the connection was lost while a change was being committed")
    } else {
        fault
    }
}

/// Whether the same change may succeed when it is run again: it met another transaction.
fn is_passing(fault: &StoreError) -> bool {
    const PASSING: [&SqlState; 4] = [
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        // What was checked a moment ago has gone, or has been taken; the next run finds it so.
        &SqlState::FOREIGN_KEY_VIOLATION,
        &SqlState::UNIQUE_VIOLATION,
    ];
    match fault {
        StoreError::Contended => true,
        StoreError::Unavailable(source) => source
            .downcast_ref::<tokio_postgres::Error>()
            .and_then(tokio_postgres::Error::code)
            .is_some_and(|code| PASSING.contains(&code)),
        _ => false,
    }
}
