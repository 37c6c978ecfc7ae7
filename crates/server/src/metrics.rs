//! What is counted of the server itself, and the page that Prometheus reads.
//!
//! To count costs a few atomics and no memory; everything that takes time happens when somebody asks
//! for the page. No label holds what a client chose: routes are templates, never paths.

mod families;
mod http;
mod page;
mod process;

use jiff::Timestamp;
use tally::{Counter, Level};

pub(crate) use http::HttpCounts;
pub(crate) use page::page;

/// What the server counts.
pub(crate) struct Metrics {
    pub(crate) http: HttpCounts,
    /// Connections that are open.
    pub(crate) connections: Level,
    /// Connections that were closed because the client did not read, or sent no request.
    pub(crate) connections_cut: Counter,
    /// Requests beyond the limit of their address.
    pub(crate) address_limited: Counter,
    /// Requests beyond the limit of their credential.
    pub(crate) credential_limited: Counter,
    pub(crate) embed: EmbedRefusals,
    pub(crate) started: Timestamp,
}

/// Embed credentials that did not open anything, by the code of the problem.
#[derive(Default)]
pub(crate) struct EmbedRefusals {
    expired: Counter,
    invalid: Counter,
    missing: Counter,
    forbidden: Counter,
}

impl Metrics {
    /// `routes` are the templates of all routes.
    pub(crate) fn new(routes: &[String], started: Timestamp) -> Self {
        Self {
            http: HttpCounts::new(routes),
            connections: Level::default(),
            connections_cut: Counter::new(),
            address_limited: Counter::new(),
            credential_limited: Counter::new(),
            embed: EmbedRefusals::default(),
            started,
        }
    }
}

impl EmbedRefusals {
    /// Counts a refusal by its problem's code; what is not the credential's fault is not counted.
    pub(crate) fn count(&self, code: &str) {
        match code {
            "expired" => self.expired.count(),
            "invalid" => self.invalid.count(),
            "unauthenticated" => self.missing.count(),
            "forbidden" => self.forbidden.count(),
            _ => {}
        }
    }

    fn by_reason(&self) -> [(&'static str, &Counter); 4] {
        [
            ("expired", &self.expired),
            ("invalid", &self.invalid),
            ("missing", &self.missing),
            ("other_origin", &self.forbidden),
        ]
    }
}
