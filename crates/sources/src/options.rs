//! What the operator and each caller may choose.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use uuid::Uuid;

use crate::network::NetworkPolicy;

/// The limits that protect the server and the customers' databases.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long a query may wait for its turn.
    pub queue_timeout: Duration,
    /// The largest result, in bytes as it comes from the source.
    pub result_bytes: u64,
    /// What all cached results may hold in memory, in bytes.
    pub cache_bytes: u64,
    /// Queries that run at once on one source.
    pub queries_per_source: usize,
    /// Queries of one customer that run at once on one source.
    pub queries_per_customer: usize,
    /// Queries that may wait for one source; more are answered with
    /// [`SourceError::Busy`](crate::SourceError::Busy).
    pub waiting_per_source: usize,
    /// A source that nobody asked for so long is closed, and opened again when asked.
    pub idle: Duration,
    /// A connection to a database that was not used for so long is tried before it is used.
    pub untried: Duration,
    /// The memory, temporary files and threads of each engine worker. Its connections follow
    /// `queries_per_source`.
    pub engine: engine::protocol::Limits,
    /// Where engine workers keep what does not fit into memory, made when needed; the system's temporary
    /// folder if `None`.
    pub temporary_folder: Option<PathBuf>,
    /// What is fetched from stores of objects.
    pub objects: ObjectLimits,
    /// Where connections of data sources may lead.
    pub network: NetworkPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statement_timeout: Duration::from_secs(30),
            queue_timeout: Duration::from_secs(15),
            result_bytes: 32 << 20,
            cache_bytes: 32 << 20,
            queries_per_source: 8,
            queries_per_customer: 4,
            waiting_per_source: 256,
            idle: Duration::from_secs(600),
            untried: Duration::from_secs(60),
            engine: engine::protocol::Limits::default(),
            temporary_folder: None,
            objects: ObjectLimits::default(),
            network: NetworkPolicy::default(),
        }
    }
}

/// Where objects of stores lie once they are fetched, and how many.
#[derive(Clone, Debug)]
pub struct ObjectLimits {
    /// A folder of the server's own, which may outlive it; a temporary one if `None`.
    pub folder: Option<PathBuf>,
    /// What all fetched objects may take on the disk together, in bytes.
    pub cache_bytes: u64,
    /// What the objects of one table may have together, in bytes.
    pub table_bytes: u64,
}

impl Default for ObjectLimits {
    /// 4 GiB in all, 1 GiB for each table, in a temporary folder.
    fn default() -> Self {
        Self { folder: None, cache_bytes: 4 << 30, table_bytes: 1 << 30 }
    }
}

/// How to start an engine worker: for the server its own executable and `worker`.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

impl WorkerCommand {
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments }
    }
}

/// How one question is to be answered.
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub cache: CachePolicy,
    /// Results that were kept under another number are not used: a purge is a new number.
    pub purge: i64,
    /// The request that a log line about this question names.
    pub request_id: Uuid,
    /// Whose quota the question counts against.
    pub customer: CustomerKey,
}

/// Which kept results may answer. A query under way answers in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// One that is as old as this, at most.
    Within(Duration),
    /// One that is as old as `fresh`; also one that is older by up to `stale`, while a new one is
    /// fetched behind it.
    Stale { fresh: Duration, stale: Duration },
    /// One that came within the last [`REFRESH_PAUSE`], because somebody asks for a new one. It is
    /// kept for as long as this.
    Refresh { keep_for: Duration },
    /// None; the new one is not kept.
    Off,
}

/// How often one question is asked anew of its source at most, whoever asks for a refresh.
pub const REFRESH_PAUSE: Duration = Duration::from_secs(5);

impl CachePolicy {
    /// How long the result of a query is worth keeping.
    pub(crate) fn keep_for(self) -> Duration {
        match self {
            Self::Within(age) => age,
            Self::Stale { fresh, stale } => fresh + stale,
            Self::Refresh { keep_for } => keep_for,
            Self::Off => Duration::ZERO,
        }
    }
}

impl Default for CachePolicy {
    /// 60 seconds.
    fn default() -> Self {
        Self::Within(Duration::from_secs(60))
    }
}

/// Tells customers apart for their quotas: any text that is unique on the server, for example group
/// and provided id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomerKey(pub String);
