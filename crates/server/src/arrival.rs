//! What is known of a request from the moment it came until it is answered.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, Method};

use crate::rate_limit::Allowance;
use crate::request_id::RequestId;
use crate::surface::Surface;

/// One request, as the frame saw it come. It stands among the request's extensions; whoever verifies
/// its credential adds whose it is.
#[derive(Clone)]
pub(crate) struct Arrival(Arc<Known>);

/// What an [`Arrival`] holds.
pub(crate) struct Known {
    pub(crate) id: RequestId,
    pub(crate) surface: Surface,
    /// The client's address, as far as proxies are trusted.
    pub(crate) client: IpAddr,
    /// The other end of the connection, be it a proxy.
    pub(crate) peer: IpAddr,
    pub(crate) method: Method,
    /// Without what must not stand in a log.
    pub(crate) path: String,
    pub(crate) started: Instant,
    /// How long the body may take to arrive.
    pub(crate) body_timeout: Duration,
    pub(crate) verified: OnceLock<Verified>,
}

/// Whose request it is.
pub(crate) struct Verified {
    /// The credential's public id with its kind, such as `embed_secret:…`. Nothing secret.
    pub(crate) credential: Arc<str>,
    /// What is left of the credential's minute.
    pub(crate) allowance: Option<Allowance>,
}

impl Arrival {
    pub(crate) fn new(known: Known) -> Self {
        Self(Arc::new(known))
    }

    /// The arrival that the frame put among a request's extensions.
    pub(crate) fn of(extensions: &Extensions) -> &Self {
        let arrival = extensions.get::<Self>();
        arrival.unwrap_or_else(|| unreachable!("the frame notes every request's arrival"))
    }

    /// Notes whose request it is; the first word counts.
    pub(crate) fn verified(&self, credential: Arc<str>, allowance: Option<Allowance>) {
        let _ = self.0.verified.set(Verified { credential, allowance });
    }
}

impl Deref for Arrival {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions).clone())
    }
}
