//! Get-or-create: customers that exist, and customers that are new.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::{CONNECTIONS, beside_healthz, healthz};
use crate::figure::Figure;
use crate::load::{Outcome, thousands};
use crate::server::Demo;
use crate::{client, floor, load};

/// Callers that create at once.
const CREATORS: usize = 64;
const CREATE: &str = "/api/create_customer/";

/// What a product sends for a customer, of usual size.
pub(super) fn body(provided_id: &str) -> Value {
    json!({
        "provided_id": provided_id,
        "name": "A customer of usual size",
        "emails": ["reports@customer.example"],
        "properties": {"plan": "gold", "region": "north", "seats": 25},
    })
}

/// The customer is there already: a read.
pub(crate) async fn existing(demo: &Demo, time: Duration) -> Result<Vec<Figure>> {
    let request = client::facade(demo, CREATE, &body("existing"));
    client::ask(demo, &request).await?;
    let floor = healthz(demo, time).await?;
    let calls = load::run(demo, CONNECTIONS, time, move |_, _| request.clone()).await?;
    let what = format!("get-or-create, existing, {CONNECTIONS} connections");
    Ok(vec![beside_healthz(&what, "≥ 0.5", &calls, &floor)])
}

/// Every call makes a customer, on the disk before it is answered.
pub(crate) async fn created(demo: &Demo, time: Duration) -> Result<Vec<Figure>> {
    let floor = floor::bare_writer(demo.data_directory(), CREATORS, time)?;
    let created = create(demo, "new", CREATORS, time).await?;
    Ok(vec![Figure {
        what: format!("create, durable, {CREATORS} connections"),
        wanted: "≥ 0.7".to_owned(),
        measured: created.shown(),
        floor: format!(
            "bare SQLite writer, {CREATORS} callers: {} rows/s, {:.0} rows a commit",
            thousands(floor.rows_per_second as u64),
            floor.rows_per_commit,
        ),
        share: Some(created.per_second / floor.rows_per_second),
    }])
}

/// Creates customers on so many connections.
pub(super) async fn create(
    demo: &Demo,
    prefix: &str,
    connections: usize,
    time: Duration,
) -> Result<Outcome> {
    let (make, prefix) = (creator(demo), prefix.to_owned());
    load::run(demo, connections, time, move |connection, number| {
        make(&format!("{prefix}-{connection}-{number}"))
    })
    .await
}

/// Makes the request for one id. Cheap enough to be made while the clock runs.
fn creator(demo: &Demo) -> impl Fn(&str) -> Arc<[u8]> + Send + Sync + 'static {
    let token = demo.facts.api_token.clone();
    move |provided_id| {
        let credential = format!("Token {token}");
        let headers = [("Explo-Authorization", &*credential)];
        crate::http::request("POST", CREATE, &headers, &body(provided_id).to_string()).into()
    }
}
