//! Who is looking: an embed credential, verified, with the dashboard it opens.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use model::ViewerScope;
use model::credential::{CustomerToken, EmbedSecret};
use model::name::{EmbedId, EnvironmentName, PanelId};
use serde::Deserialize;
use store::{Definitions, PublishedDashboard, Viewing};

use crate::api_error::ApiError;
use crate::app::App;
use crate::arrival::Arrival;
use crate::embed_token::{Claims, EmbedTokenError, SealedToken};
use crate::extract::InPath;
use crate::openapi::{Credential, Describe, Description, Place};

/// `<embed_id>:<customer_token>`
const CUSTOMER_TOKEN: HeaderName = HeaderName::from_static("fanlight-customer-token");

/// When the credential ends, in seconds since 1970: the element asks its page for a new one before.
const TOKEN_EXPIRES: HeaderName = HeaderName::from_static("fanlight-token-expires");

/// A verified viewer and the dashboard version it looks at.
pub(crate) struct Viewer {
    pub(super) scope: ViewerScope,
    pub(super) published: PublishedDashboard,
    /// The definitions of the moment in which the credential was verified.
    pub(super) definitions: Arc<Definitions>,
    /// The one panel that the credential opens; `None`: the whole dashboard.
    pub(super) only_panel: Option<String>,
    expires: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Parameters {
    environment: Option<String>,
}

impl Viewer {
    /// What every reply to this viewer says.
    pub(super) fn reply_headers(&self) -> HeaderMap {
        let seconds = self.expires.map(|at| HeaderValue::from(at.as_second()));
        seconds.map(|seconds| (TOKEN_EXPIRES, seconds)).into_iter().collect()
    }

    /// Whether the credential opens this panel.
    pub(super) fn may_see(&self, panel: &PanelId) -> bool {
        self.only_panel.as_ref().is_none_or(|only| only == panel.as_str())
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let verified = verify(&parts.headers, app).await;
        let verified = verified.inspect_err(|error| app.metrics().embed.count(error.code()))?;
        Arrival::of(&parts.extensions).verified(verified.credential, None);
        let environment = environment(parts)?;
        let Verified { scope, definitions, only_panel, expires, .. } = verified;
        let published = definitions.shown_to(&scope, environment.as_ref());
        let published = published.ok_or_else(no_dashboard)?;
        Ok(Self { scope, published, definitions, only_panel, expires })
    }
}

impl Describe for Viewer {
    fn describe(description: &mut Description) {
        description.credentials.extend([Credential::EmbedToken, Credential::CustomerToken]);
        let meaning = "Show the version published there; the newest when absent.";
        description.parameter("environment", Place::Query, meaning);
        let meaning = "When the embed token ends, in seconds since 1970; absent without one.";
        description.header("Fanlight-Token-Expires", meaning);
    }
}

/// A viewer with the panel that the path names. An id that no panel can have, or that the credential
/// does not open, is as absent as one that none has.
pub(crate) struct PanelOfViewer {
    pub(super) viewer: Viewer,
    pub(super) panel: PanelId,
}

impl FromRequestParts<App> for PanelOfViewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let viewer = Viewer::from_request_parts(parts, app).await?;
        let InPath(text) = InPath::<String>::from_request_parts(parts, app).await?;
        let panel = text.parse().ok().filter(|id| viewer.may_see(id)).ok_or_else(no_part)?;
        Ok(Self { viewer, panel })
    }
}

impl Describe for PanelOfViewer {
    fn describe(description: &mut Description) {
        Viewer::describe(description);
    }
}

/// What is not on the dashboard, or not for this viewer.
pub(super) fn no_part() -> ApiError {
    ApiError::not_found("there is no such part of this dashboard")
}

/// A credential that has proved itself.
struct Verified {
    /// What the log calls it.
    credential: Arc<str>,
    scope: ViewerScope,
    definitions: Arc<Definitions>,
    only_panel: Option<String>,
    expires: Option<Timestamp>,
}

async fn verify(headers: &HeaderMap, app: &App) -> Result<Verified, ApiError> {
    match (bearer(headers), text(headers, &CUSTOMER_TOKEN)) {
        (Some(jwt), None) => by_jwt(jwt, headers, app).await,
        (None, Some(pair)) => by_customer_token(pair, app).await,
        (None, None) => Err(ApiError::unauthenticated(
            "send an embed token as Authorization: Bearer, or Fanlight-Customer-Token",
        )),
        (Some(_), Some(_)) => Err(ApiError::unauthenticated("send one credential, not two")),
    }
}

async fn by_jwt(jwt: &str, headers: &HeaderMap, app: &App) -> Result<Verified, ApiError> {
    let sealed = SealedToken::parse(jwt)?;
    let (mut only_panel, mut expires) = (None, None);
    let open = |secret: &EmbedSecret| -> Result<_, ApiError> {
        let claims = sealed.open(secret, app.clock.now())?;
        check_page(&claims, headers)?;
        (only_panel, expires) = (claims.chart, Some(claims.expires));
        Ok((claims.customer, claims.dashboard))
    };
    let viewing = app.store.viewer_by_jwt(sealed.key_id(), open).await?;
    let (scope, definitions) = granted(viewing)?;
    let credential = format!("embed_secret:{}", sealed.key_id().as_str()).into();
    Ok(Verified { credential, scope, definitions, only_panel, expires })
}

fn check_page(claims: &Claims, headers: &HeaderMap) -> Result<(), ApiError> {
    let fetch_site = HeaderName::from_static("sec-fetch-site");
    if claims.allows_page(text(headers, &ORIGIN), text(headers, &fetch_site)) {
        Ok(())
    } else {
        Err(ApiError::forbidden("this embed token belongs to pages of another origin"))
    }
}

async fn by_customer_token(pair: &str, app: &App) -> Result<Verified, ApiError> {
    let parsed = pair.split_once(':').and_then(|(embed_id, token)| {
        Some((embed_id.parse::<EmbedId>().ok()?, token.parse::<CustomerToken>().ok()?))
    });
    let (embed_id, token) = parsed.ok_or_else(invalid)?;
    let viewing = app.store.viewer_by_token(&token, &embed_id).await?;
    let (scope, definitions) = granted(viewing)?;
    let credential = "customer_token".into();
    Ok(Verified { credential, scope, definitions, only_panel: None, expires: None })
}

fn granted(viewing: Viewing) -> Result<(ViewerScope, Arc<Definitions>), ApiError> {
    match viewing {
        Viewing::Granted { scope, definitions } => Ok((scope, definitions)),
        Viewing::Unknown => Err(invalid()),
        Viewing::NoDashboard => Err(no_dashboard()),
    }
}

fn environment(parts: &Parts) -> Result<Option<EnvironmentName>, ApiError> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(&parts.uri)
        .map_err(|_| ApiError::invalid("environment", "must be given once at most"))?;
    match parameters.environment {
        None => Ok(None),
        Some(name) if name.is_empty() => Ok(None),
        // A name that no environment can have is as absent as one that none has.
        Some(name) => name.parse().map(Some).map_err(|_| no_dashboard()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn invalid() -> ApiError {
    ApiError::unauthenticated("the embed credential is not valid").with_code("invalid")
}

fn no_dashboard() -> ApiError {
    ApiError::not_found("there is no such dashboard")
}

impl From<EmbedTokenError> for ApiError {
    fn from(error: EmbedTokenError) -> Self {
        let code = match error {
            EmbedTokenError::Expired => "expired",
            _ => "invalid",
        };
        Self::unauthenticated(error.to_string()).with_code(code)
    }
}
