//! Files of SQLite, read in this process.
//!
//! A file is opened for reading only, and an authority decides for each statement what it may read. A
//! query runs on a thread of its own and looks every few thousand steps whether it is still wanted.
//! When the file is replaced by another, the next query reads that one.

mod arguments;
mod authority;
mod functions;
mod moment;
mod opened;
mod rows;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::name::TableName;
use model::source::Sqlite;
use rusqlite::{Error, ErrorCode};
use tokio::task::spawn_blocking;

use crate::activity::Activity;
use crate::connector::{Circumstances, Connector, Failure, Query, Tables};
use crate::result::ResultSet;
use crate::stop::Stop;
use opened::{Identity, Opened};

/// One file.
pub(crate) struct SqliteFile {
    path: PathBuf,
    tables: Option<Vec<TableName>>,
    result_bytes: u64,
    idle: Mutex<Vec<Opened>>,
    closed: Arc<AtomicBool>,
    activity: Arc<Activity>,
}

impl SqliteFile {
    pub(crate) fn new(sqlite: &Sqlite, of: &Circumstances<'_>) -> Self {
        Self {
            path: PathBuf::from(&sqlite.path),
            tables: sqlite.tables.clone(),
            result_bytes: of.limits.result_bytes,
            idle: Mutex::default(),
            closed: Arc::default(),
            activity: Arc::clone(of.activity),
        }
    }

    /// Does `work` on a thread that may wait, until it is done or `stop` is ordered.
    async fn run<T: Send + 'static>(
        self: Arc<Self>,
        stop: Stop,
        work: impl FnOnce(&mut Opened) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let unwanted = Arc::new(AtomicBool::new(false));
        let (file, flag) = (Arc::clone(&self), Arc::clone(&unwanted));
        let mut worker = spawn_blocking(move || {
            let mut opened = file.take()?;
            opened.watch(flag, Arc::clone(&file.closed))?;
            let outcome = work(&mut opened);
            file.give_back(opened);
            outcome
        });
        tokio::select! {
            outcome = &mut worker => {
                outcome.unwrap_or_else(|error| Err(Failure::Unavailable(error.to_string())))
            }
            () = stop.ordered() => {
                unwanted.store(true, Ordering::Relaxed);
                // What it found is not wanted any more, only that it has ended.
                let _ = worker.await;
                Err(Failure::Stopped)
            }
        }
    }

    /// The file as it is now, opened.
    fn take(&self) -> Result<Opened, Failure> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Failure::closed());
        }
        let identity = Identity::of(&self.path)?;
        let opened = {
            let mut idle = self.idle();
            idle.retain(|opened| opened.identity() == identity);
            idle.pop()
        };
        let mut opened = match opened {
            Some(opened) => opened,
            None => {
                let counted = self.activity.connections.sqlite.enter();
                Opened::new(&self.path, identity, self.result_bytes, counted)?
            }
        };
        opened.learn_tables(self.tables.as_deref())?;
        Ok(opened)
    }

    fn give_back(&self, opened: Opened) {
        if !self.closed.load(Ordering::Relaxed) {
            self.idle().push(opened);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Opened>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a caller can react to.
fn failure(error: &Error) -> Failure {
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => {
            Failure::Refused(detail)
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NotADatabase
            | ErrorCode::PermissionDenied
            | ErrorCode::SystemIoFailure,
        ) => Failure::Unavailable(detail),
        Some(ErrorCode::OperationInterrupted) => Failure::Stopped,
        _ => match error {
            Error::MultipleStatement => Failure::Refused(detail),
            _ => Failure::Failed(detail),
        },
    }
}

impl Connector for SqliteFile {
    fn execute(
        self: Arc<Self>,
        query: Arc<Query>,
        stop: Stop,
    ) -> BoxFuture<'static, Result<ResultSet, Failure>> {
        let read = move |opened: &mut Opened| {
            query.progress.opened();
            rows::read(opened, &query)
        };
        self.run(stop, read).boxed()
    }

    fn tables(self: Arc<Self>) -> BoxFuture<'static, Result<Tables, Failure>> {
        async move {
            let (_stopper, stop) = crate::stop::stop();
            self.run(stop, |opened| opened.tables()).await
        }
        .boxed()
    }

    /// Files have nothing to wait for; what runs in them ends by itself soon.
    fn close(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            self.closed.store(true, Ordering::Relaxed);
            self.idle().clear();
        }
        .boxed()
    }
}
