//! What a client learns of a failure: one type for all surfaces.
//!
//! A handler returns an [`ApiError`]; the frame, which knows the surface and the request's id, logs
//! it once and writes the body: `{"success":0,"error":"…"}` below `/api` and `/v2`, a problem
//! document (RFC 9457) everywhere else.

mod refused;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::access::ReadOnly;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreError;

use crate::field_path::FieldPath;
use crate::request_id::RequestId;

/// What went wrong, in the words of HTTP. Each kind has one status, code and title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Invalid,
    TooSlow,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    TargetTooLong,
    Conflict,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    Unprocessable,
    RateLimited,
    Internal,
    BadGateway,
    Unavailable,
    TimedOut,
}

impl Kind {
    pub fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The stable code for programs, and the title for people.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Invalid => ("invalid_request", "The request is not valid"),
            Self::TooSlow => ("too_slow", "The request did not arrive in time"),
            Self::Unauthenticated => ("unauthenticated", "The credential is missing or wrong"),
            Self::Forbidden => ("forbidden", "The credential does not allow this"),
            Self::NotFound => ("not_found", "There is nothing here"),
            Self::MethodNotAllowed => ("method_not_allowed", "The method is not offered here"),
            Self::TargetTooLong => ("target_too_long", "The address is too long"),
            Self::Conflict => ("conflict", "The request conflicts with what exists"),
            Self::PreconditionFailed => ("precondition_failed", "Somebody else changed this"),
            Self::TooLarge => ("too_large", "Too much data"),
            Self::UnsupportedMediaType => ("unsupported_media_type", "The body is not JSON"),
            Self::Unprocessable => ("query_failed", "The query has no answer"),
            Self::RateLimited => ("rate_limited", "Too many requests"),
            Self::Internal => ("internal", "Something went wrong on our side"),
            Self::BadGateway => ("source_unavailable", "The data source does not answer"),
            Self::Unavailable => ("unavailable", "The server cannot answer just now"),
            Self::TimedOut => ("timed_out", "The query took too long"),
        }
    }
}

/// One fault of a request. The detail completes the field's name: `must not be empty`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    pub field: FieldPath,
    pub detail: String,
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.field.is_root() { "" } else { ":" };
        write!(f, "{}{colon} {}", self.field, self.detail)
    }
}

/// A request that failed.
///
/// ```ignore
/// ApiError::invalid("page", "must be at least 1")
/// ApiError::not_found("there is no such panel")
/// ApiError::new(Kind::Unauthenticated, "the token has expired").with_code("expired")
/// ApiError::internal(error)               // the cause is for the log alone
/// ```
#[derive(Debug)]
pub struct ApiError {
    kind: Kind,
    code: &'static str,
    detail: Cow<'static, str>,
    faults: Vec<FieldFault>,
    retry_after_s: Option<u32>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// `detail` is a sentence for the client: lower case, no full stop, nothing secret.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        let (code, _) = kind.words();
        Self { kind, code, detail: detail.into(), faults: vec![], retry_after_s: None, cause: None }
    }

    /// One field is wrong; the detail completes its name.
    pub fn invalid(field: impl Into<FieldPath>, detail: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldFault { field: field.into(), detail: detail.into() }])
    }

    /// Several fields are wrong, all told at once.
    pub fn invalid_fields(faults: Vec<FieldFault>) -> Self {
        let sentences: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Self { faults, ..Self::new(Kind::Invalid, sentences.join("; ")) }
    }

    pub fn unauthenticated(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unauthenticated, detail)
    }

    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, detail)
    }

    /// Our fault. The client learns the request's id, the log the cause.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, "something went wrong on our side").because(cause)
    }

    /// Replaces the kind's code by a finer one, for example `expired`.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Tells the client when to come again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Adds the cause, for the log alone.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable code for programs.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// The whole story, for the operator's log.
    pub(crate) fn story(&self) -> String {
        let mut story = self.detail.to_string();
        let mut cause: Option<&dyn Error> = self.cause.as_deref().map(|cause| cause as _);
        while let Some(error) = cause {
            story.push_str(": ");
            story.push_str(&error.to_string());
            cause = error.source();
        }
        story
    }

    /// The body below `/api` and `/v2`.
    pub(crate) fn facade_body(&self, request_id: RequestId) -> Vec<u8> {
        let told = match self.kind {
            Kind::Internal => Cow::Owned(format!("{}; request id {request_id}", self.detail)),
            _ => Cow::Borrowed(self.detail.as_ref()),
        };
        to_json(&FacadeFailure { success: 0, error: told.into_owned() })
    }

    /// The problem document of all other surfaces.
    pub(crate) fn problem_body(&self, request_id: RequestId) -> Vec<u8> {
        to_json(&self.problem(request_id))
    }

    /// As [`ApiError::problem_body`], for a place in a larger reply.
    pub(crate) fn problem(&self, request_id: RequestId) -> Problem {
        let (_, title) = self.kind.words();
        let fault = |fault: &FieldFault| ProblemFault {
            pointer: fault.field.pointer(),
            detail: fault.detail.clone(),
        };
        Problem {
            r#type: format!("/problems/{}", self.code.replace('_', "-")),
            title,
            status: self.kind.status().as_u16(),
            detail: self.detail.to_string(),
            code: self.code,
            request_id,
            errors: self.faults.iter().map(fault).collect(),
        }
    }
}

