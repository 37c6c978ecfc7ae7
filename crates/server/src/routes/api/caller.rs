//! Who calls: the API token of `Explo-Authorization: Token <api token>`.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use model::GroupScope;
use model::credential::ApiToken;

use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Credential, Describe, Description};
use crate::whence::Whence;

const HEADER: &str = "explo-authorization";

/// A caller with a valid API token, be it read-only.
pub(crate) struct Caller(GroupScope);

/// A caller whose API token may write.
pub(crate) struct Writer(GroupScope);

impl Deref for Caller {
    type Target = GroupScope;

    fn deref(&self) -> &GroupScope {
        &self.0
    }
}

impl Deref for Writer {
    type Target = GroupScope;

    fn deref(&self) -> &GroupScope {
        &self.0
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = token(&parts.headers)?;
        let scope = app.store.group_scope(&token).await?.ok_or_else(unknown_token)?;
        app.admit(parts, &scope.caller().actor)?;
        if let Some(origin) = parts.headers.get(ORIGIN) {
            let group = scope.group_name();
            tracing::warn!(%group, ?origin, "an API token came from a web page: it has probably leaked");
        }
        Ok(Self(Whence::of(parts).of_group(scope)))
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Caller(scope) = Caller::from_request_parts(parts, app).await?;
        scope.require_write()?;
        Ok(Self(scope))
    }
}

impl Describe for Caller {
    fn describe(description: &mut Description) {
        description.credentials.insert(Credential::ExploToken);
    }
}

impl Describe for Writer {
    fn describe(description: &mut Description) {
        Caller::describe(description);
    }
}

fn token(headers: &HeaderMap) -> Result<ApiToken, ApiError> {
    let Some(value) = headers.get(HEADER) else {
        return Err(ApiError::unauthenticated(match headers.contains_key(AUTHORIZATION) {
            true => "the API token belongs in the header Explo-Authorization, not Authorization",
            false => "the header \"Explo-Authorization: Token <API token>\" is missing",
        }));
    };
    let words = value.to_str().ok().and_then(|text| text.trim().split_once(' '));
    match words {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("token") => {
            token.trim().parse().map_err(|_| unknown_token())
        }
        _ => Err(ApiError::unauthenticated(
            "the header Explo-Authorization must be \"Token <API token>\"",
        )),
    }
}

fn unknown_token() -> ApiError {
    ApiError::unauthenticated("there is no such API token")
}
