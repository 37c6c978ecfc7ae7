//! The OpenAPI document, and whether replies keep to it.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&server::openapi_document()).expect("JSON"));

/// Fails when the reply of a documented operation has a status or a body that the document lacks.
/// `call` is the method and the path.
#[track_caller]
pub(crate) fn check(call: &str, status: u16, headers: &HeaderMap, body: &[u8]) {
    let Some(responses) = responses(call) else { return };
    let named = responses.get(status.to_string());
    // A server that is not ready says so in the form in which it says that it is.
    let has_own_form = call == "GET /readyz" && status == 503;
    assert!(status < 400 || named.is_none() || has_own_form, "{call} documents {status} by itself");
    let response = named.or_else(|| responses.get("default").filter(|_| status >= 400));
    let response = response.unwrap_or_else(|| panic!("{call} documents no {status}"));
    let Some(content) = response["content"].as_object() else {
        assert!(body.is_empty(), "{call} documents no body");
        return;
    };
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let found = content.get(media).unwrap_or_else(|| panic!("{call} documents no {media:?}"));
    if media.ends_with("/json") || media.ends_with("+json") {
        check_schema(call, &found["schema"], body);
    }
}

#[track_caller]
fn check_schema(call: &str, schema: &Value, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let mut whole = schema.clone();
    whole["components"] = DOCUMENT["components"].clone();
    let validator = jsonschema::validator_for(&whole).expect("a schema");
    let faults: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{call} breaks its schema: {faults:#?}\n{body:#}");
}

/// The documented responses of the operation that a call reaches.
fn responses(call: &str) -> Option<&'static Value> {
    let (method, path) = call.split_once(' ').expect("a method and a path");
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let exact = paths.get(path).or_else(|| paths.get(&format!("{path}/")));
    let fitting =
        || paths.iter().find(|(template, _)| fits(template, path)).map(|(_, found)| found);
    let operation = exact.or_else(fitting)?.get(method.to_ascii_lowercase());
    operation.map(|operation| &operation["responses"])
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
