//! Every route of the server, one list.
//!
//! To add a surface: write `routes/<surface>.rs` with handlers, and add its lines here. A handler is
//! a plain axum handler over `State<App>`; it returns `Result<impl IntoResponse, ApiError>` and
//! leaves the rest to the [`crate::frame`]: rate limit, CORS, `X-Request-Id`, error bodies, log.
//! Extractors run left to right, so write them in the order of the checks: credential, permission
//! (`Caller`, `Writer`), then the body.

use axum::Router;
use axum::routing::{MethodRouter, get};

use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::routes::health;

pub(crate) fn router(app: App) -> Router {
    let router = Router::new()
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready));
    facade(router).fallback(unknown_path).method_not_allowed_fallback(wrong_method).with_state(app)
}

/// Explo's API. Its paths end with a slash, and clients forget it: both forms are the same.
fn facade(router: Router<App>) -> Router<App> {
    let routes: [(&str, MethodRouter<App>); 0] = [];
    routes.into_iter().fold(router, |router, (path, methods)| {
        let with_slash = format!("{path}/");
        router.route(path, methods.clone()).route(&with_slash, methods)
    })
}

async fn unknown_path() -> ApiError {
    ApiError::not_found("there is nothing at this path")
}

async fn wrong_method() -> ApiError {
    ApiError::new(Kind::MethodNotAllowed, "method not allowed")
}
