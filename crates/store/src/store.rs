//! The doorway: one struct over one of two databases.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::OperatorScope;
use tokio::runtime::{Handle, RuntimeFlavor};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::activity::{Activity, PoolUse};
use crate::ambient::Ambient;
use crate::definitions::{DefinitionsCache, ReadGeneration};
use crate::error::StoreError;
use crate::master_key::MasterKey;
use crate::postgres::{Address, Postgres, PostgresReader};
use crate::recorded::Running;
use crate::seal::Sealer;
use crate::session::{Connection, Session, Tools};
use crate::sqlite::{Contents, ReadLease, Snapshot, Sqlite};
use crate::usage::CountsCache;

/// Where the metadata is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// In this directory, which must exist, in the file `fanlight.db`.
    Sqlite(PathBuf),
    /// In a PostgreSQL database.
    Postgres {
        /// A `postgres://` URL, with libpq's parameters for TLS, or a key-value connection string.
        url: String,
        /// The password, when the URL has none.
        password: Option<String>,
        /// Most connections at a time, besides one that listens; at least 1.
        connections: usize,
    },
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(dir) => f.debug_tuple("Sqlite").field(dir).finish(),
            // A connection string may hold a password.
            Self::Postgres { .. } => f.write_str("Postgres(…)"),
        }
    }
}

/// Who may have the store open at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occupancy {
    Shared,
    Sole,
}

impl Occupancy {
    /// The error when others are in the way.
    pub(crate) fn refusal(self) -> StoreError {
        match self {
            Self::Shared => StoreError::Closed,
            Self::Sole => StoreError::InUse,
        }
    }
}

/// The metadata store. Cheap to clone; all clones are one store.
///
/// On SQLite its reads are answered on the calling thread without waiting, typically in ten or
/// twenty microseconds; writes are committed in groups by one writer and have reached the disk when
/// their call returns.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    tools: Arc<Tools>,
    definitions: DefinitionsCache,
    running: Running,
    counts: CountsCache,
}

enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    /// As OpenTelemetry calls it.
    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }
}

/// Statements that belong together: they run in one transaction, wholly or not at all, and may run
/// again when the database asks for it.
pub trait Work: Send + Sync + 'static {
    type Output: Send + 'static;

    /// Whether nobody else may change customers or definitions meanwhile.
    const EXCLUSIVE: bool = false;

    fn run(
        &self,
        session: &Session<'_>,
    ) -> impl Future<Output = Result<Self::Output, StoreError>> + Send;
}

impl Store {
    /// Opens the store, making and migrating the database as needed. Any number of processes may
    /// have it open.
    ///
    /// Errs when the database cannot be reached, when a newer version of Fanlight has migrated it,
    /// when it was made with another master key, or with `Closed` while a process has it alone.
    pub async fn open(
        location: Location,
        key: &MasterKey,
        ambient: Ambient,
    ) -> Result<Self, StoreError> {
        Self::open_as(Occupancy::Shared, location, key, ambient).await
    }

    pub(crate) async fn open_as(
        occupancy: Occupancy,
        location: Location,
        key: &MasterKey,
        ambient: Ambient,
    ) -> Result<Self, StoreError> {
        let tools = Arc::new(Tools::new(ambient, Sealer::new(key)));
        let database = match location {
            Location::Sqlite(dir) => {
                Database::Sqlite(Sqlite::open(&dir, Arc::clone(&tools), occupancy)?)
            }
            Location::Postgres { url, password, connections } => {
                let address = Address::read(&url, password.as_deref())?;
                let tools = Arc::clone(&tools);
                let opened = Postgres::open(address, connections, tools, occupancy).await?;
                Database::Postgres(opened)
            }
        };
        let definitions = DefinitionsCache::default();
        let (running, counts) = (Running::default(), CountsCache::default());
        Ok(Self { inner: Arc::new(Inner { database, tools, definitions, running, counts }) })
    }

