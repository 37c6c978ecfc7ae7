//! The one writer: takes all changes that wait, runs each in a savepoint, and commits them together,
//! so that one flush of the disk serves them all. A change is answered after its commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::batch;
use crate::error::StoreError;
use crate::session::{Connection as Handle, Session, Tools};
use crate::store::Work;

/// Most changes in one transaction: bounds how long the first waits for the last.
const GROUP: usize = 512;

/// Runs a change inside the open transaction, or learns why there is none; what it returns is called
/// with the commit's outcome.
type Job = Box<dyn FnOnce(Result<&Session<'_>, Fault>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), Fault>) + Send>;
/// Of one transaction, for all who took part.
type Fault = Arc<rusqlite::Error>;

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

    pub(crate) async fn run<W: Work>(&self, work: W) -> Result<W::Output, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let outcome = match session {
                Ok(session) => in_savepoint(session, &work),
                Err(fault) => Err(fault.into()),
            };
            Box::new(move |committed| {
                let outcome = match committed {
                    // What failed already knows its own reason.
                    Err(fault) if outcome.is_ok() => Err(fault.into()),
                    _ => outcome,
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
    let begun = batch(session, "BEGIN IMMEDIATE").map_err(Arc::new);
    let turn = || begun.as_ref().map(|()| session).map_err(Arc::clone);
    let answers: Vec<Answer> = group.map(|job| job(turn())).collect();
    let outcome = begun.and_then(|()| commit(session));
    for answer in answers {
        answer(outcome.clone());
    }
}

fn commit(session: &Session<'_>) -> Result<(), Fault> {
    batch(session, "COMMIT").map_err(|fault| {
        // Fails only when there is no transaction left to undo.
        let _ = batch(session, "ROLLBACK");
        Arc::new(fault)
    })
}

/// Undone alone when it fails or panics, so that it takes nobody else's change with it.
fn in_savepoint<W: Work>(session: &Session<'_>, work: &W) -> Result<W::Output, StoreError> {
    if !super::is_in_transaction(session) {
        // SQLite itself undoes all when, for example, the disk is full.
        return Err(StoreError::unavailable("the transaction was undone"));
    }
    batch(session, "SAVEPOINT work")?;
    let outcome = catch_unwind(AssertUnwindSafe(|| super::ready(work.run(session))));
    let outcome = outcome.unwrap_or_else(|_| Err(StoreError::corrupt("a change panicked")));
    if outcome.is_err() {
        batch(session, "ROLLBACK TO work")?;
    }
    batch(session, "RELEASE work")?;
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::Ambient;
    use crate::master_key::MasterKey;
    use crate::seal::Sealer;
    use crate::session::Param;
    use crate::sql;
    use crate::store::Occupancy;

    /// Makes a tag, and then does as it is told.
    struct MakeTag(&'static str, Then);

    enum Then {
        Succeed,
        Fail,
        Panic,
    }

    impl Work for MakeTag {
        type Output = ();

        async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
            session.rows(sql::INSERT_TAG, &[Param::Text(self.0)], |_| Ok(())).await?;
            match self.1 {
                Then::Succeed => Ok(()),
                Then::Fail => Err(StoreError::NotFound("reason")),
                Then::Panic => panic!("on purpose"),
            }
        }
    }

    #[tokio::test]
    async fn work_that_fails_or_panics_is_undone_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let sealer = Sealer::new(&MasterKey::from_bytes([7; 32]));
        let tools = Arc::new(Tools::new(Ambient::default(), sealer));
        let sqlite = super::super::Sqlite::open(dir.path(), Arc::clone(&tools), Occupancy::Shared)
            .expect("a store");
        let writer = &sqlite.writer;
        let outcomes = tokio::join!(
            writer.run(MakeTag("first", Then::Succeed)),
            writer.run(MakeTag("failed", Then::Fail)),
            writer.run(MakeTag("panicked", Then::Panic)),
            writer.run(MakeTag("last", Then::Succeed)),
        );
        assert!(outcomes.0.is_ok() && outcomes.3.is_ok());
        assert!(matches!(outcomes.1, Err(StoreError::NotFound("reason"))));
        assert!(matches!(outcomes.2, Err(StoreError::Corrupt(_))));
        let lease = sqlite.readers.lease().expect("a connection");
        let session = Session { connection: Handle::Sqlite(lease.connection()), tools: &tools };
        let tags = session.rows(sql::TAGS, &[], |row| Ok(row.text(0)?.to_owned())).await;
        assert_eq!(tags.expect("tags"), ["first", "last"]);
    }
}
