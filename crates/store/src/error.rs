//! What a caller of the store can react to.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::access::ReadOnly;
use model::declaration::Refusal;
use rusqlite::{ErrorCode, ffi};
use tokio_postgres::error::SqlState;

use crate::master_key::MasterKeyError;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Absent, or outside the caller's scope: nobody can tell which.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error(transparent)]
    ReadOnly(#[from] ReadOnly),
    /// A reference that leads nowhere, or a rule that would be broken. Nothing was written.
    #[error("{}", join(.0))]
    Rejected(Vec<Fault>),
    /// The condition that the caller set does not hold. Nothing was written.
    #[error("the record is not in the state that the call expects")]
    PreconditionFailed,
    /// Another record of this kind has the name already.
    #[error("this {0} is taken")]
    Taken(&'static str),
    /// A secret is replaced once; what replaced it may be replaced next.
    #[error("the embed secret was rotated before; rotate the one that replaced it")]
    RotatedBefore,
    /// Another row of an atomic batch failed, so this one was not written either.
    #[error("not written, because another row of the batch failed")]
    BatchUndone,
    /// A call with the same idempotency key has not ended yet.
    #[error("a call with this idempotency key is still running")]
    KeyInUse,
    /// The idempotency key was used for another call.
    #[error("this idempotency key was used for another call")]
    OtherPayload,
    #[error(
        "this server takes at most {most} customers that are no demo customers \
         (max_paid_customers), and has as many"
    )]
    TooManyCustomers { most: u64 },
    #[error("the customer has {count} child customers; delete or detach them first")]
    HasChildren { count: u64 },
    /// Something else needs it. Nothing was deleted.
    #[error("the {kind} is in use by {}; move or delete them first", join_with(by, ", "))]
    Needed { kind: &'static str, by: Vec<Use> },
    /// A declaration that cannot be applied, with every reason.
    #[error("the workspace cannot be applied: {}", join(.0))]
    Refused(Vec<Refusal>),
    /// Others kept changing the same records; the same call may work a moment later.
    #[error("the record kept changing under this call; try again")]
    Contended,
    /// The database does not answer, or not as it should.
    #[error("the metadata store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was asked is not done, and may be when the operator has seen to the disk.
    #[error("the metadata store cannot be written: {reason}")]
    Unwritable {
        reason: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A record that this version of Fanlight could not have written.
    #[error("the metadata store holds a broken record: {0}")]
    Corrupt(String),
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    #[error("metadata in PostgreSQL is backed up with pg_dump, and restored with pg_restore")]
    UsePgDump,
    /// A newer version of Fanlight has migrated this database.
    #[error(
        "the metadata store has schema version {found}, this program knows versions up to {known}; \
         start the newer version of Fanlight again, or go back to a copy from before it: SQLite's is \
         kept as fanlight.db.v{known}.backup, for `fanlight restore`; PostgreSQL's is your own, for \
         pg_restore"
    )]
    TooNew { found: i64, known: i64 },
    /// The store was wanted alone, and is open elsewhere.
    #[error(
        "another process has this metadata store open, such as `fanlight serve`; stop it, and run \
         this again"
    )]
    InUse,
    /// Another process has the store for itself.
    #[error(
        "the metadata store is closed while another process restores it or rotates its master key; \
         try again when that has ended"
    )]
    Closed,
    #[error("{file} exists already, and is not overwritten")]
    Exists { file: PathBuf },
    #[error("{file} is not an intact Fanlight store: {reason}")]
    Unfit { file: PathBuf, reason: String },
    #[error("failed to use {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
}

impl StoreError {
    pub(crate) fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// Whether it tells of the database's state, not of the caller's wish.
    pub(crate) fn is_of_the_database(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_)
                | Self::Unwritable { .. }
                | Self::Corrupt(_)
                | Self::Contended
                | Self::Closed
        )
    }

    pub(crate) fn corrupt(what: impl Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    pub(crate) fn rejected(field: &'static str, message: impl Display) -> Self {
        Self::Rejected(vec![Fault { field, message: message.to_string() }])
    }
}

/// How many records of one kind need what should be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub count: u64,
    /// The kind, for one record: `customer`.
    pub what: &'static str,
}

impl Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.count, self.what)
    }
}

/// Errs with `Needed` and all that is counted above zero.
pub(crate) fn refuse_if_used<const N: usize>(
    kind: &'static str,
    uses: [(u64, &'static str); N],
) -> Result<(), StoreError> {
    let by = uses.into_iter().filter(|(count, _)| *count > 0);
    let by: Vec<Use> = by.map(|(count, what)| Use { count, what }).collect();
    if by.is_empty() { Ok(()) } else { Err(StoreError::Needed { kind, by }) }
}

/// One field that refers to nothing or breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field in the words of the management API: `hierarchy_level_name`, `parent_provided_id`,
    /// `mapping`, `group_tags` or `provided_id`.
    pub field: &'static str,
    /// A lowercase fragment that is fit for the client's eyes.
    pub message: String,
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Faults of one record, collected so that the caller learns of all at once.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// The value, or `None` with its faults noted. Other errors pass through.
    pub(crate) fn note<T>(
        &mut self,
        result: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Rejected(faults)) => {
                self.0.extend(faults);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// The value when no fault was noted; a value that is missing must have left one.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, StoreError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(StoreError::Rejected(self.0)),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Arc::new(source).into()
    }
}

/// One failure that several callers hear of.
impl From<Arc<rusqlite::Error>> for StoreError {
    fn from(source: Arc<rusqlite::Error>) -> Self {
        match fault_of_disk(&source) {
            Some(reason) => Self::Unwritable { reason, source: source.into() },
            None => Self::unavailable(source),
        }
    }
}

fn fault_of_disk(error: &rusqlite::Error) -> Option<&'static str> {
    const REFUSED: [i32; 7] = [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_DELETE,
        ffi::SQLITE_IOERR_SHMOPEN,
        ffi::SQLITE_IOERR_SHMSIZE,
    ];
    let error = error.sqlite_error()?;
    match error.code {
        ErrorCode::DiskFull => Some("its disk is full"),
        ErrorCode::ReadOnly => Some("its disk is read-only"),
        ErrorCode::SystemIoFailure if REFUSED.contains(&error.extended_code) => {
            Some("its disk refuses to be written")
        }
        _ => None,
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(source: tokio_postgres::Error) -> Self {
        let reason = match source.code() {
            Some(code) if *code == SqlState::DISK_FULL => "its disk is full",
            // A standby, or a database that its operator has closed for writing.
            Some(code) if *code == SqlState::READ_ONLY_SQL_TRANSACTION => "it is read-only",
            _ => return Self::unavailable(source),
        };
        Self::Unwritable { reason, source: source.into() }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(source: deadpool_postgres::PoolError) -> Self {
        use deadpool_postgres::{HookError, PoolError};
        match source {
            PoolError::Backend(source) | PoolError::PostCreateHook(HookError::Backend(source)) => {
                Self::unavailable(source)
            }
            source => Self::unavailable(source),
        }
    }
}

fn join(sentences: &[impl ToString]) -> String {
    join_with(sentences, "; ")
}

fn join_with(parts: &[impl ToString], separator: &str) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}
