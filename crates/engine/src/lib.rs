//! The embedded analytical engine: DuckDB in a process of its own.
//!
//! [`protocol`] is what the server and its workers say to each other, and knows nothing of DuckDB.
//! A query can at worst cost its worker, never the server.
//! A query can at worst cost its worker, never the server.

pub mod protocol;
