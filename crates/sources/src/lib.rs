//! Customers' data: the only crate that connects to it.
//!
//! [`Sources`] answers a [`query::Statement`] and nothing else. On the way it asks its cache, joins an
//! identical question that is under way, waits for the customer's turn, and stops at the limits. A
//! source that is slow, broken or gone is an answer to one question; it never stops the server.
//!
//! Each kind of database is one [`connector::Connector`] in a module of its own. The embedded engine
//! (`engine_worker`) runs in worker processes, one for each data source.

mod activity;
mod cache;
mod clickhouse;
mod connector;
mod engine_worker;
mod error;
mod flight;
mod gate;
#[cfg(test)]
mod hostile_tests;
mod instance;
mod measure;
mod mysql;
mod network;
mod objects;
#[cfg(test)]
mod operations_tests;
mod options;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod panels;
mod postgres;
mod probe;
mod progress;
mod queue;
mod result;
mod sources;
mod sqlite;
mod stop;

pub use activity::{Activity, Connections, Load, Objects, Outcomes};
pub use cache::Freshness;
pub use connector::{TableColumn, Tables};
pub use error::{ResultLimit, SourceError};
pub use measure::{Measured, Stages};
pub use network::NetworkPolicy;
pub use options::{
    CachePolicy, CustomerKey, Limits, ObjectLimits, REFRESH_PAUSE, RunOptions, WorkerCommand,
};
pub use result::{Answer, Cell, Column, ColumnKind, Decimal, ResultSet};
pub use sources::Sources;
