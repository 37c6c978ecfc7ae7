//! The API's own description.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::app::App;
use crate::openapi;
use crate::router::operations;

/// `GET /openapi.json`: it names the server where that is known, because without a name its paths
/// begin at the root of a host, whatever a proxy shows below it.
pub(super) async fn document(State(app): State<App>) -> Answer<Map<String, Value>> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document(&operations()));
    let text: Bytes = match &app.config.public_url {
        None => pretty(&DOCUMENT).into(),
        Some(url) => {
            let mut document = DOCUMENT.clone();
            document["servers"] = json!([{ "url": url }]);
            pretty(&document).into()
        }
    };
    Answer::new(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text))
}

/// The OpenAPI document as text.
pub fn text() -> String {
    pretty(&openapi::document(&operations()))
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document)
        .unwrap_or_else(|_| unreachable!("a JSON value always serialises"))
}
