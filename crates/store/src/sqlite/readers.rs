//! Read connections: as many as threads read at once, opened when first needed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::error::StoreError;
use crate::session::{Connection as Handle, Session, Tools};

pub(crate) struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Reading>>,
}

/// One connection, with what it last saw of the definitions.
struct Reading {
    connection: Mutex<Connection>,
    seen: Mutex<Option<Seen>>,
}

/// While SQLite's data version stays the same for a connection, so does everything it reads.
#[derive(Clone, Copy)]
struct Seen {
    data_version: i64,
    generation: i64,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, free: Mutex::new(Vec::new()) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn lease(&self) -> Result<ReadLease<'_>, StoreError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reading = match free {
            Some(reading) => reading,
            None => {
                let connection = Mutex::new(super::reading_connection(&self.path)?);
                Reading { connection, seen: Mutex::new(None) }
            }
        };
        Ok(ReadLease { readers: self, reading: Some(reading) })
    }
}

/// A read connection in use; given back when dropped.
pub(crate) struct ReadLease<'a> {
    readers: &'a Readers,
    reading: Option<Reading>,
}

impl ReadLease<'_> {
    fn reading(&self) -> &Reading {
        self.reading.as_ref().unwrap_or_else(|| unreachable!("taken only by drop"))
    }

    pub(crate) fn connection(&self) -> &Mutex<Connection> {
        &self.reading().connection
    }

    /// The generation of the definitions, read again only after some commit has happened.
    pub(crate) fn generation(&self, tools: &Tools) -> Result<i64, StoreError> {
        let data_version = self.data_version()?;
        let mut seen = self.reading().seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.filter(|seen| seen.data_version == data_version) {
            return Ok(seen.generation);
        }
        // A commit between the two reads makes the generation newer than the data version; the
        // next call then reads it once more, which is harmless.
        let session = Session { connection: Handle::Sqlite(self.connection()), tools };
        let generation = super::ready(crate::definitions::generation(&session))?;
        *seen = Some(Seen { data_version, generation });
        Ok(generation)
    }

    fn execute(&self, text: &str) -> Result<(), StoreError> {
        let connection = self.connection().lock().unwrap_or_else(PoisonError::into_inner);
        connection.prepare_cached(text)?.execute([])?;
        Ok(())
    }

    fn data_version(&self) -> Result<i64, StoreError> {
        let connection = self.connection().lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached("PRAGMA data_version")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

/// An open transaction of a read connection.
pub(crate) struct Snapshot<'a> {
    lease: &'a ReadLease<'a>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn begin(lease: &'a ReadLease<'a>) -> Result<Self, StoreError> {
        lease.execute("BEGIN")?;
        Ok(Self { lease })
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // It has read only: there is nothing that could fail to be written.
        let _ = self.lease.execute("COMMIT");
    }
}

impl Drop for ReadLease<'_> {
    fn drop(&mut self) {
        if let Some(reading) = self.reading.take() {
            self.readers.free.lock().unwrap_or_else(PoisonError::into_inner).push(reading);
        }
    }
}
