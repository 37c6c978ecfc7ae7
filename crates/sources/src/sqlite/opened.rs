//! A file that is open, for one query after the other.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::name::TableName;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use tally::Present;

use super::authority::Authority;
use super::{failure, functions};
use crate::connector::{Failure, TableColumn, Tables};

/// How many steps a query takes before it looks whether it is still wanted.
const STEPS: i32 = 4_000;

/// How long a query waits for one who writes.
const BUSY: Duration = Duration::from_secs(5);

/// Least length of the longest text, in bytes.
const LENGTH: i32 = 1 << 20;

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    pub(super) fn of(path: &Path) -> Result<Self, Failure> {
        let unavailable = |detail: &dyn std::fmt::Display| {
            Failure::Unavailable(format!("{}: {detail}", path.display()))
        };
        let metadata = fs::metadata(path).map_err(|error| unavailable(&error))?;
        if !metadata.is_file() {
            return Err(unavailable(&"it is no file"));
        }
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

pub(super) struct Opened {
    pub(super) connection: Connection,
    identity: Identity,
    authority: Authority,
    _counted: Present,
}

impl Opened {
    /// Opens a file for reading, such that a statement can neither write, nor name another file, nor
    /// call what the file's schema brings in.
    pub(super) fn new(
        path: &Path,
        identity: Identity,
        result_bytes: u64,
        counted: Present,
    ) -> Result<Self, Failure> {
        let opened = Self::open(path, result_bytes).map_err(|error| match failure(&error) {
            Failure::Unavailable(detail) => {
                Failure::Unavailable(format!("{}: {detail}", path.display()))
            }
            other => other,
        })?;
        let (connection, authority) = opened;
        Ok(Self { connection, identity, authority, _counted: counted })
    }

    fn open(path: &Path, result_bytes: u64) -> rusqlite::Result<(Connection, Authority)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        for (setting, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            // "name" is never a text, whether or not there is such a column.
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        ] {
            connection.set_db_config(setting, on)?;
        }
        connection.pragma_update(None, "query_only", true)?;
        let length = i32::try_from(result_bytes).unwrap_or(i32::MAX).max(LENGTH);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, length)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
        functions::add(&connection)?;
        let authority = Authority::default();
        authority.rule(&mut connection)?;
        Ok((connection, authority))
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// From now on, queries end when one of the flags is raised.
    pub(super) fn watch(
        &mut self,
        unwanted: Arc<AtomicBool>,
        closed: Arc<AtomicBool>,
    ) -> Result<(), Failure> {
        let is_over = move || unwanted.load(Ordering::Relaxed) || closed.load(Ordering::Relaxed);
        let watched = self.connection.progress_handler(STEPS, Some(is_over));
        watched.map_err(|error| failure(&error))
    }

    /// Lets statements read the tables that are there now, of those that are declared.
    pub(super) fn learn_tables(&mut self, declared: Option<&[TableName]>) -> Result<(), Failure> {
        let is_offered = |name: &String| {
            declared
                .is_none_or(|names| names.iter().any(|it| it.as_str().eq_ignore_ascii_case(name)))
        };
        let names = self.by_ourselves(|connection| {
            let mut names = connection.prepare_cached(
                "select lower(name) from main.sqlite_schema \
                 where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'",
            )?;
            names.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
        })?;
        self.authority.allow(names.into_iter().filter(is_offered));
        Ok(())
    }

    /// The tables that statements may read, with their columns.
    pub(super) fn tables(&mut self) -> Result<Tables, Failure> {
        let columns = self.by_ourselves(|connection| {
            let mut columns = connection.prepare_cached(
                "select s.name, c.name, c.type from main.sqlite_schema s, \
                 pragma_table_xinfo(s.name) c where s.type in ('table', 'view') \
                 order by s.name, c.cid",
            )?;
            let column = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, TableColumn { name: row.get(1)?, data_type: row.get(2)? }))
            };
            columns.query_map([], column)?.collect::<Result<Vec<(String, TableColumn)>, _>>()
        })?;
        let mut tables = Tables::new();
        for (table, column) in columns {
            if self.authority.may_read(&table) {
                tables.entry(table).or_default().push(column);
            }
        }
        Ok(tables)
    }

    /// Runs statements of ours, which may read the schema.
    fn by_ourselves<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        self.authority.trust(true);
        let outcome = work(&self.connection);
        self.authority.trust(false);
        outcome.map_err(|error| failure(&error))
    }
}
