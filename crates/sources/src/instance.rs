//! One data source in use: its connector, its queue, and the way of one query through both.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::source::{Connection, DataSource};
use tokio::time::{sleep, timeout};

use crate::activity::Activity;
use crate::connector::{Circumstances, Connector, Failure, Query, connector};
use crate::error::SourceError;
use crate::gate::{Gate, Permit};
use crate::measure::Stages;
use crate::objects::ObjectCache;
use crate::options::{CustomerKey, Limits, WorkerCommand};
use crate::queue::QueueLimits;
use crate::result::ResultSet;
use crate::stop::{Stop, stop};

/// How long a client that was turned away should wait.
const RETRY_AFTER: Duration = Duration::from_secs(2);

pub(crate) struct Instance {
    pub(crate) revision: i64,
    connector: Arc<dyn Connector>,
    gate: Arc<Gate>,
    statement_timeout: Duration,
    queue_timeout: Duration,
    last_used: Mutex<Instant>,
    activity: Arc<Activity>,
}

/// Where this machine computes, more queries than processors slow each other. Of other servers nothing
/// is known but what the operator allows.
fn at_ease(connection: &Connection, running: usize) -> usize {
    match connection {
        Connection::Files(_) | Connection::Sqlite(_) => engine::protocol::processors(),
        Connection::Postgres(_) | Connection::MySql(_) | Connection::ClickHouse(_) => running,
    }
}

impl Instance {
    pub(crate) fn new(
        source: &DataSource,
        limits: &Limits,
        worker: &WorkerCommand,
        activity: &Arc<Activity>,
        objects: &Arc<ObjectCache>,
    ) -> Arc<Self> {
        let of = Circumstances { name: &source.name, limits, worker, activity, objects };
        let running = of.queries_at_once(source.connection.connections());
        let queue = QueueLimits {
            running,
            running_per_customer: limits.queries_per_customer.max(1),
            at_ease: at_ease(&source.connection, running),
            waiting: limits.waiting_per_source,
        };
        Arc::new(Self {
            revision: source.revision,
            connector: connector(&source.connection, &of),
            gate: Gate::new(queue),
            statement_timeout: limits.statement_timeout,
            queue_timeout: limits.queue_timeout,
            last_used: Mutex::new(Instant::now()),
            activity: Arc::clone(activity),
        })
    }

    /// Runs the query when it is the customer's turn, and hands the outcome to `tell` as soon as it
    /// is known. Returns when the query holds nothing in the database any more, which after a
    /// time-out comes later.
    pub(crate) async fn run(
        &self,
        query: Query,
        customer: CustomerKey,
        abandoned: Stop,
        tell: impl AsyncFnOnce(Result<ResultSet, SourceError>, Stages),
    ) {
        self.touch();
        let asked = Instant::now();
        let entered = tokio::select! {
            permit = self.enter(customer) => permit,
            () = abandoned.ordered() => Err(Failure::Stopped.into()),
        };
        let queue = asked.elapsed();
        match entered {
            Ok(_permit) => self.execute(query, abandoned, queue, tell).await,
            Err(error) => tell(Err(error), Stages { queue, ..Stages::default() }).await,
        }
        self.touch();
    }

    async fn enter(&self, customer: CustomerKey) -> Result<Permit, SourceError> {
        let asked = Instant::now();
        let entered = timeout(self.queue_timeout, self.gate.enter(customer)).await;
        self.activity.queue_wait.record_duration(asked.elapsed());
        match entered {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(SourceError::Busy { retry_after: RETRY_AFTER }),
        }
    }

    async fn execute(
        &self,
        query: Query,
        abandoned: Stop,
        queue: Duration,
        tell: impl AsyncFnOnce(Result<ResultSet, SourceError>, Stages),
    ) {
        let (begun, progress) = (Instant::now(), query.progress.clone());
        let stages = || Stages { queue, ..progress.stages(begun) };
        let (stopper, stop) = stop();
        let mut execution = Arc::clone(&self.connector).execute(Arc::new(query), stop);
        let early = tokio::select! {
            outcome = &mut execution => {
                return tell(outcome.map_err(SourceError::from), stages()).await;
            }
            () = sleep(self.statement_timeout) => {
                SourceError::TimedOut { limit: self.statement_timeout }
            }
            () = abandoned.ordered() => SourceError::from(Failure::Stopped),
        };
        stopper.stop();
        tell(Err(early), stages()).await;
        let _ = execution.await;
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        self.touch();
        Arc::clone(&self.connector)
    }

    /// How many queries run, and how many wait.
    pub(crate) fn load(&self) -> (usize, usize) {
        self.gate.load()
    }

    /// How long nobody has asked; nothing while a query runs or waits.
    pub(crate) fn idle_for(&self) -> Duration {
        if self.gate.is_idle() { self.last_used().elapsed() } else { Duration::ZERO }
    }

    fn touch(&self) {
        *self.last_used() = Instant::now();
    }

    fn last_used(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.last_used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
