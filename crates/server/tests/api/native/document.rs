//! The OpenAPI document: what it says, and whether every reply of these tests keeps to it.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::support::{Reply, Server};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&server::openapi_document()).expect("JSON"));

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

/// Fails when a reply of a documented operation has a status or a body that the document lacks.
#[track_caller]
pub(crate) fn check(call: &str, reply: &Reply) {
    let Some(responses) = responses(call) else { return };
    let status = reply.status.to_string();
    let response = responses.get(&status).or_else(|| responses.get("default"));
    let response = response.unwrap_or_else(|| panic!("{call} documents no {status}"));
    assert!(reply.status < 400 || responses.get(&status).is_none(), "{call}: {reply:?}");
    let Some(content) = response["content"].as_object() else {
        assert_eq!(reply.body, json!(""), "{call} documents no body");
        return;
    };
    let media = reply.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let schema =
        &content.get(media).unwrap_or_else(|| panic!("{call} documents no {media}"))["schema"];
    let mut whole = schema.clone();
    whole["components"] = DOCUMENT["components"].clone();
    let validator = jsonschema::validator_for(&whole).expect("a schema");
    let faults: Vec<String> = validator
        .iter_errors(&reply.body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{call} breaks its schema: {faults:#?}\n{:#}", reply.body);
}

/// The documented responses of the operation that a call reaches.
fn responses(call: &str) -> Option<&'static Value> {
    let (method, path) = call.split_once(' ').expect("a method and a path");
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let exact = paths.get(path);
    let fitting =
        || paths.iter().find(|(template, _)| fits(template, path)).map(|(_, found)| found);
    exact
        .or_else(fitting)?
        .get(method.to_ascii_lowercase())
        .map(|operation| &operation["responses"])
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(path).all(|(wanted, found)| {
            match (wanted.find('{'), wanted.rfind('}')) {
                (Some(from), Some(to)) => {
                    found.len() > wanted.len() - (to + 1 - from)
                        && found.starts_with(&wanted[..from])
                        && found.ends_with(&wanted[to + 1..])
                }
                _ => *wanted == found,
            }
        })
}
