//! SQLite: one writer that commits in groups, and read connections for the calling threads.

mod anchor;
mod contents;
mod copy;
mod occupancy;
mod readers;
mod restore;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::session::{Connection as Handle, Session, Tools};
use crate::store::{Occupancy, Work};

use anchor::Anchor;
pub use contents::Contents;
pub(crate) use copy::copy_over;
use occupancy::Occupied;
pub(crate) use readers::{ReadLease, Readers, Snapshot};
pub use restore::{Present, Restored, restore};
pub(crate) use writer::Writer;

/// The name of the database in the data directory.
const FILE_NAME: &str = "fanlight.db";
/// More than there are statements.
const STATEMENT_CACHE: usize = 256;
/// Pages of 4 KiB in the write-ahead log before they are moved to the database: 32 MiB. A page that
/// changes often is then moved once for many commits.
const CHECKPOINT: u32 = 8192;
/// The writing connection's page cache, in KiB.
const WRITER_CACHE: i32 = 16 * 1024;
/// A reading connection's page cache, in KiB. There are several; behind them is the system's own.
const READER_CACHE: i32 = 8 * 1024;
/// How long to wait for another process that writes, such as `fanlight apply`.
const BUSY: Duration = Duration::from_secs(30);

pub(crate) struct Sqlite {
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    _anchor: Anchor,
    /// Last, so that it is let go of when all connections are closed.
    _occupied: Occupied,
}

impl Sqlite {
    pub(crate) fn open(
        dir: &Path,
        tools: Arc<Tools>,
        occupancy: Occupancy,
    ) -> Result<Self, StoreError> {
        let occupied = occupancy::occupy(dir, occupancy)?;
        let path = dir.join(FILE_NAME);
        let connection = Mutex::new(writing_connection(&path)?);
        crate::migrate::sqlite(&connection, &path)?;
        let session = Session { connection: Handle::Sqlite(&connection), tools: &tools };
        ready(crate::migrate::check_key(&session))?;
        let anchor = Anchor::start(reading_connection(&path)?)?;
        let readers = Readers::new(path);
        let writer = Writer::start(connection, tools)?;
        Ok(Self { readers, writer, _anchor: anchor, _occupied: occupied })
    }

    /// Writes the database anew, without what was deleted or replaced in it.
    pub(crate) fn forget_deleted(&self) -> Result<(), StoreError> {
        let connection = writing_connection(self.readers.path())?;
        Ok(connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?)
    }

    /// Copies the database into a new file, and reads the copy to prove that it can be restored.
    pub(crate) fn back_up(&self, file: &Path, tools: &Tools) -> Result<Contents, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.readers.path(), flags)?;
        copy::copy_into_new(&connection, file)?;
        contents::examine(file, &tools.sealer)
    }

    /// Reads several statements' worth as of one moment.
    pub(crate) fn in_snapshot<W: Work>(
        &self,
        read: &W,
        tools: &Tools,
    ) -> Result<W::Output, StoreError> {
        let lease = self.readers.lease()?;
        let session = Session { connection: Handle::Sqlite(lease.connection()), tools };
        batch(&session, "BEGIN")?;
        let output = ready(read.run(&session));
        batch(&session, "COMMIT")?;
        output
    }
}

/// A commit has reached the disk when it returns, also after a power loss.
///
/// Temporary storage is not kept in memory here: SQLite walks such a journal from its start after
/// each statement, which makes thousands of statements in one transaction slow.
fn writing_connection(path: &Path) -> Result<Connection, StoreError> {
    create_private(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA wal_autocheckpoint = {CHECKPOINT}; PRAGMA cache_size = -{WRITER_CACHE}; \
         PRAGMA trusted_schema = OFF;",
    ))?;
    keep_plans(&connection)?;
    Ok(connection)
}

fn reading_connection(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(&format!(
        "PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE}; PRAGMA temp_store = MEMORY; \
         PRAGMA trusted_schema = OFF;",
    ))?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// A statement is planned once per connection. Without the guarantee, SQLite plans many of ours again
/// for each call, in case a better plan suits the new values, which takes longer than they run.
fn keep_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(())
}

/// The database is its owner's alone; SQLite gives its side files the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map(drop).map_err(StoreError::unavailable)
}

/// Runs one statement without parameters.
fn batch(session: &Session<'_>, text: &str) -> Result<(), rusqlite::Error> {
    connection(session).prepare_cached(text)?.execute([]).map(drop)
}

fn is_in_transaction(session: &Session<'_>) -> bool {
    !connection(session).is_autocommit()
}

fn connection<'a>(session: &Session<'a>) -> MutexGuard<'a, Connection> {
    let Handle::Sqlite(connection) = session.connection else {
        unreachable!("a session of SQLite has SQLite's connection")
    };
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value of a future that never waits: every statement on SQLite is answered at once.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("a change on SQLite waits for nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_the_disk_and_the_file_is_its_owners() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(FILE_NAME);
        let connection = writing_connection(&path).expect("a connection");
        let pragma = |name: &str| {
            let text = format!("PRAGMA {name}");
            connection.query_row(&text, [], |row| row.get::<_, rusqlite::types::Value>(0))
        };
        assert_eq!(pragma("synchronous"), Ok(2.into()), "2 is FULL");
        assert_eq!(pragma("journal_mode"), Ok("wal".to_owned().into()));
        assert_eq!(pragma("foreign_keys"), Ok(1.into()));
        connection.execute_batch("CREATE TABLE t (a INTEGER) STRICT").expect("a table");
        for entry in std::fs::read_dir(dir.path()).expect("files") {
            use std::os::unix::fs::PermissionsExt;
            let entry = entry.expect("a file");
            let mode = entry.metadata().expect("its mode").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{:?}", entry.path());
        }
    }

    #[test]
    fn a_reading_connection_cannot_write() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(FILE_NAME);
        writing_connection(&path).expect("a database");
        let reading = reading_connection(&path).expect("a connection");
        assert!(reading.execute_batch("CREATE TABLE t (a INTEGER) STRICT").is_err());
    }
}
