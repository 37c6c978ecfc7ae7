//! The API's own description.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use crate::openapi;
use crate::router::operations;

/// `GET /openapi.json`
pub(crate) async fn document() -> impl IntoResponse {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| text().into());
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    (headers, DOCUMENT.clone())
}

/// The OpenAPI document as text.
pub fn text() -> String {
    let document = openapi::document(&operations());
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|_| unreachable!("a JSON value always serialises"))
}
