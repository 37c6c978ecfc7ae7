//! From a panel request to SQL: the template language of datasets, the isolation of customers, and
//! the operations of panels, for the dialect of the data source.
//!
//! Everything here is pure. Nothing connects to a database; what runs is a [`Statement`], and only
//! [`compile`] makes one. No value from outside becomes SQL text: values are bound.

mod check;
mod compile;
mod error;
mod prepared;
mod request;
mod statement;
mod value;
mod viewer;

pub use check::{Finding, Ground, SchemaFacts, Severity, SourceFacts, check_dashboard};
pub use compile::{ColumnRole, Compiled, ResultColumn, compile};
pub use error::{Audience, DatasetFault, QueryError, RequestFault};
pub use prepared::PreparedDashboard;
pub use request::{Request, Target};
pub use statement::Statement;
pub use value::Value;
pub use viewer::Viewer;
