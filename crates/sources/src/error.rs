//! Why a question about customers' data has no answer.

use std::time::Duration;

/// What a caller can react to. The `detail` of a variant is for the operator's log only: it may hold
/// SQL, paths and names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Too many queries wait already, or this one waited too long. Worth another try.
    #[error("too many queries wait for the data source")]
    Busy { retry_after: Duration },
    #[error("the query took longer than {} s", limit.as_secs())]
    TimedOut { limit: Duration },
    #[error("the result is too large: {0}")]
    TooLarge(ResultLimit),
    /// The source cannot be reached or opened, or its process ended twice under this query.
    #[error("the data source is unavailable: {detail}")]
    Unavailable { detail: String },
    /// The statement is none that this source may run.
    #[error("the data source refuses the statement: {detail}")]
    Refused { detail: String },
    /// The database answered with an error.
    #[error("the query failed: {detail}")]
    Failed { detail: String },
}

/// The limit that a result is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultLimit {
    #[error("more than {0} rows")]
    Rows(u64),
    #[error("more than {0} bytes")]
    Bytes(u64),
    #[error("more than {0} values to make columns of")]
    Columns(u64),
}
