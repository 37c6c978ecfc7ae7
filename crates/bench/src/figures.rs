//! The figures, a file per subject.

pub(crate) mod customer;
pub(crate) mod fairness;
pub(crate) mod growth;
pub(crate) mod memory;
pub(crate) mod panel;
pub(crate) mod rows;
pub(crate) mod start;

use std::time::Duration;

use anyhow::Result;

use crate::load::{self, Outcome};
use crate::server::Demo;
use crate::{client, figure::Figure};

/// Connections at which calls are compared with `/healthz`.
const CONNECTIONS: usize = 32;

/// The least that an answer of this server can cost.
async fn healthz(demo: &Demo, time: Duration) -> Result<Outcome> {
    let request = client::healthz();
    load::run(demo, CONNECTIONS, time, move |_, _| request.clone()).await
}

fn beside_healthz(what: &str, wanted: &str, measured: &Outcome, floor: &Outcome) -> Figure {
    Figure {
        what: what.to_owned(),
        wanted: wanted.to_owned(),
        measured: measured.shown(),
        floor: format!("/healthz: {}", floor.shown()),
        share: Some(measured.per_second / floor.per_second),
    }
}
