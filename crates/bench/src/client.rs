//! Requests of the two people who write against the server.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::http::{Connection, request};
use crate::server::Demo;

/// The dashboard of the demo that all figures look at.
const DASHBOARD: &str = "on-time";

pub(crate) fn healthz() -> Arc<[u8]> {
    request("GET", "/healthz", &[], "").into()
}

/// One call of the façade with the demo's API token.
pub(crate) fn facade(demo: &Demo, path: &str, body: &Value) -> Arc<[u8]> {
    let credential = format!("Token {}", demo.facts.api_token);
    request("POST", path, &[("Explo-Authorization", &credential)], &body.to_string()).into()
}

/// One call of the native API.
pub(crate) fn native(token: &str, method: &str, path: &str, body: Option<&str>) -> Arc<[u8]> {
    let credential = format!("Bearer {token}");
    request(method, path, &[("Authorization", &credential)], body.unwrap_or_default()).into()
}

/// A call of the element by a viewer.
pub(crate) fn embed(jwt: &str, method: &str, path: &str, body: &str) -> Arc<[u8]> {
    request(method, path, &[("Authorization", &format!("Bearer {jwt}"))], body).into()
}

/// An embed token for one of the demo's customers.
pub(crate) async fn embed_token(demo: &Demo, customer: &str) -> Result<String> {
    let embed_id = demo.facts.dashboards.get(DASHBOARD).context("the demo has its dashboard")?;
    let body = json!({"provided_id": customer, "embed_id": embed_id});
    let answer = ask(demo, &facade(demo, "/api/generate_jwt/", &body)).await?;
    Ok(answer["jwt"].as_str().context("the answer has a token")?.to_owned())
}

/// Sends one request on a connection of its own and reads the JSON of the answer.
pub(crate) async fn ask(demo: &Demo, request: &[u8]) -> Result<Value> {
    let mut connection = Connection::open(demo.address()).await?;
    let response = connection.send(request).await?;
    if response.status != 200 {
        bail!("answer {}: {}", response.status, String::from_utf8_lossy(response.body));
    }
    Ok(serde_json::from_slice(response.body)?)
}

/// The ids of the dashboard's panels.
pub(crate) async fn panels(demo: &Demo, jwt: &str) -> Result<Vec<String>> {
    let definition = ask(demo, &embed(jwt, "GET", "/embed/v1/dashboard", "")).await?;
    let panels = definition["panels"].as_array().context("a dashboard has panels")?;
    Ok(panels.iter().filter_map(|panel| panel["id"].as_str().map(str::to_owned)).collect())
}
