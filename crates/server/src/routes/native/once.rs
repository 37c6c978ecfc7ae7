//! Calls that clients may send again: `POST` with an `Idempotency-Key`.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use model::access::Caller;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{Kept, Pending, Recorded, Ticket, Work};

use crate::api_error::ApiError;
use crate::app::App;
use crate::body::{MAX_BYTES, read_json};
use crate::extract::parsed;
use crate::openapi::{Describe, Description, Place};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in bytes.
const MAX_KEY: usize = 255;

/// Of the reply.
const REPLAYED: &[(&str, &str)] = &[(
    "Idempotency-Replayed",
    "`true` when this is the reply to an earlier call with the same key",
)];

/// The call itself, as what names it when it is sent again.
pub(crate) struct Call {
    route: String,
    key: Option<String>,
    payload_hash: [u8; 32],
}

/// The JSON body, of at most `LIMIT` bytes, of a call that may be sent again.
pub(crate) struct Once<T, const LIMIT: usize = MAX_BYTES> {
    pub(crate) body: T,
    pub(crate) call: Call,
}

/// A call without a body that may be sent again.
pub(crate) struct OnceEmpty(pub(crate) Call);

/// The reply to such a call: `T` with a status.
pub(crate) struct OnceReply<T, const STATUS: u16>(Response, PhantomData<T>);

impl<T, const LIMIT: usize> FromRequest<App> for Once<T, LIMIT>
where
    T: DeserializeOwned + JsonSchema + 'static,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, bytes) = read(request, LIMIT).await?;
        let call = Call::of(&parts, &bytes)?;
        Ok(Self { body: parsed(&bytes)?, call })
    }
}

impl FromRequest<App> for OnceEmpty {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, bytes) = read(request, MAX_BYTES).await?;
        Call::of(&parts, &bytes).map(Self)
    }
}

async fn read(request: Request, limit: usize) -> Result<(Parts, Bytes), ApiError> {
    let (parts, body) = request.into_parts();
    let head = parts.clone();
    let bytes = read_json(Request::from_parts(parts, body), limit).await?;
    Ok((head, bytes))
}

impl<T: JsonSchema, const LIMIT: usize> Describe for Once<T, LIMIT> {
    fn describe(description: &mut Description) {
        description.body::<T>();
        Call::describe(description);
    }
}

impl Describe for OnceEmpty {
    fn describe(description: &mut Description) {
        Call::describe(description);
    }
}

impl Describe for Call {
    fn describe(description: &mut Description) {
        let meaning = "1 to 255 visible ASCII characters of the client's choice. For 24 hours, the \
                       same call with the same key is answered with the first reply and changes \
                       nothing more.";
        description.parameter("Idempotency-Key", Place::Header, meaning);
    }
}

impl Call {
    /// Reads what names the call: its path with query, its key, its body.
    pub(crate) fn of(parts: &Parts, body: &[u8]) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let hash = Sha256::new().chain_update(query).chain_update([0]).chain_update(body);
        Ok(Self {
            route: format!("{} {}", parts.method, parts.uri.path()),
            key: key(parts)?,
            payload_hash: hash.finalize().into(),
        })
    }

    /// Makes the change and shows its outcome; when the call comes again, shows it once more.
    pub(crate) async fn make<W: Work, T: Serialize, const STATUS: u16>(
        self,
        caller: &Caller,
        change: Pending<'_, W>,
        show: impl Fn(&W::Output) -> T + Send + Sync + 'static,
    ) -> Result<OnceReply<T, STATUS>, ApiError> {
        let keep = move |outcome: &W::Output| Kept { status: STATUS, body: json(&show(outcome)) };
        let Some(key) = self.key else {
            let kept = keep(&change.await?);
            return Ok(OnceReply(response(kept)?, PhantomData));
        };
        let credential = caller.actor.to_string();
        let (route, payload_hash) = (self.route, self.payload_hash);
        let ticket = Ticket { credential, route, key, payload_hash };
        let response = match change.recorded(ticket, keep).await? {
            Recorded::Done(kept) => response(kept)?,
            Recorded::Replayed(kept) => {
                let mut response = response(kept)?;
                let replayed = HeaderValue::from_static("true");
                response.headers_mut().insert(IDEMPOTENCY_REPLAYED, replayed);
                response
            }
        };
        Ok(OnceReply(response, PhantomData))
    }
}

impl<T: Serialize, const STATUS: u16> OnceReply<T, STATUS> {
    /// To a call that changes nothing.
    pub(crate) fn of(value: &T) -> Result<Self, ApiError> {
        let kept = Kept { status: STATUS, body: json(value) };
        Ok(Self(response(kept)?, PhantomData))
    }
}

fn key(parts: &Parts) -> Result<Option<String>, ApiError> {
    let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_visible && (1..=MAX_KEY).contains(&text.len()) {
        return Ok(Some(text.to_owned()));
    }
    let detail = format!("must have 1 to {MAX_KEY} visible ASCII characters");
    Err(ApiError::invalid("Idempotency-Key", detail))
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_else(|_| unreachable!("wire types always serialise"))
}

fn response(kept: Kept) -> Result<Response, ApiError> {
    let status = StatusCode::from_u16(kept.status).map_err(ApiError::internal)?;
    Ok((status, [(CONTENT_TYPE, "application/json")], kept.body).into_response())
}

impl<T, const STATUS: u16> IntoResponse for OnceReply<T, STATUS> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: JsonSchema, const STATUS: u16> Describe for OnceReply<T, STATUS> {
    fn describe(description: &mut Description) {
        let meaning = if STATUS == 201 { "Made" } else { "Done" };
        description.reply::<T>(STATUS, meaning, REPLAYED);
    }
}
