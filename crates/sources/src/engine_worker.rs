//! Files, answered by the embedded engine in worker processes.
//!
//! Usually a source has one worker. It is replaced when a file has changed and when it has died; a
//! query that was in it when it died runs once more, alone in a worker of its own, so that it can
//! take no other query with it again.

mod argument;
mod client;
mod declared;
mod process;
mod temporary;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::protocol::{Limits as EngineLimits, Setup, Table};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::name::SourceName;
use model::source::{Files, Storage};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::activity::Activity;
use crate::connector::{Circumstances, Connector, Failure, Query, TableColumn, Tables};
use crate::objects::{Bucket, Fetched};
use crate::options::WorkerCommand;
use crate::result::ResultSet;
use crate::stop::Stop;
use client::{Ended, Kept, Worker};
pub(crate) use declared::tables;
use temporary::TemporaryFolder;

/// After a worker could not open its files, questions get the same answer for so long.
const OPEN_PAUSE: Duration = Duration::from_secs(1);

/// How often one query follows files that change again and again.
const FOLLOWED_CHANGES: usize = 3;

/// The workers of one source.
pub(crate) struct EngineWorkers {
    name: SourceName,
    tables: Vec<Table>,
    materialize: bool,
    limits: EngineLimits,
    temporary_folder: Option<PathBuf>,
    command: WorkerCommand,
    activity: Arc<Activity>,
    /// Where the files are fetched from, if they are not on this machine's disk.
    bucket: Option<Result<Bucket, Failure>>,
    current: Mutex<Current>,
    /// Held by the query that runs alone.
    alone: Mutex<()>,
}

#[derive(Default)]
struct Current {
    worker: Option<Arc<Worker>>,
    failed: Option<(Instant, Failure)>,
    closed: bool,
}

impl EngineWorkers {
    pub(crate) fn new(files: &Files, of: &Circumstances<'_>) -> Self {
        let connections = u32::try_from(of.queries_at_once(None)).unwrap_or(u32::MAX);
        let limits = of.limits;
        Self {
            name: of.name.clone(),
            tables: tables(files),
            materialize: files.materialize,
            limits: EngineLimits { connections, ..limits.engine },
            temporary_folder: limits.temporary_folder.clone(),
            command: of.worker.clone(),
            activity: Arc::clone(of.activity),
            bucket: files
                .storage
                .as_ref()
                .map(|Storage::S3(s3)| Bucket::new(s3, &of.network(), of.objects)),
            current: Mutex::default(),
            alone: Mutex::default(),
        }
    }

