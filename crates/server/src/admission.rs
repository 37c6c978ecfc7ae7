//! Who may come in how often: the limits per address and per credential.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use jiff::Timestamp;
use model::access::Actor;

use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::arrival::Arrival;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::rate_limit::{Allowance, Exceeded, RateLimit, network_of};

/// Counts the requests to the management APIs of all addresses and credentials.
pub(crate) struct Admission {
    by_address: RateLimit<IpAddr>,
    by_credential: RateLimit<Arc<str>>,
}

impl Admission {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            by_address: RateLimit::new(config.rate_limit_per_minute),
            by_credential: RateLimit::new(config.key_rate_limit_per_minute),
        }
    }

    /// Counts a request of an address, before anything else of it is looked at. Without a limit, and
    /// on surfaces without one, there is no allowance.
    pub(crate) fn of_address(
        &self,
        arrival: &Arrival,
        now: Timestamp,
    ) -> Result<Option<Allowance>, Exceeded> {
        if !arrival.surface.is_management() {
            return Ok(None);
        }
        self.by_address.count(&network_of(arrival.client), now)
    }
}

impl App {
    /// Counts a request of a credential that has just been verified, and notes whose request it is.
    pub(crate) fn admit(&self, parts: &Parts, actor: &Actor) -> Result<(), ApiError> {
        let credential: Arc<str> = actor.to_string().into();
        let counted = self.admission().by_credential.count(&credential, self.clock.now());
        let allowance = counted.unwrap_or_else(|Exceeded(allowance)| Some(allowance));
        Arrival::of(&parts.extensions).verified(credential, allowance);
        counted.map(drop).map_err(|Exceeded(allowance)| {
            self.metrics().credential_limited.count();
            refusal("with this credential", allowance)
        })
    }
}

/// The answer to an address that has used up its minute.
pub(crate) fn address_refusal(Exceeded(allowance): Exceeded, metrics: &Metrics) -> ApiError {
    metrics.address_limited.count();
    refusal("from this address", allowance)
}

fn refusal(whose: &str, allowance: Allowance) -> ApiError {
    let limit = allowance.limit;
    let detail = format!("more than {limit} requests in a minute {whose}");
    ApiError::new(Kind::RateLimited, detail).retry_after(allowance.reset_s)
}
