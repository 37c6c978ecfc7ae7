//! The audit log: who changed what, when and from where. It holds no secrets.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use model::OperatorScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::{Action, Kind};
use store::{AuditEntry, AuditFilter, StoreError};

use super::caller::Operator;
use super::listing::page_size;
use super::replies::{Page, position};
use crate::api_error::ApiError;
use crate::app::App;
use crate::body::NDJSON;
use crate::extract::InQuery;
use crate::openapi::{Describe, Description, Operation, operation};
use crate::time::Time;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/audit", "list_audit_entries", "Read the audit log", list),
        operation(
            "GET /v1/audit:export",
            "export_audit_entries",
            "Export the audit log as lines of JSON",
            export,
        ),
    ]
}

/// One change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
struct Entry {
    /// Grows from entry to entry.
    id: i64,
    at: Time,
    /// `api_token:<id>`, `admin_key:<id>` or `command_line`.
    actor: String,
    /// Where the call came from; `null` on the command line.
    address: Option<String>,
    /// The call's `X-Request-Id`; `null` on the command line.
    request_id: Option<String>,
    /// `create`, `update`, `delete`, `rotate`, `publish` or `purge`.
    action: String,
    /// The kind of record, for example `data_source`.
    kind: String,
    /// `null` for what belongs to the server as a whole.
    group: Option<String>,
    /// The record's public id or name.
    subject: String,
    /// The state before, without secrets; `null` when there was none.
    before: Option<Value>,
    /// The state after, without secrets; `null` when there is none.
    after: Option<Value>,
}

impl From<&AuditEntry> for Entry {
    fn from(entry: &AuditEntry) -> Self {
        let entry = entry.clone();
        Self {
            id: entry.id,
            at: Time::from_us(entry.at_us),
            actor: entry.actor,
            address: entry.address,
            request_id: entry.request_id,
            action: entry.action,
            kind: entry.kind,
            group: entry.group,
            subject: entry.subject,
            before: entry.before,
            after: entry.after,
        }
    }
}

/// Which entries: all that match every given parameter, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Wanted {
    /// `api_token:<id>`, `admin_key:<id>` or `command_line`.
    actor: Option<String>,
    /// `create`, `update`, `delete`, `rotate` or `publish`.
    action: Option<String>,
    /// The kind of record, for example `data_source`.
    kind: Option<String>,
    /// Only what belongs to this group.
    group: Option<String>,
    /// The record's public id or name.
    subject: Option<String>,
    /// Only entries from this moment on (RFC 3339).
    from: Option<Time>,
    /// Only entries from before this moment (RFC 3339).
    until: Option<Time>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Entries on the page, 50 unless said. An export has all.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
}

impl Wanted {
    fn filter(&self) -> Result<AuditFilter, ApiError> {
        let (action, kind) = (self.action.as_deref(), self.kind.as_deref());
        require_known("action", action, Action::ALL.map(Action::as_str))?;
        require_known("kind", kind, Kind::ALL.map(Kind::as_str))?;
        Ok(AuditFilter {
            actor: self.actor.clone(),
            action: self.action.clone(),
            kind: self.kind.clone(),
            group: self.group.clone(),
            subject: self.subject.clone(),
            from_us: self.from.map(Time::as_us),
            until_us: self.until.map(Time::as_us),
        })
    }
}

fn require_known<const N: usize>(
    field: &str,
    word: Option<&str>,
    known: [&str; N],
) -> Result<(), ApiError> {
    match word {
        Some(word) if !known.contains(&word) => {
            Err(ApiError::invalid(field, format!("must be one of {}", known.join(", "))))
        }
        _ => Ok(()),
    }
}

/// `GET /v1/audit`
async fn list(
    State(app): State<App>,
    operator: Operator,
    InQuery(wanted): InQuery<Wanted>,
) -> Result<Json<Page<Entry>>, ApiError> {
    let limit = page_size(wanted.limit);
    let before = position(wanted.cursor.as_deref())?;
    let filter = wanted.filter()?;
    let found = app.store.audit_entries(&operator, &filter, before, limit + 1).await?;
    Ok(Json(Page::of(found, limit as usize, |entry| entry.id, |entry| entry.into())))
}

/// Lines of JSON that are read from the store while they are sent.
struct Lines(Body);

impl IntoResponse for Lines {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, NDJSON)], self.0).into_response()
    }
}

impl Describe for Lines {
    fn describe(description: &mut Description) {
        description.reply_of_lines(NDJSON, "One entry per line, the newest first");
    }
}

/// Entries that are in memory at once.
const AT_ONCE: u32 = 500;

/// `GET /v1/audit:export`
async fn export(
    State(app): State<App>,
    operator: Operator,
    InQuery(wanted): InQuery<Wanted>,
) -> Result<Lines, ApiError> {
    let filter = wanted.filter()?;
    let before = position(wanted.cursor.as_deref())?;
    let chapter = Chapter { app, operator: (*operator).clone(), filter, before };
    Ok(Lines(Body::from_stream(lines(chapter))))
}

/// The part of the log that is still to be sent.
struct Chapter {
    app: App,
    operator: OperatorScope,
    filter: AuditFilter,
    /// The entry behind which it begins; `None`: at the newest.
    before: Option<i64>,
}

impl Chapter {
    async fn entries(&self) -> Result<Vec<AuditEntry>, StoreError> {
        let Self { app, operator, filter, before } = self;
        app.store.audit_entries(operator, filter, *before, AT_ONCE).await
    }
}

/// An error ends the reply before its end, which clients notice.
fn lines(chapter: Chapter) -> impl Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold(chapter, async |mut chapter| {
        let entries = chapter.entries().await?;
        let Some(last) = entries.last() else { return Ok(None) };
        chapter.before = Some(last.id);
        Ok(Some((written(&entries), chapter)))
    })
}

fn written(entries: &[AuditEntry]) -> Bytes {
    let mut bytes = Vec::new();
    for entry in entries {
        let line = serde_json::to_vec(&Entry::from(entry));
        bytes.extend(line.unwrap_or_else(|_| unreachable!("text and numbers always serialise")));
        bytes.push(b'\n');
    }
    bytes.into()
}
