//! Embed tokens for clients that cannot encrypt one themselves.

use std::sync::Arc;

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use model::credential::EmbedSecret;
use model::name::{EmbedId, ProvidedId};
use model::{Dashboard, GroupScope};
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreError;

use super::caller::Caller;
use super::customer_body::read_id;
use super::replies::{Content, Success, success};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::config::Config;
use crate::embed_token::{self, Claims, Feature, Features, lifetime};
use crate::field_path::FieldPath;
use crate::json::{Faults, Fields};
use crate::origin::Origin;
use crate::reading::{FromFields, Id, Lenient};

const DEFAULT_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// For whom, and what the token shall say. Dates and words are read later.
#[derive(JsonSchema)]
#[schemars(rename = "ExploJwtBody")]
pub(crate) struct Asked {
    /// The customer.
    #[schemars(with = "Id")]
    provided_id: ProvidedId,
    /// The dashboard.
    embed_id: String,
    /// The embed secret; the group's own, which the server manages, when absent.
    key_id: Option<String>,
    /// An ISO 8601 duration such as `PT1H`, or a time; 24 hours when absent.
    expiration: Option<String>,
    /// The panel that the token opens, alone.
    chart_id: Option<String>,
    rb_allowed_features: Option<Vec<String>>,
    disable_editable_section_editing: Option<bool>,
    /// The only origin whose pages may use the token.
    embed_origin: Option<String>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (key_id, expiration) = (fields.text("key_id"), fields.text("expiration"));
        let (chart_id, embed_origin) = (fields.text("chart_id"), fields.text("embed_origin"));
        let rb_allowed_features = fields.texts("rb_allowed_features");
        let disable_editable_section_editing = fields.flag("disable_editable_section_editing");
        let provided_id = read_id(fields, "provided_id");
        let embed_id = fields.text("embed_id");
        let embed_id = fields.required("embed_id", embed_id);
        Some(Self {
            provided_id: provided_id?,
            embed_id: embed_id?,
            key_id,
            expiration,
            chart_id,
            rb_allowed_features,
            disable_editable_section_editing,
            embed_origin,
        })
    }
}

/// What the client asks for, as far as it can be told without the store.
struct Wanted {
    customer: ProvidedId,
    embed_id: String,
    key_id: Option<String>,
    expires: Timestamp,
    issuer: Option<Origin>,
    features: Option<Features>,
    disables_editing: Option<bool>,
    chart: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploJwt")]
pub(crate) struct Minted {
    jwt: String,
}

impl Content for Minted {
    type Form = Self;
}

/// `POST /api/generate_jwt/`
pub(crate) async fn generate(
    State(app): State<App>,
    caller: Caller,
    Lenient(asked): Lenient<Asked>,
) -> Result<Answer<Success<Minted>>, ApiError> {
    let now = app.clock.now();
    let wanted = wanted(asked, now, &app.config)?;
    if app.store.customer(&caller, &wanted.customer).await?.is_none() {
        return Err(StoreError::NotFound("customer").into());
    }
    let dashboard = dashboard(&app, &wanted).await?;
    let secret = secret(&app, &caller, wanted.key_id.as_deref()).await?;
    let claims = Claims {
        customer: wanted.customer,
        dashboard,
        expires: wanted.expires,
        issuer: wanted.issuer,
        features: wanted.features,
        disables_editing: wanted.disables_editing,
        chart: wanted.chart,
    };
    let jwt = embed_token::mint(&claims, &secret, now, app.random());
    Ok(success(&Minted { jwt }))
}

fn wanted(asked: Asked, now: Timestamp, config: &Config) -> Result<Wanted, ApiError> {
    if asked.chart_id.is_some() && !config.chart_embeds {
        return Err(ApiError::forbidden(
            "embedding a single chart (chart_id) is not enabled on this server (chart_embeds)",
        ));
    }
    let longest = config.embed_token_max_lifetime;
    let mut faults = Faults::default();
    let expires = match asked.expiration {
        None => now.checked_add(DEFAULT_LIFETIME.min(longest)).ok(),
        Some(text) => faults.note("expiration", lifetime::expiry(&text, now, longest)),
    };
    let issuer = asked.embed_origin.and_then(|text| faults.note("embed_origin", text.parse()));
    let features = asked.rb_allowed_features.map(|words| read_features(&words, &mut faults));
    let wanted = expires.map(|expires| Wanted {
        customer: asked.provided_id,
        embed_id: asked.embed_id,
        key_id: asked.key_id,
        expires,
        issuer,
        features,
        disables_editing: asked.disable_editable_section_editing,
        chart: asked.chart_id,
    });
    faults.finish(wanted)
}

fn read_features(words: &[String], faults: &mut Faults) -> Features {
    if words == ["*"] {
        return Features::All;
    }
    let mut features: Vec<Feature> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let field = FieldPath::from("rb_allowed_features").index(at);
        match faults.note(field, word.parse()) {
            Some(feature) if !features.contains(&feature) => features.push(feature),
            _ => {}
        }
    }
    Features::Only(features)
}

/// The dashboard, which exists and has the chart.
async fn dashboard(app: &App, wanted: &Wanted) -> Result<EmbedId, ApiError> {
    let definitions = app.store.definitions().await?;
    let embed_id: Option<EmbedId> = wanted.embed_id.parse().ok();
    let found = embed_id.as_ref().and_then(|embed_id| definitions.dashboard(embed_id));
    let found = found.ok_or(StoreError::NotFound("dashboard"))?;
    if let Some(chart) = &wanted.chart {
        let has_chart = |version: &Arc<Dashboard>| version.panel(chart).is_some();
        if !found.versions.values().any(has_chart) {
            return Err(StoreError::NotFound("chart").into());
        }
    }
    Ok(found.embed_id.clone())
}

/// The secret that the client names, or the group's own that the server manages.
async fn secret(
    app: &App,
    scope: &GroupScope,
    key_id: Option<&str>,
) -> Result<EmbedSecret, ApiError> {
    let Some(key_id) = key_id else { return Ok(app.store.managed_embed_secret(scope).await?) };
    let found = match key_id.parse() {
        Ok(key_id) => app.store.embed_secret_of(scope, &key_id).await?,
        // No secret has an id of another form.
        Err(_) => None,
    };
    found.ok_or_else(|| StoreError::NotFound("embed secret").into())
}