    /// Copies the whole store, as of one moment, into a new SQLite file that only its owner may read;
    /// others may go on writing meanwhile. The copy has reached the disk and was read again. The
    /// master key is not in it.
    ///
    /// Errs with `Exists` when there is such a file, and with `UsePgDump` on PostgreSQL.
    pub async fn back_up(&self, _: &OperatorScope, file: &Path) -> Result<Contents, StoreError> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.back_up(file, &self.inner.tools),
            Database::Postgres(_) => Err(StoreError::UsePgDump),
        }
    }

    /// Removes from SQLite's file what was deleted or replaced. PostgreSQL does so in its own time.
    pub(crate) fn forget_deleted(&self) -> Result<(), StoreError> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.forget_deleted(),
            Database::Postgres(_) => Ok(()),
        }
    }

    pub(crate) fn running(&self) -> &Running {
        &self.inner.running
    }

    pub(crate) fn tools(&self) -> &Tools {
        &self.inner.tools
    }

    pub(crate) fn definitions_cache(&self) -> &DefinitionsCache {
        &self.inner.definitions
    }

    pub(crate) fn counts_cache(&self) -> &CountsCache {
        &self.inner.counts
    }

    /// A connection for reading, given back when dropped.
    pub(crate) async fn reader(&self) -> Result<Reader<'_>, StoreError> {
        let lease = match &self.inner.database {
            Database::Sqlite(sqlite) => Lease::Sqlite(sqlite.readers.lease()?),
            Database::Postgres(postgres) => Lease::Postgres(Box::new(postgres.reader().await?)),
        };
        Ok(Reader { lease, tools: &self.inner.tools })
    }

    /// Runs what changes something; when this returns, the change is durable.
    pub(crate) async fn write<W: Work>(&self, work: W) -> Result<W::Output, StoreError> {
        let activity = self.activity();
        let _waiting = activity.changes_waiting.enter();
        let span = self.span_of_change::<W>();
        let outcome = self.change(work).instrument(span.clone()).await;
        activity.change_ended(&outcome);
        span.record("fanlight.outcome", Activity::name_of(&outcome));
        outcome
    }

    async fn change<W: Work>(&self, work: W) -> Result<W::Output, StoreError> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.writer.run(work).await,
            Database::Postgres(postgres) => postgres.run(&work, &self.inner.tools).await,
        }
    }

    /// For traces; the name of the change is that of its type.
    fn span_of_change<W: Work>(&self) -> Span {
        let path = std::any::type_name::<W>();
        tracing::info_span!(
            target: "trace",
            "change metadata",
            otel.kind = "client",
            db.system.name = self.inner.database.name(),
            db.operation.name = path.rsplit("::").next(),
            fanlight.outcome = Empty,
        )
    }

    /// The connections to PostgreSQL; `None` on SQLite.
    pub fn pool_use(&self) -> Option<PoolUse> {
        match &self.inner.database {
            Database::Sqlite(_) => None,
            Database::Postgres(postgres) => Some(postgres.pool_use()),
        }
    }
}

impl Store {
    /// The generation of the definitions in force, whichever process made it.
    pub(crate) async fn generation(&self) -> Result<i64, StoreError> {
        if let Some(generation) = self.generation_heard() {
            return Ok(generation);
        }
        match &self.inner.database {
            // Asked in the time without a listener, when connections may have been lost as well.
            Database::Postgres(postgres) => {
                postgres.in_snapshot(&ReadGeneration, &self.inner.tools).await
            }
            Database::Sqlite(_) => self.reader().await?.generation().await,
        }
    }

    /// As [`Store::generation`], over a connection that is in use already.
    pub(crate) async fn generation_seen_by(&self, reader: &Reader<'_>) -> Result<i64, StoreError> {
        match self.generation_heard() {
            Some(generation) => Ok(generation),
            None => reader.generation().await,
        }
    }

    /// What PostgreSQL has told without being asked.
    pub(crate) fn generation_heard(&self) -> Option<i64> {
        match &self.inner.database {
            Database::Postgres(postgres) => postgres.generation(),
            Database::Sqlite(_) => None,
        }
    }

    /// Runs a longer read, in one snapshot. On SQLite, other tasks move to other threads meanwhile.
    pub(crate) async fn in_snapshot<W: Work>(&self, read: W) -> Result<W::Output, StoreError> {
        let sqlite = match &self.inner.database {
            Database::Postgres(postgres) => {
                return postgres.in_snapshot(&read, &self.inner.tools).await;
            }
            Database::Sqlite(sqlite) => sqlite,
        };
        let run = || sqlite.in_snapshot(&read, &self.inner.tools);
        match Handle::current().runtime_flavor() {
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(run),
            // There is no other thread to move to.
            _ => run(),
        }
    }
}

/// A connection taken from a pool.
pub(crate) struct Reader<'a> {
    lease: Lease<'a>,
    tools: &'a Tools,
}

enum Lease<'a> {
    Sqlite(ReadLease<'a>),
    /// Boxed: a round trip costs far more, and SQLite's leases stay small.
    Postgres(Box<PostgresReader<'a>>),
}

impl Reader<'_> {
    pub(crate) fn session(&self) -> Session<'_> {
        let connection = match &self.lease {
            Lease::Sqlite(lease) => Connection::Sqlite(lease.connection()),
            Lease::Postgres(reader) => Connection::PostgresReader(reader),
        };
        Session { connection, tools: self.tools }
    }

    /// Lets several reads see one moment and share the cost of a transaction, until dropped. On
    /// PostgreSQL, where it would cost round trips, reads stay apart.
    pub(crate) fn snapshot(&self) -> Result<Option<Snapshot<'_>>, StoreError> {
        match &self.lease {
            Lease::Sqlite(lease) => Snapshot::begin(lease).map(Some),
            Lease::Postgres(_) => Ok(None),
        }
    }

    async fn generation(&self) -> Result<i64, StoreError> {
        match &self.lease {
            Lease::Sqlite(lease) => lease.generation(self.tools),
            Lease::Postgres(_) => crate::definitions::generation(&self.session()).await,
        }
    }
}
