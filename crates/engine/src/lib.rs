//! The embedded analytical engine: DuckDB in a process of its own.
//!
//! [`protocol`] is what the server and its workers say to each other, and knows nothing of DuckDB.
//! `worker` (feature `worker`) is the process: one data source's files, many queries, no way out.
//! A query can at worst cost its worker, never the server.

pub mod protocol;
#[cfg(feature = "worker")]
pub mod worker;
