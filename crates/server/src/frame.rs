//! What surrounds every request: its id, the rate limit, CORS, error bodies and the log.
//!
//! One plain function instead of a stack of layers, because it is on every request's way.

use std::convert::Infallible;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower::ServiceExt;
use tracing::Instrument;

use crate::admission::address_refusal;
use crate::api_error::{ApiError, Kind};
use crate::app::App;
use crate::arrival::{Arrival, Known};
use crate::cors::Cors;
use crate::rate_limit::{Allowance, Exceeded};
use crate::request_id::RequestId;
use crate::router;
use crate::surface::{Surface, loggable};
use crate::traces;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest path with its query, in bytes. An embed token in the path of an iframe has 8 KiB.
const MAX_TARGET_BYTES: usize = 16 * 1024;

/// The whole server as a function from request to response; a cheap handle.
#[derive(Clone)]
pub struct Frame(Arc<Inner>);

struct Inner {
    app: App,
    router: Router,
    cors: Cors,
}

/// What counting the address's request came to.
type Counted = Result<Option<Allowance>, Exceeded>;

impl Frame {
    pub fn new(app: App) -> Self {
        let routes = router::routes(app.demo.is_some());
        Self::around(routes.into_router(app.clone()), app)
    }

    /// A server of `/metrics` alone, for everybody who reaches it.
    pub fn of_metrics(app: App) -> Self {
        Self::around(router::metrics_alone().into_router(app.clone()), app)
    }

    fn around(router: Router, app: App) -> Self {
        let cors = Cors::new(app.config.cors_origins.clone());
        Self(Arc::new(Inner { app, router, cors }))
    }

    /// The parts that answer.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Answers one request that came from `peer`.
    pub async fn answer(&self, peer: IpAddr, mut request: Request) -> Response {
        let counts = &self.0.app.metrics().http;
        let underway = counts.begin();
        let arrival = self.arrival(peer, &request);
        let route = counts.route(request.uri().path(), arrival.surface);
        let origin = origin_headers(request.headers());
        let counted = self.0.app.admission().of_address(&arrival, self.0.app.clock.now());
        let span = traces::of_request(&arrival, counts.template(route), &request);
        request.extensions_mut().insert(arrival.clone());
        let mut response = match self.before_routing(&arrival, counted, &request) {
            Some(response) => response,
            None => self.route(request).instrument(span.clone()).await,
        };
        let error = response.extensions_mut().remove::<Arc<ApiError>>();
        if let Some(error) = &error {
            write_error(&arrival, error, &mut response);
        }
        if arrival.surface.is_management() {
            // Replies carry tokens.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            write_allowance(&arrival, counted, response.headers_mut());
        }
        self.0.cors.mark(arrival.surface, &origin, response.headers_mut());
        response.headers_mut().insert(X_REQUEST_ID, arrival.id.header_value());
        log(&arrival, counts.template(route), &response, error.as_deref());
        traces::answered(&span, response.status().as_u16());
        underway.answered(route, &arrival.method, response.status(), arrival.started.elapsed());
        response
    }

    fn arrival(&self, peer: IpAddr, request: &Request) -> Arrival {
        let (config, path) = (&self.0.app.config, request.uri().path());
        Arrival::new(Known {
            id: RequestId::new(self.0.app.clock.now(), self.0.app.random()),
            surface: Surface::of(path),
            client: config.trusted_proxies.client(peer, request.headers()),
            peer: peer.to_canonical(),
            method: request.method().clone(),
            path: loggable(path).to_owned(),
            started: Instant::now(),
            body_timeout: config.body_timeout,
            verified: OnceLock::new(),
        })
    }

    /// What is answered without looking for the path: the rate limit, then a target beyond measure,
    /// then preflight requests.
    fn before_routing(
        &self,
        arrival: &Arrival,
        counted: Counted,
        request: &Request,
    ) -> Option<Response> {
        if let Err(exceeded) = counted {
            let refusal = address_refusal(exceeded, self.0.app.metrics());
            return Some(refusal.into_response());
        }
        if target_bytes(request.uri()) > MAX_TARGET_BYTES {
            let detail = format!("the path and its query are longer than {MAX_TARGET_BYTES} bytes");
            return Some(ApiError::new(Kind::TargetTooLong, detail).into_response());
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

/// Tells the client what is left of its minute: of its address's or its credential's, whichever ends
/// sooner.
fn write_allowance(arrival: &Arrival, counted: Counted, headers: &mut HeaderMap) {
    let of_address = counted.unwrap_or_else(|Exceeded(allowance)| Some(allowance));
    let of_credential = arrival.verified.get().and_then(|verified| verified.allowance);
    let nearer = match (of_address, of_credential) {
        (Some(address), Some(credential)) => Some(address.nearer(credential)),
        (address, credential) => address.or(credential),
    };
    if let Some(allowance) = nearer {
        allowance.write(headers);
    }
}

fn target_bytes(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |target| target.as_str().len())
}

/// One line per request; ours to mend as an error, the machines' questions only when asked for.
fn log(arrival: &Arrival, route: &str, response: &Response, error: Option<&ApiError>) {
    let Known { id, client, method, path, started, .. } = &**arrival;
    let surface = arrival.surface.name();
    let key = arrival.verified.get().map(|verified| &*verified.credential);
    let status = response.status().as_u16();
    let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let story = error.map(ApiError::story);
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "request", %id, %client, key, surface, %method, path, route, status,
                duration_us, error = story
            )
        };
    }
    match path.as_str() {
        _ if status >= 500 => line!(error),
        "/healthz" | "/readyz" | "/metrics" => line!(debug),
        _ => line!(info),
    }
}
