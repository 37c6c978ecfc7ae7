//! Who may sign in to a customer's portal.

use axum::extract::State;
use model::name::{EmailAddress, EmbedId, ProvidedId};
use schemars::JsonSchema;
use store::StoreError;

use super::caller::Writer;
use super::customer_body::read_id;
use super::replies::{Done, done};
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;
use crate::reading::{FromFields, Id, Lenient};
use crate::routes::customer_fields;

/// The addresses that may sign in to the portal of a customer's dashboard.
#[derive(JsonSchema)]
#[schemars(rename = "ExploPortalAccess")]
pub(crate) struct PortalAccess {
    #[schemars(with = "Id")]
    provided_id: ProvidedId,
    dashboard_embed_id: String,
    /// They take the place of those before; an empty list lets nobody in. Case does not count.
    emails: Vec<EmailAddress>,
}

impl FromFields for PortalAccess {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let provided_id = read_id(fields, "provided_id");
        let embed_id = fields.text("dashboard_embed_id");
        let embed_id = fields.required("dashboard_embed_id", embed_id);
        let emails = fields.texts("emails");
        let emails = fields.required("emails", emails);
        let emails = emails.map(|texts| customer_fields::emails(texts, &mut fields.faults));
        Some(Self { provided_id: provided_id?, dashboard_embed_id: embed_id?, emails: emails? })
    }
}

/// `POST /api/configure_customer_portal/`
pub(crate) async fn configure(
    State(app): State<App>,
    caller: Writer,
    Lenient(access): Lenient<PortalAccess>,
) -> Result<Done, ApiError> {
    let PortalAccess { provided_id, dashboard_embed_id, emails } = access;
    // A text of another form is the id of no dashboard.
    let embed_id: EmbedId =
        dashboard_embed_id.parse().map_err(|_| StoreError::NotFound("dashboard"))?;
    app.store.set_portal_access(&caller, &provided_id, &embed_id, &emails).await?;
    Ok(done())
}
