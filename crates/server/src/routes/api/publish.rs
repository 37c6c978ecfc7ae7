//! Publishing a version to an environment.

use axum::extract::State;
use model::name::{EmbedId, EnvironmentName};
use schemars::JsonSchema;
use store::StoreError;

use super::caller::Writer;
use super::replies::{Done, done};
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;
use crate::reading::{FromFields, Id, Lenient};

/// Which version an environment shall show.
#[derive(JsonSchema)]
#[schemars(rename = "ExploPublication")]
pub(crate) struct Publication {
    embed_id: String,
    /// There are no report builders here, so a report is never found.
    #[schemars(rename = "resource_type", with = "String", extend("enum" = ["dashboard", "report"]))]
    is_report: bool,
    environment: EnvironmentName,
    #[schemars(with = "Id")]
    version_number: i64,
}

impl FromFields for Publication {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let embed_id = fields.text("embed_id");
        let embed_id = fields.required("embed_id", embed_id);
        let (is_report, environment) = (is_report(fields), environment(fields));
        let version_number = version_number(fields);
        Some(Self {
            embed_id: embed_id?,
            is_report: is_report?,
            environment: environment?,
            version_number: version_number?,
        })
    }
}

/// `POST /api/publish/`
pub(crate) async fn publish(
    State(app): State<App>,
    caller: Writer,
    Lenient(wanted): Lenient<Publication>,
) -> Result<Done, ApiError> {
    if wanted.is_report {
        return Err(StoreError::NotFound("report").into());
    }
    // A text of another form is the id of no dashboard.
    let embed_id: EmbedId =
        wanted.embed_id.parse().map_err(|_| StoreError::NotFound("dashboard"))?;
    app.store.publish(&caller, &embed_id, &wanted.environment, wanted.version_number).await?;
    Ok(done())
}

fn is_report(fields: &mut Fields) -> Option<bool> {
    let word = fields.text("resource_type");
    match fields.required("resource_type", word)?.as_str() {
        "dashboard" => Some(false),
        "report" => Some(true),
        _ => fields.faults.note("resource_type", Err("must be dashboard or report")),
    }
}

fn environment(fields: &mut Fields) -> Option<EnvironmentName> {
    let name = fields.text("environment");
    let name = fields.required("environment", name)?;
    fields.faults.note("environment", name.parse())
}

fn version_number(fields: &mut Fields) -> Option<i64> {
    let number = fields.id("version_number");
    let number = fields.required("version_number", number)?;
    fields.faults.note("version_number", number.parse().map_err(|_| "must be a whole number"))
}
