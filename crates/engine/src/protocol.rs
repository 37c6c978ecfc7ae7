//! What the server and a worker say to each other over one stream socket.
//!
//! Each message is one frame (see [`frame`]). Requests and outcomes are JSON, because they are small
//! and serde checks them; rows are Arrow IPC bytes, framed as they are. A query is named by an id
//! that the server chooses and never uses again; frames of several queries may interleave.
//!
//! The server sends [`Request::Open`] first and waits for [`Reply::Opened`] or
//! [`Reply::OpenFailed`]. When either side closes the socket, the worker ends.

pub mod frame;
pub mod selection;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Names one query or description on one connection.
pub type QueryId = u64;

/// From the server to the worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    Open(Setup),
    Execute(Execute),
    /// Asks for the columns of a declared table.
    Describe {
        id: QueryId,
        table: String,
    },
    /// Asks a query to stop. Sent again until the outcome comes, because an interrupt that arrives
    /// between two phases of a query is lost.
    Cancel {
        id: QueryId,
    },
}

/// What a worker may touch and use; the first message it gets, and fixed for its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    pub tables: Vec<Table>,
    /// Copy the files into memory at the start, instead of reading them for each query.
    pub materialize: bool,
    /// An empty folder of the worker's own, for what does not fit into memory.
    pub temporary_folder: PathBuf,
    pub limits: Limits,
}

/// One file or many that queries may name as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub location: Location,
    /// Told from the files' endings when absent.
    pub format: Option<Format>,
    pub csv: CsvOptions,
    /// Types of columns of CSV files, and of columns that stand for folders.
    pub types: BTreeMap<String, ColumnType>,
    /// Whether folders named `column=value` are columns.
    pub partitions: bool,
}

/// Where the files of a table are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Location {
    /// Absolute: a file, or a folder with all its data (see [`selection`]). A link to the file or
    /// folder is followed; links below a folder only as long as they stay in it.
    Path(PathBuf),
    /// The files below a folder that a pattern matches.
    Pattern { folder: PathBuf, pattern: String },
    /// These files below a folder, by their names relative to it.
    Files { folder: PathBuf, names: Vec<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    Parquet,
    Csv,
    /// An array of objects, or objects one after the other.
    Json,
}

/// What is known of CSV files beforehand; the rest is found by looking at them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvOptions {
    /// The text that stands for a missing value.
    pub null_text: Option<String>,
    pub delimiter: Option<char>,
    /// Whether the first line names the columns.
    pub header: Option<bool>,
}

/// A type that a column is given instead of the one that the engine would guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnType {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    Timestamp,
}

/// The limits of one worker process, whatever its queries do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// What the engine may hold in memory for tables, caches and running queries, in bytes.
    pub memory_bytes: u64,
    /// What the engine may write to its temporary folder, in bytes.
    pub temporary_bytes: u64,
    /// Threads that work on one query together.
    pub threads: u32,
    /// Queries that run at once.
    pub connections: u32,
}

impl Default for Limits {
    /// 512 MiB of memory, 2 GiB of temporary files, half of the processors for one query, so that
    /// those of several customers run beside each other, and eight queries at once.
    fn default() -> Self {
        let threads = u32::try_from(processors() / 2).unwrap_or(u32::MAX).max(1);
        Self { memory_bytes: 512 << 20, temporary_bytes: 2 << 30, threads, connections: 8 }
    }
}

/// How many processors this process may use, at least one.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// One query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execute {
    pub id: QueryId,
    /// One SELECT with a `?` for each argument.
    pub sql: String,
    pub arguments: Vec<Argument>,
    /// More rows than this are a [`Fault::TooManyRows`].
    pub row_limit: u64,
    /// More bytes of Arrow IPC than this are a [`Fault::TooManyBytes`].
    pub byte_limit: u64,
}

/// A value bound to a placeholder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Argument {
    Null,
    /// Compares like a quoted literal: it takes the type of the column that it is compared with.
    Text(String),
    Integer(i64),
    Float(FloatBits),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
}

/// A 64-bit float as its bits, because JSON has neither infinities nor an exact round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloatBits(u64);

impl From<f64> for FloatBits {
    fn from(value: f64) -> Self {
        Self(value.to_bits())
    }
}

impl From<FloatBits> for f64 {
    fn from(bits: FloatBits) -> Self {
        Self::from_bits(bits.0)
    }
}

/// From the worker to the server. The rows of a query travel in frames of their own before its
/// [`Reply::Finished`].
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// The declared files were found and the worker is locked down.
    Opened {
        engine_version: String,
        /// Protections that this system does not offer, one sentence each, for the operator's log.
        unprotected: Vec<String>,
    },
    /// The worker ends after this.
    OpenFailed {
        message: String,
    },
    /// All rows were sent.
    Finished {
        id: QueryId,
        /// A declared file has changed since the worker copied it: time for a new worker.
        outdated: bool,
    },
    Failed {
        id: QueryId,
        fault: Fault,
    },
    Described {
        id: QueryId,
        columns: Vec<Column>,
    },
}

/// A column of a declared table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// The engine's name of its type, for example `VARCHAR` or `DECIMAL(18,3)`.
    pub data_type: String,
}

/// Why a query has no result. Texts may quote SQL: they are for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// The text is not one SELECT over the declared tables.
    #[error("refused: {0}")]
    Refused(String),
    /// The engine's own message.
    #[error("{0}")]
    Engine(String),
    /// Stopped by [`Request::Cancel`].
    #[error("stopped")]
    Cancelled,
    #[error("more than {limit} rows")]
    TooManyRows { limit: u64 },
    #[error("more than {limit} bytes")]
    TooManyBytes { limit: u64 },
    /// A declared file has been replaced: this worker may not read the new one, a new worker may.
    #[error("a file of the data source has changed")]
    FilesChanged,
}
