//! The OpenAPI document: what it says, and that it says so of every operation.

use serde_json::{Value, json};

use crate::support::Server;

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/openapi.json");
    let served = format!("{}\n", server::openapi_document());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(path, &served).expect("the document is written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(served == committed, "docs/reference/openapi.json differs: run `cargo xtask snap`");
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let server = Server::start().await;
    let reply = server.native("none", "GET /openapi.json", &Value::Null).await;
    assert_eq!((reply.status, &reply.body["openapi"]), (200, &json!("3.1.0")));
}

/// Operations elsewhere have a table of who may call them: `isolation.rs` here for Explo's calls,
/// `native/isolation.rs`, and `isolation.rs` of the embed tests.
#[test]
fn nothing_is_open_to_everybody_but_what_machines_ask() {
    let mut calls = server::operation_calls();
    let has_a_table = |call: &String| {
        [" /api/", " /v2/", " /v1/", " /embed/v1/"].iter().any(|surface| call.contains(surface))
    };
    calls.retain(|call| !has_a_table(call));
    assert_eq!(calls, ["GET /healthz", "GET /readyz", "GET /openapi.json"]);
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(&server::openapi_document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").values();
    let operations = paths.flat_map(|path| path.as_object().expect("methods").values());
    let mut names: Vec<&str> =
        operations.map(|operation| operation["operationId"].as_str().expect("a name")).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!((names.len(), count), (count, server::operation_calls().len()));
}
