//! What Prometheus asks.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use model::credential::AdminKey;

use crate::api_error::ApiError;
use crate::app::App;
use crate::arrival::Arrival;
use crate::client_address::is_forwarded;
use crate::metrics;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`, for programs on this machine, unless a proxy passes on what came from elsewhere, and
/// for the admin key. To everybody else there is nothing here.
pub(crate) async fn guarded(
    State(app): State<App>,
    arrival: Arrival,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let is_local = arrival.peer.is_loopback() && !is_forwarded(&headers);
    if is_local || has_admin_key(&app, &headers).await? {
        return open(State(app)).await;
    }
    Err(ApiError::not_found("there is nothing at this path"))
}

/// `GET /metrics` on an address of its own, which the operator keeps to those who may read it.
pub(crate) async fn open(State(app): State<App>) -> Result<Response, ApiError> {
    let page = metrics::page(&app).await.map_err(ApiError::internal)?;
    let headers = [(CONTENT_TYPE, OPEN_METRICS), (CACHE_CONTROL, "no-store")];
    Ok((headers, page).into_response())
}

async fn has_admin_key(app: &App, headers: &HeaderMap) -> Result<bool, ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let words = given.and_then(|text| text.split_once(' '));
    let bearer = words.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match bearer.and_then(|(_, key)| key.trim().parse::<AdminKey>().ok()) {
        Some(key) => Ok(app.store.operator_scope(&key).await?.is_some()),
        None => Ok(false),
    }
}
