//! What load balancers and supervisors ask.

use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;

/// `GET /healthz`: the process answers requests.
pub(crate) async fn is_alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the metadata store answers too. Customers' databases do not matter here: one that
/// is down is an answer to one query.
pub(crate) async fn is_ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    app.store.definitions().await?;
    Ok("ready\n")
}
