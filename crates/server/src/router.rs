//! Every route of the server, one list.
//!
//! To add a surface: write `routes/<surface>.rs` with handlers, and add its lines here. A handler is
//! a plain axum handler over `State<App>`; it returns `Result<impl IntoResponse, ApiError>` and
//! leaves the rest to the [`crate::frame`]: rate limit, CORS, `X-Request-Id`, error bodies, log.
//! Extractors run left to right, so write them in the order of the checks: credential, permission
//! (`Caller`, `Writer`), then the body.

use axum::Router;
use axum::routing::{MethodRouter, delete, get, post};

use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::openapi::Operation;
use crate::routes::api::{
    customer_lists, customers, dashboards, group_tags, jwt, not_offered, user_groups,
};
use crate::routes::{demo, embed, health, metrics, native, openapi, web};

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
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
        .route("/metrics", get(metrics::guarded))
        .route("/openapi.json", get(openapi::document))
        .route("/embed/v1/dashboard", get(embed::dashboard))
        .route("/embed/v1/panels/{id}/data", post(embed::data))
        .route("/embed/v1/panels/{id}/export", post(embed::export))
        .route("/embed/v1/elements/{id}/options", post(embed::options))
        .route("/bundle.js", get(web::bundle))
        .route("/assets/{*path}", get(web::asset))
        .route("/iframe/{*credential}", get(web::iframe));
    let routes = if is_demo { of_demo(routes) } else { routes };
    let route =
        |routes: Routes, operation: Operation| routes.route(operation.path, operation.routes);
    facade(operations().into_iter().fold(routes, route))
}

/// Every operation that the OpenAPI document tells of.
pub(crate) fn operations() -> Vec<Operation> {
    native::operations()
}

/// Method and path of every operation, as the OpenAPI document has them. Tests hold a table of who
/// may call what against this list.
pub fn operation_calls() -> Vec<String> {
    let call = |operation: Operation| format!("{} {}", operation.method, operation.path);
    operations().into_iter().map(call).collect()
}

/// What stands on the address that `metrics_listen` names.
pub(crate) fn metrics_alone() -> Routes {
    Routes::new().route("/metrics", get(metrics::open))
}

/// The front page of `fanlight demo`, and what it asks.
fn of_demo(routes: Routes) -> Routes {
    routes
        .route("/", get(web::demo_page))
        .route("/demo/customers", get(demo::customers))
        .route("/demo/token", post(demo::token))
}

/// Explo's API, without the slash that ends its paths. Clients forget it, so both forms are the same.
fn facade_routes() -> [(&'static str, MethodRouter<App>); 25] {
    [
        ("/v2/api/customers", get(customer_lists::paged)),
        ("/api/customers", get(customer_lists::whole)),
        ("/api/get_customer", post(customers::get)),
        ("/api/create_customer", post(customers::create)),
        ("/api/update_customer", post(customers::update)),
        ("/api/delete_customer", delete(customers::delete)),
        ("/api/refresh_customer_token", post(customers::refresh_token)),
        ("/api/generate_jwt", post(jwt::generate)),
        ("/api/dashboard", get(dashboards::list)),
        ("/api/reports", get(dashboards::list_reports)),
        ("/api/group_tags", get(group_tags::list)),
        ("/api/create_group_tag", post(group_tags::create)),
        ("/api/rename_group_tag", post(group_tags::rename)),
        ("/api/delete_group_tag", post(group_tags::delete)),
        ("/api/create_user_group", post(user_groups::create)),
        ("/api/update_user_group", post(user_groups::update)),
        ("/api/delete_user_group", delete(customers::delete)),
        ("/api/refresh_user_group_token", post(user_groups::refresh_token)),
        ("/api/create_end_user", post(not_offered::end_users)),
        ("/api/update_end_user", post(not_offered::end_users)),
        ("/api/delete_end_user", delete(not_offered::end_users)),
        ("/api/create_blueprint", post(not_offered::blueprints)),
        ("/api/update_blueprint", post(not_offered::blueprints)),
        ("/api/get_customer_blueprints", post(not_offered::blueprints)),
        ("/api/partners/connect", post(not_offered::partners)),
    ]
}

fn facade(routes: Routes) -> Routes {
    facade_routes().into_iter().fold(routes, |routes, (path, methods)| {
        let with_slash = format!("{path}/");
        routes.route(path, methods.clone()).route(&with_slash, methods)
    })
}

/// The paths of Explo's API, without their closing slash: each has one method. Tests hold a table of
/// who may call what against this list.
pub fn facade_paths() -> impl Iterator<Item = &'static str> {
    facade_routes().into_iter().map(|(path, _)| path)
}

async fn unknown_path() -> ApiError {
    ApiError::not_found("there is nothing at this path")
}

async fn wrong_method() -> ApiError {
    ApiError::new(Kind::MethodNotAllowed, "method not allowed")
}
