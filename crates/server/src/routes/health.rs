//! What load balancers and supervisors ask.

use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Operation, operation};
use crate::routes::openapi;

/// What machines ask without a credential.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /healthz", "is_alive", "Whether the process answers", is_alive),
        operation("GET /readyz", "is_ready", "Whether the metadata store answers too", is_ready),
        operation("GET /openapi.json", "read_openapi", "This document", openapi::document),
    ]
}

/// `GET /healthz`: the process answers requests.
async fn is_alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the metadata store answers too. Customers' databases do not matter here: one that
/// is down is an answer to one query.
async fn is_ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    app.store.definitions().await?;
    Ok("ready\n")
}
