//! What load balancers and supervisors ask.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::readiness::Readiness;

/// `GET /healthz`: the process answers requests.
pub(crate) async fn is_alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether to send requests here, and why not. Customers' databases do not matter: one
/// that is down is an answer to one query.
pub(crate) async fn is_ready(State(app): State<App>) -> Response {
    let readiness = Readiness::of(&app).await;
    let status = match readiness.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(readiness)).into_response()
}
