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
fn body(provided_id: &str) -> Value {
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
    let created = create(demo, "new", time).await?;
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

async fn create(demo: &Demo, prefix: &'static str, time: Duration) -> Result<Outcome> {
    let make = creator(demo);
    load::run(demo, CREATORS, time, move |connection, number| {
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

/// Reading one customer among a few and among `count`, and what they cost in memory.
pub(crate) async fn among_many(demo: &Demo, count: u32, time: Duration) -> Result<Vec<Figure>> {
    let get = client::facade(demo, "/api/get_customer/", &json!({"provided_id": "existing"}));
    let read = |get: Arc<[u8]>| load::run(demo, 1, time, move |_, _| get.clone());
    let (few, before) = (read(get.clone()).await?, demo.memory()?);
    fill(demo, count).await?;
    let (many, after) = (read(get).await?, demo.memory()?);
    let of = thousands(count.into());
    Ok(vec![
        Figure {
            what: format!("get, one connection, {of} more customers"),
            wanted: "p50 ≤ 1.3 ×".to_owned(),
            measured: many.shown(),
            floor: format!("before: {}", few.shown()),
            share: Some(many.p50 as f64 / few.p50 as f64),
        },
        Figure {
            what: format!("memory that {of} customers add"),
            wanted: "≤ 100 MB".to_owned(),
            measured: format!("{} MB", after.saturating_sub(before) / 1_000_000),
            floor: String::new(),
            share: None,
        },
    ])
}

/// Creates `count` customers by HTTP.
async fn fill(demo: &Demo, count: u32) -> Result<()> {
    let make = Arc::new(creator(demo));
    let mut callers = tokio::task::JoinSet::new();
    let share = count / CREATORS as u32;
    for caller in 0..CREATORS {
        let (make, address) = (make.clone(), demo.address().to_owned());
        callers.spawn(async move {
            let mut connection = crate::http::Connection::open(&address).await?;
            for number in 0..share {
                let response = connection.send(&make(&format!("many-{caller}-{number}"))).await?;
                anyhow::ensure!(response.status == 200, "answer {}", response.status);
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(())
}