    /// The worker that runs, or a new one.
    async fn worker(&self) -> Result<Arc<Worker>, Failure> {
        let mut current = self.current.lock().await;
        if current.closed {
            return Err(Failure::closed());
        }
        if let Some(worker) = current.worker.as_ref().filter(|worker| !worker.has_ended()) {
            return Ok(Arc::clone(worker));
        }
        if let Some((at, failure)) = &current.failed
            && at.elapsed() < OPEN_PAUSE
        {
            return Err(failure.clone());
        }
        match self.start().await {
            Ok(worker) => {
                current.failed = None;
                Ok(Arc::clone(current.worker.insert(Arc::new(worker))))
            }
            Err(failure) => {
                current.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    async fn start(&self) -> Result<Worker, Failure> {
        let parent = self.temporary_folder.clone();
        let made = spawn_blocking(move || TemporaryFolder::new(parent.as_deref())).await;
        let temporary = made
            .map_err(io::Error::other)
            .flatten()
            .map_err(|error| Failure::Unavailable(format!("temporary folder: {error}")))?;
        let (tables, fetched) = self.fetch().await?;
        let setup = Setup {
            tables,
            materialize: self.materialize,
            temporary_folder: temporary.files().to_owned(),
            limits: self.limits,
        };
        let activity = Arc::clone(&self.activity);
        let kept = Kept { _temporary: temporary, fetched };
        Worker::start(&self.name, &self.command, setup, kept, activity).await
    }

    fn bucket(&self) -> Result<Option<&Bucket>, Failure> {
        self.bucket.as_ref().map(Result::as_ref).transpose().map_err(Clone::clone)
    }

    /// The tables of files on this machine, fetched to it if need be.
    async fn fetch(&self) -> Result<(Vec<Table>, Option<Fetched>), Failure> {
        let Some(bucket) = self.bucket()? else { return Ok((self.tables.clone(), None)) };
        let fetched = bucket.fetch(bucket.list(&self.tables).await?).await?;
        Ok((bucket.local(&self.tables, &fetched), Some(fetched)))
    }

    /// Whether it is time to ask the store whether the worker's objects have changed.
    fn is_due(&self, worker: &Worker) -> bool {
        let both = (self.bucket.as_ref(), worker.fetched());
        matches!(both, (Some(Ok(bucket)), Some(fetched)) if bucket.is_due(fetched))
    }

    async fn is_outdated(&self, worker: &Worker) -> Result<bool, Failure> {
        match (self.bucket()?, worker.fetched()) {
            (Some(bucket), Some(fetched)) => bucket.has_changed(&self.tables, fetched).await,
            _ => Ok(true),
        }
    }

    /// Takes a worker out of use; it ends when its last query has.
    async fn retire(&self, worker: &Arc<Worker>) {
        let mut current = self.current.lock().await;
        if current.worker.as_ref().is_some_and(|current| Arc::ptr_eq(current, worker)) {
            current.worker = None;
        }
    }

    async fn run(self: Arc<Self>, query: Arc<Query>, stop: Stop) -> Result<ResultSet, Failure> {
        for _ in 0..FOLLOWED_CHANGES {
            let worker = self.worker().await?;
            query.progress.opened();
            match worker.execute(&query, &stop).await {
                Ok(rows) => {
                    if rows.outdated || self.is_due(&worker) {
                        tokio::spawn(Arc::clone(&self).renew(worker));
                    }
                    return rows.decode();
                }
                Err(Ended::AskAnother) => self.retire(&worker).await,
                Err(Ended::Failed(failure)) => return Err(failure),
                Err(Ended::Died) => {
                    tracing::warn!(source = %self.name, "an engine worker has died");
                    self.retire(&worker).await;
                    tokio::spawn({
                        let workers = Arc::clone(&self);
                        async move { workers.worker().await.map(drop) }
                    });
                    return self.run_alone(&query, &stop).await;
                }
            }
        }
        Err(Failure::Unavailable("the files change faster than they can be read".to_owned()))
    }

    /// Runs a query that lost its worker once more, where it can harm no other.
    async fn run_alone(&self, query: &Query, stop: &Stop) -> Result<ResultSet, Failure> {
        let _alone = self.alone.lock().await;
        if stop.is_ordered() {
            return Err(Failure::Stopped);
        }
        let worker = self.start().await?;
        query.progress.opened();
        match worker.execute(query, stop).await {
            Ok(rows) => rows.decode(),
            Err(Ended::Failed(failure)) => Err(failure),
            Err(Ended::AskAnother | Ended::Died) => {
                Err(Failure::Unavailable("the query ended its engine worker twice".to_owned()))
            }
        }
    }

    /// Replaces a worker whose files are not the newest any more, while it goes on answering. It
    /// stays if the new files cannot be read.
    async fn renew(self: Arc<Self>, old: Arc<Worker>) {
        if !old.claim_renewal() {
            return;
        }
        match self.newer(&old).await {
            Ok(Some(fresh)) => {
                let mut current = self.current.lock().await;
                if !current.closed {
                    current.worker = Some(Arc::new(fresh));
                }
            }
            Ok(None) => old.release_renewal(),
            Err(failure) => {
                tracing::warn!(source = %self.name, ?failure, "changed files cannot be read yet");
                tokio::time::sleep(OPEN_PAUSE).await;
                old.release_renewal();
            }
        }
    }

    async fn newer(&self, old: &Worker) -> Result<Option<Worker>, Failure> {
        if self.is_outdated(old).await? { self.start().await.map(Some) } else { Ok(None) }
    }
}

impl Connector for EngineWorkers {
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>> {
        self.run(query, stop).boxed()
    }

    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>> {
        whole(async move {
            let worker = self.worker().await?;
            let mut tables = Tables::new();
            for table in &self.tables {
                tables.insert(table.name.clone(), worker.describe(table.name.clone()).await?);
            }
            Ok(tables)
        })
    }

    fn describe(
        self: Arc<Self>,
        table: String,
    ) -> BoxFuture<'static, Result<Vec<TableColumn>, Failure>> {
        whole(async move { self.worker().await?.describe(table).await })
    }

    fn close(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            let mut current = self.current.lock().await;
            current.closed = true;
            if let Some(worker) = current.worker.take() {
                worker.kill();
                worker.ended().await;
            }
        }
        .boxed()
    }
}

/// Work that goes on when nobody waits for it any more: a request to a worker that is cut off in the
/// middle would garble the next one.
fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> BoxFuture<'static, Result<T, Failure>> {
    async move {
        let done = tokio::spawn(work).await;
        done.unwrap_or_else(|error| Err(Failure::Unavailable(error.to_string())))
    }
    .boxed()
}
