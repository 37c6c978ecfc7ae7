//! Embed tokens for clients that cannot encrypt one themselves.

use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use model::GroupScope;
use model::credential::EmbedSecret;
use model::name::{EmbedId, ProvidedId};
use serde::Serialize;
use store::StoreError;

use super::caller::Caller;
use super::customer_body::read_id;
use super::replies;
use crate::api_error::ApiError;
use crate::app::App;
use crate::embed_token::{self, Claims, Feature, Features, lifetime};
use crate::field_path::FieldPath;
use crate::json::{Faults, Fields};
use crate::origin::Origin;

const DEFAULT_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What the client asks for, as far as it can be told without the store.
struct Wanted {
    customer: ProvidedId,
    embed_id: String,
    key_id: Option<String>,
    expires: Timestamp,
    issuer: Option<Origin>,
    features: Option<Features>,
    disables_editing: Option<bool>,
}

/// `POST /api/generate_jwt/`
pub(crate) async fn generate(
    State(app): State<App>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply {
        jwt: String,
    }
    let now = app.clock.now();
    let wanted = read(fields, now, app.config.embed_token_max_lifetime)?;
    if app.store.customer(&caller, &wanted.customer).await?.is_none() {
        return Err(StoreError::NotFound("customer").into());
    }
    let dashboard = dashboard(&app, &wanted.embed_id).await?;
    let secret = secret(&app, &caller, wanted.key_id.as_deref()).await?;
    let claims = Claims {
        customer: wanted.customer,
        dashboard,
        expires: wanted.expires,
        issuer: wanted.issuer,
        features: wanted.features,
        disables_editing: wanted.disables_editing,
        chart: None,
    };
    let jwt = embed_token::mint(&claims, &secret, now, app.random());
    Ok(replies::success(&Reply { jwt }))
}

fn read(mut fields: Fields, now: Timestamp, longest: SignedDuration) -> Result<Wanted, ApiError> {
    if fields.text("chart_id").is_some() {
        return Err(ApiError::forbidden("embedding a single chart (chart_id) is not enabled"));
    }
    let customer = read_id(&mut fields, "provided_id");
    let embed_id = fields.text("embed_id");
    let embed_id = fields.required("embed_id", embed_id);
    let key_id = fields.text("key_id");
    let expires = fields.text("expiration");
    let issuer = fields.text("embed_origin");
    let features = fields.texts("rb_allowed_features");
    let disables_editing = fields.flag("disable_editable_section_editing");
    let faults = &mut fields.faults;
    let expires = match expires {
        None => now.checked_add(DEFAULT_LIFETIME.min(longest)).ok(),
        Some(text) => faults.note("expiration", lifetime::expiry(&text, now, longest)),
    };
    let issuer = issuer.and_then(|text| faults.note("embed_origin", text.parse()));
    let features = features.map(|words| read_features(&words, faults));
    let wanted = customer.zip(embed_id).zip(expires).map(|((customer, embed_id), expires)| {
        Wanted { customer, embed_id, key_id, expires, issuer, features, disables_editing }
    });
    fields.finish(wanted)
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

async fn dashboard(app: &App, embed_id: &str) -> Result<EmbedId, ApiError> {
    let definitions = app.store.definitions().await?;
    let embed_id: Option<EmbedId> = embed_id.parse().ok();
    let known = embed_id.filter(|embed_id| definitions.dashboard(embed_id).is_some());
    known.ok_or_else(|| StoreError::NotFound("dashboard").into())
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
