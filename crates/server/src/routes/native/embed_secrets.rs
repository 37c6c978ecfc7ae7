//! Embed secrets. The value is shown once, when the secret is made.

use axum::Json;
use axum::extract::State;
use jiff::SignedDuration;
use model::credential::{EmbedSecret, KeyId};
use model::name::GroupName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{EmbedSecretRecord, RotatedSecret};

use super::caller::Operator;
use super::listing::{CredentialListing, MadeAt};
use super::once::{Once, OnceEmpty, OnceReply};
use super::replies::{NoContent, Page};
use crate::api_error::ApiError;
use crate::app::App;
use crate::embed_token::lifetime;
use crate::extract::{InPath, InQuery};
use crate::openapi::{Operation, operation};
use crate::time::Time;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/embed-secrets", "list_embed_secrets", "List the embed secrets", list),
        operation("POST /v1/embed-secrets", "create_embed_secret", "Make an embed secret", create),
        operation(
            "POST /v1/embed-secrets/{id}/value:rotate",
            "rotate_embed_secret",
            "Make a secret in the place of another, which goes on opening tokens for a while",
            rotate,
        ),
        operation(
            "DELETE /v1/embed-secrets/{id}",
            "delete_embed_secret",
            "Revoke an embed secret; every token made with it is dead at once",
            delete,
        ),
    ]
}

/// An embed secret without its value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbedSecret")]
struct Secret {
    /// A UUID: the `kid` of the tokens made with it.
    id: String,
    group: GroupName,
    /// Whether the server made it for itself, for `generate_jwt` without a `key_id`.
    managed: bool,
    created_at: Time,
    /// Until when it opens tokens, once it was rotated. It makes none from then on.
    retires_at: Option<Time>,
}

/// A new embed secret, this one time with its value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbedSecretWithValue")]
struct ShownSecret {
    id: String,
    group: GroupName,
    managed: bool,
    created_at: Time,
    /// The key, 32 characters. It is not shown again. `null` for a secret that the server manages.
    value: Option<String>,
    /// The secret in whose place it was made.
    replaces: Option<Secret>,
}

impl From<&EmbedSecretRecord> for Secret {
    fn from(record: &EmbedSecretRecord) -> Self {
        Self {
            id: record.id.to_string(),
            group: record.group.clone(),
            managed: record.managed,
            created_at: Time::from_us(record.created_at_us),
            retires_at: record.retires_at_us.map(Time::from_us),
        }
    }
}

fn show(secret: &EmbedSecret, record: &EmbedSecretRecord, replaces: Option<Secret>) -> ShownSecret {
    let Secret { id, group, managed, created_at, .. } = Secret::from(record);
    let value = (!managed).then(|| secret.value.expose().to_owned());
    ShownSecret { id, group, managed, created_at, value, replaces }
}

/// `GET /v1/embed-secrets`
async fn list(
    State(app): State<App>,
    operator: Operator,
    InQuery(listing): InQuery<CredentialListing>,
) -> Result<Json<Page<Secret>>, ApiError> {
    let (group, after, limit) = (listing.group.as_ref(), listing.after()?, listing.limit());
    let found = app.store.embed_secrets(&operator, group, after.as_ref(), limit + 1).await?;
    let place = |record: &EmbedSecretRecord| MadeAt::new(record.created_at_us, &record.id);
    Ok(Json(Page::of(found, limit as usize, place, |record| record.into())))
}

/// An embed secret to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewEmbedSecret")]
struct NewSecret {
    /// The group whose customers it speaks for.
    group: GroupName,
}

/// `POST /v1/embed-secrets`
async fn create(
    State(app): State<App>,
    operator: Operator,
    Once { body, call }: Once<NewSecret>,
) -> Result<OnceReply<ShownSecret, 201>, ApiError> {
    super::require_group(&app, &body.group).await?;
    let change = app.store.issue_embed_secret(&operator, &body.group);
    call.make(operator.caller(), change, |(record, secret)| show(secret, record, None)).await
}

/// How a secret is rotated.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Rotation {
    /// How long the old secret goes on opening tokens: an ISO 8601 duration of at most 400 days, one
    /// day when absent; `P0D` ends it at once.
    overlap: Option<String>,
}

const DEFAULT_OVERLAP: SignedDuration = SignedDuration::from_hours(24);

const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(400 * 24);

/// `POST /v1/embed-secrets/{id}/value:rotate`
async fn rotate(
    State(app): State<App>,
    operator: Operator,
    InPath(id): InPath<KeyId>,
    InQuery(rotation): InQuery<Rotation>,
    OnceEmpty(call): OnceEmpty,
) -> Result<OnceReply<ShownSecret, 201>, ApiError> {
    let overlap_us = overlap(rotation.overlap.as_deref())?.as_micros();
    let overlap_us = i64::try_from(overlap_us).unwrap_or(i64::MAX);
    let change = app.store.rotate_embed_secret(&operator, &id, overlap_us);
    let show = |rotated: &RotatedSecret| {
        show(&rotated.secret, &rotated.record, Some((&rotated.replaced).into()))
    };
    call.make(operator.caller(), change, show).await
}

fn overlap(text: Option<&str>) -> Result<SignedDuration, ApiError> {
    let Some(text) = text else { return Ok(DEFAULT_OVERLAP) };
    let parsed = lifetime::duration(text);
    let parsed = parsed.map_err(|fault| ApiError::invalid("overlap", fault.to_string()))?;
    match (SignedDuration::ZERO..=LONGEST_OVERLAP).contains(&parsed) {
        true => Ok(parsed),
        false => Err(ApiError::invalid("overlap", "must be from P0D to P400D")),
    }
}

/// `DELETE /v1/embed-secrets/{id}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(id): InPath<KeyId>,
) -> Result<NoContent, ApiError> {
    app.store.delete_embed_secret(&operator, &id).await?;
    Ok(NoContent)
}
