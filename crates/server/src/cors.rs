//! Which pages of other origins may call us.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::origin::Origin;
use crate::surface::Surface;

/// The origins whose pages may call the management APIs. Pages of any origin may call the embed
/// API and the web parts, whose credential stands in a header and never in a cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors {
    management: Vec<Origin>,
}

/// What a page of one origin may do on one surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grant {
    Nothing,
    AnyOrigin,
    ThisOrigin,
}

impl Cors {
    pub(crate) fn new(management: Vec<Origin>) -> Self {
        Self { management }
    }

    /// The answer to a preflight request, `None` when the request is none or is not allowed.
    pub(crate) fn preflight(
        &self,
        surface: Surface,
        method: &Method,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let is_preflight =
            method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight || self.grant(surface, headers) == Grant::Nothing {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        let answer = response.headers_mut();
        let asked = |name| headers.get(name).cloned();
        answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
        answer.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"),
        );
        if let Some(names) = asked("access-control-request-headers") {
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        Some(response)
    }

    /// Lets the page that sent `request` read the response.
    pub(crate) fn mark(&self, surface: Surface, request: &HeaderMap, response: &mut HeaderMap) {
        let origin = request.get(ORIGIN);
        let allowed = match self.grant(surface, request) {
            Grant::Nothing => None,
            Grant::AnyOrigin => Some(HeaderValue::from_static("*")),
            Grant::ThisOrigin => origin.cloned(),
        };
        if !self.management.is_empty() && surface.is_management() {
            response.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(allowed) = allowed {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            let exposed = "X-Request-Id, Retry-After, Fanlight-Token-Expires";
            let exposed = HeaderValue::from_static(exposed);
            response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    fn grant(&self, surface: Surface, headers: &HeaderMap) -> Grant {
        let Some(origin) = headers.get(ORIGIN) else { return Grant::Nothing };
        if !surface.is_management() {
            return Grant::AnyOrigin;
        }
        let origin = origin.to_str().ok().and_then(|text| text.parse::<Origin>().ok());
        match origin {
            Some(origin) if self.management.contains(&origin) => Grant::ThisOrigin,
            _ => Grant::Nothing,
        }
    }
}
