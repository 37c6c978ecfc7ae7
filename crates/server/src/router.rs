//! Every route of the server: the operations that the OpenAPI document tells of, and the web parts.
//!
//! To add an operation: a handler in `routes/<surface>`, and a line in the list of operations there.
//! A handler is a plain axum handler over `State<App>` whose arguments and reply
//! [describe](crate::openapi::Describe) themselves; it returns `Result<…, ApiError>` and leaves the
//! rest to the [`crate::frame`]: rate limit, CORS, `X-Request-Id`, error bodies, log. Extractors run
//! left to right, so write them in the order of the checks: credential, permission, then the body.

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::openapi::Operation;
use crate::routes::{api, demo, embed, health, metrics, native, web};

/// The router with the templates of its routes, which it does not tell itself.
pub(crate) struct Routes {
    router: Router<App>,
    templates: Vec<String>,
}

impl Routes {
    fn new() -> Self {
        Self { router: Router::new(), templates: Vec::new() }
    }

    fn route(mut self, template: &str, methods: MethodRouter<App>) -> Self {
        self.router = self.router.route(template, methods);
        self.templates.push(template.to_owned());
        self
    }

    pub(crate) fn templates(&self) -> &[String] {
        &self.templates
    }

    pub(crate) fn into_router(self, app: App) -> Router {
        let router = self.router.fallback(unknown_path);
        router.method_not_allowed_fallback(wrong_method).with_state(app)
    }
}

/// Every route of the server; the demo has some more.
pub(crate) fn routes(is_demo: bool) -> Routes {
    let routes = Routes::new()
        .route("/metrics", get(metrics::guarded))
        .route("/bundle.js", get(web::bundle))
        .route("/assets/{*path}", get(web::asset))
        .route("/iframe/{*credential}", get(web::iframe));
    let routes = if is_demo { of_demo(routes) } else { routes };
    operations().into_iter().fold(routes, with_operation)
}

/// What stands on the address that `metrics_listen` names.
pub(crate) fn metrics_alone() -> Routes {
    Routes::new().route("/metrics", get(metrics::open))
}

/// Every operation that the OpenAPI document tells of.
pub(crate) fn operations() -> Vec<Operation> {
    let surfaces =
        [native::operations(), embed::operations(), api::operations(), health::operations()];
    surfaces.into_iter().flatten().collect()
}

/// Method and path of every operation, as the OpenAPI document has them. Tests hold tables of who may
/// call what against this list.
pub fn operation_calls() -> Vec<String> {
    let call = |operation: Operation| format!("{} {}", operation.method, operation.path);
    operations().into_iter().map(call).collect()
}

/// Clients forget the slash that ends a path of Explo's, so such a path is served without it as well.
fn with_operation(routes: Routes, operation: Operation) -> Routes {
    let Operation { path, routes: methods, .. } = operation;
    match path.strip_suffix('/') {
        Some(without) => routes.route(without, methods.clone()).route(path, methods),
        None => routes.route(path, methods),
    }
}

/// The front page of `fanlight demo`, and what it asks.
fn of_demo(routes: Routes) -> Routes {
    routes
        .route("/", get(web::demo_page))
        .route("/demo/customers", get(demo::customers))
        .route("/demo/token", post(demo::token))
}

async fn unknown_path() -> ApiError {
    ApiError::not_found("there is nothing at this path")
}

async fn wrong_method() -> ApiError {
    ApiError::new(Kind::MethodNotAllowed, "method not allowed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_field_by_field_is_what_the_document_shows() {
        let mut checked = 0;
        for operation in operations() {
            for reading in operation.description.readings {
                let reading = reading();
                assert_eq!(reading.documented, reading.asked, "{}", operation.path);
                checked += 1;
            }
        }
        assert!(checked > 0, "no operation reads fields");
    }
}
