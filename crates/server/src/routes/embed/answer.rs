//! From a viewer's request to rows: compile, run, and say what went wrong in the viewer's words.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::dashboard::{CachePolicy, Reuse};
use query::{Audience, Compiled, QueryError, Request, Statement};
use schemars::JsonSchema;
use sources::{Answer, Cell, CustomerKey, ResultSet, RunOptions, SourceError};

use super::comparison::{self, Compared};
use super::rows;
use super::viewer::{Viewer, no_part};
use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::field_path::FieldPath;
use crate::pieces::Pieces;
use crate::request_id::RequestId;

// `Answered::to_json` writes it without making it.
/// A panel's rows.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the form of what is written; tests hold replies to it")]
pub(crate) struct PanelData {
    /// Dimensions first, then measures, in declared order.
    columns: Vec<rows::Heading<'static>>,
    /// Integers beyond 2^53 and decimals are strings, timestamps RFC 3339 in UTC.
    rows: Vec<Vec<rows::CellForm>>,
    /// Of tables: the rows on all pages.
    total_rows: Option<i64>,
    /// Of tables with totals: one cell per column, over the rows of all pages; with filters, over the
    /// rows of the groups that meet them.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Vec<rows::CellForm>>,
    /// Of trends.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<comparison::PeriodComparison>,
    /// Whether somebody asked the same before.
    cached: bool,
    /// When the data source was asked: RFC 3339.
    as_of: String,
}

/// A viewer's request with what answers it.
pub(super) struct Question<'a> {
    pub(super) app: &'a App,
    pub(super) id: RequestId,
    pub(super) viewer: &'a Viewer,
    pub(super) request: &'a Request,
    /// Whether the viewer wants rows from now.
    pub(super) refresh: bool,
}

/// The rows, and for tables how many there are on all pages.
pub(super) struct Answered {
    pub(super) rows: Answer,
    total: Option<i128>,
    /// The row below a table.
    pub(super) totals: Option<Arc<ResultSet>>,
    comparison: Option<Compared>,
}

impl Question<'_> {
    pub(super) async fn answer(&self) -> Result<Answered, ApiError> {
        let compiled = self.compile()?;
        let rows = self.run(&compiled.rows);
        let total = self.run_if_any(compiled.total.as_ref());
        let totals = self.run_if_any(compiled.totals.as_ref());
        let comparison = self.compare(compiled.comparison.as_ref());
        let (rows, total, totals, comparison) = tokio::try_join!(rows, total, totals, comparison)?;
        let counted = total.and_then(|answer| only_number(&answer.result));
        let cut = || rows.result.total_rows().and_then(|total| i128::try_from(total).ok());
        Ok(Answered {
            total: counted.or_else(cut),
            rows,
            totals: totals.map(|answer| answer.result),
            comparison,
        })
    }

    async fn run_if_any(&self, statement: Option<&Statement>) -> Result<Option<Answer>, ApiError> {
        match statement {
            Some(statement) => self.run(statement).await.map(Some),
            None => Ok(None),
        }
    }

    async fn compare(
        &self,
        comparison: Option<&query::Comparison>,
    ) -> Result<Option<Compared>, ApiError> {
        let Some(of) = comparison else { return Ok(None) };
        let (current, previous, previous_rows) = tokio::try_join!(
            self.run(&of.current),
            self.run(&of.previous),
            self.run(&of.previous_rows)
        )?;
        Ok(Some(Compared {
            current: current.result,
            previous: previous.result,
            previous_rows: previous_rows.result,
            current_period: of.current_period.into(),
            previous_period: of.previous_period.into(),
            bucket: of.bucket,
        }))
    }

    fn compile(&self) -> Result<Compiled, ApiError> {
        let definitions = &self.viewer.definitions;
        let viewer =
            query::Viewer::new(&self.viewer.scope, &definitions.schemas, &definitions.sources);
        let dashboard = self.app.prepared.get(&self.viewer.published);
        query::compile(self.request, &dashboard, &viewer).map_err(refusal)
    }

    async fn run(&self, statement: &Statement) -> Result<Answer, ApiError> {
        let (definitions, published) = (&self.viewer.definitions, &self.viewer.published);
        let source = definitions.source(statement.source()).map(Arc::clone).ok_or_else(|| {
            ApiError::internal("a statement was compiled for a data source that is gone")
        })?;
        let options = RunOptions {
            cache: cache_policy(published.definition.cache, self.refresh),
            purge: definitions.purges.number(source.id, published.key),
            request_id: self.id.uuid(),
            customer: CustomerKey(self.viewer.scope.customer().key.to_string()),
        };
        self.app.sources.run(&source, statement, options).await.map_err(failure)
    }
}

