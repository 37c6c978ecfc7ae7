//! What load balancers and supervisors ask.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::openapi::{Describe, Description, Operation, operation};
use crate::readiness::Readiness;
use crate::routes::openapi;

/// What machines ask without a credential.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /healthz", "is_alive", "Whether the process answers", is_alive),
        operation("GET /readyz", "is_ready", "Whether to send requests here", is_ready),
        operation("GET /openapi.json", "read_openapi", "This document", openapi::document),
    ]
}

/// `GET /healthz`: the process answers requests.
async fn is_alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether to send requests here, and why not. Customers' databases do not matter: one
/// that is down is an answer to one query.
async fn is_ready(State(app): State<App>) -> Readiness {
    Readiness::of(&app).await
}

impl IntoResponse for Readiness {
    fn into_response(self) -> Response {
        let status = match self.ready {
            true => StatusCode::OK,
            false => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, [(CACHE_CONTROL, "no-store")], Json(self)).into_response()
    }
}

impl Describe for Readiness {
    fn describe(description: &mut Description) {
        description.reply::<Self>(200, "Requests may be sent here", &[]);
        description.reply::<Self>(503, "Requests should be sent elsewhere; `checks` say why", &[]);
    }
}
