//! API tokens. The token itself is shown once, when it is made or rotated.

use axum::Json;
use axum::extract::State;
use model::credential::{Access, ApiToken, CredentialId};
use model::name::{CredentialName, GroupName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{ApiTokenRecord, NewApiToken};

use super::caller::Operator;
use super::listing::{CredentialListing, MadeAt};
use super::once::{Once, OnceEmpty, OnceReply};
use super::replies::{NoContent, Page};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{InPath, InQuery};
use crate::openapi::{Operation, operation};
use crate::time::Time;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/api-tokens", "list_api_tokens", "List the API tokens", list),
        operation("POST /v1/api-tokens", "create_api_token", "Make an API token", create),
        operation(
            "POST /v1/api-tokens/{id}/token:rotate",
            "rotate_api_token",
            "Give an API token a new secret; the one before is dead at once",
            rotate,
        ),
        operation("DELETE /v1/api-tokens/{id}", "revoke_api_token", "Revoke an API token", revoke),
    ]
}

/// An API token without its secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiToken")]
struct Token {
    /// 16 lowercase hexadecimal digits.
    id: String,
    name: Option<CredentialName>,
    group: GroupName,
    access: Access,
    created_at: Time,
}

/// An API token, this one time with its secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiTokenWithSecret")]
struct ShownToken {
    id: String,
    name: Option<CredentialName>,
    group: GroupName,
    access: Access,
    created_at: Time,
    /// The secret. It is not shown again.
    token: String,
}

impl From<&ApiTokenRecord> for Token {
    fn from(record: &ApiTokenRecord) -> Self {
        let ApiTokenRecord { id, name, group, access, created_at_us } = record.clone();
        Self { id: id.to_string(), name, group, access, created_at: Time::from_us(created_at_us) }
    }
}

impl From<&(ApiTokenRecord, ApiToken)> for ShownToken {
    fn from((record, token): &(ApiTokenRecord, ApiToken)) -> Self {
        let Token { id, name, group, access, created_at } = Token::from(record);
        Self { id, name, group, access, created_at, token: token.expose().to_owned() }
    }
}

/// `GET /v1/api-tokens`
async fn list(
    State(app): State<App>,
    operator: Operator,
    InQuery(listing): InQuery<CredentialListing>,
) -> Result<Json<Page<Token>>, ApiError> {
    let (group, after, limit) = (listing.group.as_ref(), listing.after()?, listing.limit());
    let found = app.store.api_tokens(&operator, group, after.as_ref(), limit + 1).await?;
    let place = |record: &ApiTokenRecord| MadeAt::new(record.created_at_us, &record.id);
    Ok(Json(Page::of(found, limit as usize, place, |record| record.into())))
}

/// An API token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewApiToken")]
struct NewToken {
    /// What you call it, to tell it from others.
    name: Option<CredentialName>,
    group: GroupName,
    access: Access,
}

/// `POST /v1/api-tokens`
async fn create(
    State(app): State<App>,
    operator: Operator,
    Once { body, call }: Once<NewToken>,
) -> Result<OnceReply<ShownToken, 201>, ApiError> {
    let NewToken { name, group, access } = body;
    super::require_group(&app, &group).await?;
    let change = app.store.issue_api_token(&operator, NewApiToken { name, group, access });
    call.make(operator.caller(), change, |made| made.into()).await
}

/// `POST /v1/api-tokens/{id}/token:rotate`
async fn rotate(
    State(app): State<App>,
    operator: Operator,
    InPath(id): InPath<CredentialId>,
    OnceEmpty(call): OnceEmpty,
) -> Result<OnceReply<ShownToken, 200>, ApiError> {
    let change = app.store.rotate_api_token(&operator, &id);
    call.make(operator.caller(), change, |made| made.into()).await
}

/// `DELETE /v1/api-tokens/{id}`
async fn revoke(
    State(app): State<App>,
    operator: Operator,
    InPath(id): InPath<CredentialId>,
) -> Result<NoContent, ApiError> {
    app.store.revoke_api_token(&operator, &id).await?;
    Ok(NoContent)
}