impl Answered {
    /// The reply of a data request. The rows are shared with the cache.
    pub(super) fn to_json(&self) -> Pieces<3> {
        let encoded = self.rows.result.encoded(rows::encode);
        Pieces([Bytes::from_static(b"{"), encoded, self.circumstances().into()])
    }

    /// What follows the rows.
    fn circumstances(&self) -> Vec<u8> {
        let total = self.total.map_or_else(|| "null".to_owned(), |total| total.to_string());
        let mut out = format!(",\"total_rows\":{total}").into_bytes();
        if let Some(totals) = self.totals() {
            out.extend_from_slice(b",\"totals\":");
            rows::write_row(&mut out, totals.into_iter());
        }
        if let Some(comparison) = &self.comparison {
            out.extend_from_slice(b",\"comparison\":");
            comparison.write(&mut out);
        }
        let Answer { cached, as_of, .. } = &self.rows;
        out.extend_from_slice(format!(",\"cached\":{cached},\"as_of\":\"{as_of}\"}}").as_bytes());
        out
    }

    /// One cell for each column, of a table with totals.
    pub(super) fn totals(&self) -> Option<Vec<Cell<'_>>> {
        let totals = self.totals.as_deref()?;
        let row: Vec<Cell<'_>> = totals.rows().next()?.collect();
        let of_column = |column: &sources::Column| {
            let at = totals.columns().iter().position(|total| total.name == column.name);
            at.map_or(Cell::Null, |at| row[at])
        };
        Some(self.rows.result.columns().iter().map(of_column).collect())
    }
}

/// Which kept results answer, of a dashboard with this policy. `refresh`: the viewer wants a new one.
pub(crate) fn cache_policy(policy: CachePolicy, refresh: bool) -> sources::CachePolicy {
    let CachePolicy::For(Reuse { fresh, stale }) = policy else {
        return sources::CachePolicy::Off;
    };
    let (fresh, stale) = (Duration::from_secs(fresh.into()), Duration::from_secs(stale.into()));
    match refresh {
        true => sources::CachePolicy::Refresh { keep_for: fresh + stale },
        false if stale.is_zero() => sources::CachePolicy::Within(fresh),
        false => sources::CachePolicy::Stale { fresh, stale },
    }
}

/// The single figure of a count.
fn only_number(result: &ResultSet) -> Option<i128> {
    match result.rows().next()?.next()? {
        Cell::Integer(count) => Some(count),
        _ => None,
    }
}

/// Why nothing was asked. What only the author can mend is told to the log alone.
fn refusal(error: QueryError) -> ApiError {
    match error.audience() {
        Audience::NotFound => no_part(),
        Audience::Viewer(faults) => {
            let fault = |fault: &query::RequestFault| crate::api_error::FieldFault {
                field: FieldPath::from_pointer(&fault.pointer),
                detail: fault.message.clone(),
            };
            ApiError::invalid_fields(faults.iter().map(fault).collect())
        }
        Audience::Operator => {
            let detail = "this part of the dashboard cannot be shown to you";
            ApiError::forbidden(detail).with_code("refused").because(error)
        }
    }
}

/// Why the data source has no answer, without a word of SQL or of the source.
fn failure(error: SourceError) -> ApiError {
    let answer = match &error {
        SourceError::Busy { retry_after } => {
            let seconds = u32::try_from(retry_after.as_secs().max(1)).unwrap_or(u32::MAX);
            ApiError::new(Kind::Unavailable, "too many queries are running; try again shortly")
                .with_code("busy")
                .retry_after(seconds)
        }
        SourceError::TimedOut { .. } => ApiError::new(Kind::TimedOut, "the query took too long"),
        SourceError::TooLarge(_) => ApiError::new(
            Kind::Unprocessable,
            "the result is too large to show; narrow the filters",
        )
        .with_code("result_too_large"),
        SourceError::Unavailable { .. } => {
            ApiError::new(Kind::BadGateway, "the data is not available just now")
        }
        SourceError::Refused { .. } | SourceError::Failed { .. } => {
            ApiError::new(Kind::Unprocessable, "this part of the dashboard cannot be shown")
        }
    };
    answer.because(error)
}