impl From<ReadOnly> for ApiError {
    fn from(error: ReadOnly) -> Self {
        Self::forbidden(error.to_string())
    }
}

impl ApiError {
    /// Why one row of a batch failed. Others of its batch may stand, so nothing here is our fault.
    pub(crate) fn of_row(error: &StoreError) -> Self {
        match error {
            StoreError::Rejected(faults) => Self::rejected(faults.clone()),
            StoreError::TooManyCustomers { .. } => Self::too_many_customers(error),
            other => Self::new(Kind::Invalid, other.to_string()),
        }
    }

    fn too_many_customers(error: &StoreError) -> Self {
        Self::forbidden(error.to_string()).with_code("customer_limit")
    }

    fn rejected(faults: Vec<store::Fault>) -> Self {
        let fault = |it: store::Fault| FieldFault { field: it.field.into(), detail: it.message };
        Self::invalid_fields(faults.into_iter().map(fault).collect())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound(_) => Self::not_found(message),
            StoreError::ReadOnly(read_only) => read_only.into(),
            StoreError::Rejected(faults) => Self::rejected(faults),
            StoreError::PreconditionFailed => Self::new(Kind::PreconditionFailed, message),
            StoreError::Taken(_) | StoreError::RotatedBefore => Self::new(Kind::Conflict, message),
            StoreError::Needed { .. } => Self::new(Kind::Conflict, message).with_code("in_use"),
            StoreError::KeyInUse => Self::new(Kind::Conflict, message)
                .with_code("idempotency_key_in_use")
                .retry_after(1),
            StoreError::OtherPayload => {
                Self::new(Kind::Unprocessable, message).with_code("idempotency_key_reused")
            }
            StoreError::TooManyCustomers { .. } => Self::too_many_customers(&error),
            StoreError::Refused(refusals) => Self::refused(refusals),
            StoreError::HasChildren { .. } | StoreError::BatchUndone => {
                Self::new(Kind::Invalid, message)
            }
            StoreError::Contended => Self::new(Kind::Unavailable, message).retry_after(1),
            StoreError::Unavailable(source) | StoreError::Unwritable { source, .. } => {
                Self::new(Kind::Unavailable, message).retry_after(5).because(source)
            }
            StoreError::Corrupt(_)
            | StoreError::MasterKey(_)
            | StoreError::TooNew { .. }
            | StoreError::UsePgDump
            | StoreError::InUse
            | StoreError::Closed
            | StoreError::Exists { .. }
            | StoreError::Unfit { .. }
            | StoreError::File { .. } => Self::internal(error),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl IntoResponse for ApiError {
    /// A bare status that carries the error; [`crate::frame`] writes body and headers.
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// What the façade answers when it fails.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FacadeFailure {
    /// Always 0.
    success: u8,
    /// What went wrong, in a sentence.
    error: String,
}

/// A problem document (RFC 9457).
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// A stable promise: a relative reference to the documentation's page about this problem.
    r#type: String,
    /// The kind of problem, for people.
    title: &'static str,
    status: u16,
    /// What went wrong here, in a sentence.
    detail: String,
    /// The kind of problem, for programs.
    code: &'static str,
    /// Under this id the server's log explains the request.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    request_id: RequestId,
    /// Every faulty field of the request.
    errors: Vec<ProblemFault>,
}

/// One faulty field.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProblemFault {
    /// Where it stands in the body: a JSON pointer (RFC 6901). Parameters of the query and the path
    /// stand as if they were fields.
    pointer: String,
    /// Completes the field's name: `must not be empty`.
    detail: String,
}

fn as_text<S: serde::Serializer>(id: &RequestId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

fn to_json<T: Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_else(|_| unreachable!("text and numbers always serialise"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kind; 16] = [
        Kind::Invalid,
        Kind::TooSlow,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::MethodNotAllowed,
        Kind::TargetTooLong,
        Kind::Conflict,
        Kind::PreconditionFailed,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::RateLimited,
        Kind::Internal,
        Kind::BadGateway,
        Kind::Unavailable,
        Kind::TimedOut,
    ];

    #[test]
    fn every_kind_of_problem_stands_on_its_page() {
        let page = include_str!("../../../docs/reference/problems.md");
        for kind in ALL {
            let (code, _) = kind.words();
            let (code, status) = (format!("`{code}`"), format!("| {} |", kind.status().as_u16()));
            let row = page.lines().find(|row| row.contains(&code) && row.contains(&status));
            assert!(row.is_some(), "docs/reference/problems.md lacks {code} {status}");
        }
    }

    #[test]
    fn the_client_learns_the_detail_and_the_log_the_cause() {
        let cause = std::io::Error::other("connection refused by 10.0.0.7");
        let error = ApiError::internal(cause);
        let id = RequestId::new(jiff::Timestamp::UNIX_EPOCH, [7; 10]);
        for body in [error.facade_body(id), error.problem_body(id)] {
            let body = String::from_utf8(body).expect("text");
            assert!(!body.contains("10.0.0.7") && body.contains(&id.to_string()), "{body}");
        }
        assert!(error.story().ends_with(": connection refused by 10.0.0.7"));
    }
}
