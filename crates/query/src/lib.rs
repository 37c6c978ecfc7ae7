//! From a panel request to SQL: the template language of datasets, the isolation of customers, and
//! the operations of panels, for the dialect of the data source.
//!
//! Everything here is pure. Nothing connects to a database; what runs is a [`Statement`], and only
//! [`compile`] makes one. No value from outside becomes SQL text: values are bound.

mod check;
mod compile;
mod dialect;
mod error;
mod explain;
mod fragment;
mod gate;
mod isolation;
mod nearest;
mod plan;
mod prepared;
mod render;
mod request;
mod restrict;
mod row_policy;
mod shape;
mod statement;
mod template;
mod value;
mod variables;
mod viewer;
mod zone;

pub use check::{
    Finding, Ground, SchemaFacts, Severity, SourceFacts, check_dashboard, check_sharing,
};
pub use compile::{ColumnRole, Compiled, ResultColumn, compile};
pub use dialect::CLICKHOUSE_VALUES;
pub use error::{Audience, DatasetFault, QueryError, RequestFault, RowPolicyFault};
pub use explain::{
    BoundPolicy, BoundRowPolicy, ChosenSource, DatasetExplanation, TenantIds, VariableKind,
    ViewerVariable, explain,
};
pub use gate::Refusal;
pub use isolation::Unproved;
pub use prepared::PreparedDashboard;
pub use request::{Request, Target};
pub use shape::MAX_PAGE_SIZE;
pub use statement::Statement;
pub use template::TemplateError;
pub use value::Value;
pub use variables::VariableFault;
pub use viewer::Viewer;
