//! What the demo's front page asks: whom one may look as, and with which credential. Only
//! `fanlight demo` has these routes.

mod snippet;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use jiff::SignedDuration;
use model::customer::CustomerRecord;
use model::name::ProvidedId;
use model::{GroupScope, Levels};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use store::{CustomerFilter, Page, StoreError};

use crate::api_error::ApiError;
use crate::app::App;
use crate::demo::Demo;
use crate::embed_token::{self, Claims};
use crate::json::Fields;
use crate::origin::Origin;
use crate::reading::{FromFields, Lenient};

/// Most customers on the front page.
const LISTED: u64 = 1000;

const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Somebody who may have the demo's credentials: a page of this server, or a program.
///
/// Pages of other origins are refused, and so are requests under a foreign host name, with which a
/// page elsewhere could pose as ours (DNS rebinding).
pub(crate) struct Visitor {
    demo: Demo,
    scope: GroupScope,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let demo = app.demo.clone().ok_or_else(|| ApiError::not_found("this is no demo"))?;
        if !comes_from_here(&parts.headers, &demo) {
            return Err(ApiError::forbidden("the demo's credentials are for its own pages"));
        }
        let scope = app.store.group_scope(&demo.api_token).await?;
        let scope = scope.ok_or_else(|| ApiError::not_found("the demo's API token is revoked"))?;
        Ok(Self { demo, scope })
    }
}

fn comes_from_here(headers: &HeaderMap, demo: &Demo) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or_default();
    if !demo.is_public && !is_loopback(host) {
        return false;
    }
    match headers.get(ORIGIN) {
        None => true,
        Some(_) => {
            let origin: Option<Origin> = text(ORIGIN).and_then(|origin| origin.parse().ok());
            let ours = [format!("http://{host}"), format!("https://{host}"), demo.url.clone()];
            let mut ours = ours.iter().filter_map(|ours| Origin::of_url(ours));
            origin.is_some_and(|origin| ours.any(|ours| ours == origin))
        }
    }
}

/// Whether a `Host` names this machine, to itself only.
fn is_loopback(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = without_port.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    is_address || without_port.eq_ignore_ascii_case("localhost")
}

/// `GET /demo/customers`
pub(crate) async fn customers(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Json<impl Serialize>, ApiError> {
    #[derive(Serialize)]
    struct Reply {
        /// Embed ids by name.
        dashboards: Map<String, Value>,
        customers: Vec<Listed>,
    }
    let definitions = app.store.definitions().await?;
    let page = Page::Slice { offset: 0, limit: LISTED };
    let filter = CustomerFilter::default();
    let found = app.store.customers(&visitor.scope, &filter, page).await?;
    let listed = |record: &CustomerRecord| Listed::of(record, &definitions.levels);
    let dashboards = definitions.dashboards.iter();
    Ok(Json(Reply {
        dashboards: dashboards.map(|d| (d.name.to_string(), d.embed_id.as_str().into())).collect(),
        customers: found.records.iter().map(listed).collect(),
    }))
}

/// A customer as the front page offers it.
#[derive(Serialize)]
struct Listed {
    provided_id: String,
    name: String,
    level: String,
    parent_provided_id: Option<String>,
    is_demo_group: bool,
    /// The body of the call that makes this customer.
    create_body: Map<String, Value>,
}

impl Listed {
    fn of(record: &CustomerRecord, levels: &Levels) -> Self {
        let customer = record.customer();
        Self {
            provided_id: customer.provided_id.to_string(),
            name: customer.name.to_string(),
            level: levels.name(customer.rank).map(ToString::to_string).unwrap_or_default(),
            parent_provided_id: snippet::parent(record).map(ToString::to_string),
            is_demo_group: customer.is_demo,
            create_body: snippet::create_body(record, levels),
        }
    }
}

/// A customer and the name of a dashboard.
#[derive(JsonSchema)]
pub(crate) struct Looking {
    provided_id: String,
    dashboard: String,
}

impl FromFields for Looking {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (id, dashboard) = (fields.text("provided_id"), fields.text("dashboard"));
        let id = fields.required("provided_id", id);
        let dashboard = fields.required("dashboard", dashboard);
        Some(Self { provided_id: id?, dashboard: dashboard? })
    }
}

/// `POST /demo/token`: a credential for one customer and one dashboard, and the texts to copy.
pub(crate) async fn token(
    State(app): State<App>,
    Visitor { demo, scope }: Visitor,
    Lenient(looking): Lenient<Looking>,
) -> Result<Json<impl Serialize>, ApiError> {
    #[derive(Serialize)]
    struct Reply {
        jwt: String,
        api_token: String,
        create_curl: String,
        embed_html: String,
    }
    let Looking { provided_id: id, dashboard } = looking;
    let definitions = app.store.definitions().await?;
    let record = customer(&app, &scope, &id).await?;
    let dashboard = definitions.dashboards.iter().find(|found| found.name.as_str() == dashboard);
    let dashboard = dashboard.ok_or(StoreError::NotFound("dashboard"))?;
    let now = app.clock.now();
    let claims = Claims {
        customer: record.customer().provided_id.clone(),
        dashboard: dashboard.embed_id.clone(),
        expires: now.checked_add(TOKEN_LIFETIME).map_err(ApiError::internal)?,
        issuer: None,
        features: None,
        disables_editing: None,
        chart: None,
    };
    let jwt = embed_token::mint(&claims, &demo.embed_secret, now, app.random());
    Ok(Json(Reply {
        create_curl: snippet::create_curl(&record, &definitions.levels, &demo),
        embed_html: snippet::embed_html(&jwt, &demo.url),
        api_token: demo.api_token.expose().to_owned(),
        jwt,
    }))
}

async fn customer(app: &App, scope: &GroupScope, id: &str) -> Result<CustomerRecord, ApiError> {
    let found = match id.parse::<ProvidedId>() {
        Ok(id) => app.store.customer(scope, &id).await?,
        // No customer has an id of another form.
        Err(_) => None,
    };
    found.ok_or_else(|| StoreError::NotFound("customer").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(is_public: bool, host: &str, origin: Option<&str>, expected: bool) {
        let demo = Demo {
            api_token: model::credential::ApiToken::from_random([1; 32]),
            embed_secret: model::credential::EmbedSecret {
                id: model::credential::KeyId::from_random([1; 16]),
                value: model::credential::KeyValue::from_random([1; 32]),
            },
            url: "https://demo.example.com/dashboards".to_owned(),
            is_public,
        };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().expect("a value"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().expect("a value"));
        }
        assert_eq!(comes_from_here(&headers, &demo), expected, "{host} {origin:?}");
    }

    #[test]
    fn the_credentials_are_for_pages_of_the_demo_only() {
        check(false, "127.0.0.1:8080", None, true);
        check(false, "localhost", None, true);
        check(false, "[::1]:8080", Some("http://[::1]:8080"), true);
        check(false, "127.0.0.1:8080", Some("http://127.0.0.1:8080"), true);
        check(false, "127.0.0.1:8080", Some("http://127.0.0.1:9090"), false);
        check(false, "127.0.0.1:8080", Some("https://evil.example"), false);
        check(false, "127.0.0.1:8080", Some("null"), false);
        check(false, "rebound.example:8080", Some("http://rebound.example:8080"), false);
        check(false, "rebound.example:8080", None, false);
        check(true, "demo.example.com", Some("https://demo.example.com"), true);
        check(true, "inner:8080", Some("https://demo.example.com"), true);
        check(true, "demo.example.com", Some("https://evil.example"), false);
    }
}
