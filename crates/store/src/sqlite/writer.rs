//! The one writer: takes all changes that wait, runs each in a savepoint, and commits them together,
//! so that one flush of the disk serves them all. A change is answered after its commit.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::batch;
use crate::error::StoreError;
use crate::session::{Connection as Handle, Session, Tools};
use crate::store::Change;

/// Most changes in one transaction: bounds how long the first waits for the last.
const GROUP: usize = 512;

/// Runs a change inside the open transaction, or learns why there is none; what it returns is called
/// with the commit's outcome.
type Job = Box<dyn FnOnce(Result<&Session<'_>, String>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;

/// The way to the writing thread, which ends when this is dropped and all waiting changes are done.
pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(
        connection: Mutex<Connection>,
        tools: Arc<Tools>,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write(connection, &waiting, &tools))
            .map_err(StoreError::unavailable)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(crate) async fn run<C: Change>(&self, change: C) -> Result<C::Output, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let outcome = match session {
                Ok(session) => in_savepoint(session, &change),
                Err(fault) => Err(StoreError::unavailable(fault)),
            };
            Box::new(move |committed| {
                let outcome = match committed {
                    Ok(()) => outcome,
                    Err(fault) => Err(StoreError::unavailable(fault)),
                };
                // Nobody listens when the caller has gone; the change stands all the same.
                let _ = reply.send(outcome);
            })
        });
        let gone = || StoreError::unavailable("the writer has stopped");
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to wait for.
            let _ = thread.join();
        }
    }
}

fn write(connection: Mutex<Connection>, waiting: &Receiver<Job>, tools: &Tools) {
    while let Ok(first) = waiting.recv() {
        let session = Session { connection: Handle::Sqlite(&connection), tools };
        let group = std::iter::once(first).chain(waiting.try_iter()).take(GROUP);
        write_group(&session, group);
    }
}

fn write_group(session: &Session<'_>, group: impl Iterator<Item = Job>) {
    let begun = batch(session, "BEGIN IMMEDIATE").map_err(|fault| fault.to_string());
    let turn = || begun.as_ref().map(|()| session).map_err(Clone::clone);
    let answers: Vec<Answer> = group.map(|job| job(turn())).collect();
    let outcome = begun.and_then(|()| commit(session));
    for answer in answers {
        answer(outcome.clone());
    }
}

fn commit(session: &Session<'_>) -> Result<(), String> {
    batch(session, "COMMIT").map_err(|fault| {
        // Fails only when there is no transaction left to undo.
        let _ = batch(session, "ROLLBACK");
        fault.to_string()
    })
}

fn in_savepoint<C: Change>(session: &Session<'_>, change: &C) -> Result<C::Output, StoreError> {
    batch(session, "SAVEPOINT change")?;
    let outcome = super::ready(change.run(session));
    if outcome.is_err() {
        batch(session, "ROLLBACK TO change")?;
    }
    batch(session, "RELEASE change")?;
    outcome
}
