//! The id under which the log explains a request.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use jiff::Timestamp;
use uuid::Uuid;

use crate::arrival::Arrival;

/// Made by us for each request and sent back as `X-Request-Id`; never taken from a client, so that
/// nobody can write into our log or pretend to be another's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A version 7 UUID (RFC 9562), which sorts by time, from 10 random bytes.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    pub fn uuid(self) -> Uuid {
        self.0
    }

    pub(crate) fn header_value(self) -> HeaderValue {
        let mut buffer = Uuid::encode_buffer();
        HeaderValue::from_str(self.0.hyphenated().encode_lower(&mut buffer))
            .unwrap_or_else(|_| unreachable!("a UUID is plain ASCII"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Arrival::of(&parts.extensions).id)
    }
}
