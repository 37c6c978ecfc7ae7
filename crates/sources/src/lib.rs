//! Customers' data: the only crate that connects to it.

mod error;
mod options;
mod result;

pub use error::{ResultLimit, SourceError};
pub use options::{CachePolicy, CustomerKey, Limits, RunOptions, WorkerCommand};
pub use result::{Answer, Cell, Column, ColumnKind, Decimal, ResultSet};
