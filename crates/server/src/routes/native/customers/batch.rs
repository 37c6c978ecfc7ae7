//! Many customers in one call: a JSON array, or one JSON object per line (NDJSON).

use axum::extract::{FromRequest, Request, State};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use model::GroupScope;
use model::customer::NewCustomer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{BatchOptions, Definitions, Outcome, PutRow, StoreError};

use super::body::WantedCustomer;
use super::shown::OutcomeWord;
use crate::api_error::{ApiError, Problem};
use crate::app::App;
use crate::body::{JSON, NDJSON, read_of_type};
use crate::extract::InQuery;
use crate::field_path::FieldPath;
use crate::json;
use crate::openapi::{Describe, Description};
use crate::request_id::RequestId;
use crate::routes::native::caller::WriterInGroup;
use crate::routes::native::once::{Call, OnceReply};
use crate::validate::validated;

/// Largest body, in bytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Most rows of one batch.
const MAX_ROWS: usize = 10_000;

/// How a batch is taken.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct BatchQuery {
    /// One row that fails fails all. `false` unless said.
    atomic: Option<bool>,
    /// Tell what would become of each row, and write nothing. `false` unless said.
    dry_run: Option<bool>,
}

/// What became of a batch.
#[derive(Serialize, JsonSchema)]
pub(super) struct BatchResult {
    /// One per row, in the order of the rows.
    results: Vec<RowResult>,
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
}

/// What became of one row.
#[derive(Serialize, JsonSchema)]
struct RowResult {
    /// The row's place, from 0.
    index: usize,
    /// `null` when the row has none that could be read.
    provided_id: Option<String>,
    outcome: OutcomeWord,
    /// Why the row failed.
    error: Option<Problem>,
}

/// The rows of the body as they came, and the call for when it comes again.
pub(super) struct Rows {
    rows: Vec<Result<Value, ApiError>>,
    call: Call,
}

impl FromRequest<App> for Rows {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let content_type = request.headers().get(CONTENT_TYPE).cloned();
        let is_ndjson = content_type.is_some_and(|it| it.as_bytes().starts_with(NDJSON.as_bytes()));
        let (parts, body) = request.into_parts();
        let head = parts.clone();
        let request = Request::from_parts(parts, body);
        let bytes = read_of_type(request, MAX_BYTES, &[JSON, NDJSON]).await?;
        let rows = if is_ndjson { lines(&bytes) } else { array(&bytes)? };
        if rows.len() > MAX_ROWS {
            let detail = format!("must have at most {MAX_ROWS} rows, not {}", rows.len());
            return Err(ApiError::invalid(FieldPath::root(), detail));
        }
        Ok(Self { rows, call: Call::of(&head, &bytes)? })
    }
}

impl Describe for Rows {
    fn describe(description: &mut Description) {
        description.body::<Vec<WantedCustomer>>();
        description.body_of_lines(NDJSON);
        Call::describe(description);
    }
}

fn array(bytes: &Bytes) -> Result<Vec<Result<Value, ApiError>>, ApiError> {
    match json::read(bytes) {
        Ok(Value::Array(rows)) => Ok(rows.into_iter().map(Ok).collect()),
        Ok(other) => {
            let detail = format!("must be a list of customers, not {}", json::kind_of(&other));
            Err(ApiError::invalid(FieldPath::root(), detail))
        }
        Err(fault) => Err(ApiError::invalid_fields(vec![fault])),
    }
}

/// A line that is no JSON fails alone.
fn lines(bytes: &Bytes) -> Vec<Result<Value, ApiError>> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    lines
        .map(|line| json::read(line).map_err(|fault| ApiError::invalid_fields(vec![fault])))
        .collect()
}

/// A row that was read, or why it could not be.
struct ReadRow {
    provided_id: Option<String>,
    wanted: Result<NewCustomer, ApiError>,
}

/// `POST /v1/customers:batch`
pub(super) async fn put(
    State(app): State<App>,
    caller: WriterInGroup,
    id: RequestId,
    InQuery(query): InQuery<BatchQuery>,
    Rows { rows, call }: Rows,
) -> Result<OnceReply<BatchResult, 200>, ApiError> {
    let definitions = app.store.definitions().await?;
    let read = rows.into_iter().map(|row| ReadRow::of(row, &definitions, &caller)).collect();
    let (atomic, dry_run) = (query.atomic.unwrap_or(false), query.dry_run.unwrap_or(false));
    let (rows, sent) = sendable(read, atomic);
    let options = BatchOptions { atomic, dry_run };
    let change = app.store.put_customers(&caller, sent, options);
    call.make(caller.caller(), change, move |outcomes| BatchResult::of(&rows, outcomes, id)).await
}

impl ReadRow {
    fn of(row: Result<Value, ApiError>, definitions: &Definitions, scope: &GroupScope) -> Self {
        let row = match row {
            Ok(row) => row,
            Err(error) => return Self { provided_id: None, wanted: Err(error) },
        };
        let provided_id = row.get("provided_id").and_then(Value::as_str).map(str::to_owned);
        let wanted = validated::<WantedCustomer>(row)
            .and_then(|body| body.into_new(None, definitions, scope.group()));
        Self { provided_id, wanted }
    }
}

/// A row beside what is sent to the store of it, if anything.
struct SentRow {
    provided_id: Option<String>,
    /// Its place among the rows that are sent, or why it is not sent.
    sent: Result<usize, ApiError>,
}

/// The rows that can be written. Of an atomic batch with a row that could not be read, none.
fn sendable(read: Vec<ReadRow>, atomic: bool) -> (Vec<SentRow>, Vec<PutRow>) {
    let holds_back = atomic && read.iter().any(|row| row.wanted.is_err());
    let mut sent = Vec::with_capacity(read.len());
    let rows = read
        .into_iter()
        .map(|ReadRow { provided_id, wanted }| {
            let wanted = match holds_back {
                true => wanted.and(Err(StoreError::BatchUndone.into())),
                false => wanted,
            };
            let place = wanted.map(|wanted| {
                sent.push(PutRow::from(wanted));
                sent.len() - 1
            });
            SentRow { provided_id, sent: place }
        })
        .collect();
    (rows, sent)
}

impl BatchResult {
    fn of(rows: &[SentRow], outcomes: &[Result<Outcome, StoreError>], id: RequestId) -> Self {
        let results: Vec<RowResult> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| RowResult::of(index, row, outcomes, id))
            .collect();
        let count = |wanted: fn(&OutcomeWord) -> bool| {
            results.iter().filter(|row| wanted(&row.outcome)).count()
        };
        Self {
            created: count(|outcome| matches!(outcome, OutcomeWord::Created)),
            updated: count(|outcome| matches!(outcome, OutcomeWord::Updated)),
            unchanged: count(|outcome| matches!(outcome, OutcomeWord::Unchanged)),
            failed: count(|outcome| matches!(outcome, OutcomeWord::Failed)),
            results,
        }
    }
}

impl RowResult {
    fn of(
        index: usize,
        row: &SentRow,
        outcomes: &[Result<Outcome, StoreError>],
        id: RequestId,
    ) -> Self {
        let (outcome, error) = match &row.sent {
            Err(error) => (OutcomeWord::Failed, Some(error.problem(id))),
            Ok(place) => match &outcomes[*place] {
                Ok(outcome) => ((*outcome).into(), None),
                Err(fault) => (OutcomeWord::Failed, Some(ApiError::of_row(fault).problem(id))),
            },
        };
        Self { index, provided_id: row.provided_id.clone(), outcome, error }
    }
}
