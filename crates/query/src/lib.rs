//! From a panel request to SQL: the template language of datasets, the isolation of customers, and
//! the operations of panels, for the dialect of the data source.
//!
//! Everything here is pure. Nothing connects to a database; what runs is a [`Statement`], and only
//! [`compile`] makes one. No value from outside becomes SQL text: values are bound.

mod calendar;
mod check;
mod compile;
mod dialect;
mod error;
mod explain;
mod formula;
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
mod step;
mod template;
mod trend;
mod value;
mod variables;
mod viewer;
mod zone;

pub use calendar::{Days, next_bucket, start_of_bucket, start_of_hour};
pub use check::{
    ColumnFault, DatasetColumn, Finding, Ground, Holds, SchemaFacts, Severity, SourceFacts,
    check_columns, check_dashboard, check_sharing,
};
pub use compile::{ColumnRole, Comparison, Compiled, ResultColumn, compile};
pub use dialect::CLICKHOUSE_VALUES;
pub use error::{Audience, DatasetFault, QueryError, RequestFault, RowPolicyFault};
pub use explain::{
    BoundPolicy, BoundRowPolicy, ChosenSource, DatasetExplanation, TenantIds, VariableKind,
    ViewerVariable, explain, explain_dataset,
};
pub use gate::Refusal;
pub use isolation::Unproved;
pub use prepared::PreparedDashboard;
pub use request::{Request, Target};
pub use shape::MAX_PAGE_SIZE;
pub use statement::Statement;
pub use step::{Fill, SortKey, Step};
pub use template::TemplateError;
pub use trend::Period;
pub use value::Value;
pub use variables::VariableFault;
pub use viewer::Viewer;
pub use zone::zone_rules;
