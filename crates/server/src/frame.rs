//! What surrounds every request: its id, the rate limit, CORS, error bodies and the log.
//!
//! One plain function instead of a stack of layers, because it is on every request's way.

use std::convert::Infallible;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower::ServiceExt;

use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::cors::Cors;
use crate::rate_limit::RateLimit;
use crate::request_id::RequestId;
use crate::router;
use crate::surface::{Surface, loggable};
use crate::whence::Whence;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole server as a function from request to response; a cheap handle.
#[derive(Clone)]
pub struct Frame(Arc<Inner>);

struct Inner {
    app: App,
    router: Router,
    cors: Cors,
    rate_limit: RateLimit,
}

/// What the frame remembers of a request while the router has it.
struct Arrival {
    id: RequestId,
    surface: Surface,
    client: IpAddr,
    method: Method,
    path: String,
    started: Instant,
}

impl Frame {
    pub fn new(app: App) -> Self {
        let cors = Cors::new(app.config.cors_origins.clone());
        let rate_limit = RateLimit::new(app.config.rate_limit_per_minute);
        let router = router::router(app.clone());
        Self(Arc::new(Inner { app, router, cors, rate_limit }))
    }

    /// Answers one request that came from `peer`.
    pub async fn answer(&self, peer: IpAddr, mut request: Request) -> Response {
        let arrival = self.arrival(peer, &request);
        let origin = origin_headers(request.headers());
        request.extensions_mut().insert(arrival.id);
        request.extensions_mut().insert(Whence { address: arrival.client, id: arrival.id });
        let mut response = match self.before_routing(&arrival, &request) {
            Some(response) => response,
            None => self.route(request).await,
        };
        let error = response.extensions_mut().remove::<Arc<ApiError>>();
        if let Some(error) = &error {
            write_error(&arrival, error, &mut response);
        }
        if arrival.surface.is_management() {
            // Replies carry tokens.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        self.0.cors.mark(arrival.surface, &origin, response.headers_mut());
        response.headers_mut().insert(X_REQUEST_ID, arrival.id.header_value());
        log(&arrival, &response, error.as_deref());
        response
    }

    fn arrival(&self, peer: IpAddr, request: &Request) -> Arrival {
        let path = request.uri().path();
        Arrival {
            id: RequestId::new(self.0.app.clock.now(), self.0.app.random()),
            surface: Surface::of(path),
            client: self.0.app.config.trusted_proxies.client(peer, request.headers()),
            method: request.method().clone(),
            path: loggable(path).to_owned(),
            started: Instant::now(),
        }
    }

    /// What is answered without looking at the path: the rate limit, then preflight requests.
    fn before_routing(&self, arrival: &Arrival, request: &Request) -> Option<Response> {
        if arrival.surface == Surface::Facade {
            let now = self.0.app.clock.now();
            if let Err(exceeded) = self.0.rate_limit.count(arrival.client, now) {
                let limit = self.0.rate_limit.per_minute();
                let error = ApiError::new(
                    Kind::RateLimited,
                    format!("more than {limit} requests in a minute from this address"),
                );
                return Some(error.retry_after(exceeded.retry_after_s).into_response());
            }
        }
        self.0.cors.preflight(arrival.surface, request.method(), request.headers())
    }

    /// A panic is our fault and becomes an answer, as any other fault of ours.
    async fn route(&self, request: Request) -> Response {
        let answered = AssertUnwindSafe(self.0.router.clone().oneshot(request)).catch_unwind();
        match answered.await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let error: Infallible = error;
                match error {}
            }
            Err(panic) => ApiError::internal(panic_message(&*panic)).into_response(),
        }
    }
}

/// The two headers that [`Cors::mark`] needs when the request itself is gone; nothing is copied
/// for a request without `Origin`, the usual case.
fn origin_headers(headers: &HeaderMap) -> HeaderMap {
    let origin = headers.get(axum::http::header::ORIGIN);
    let pair = |origin: &HeaderValue| (axum::http::header::ORIGIN, origin.clone());
    origin.map(pair).into_iter().collect()
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_default())
}

fn write_error(arrival: &Arrival, error: &ApiError, response: &mut Response) {
    let (content_type, body) = match arrival.surface {
        Surface::Facade => ("application/json", error.facade_body(arrival.id)),
        _ => ("application/problem+json", error.problem_body(arrival.id)),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The router has counted the empty body that it saw.
    headers.remove(CONTENT_LENGTH);
    if let Some(seconds) = error.retry_after_s() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if error.kind() == Kind::Unauthenticated {
        let scheme = match arrival.surface {
            Surface::Facade => "Token",
            _ => "Bearer",
        };
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    }
    *response.body_mut() = if arrival.method == Method::HEAD { Body::empty() } else { body.into() };
}

/// One line per request; ours to mend as an error, the machines' questions only when asked for.
fn log(arrival: &Arrival, response: &Response, error: Option<&ApiError>) {
    let Arrival { id, client, method, path, started, .. } = arrival;
    let status = response.status().as_u16();
    let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let story = error.map(ApiError::story);
    if status >= 500 {
        tracing::error!(target: "request", %id, %client, %method, path, status, duration_us, error = story);
    } else if matches!(path.as_str(), "/healthz" | "/readyz") {
        tracing::debug!(target: "request", %id, %client, %method, path, status, duration_us);
    } else {
        tracing::info!(target: "request", %id, %client, %method, path, status, duration_us, error = story);
    }
}
