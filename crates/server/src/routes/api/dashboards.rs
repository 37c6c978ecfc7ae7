//! What can be embedded.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoredDashboard;

use super::caller::Caller;
use super::replies::{Content, Success, success};
use super::user_groups::TEAM_ID;
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploDashboards")]
pub(crate) struct Listed<'a> {
    dashboards: Vec<Dashboard<'a>>,
}

impl Content for Listed<'_> {
    type Form = Listed<'static>;
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploDashboard")]
struct Dashboard<'a> {
    team_id: u32,
    name: &'a str,
    embed_id: &'a str,
    /// Labels on the dashboard.
    attributes: Vec<Attribute<'a>>,
    is_drilldown: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploAttribute")]
struct Attribute<'a> {
    attribute: &'a str,
    value: &'a str,
}

/// `GET /api/dashboard/`: all dashboards of the server, whatever the caller's group.
pub(crate) async fn list(
    State(app): State<App>,
    _: Caller,
) -> Result<Answer<Success<Listed<'static>>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let dashboards = definitions.dashboards.iter().map(Dashboard::from);
    Ok(success(&Listed { dashboards: dashboards.collect() }))
}

impl<'a> From<&'a StoredDashboard> for Dashboard<'a> {
    fn from(found: &'a StoredDashboard) -> Self {
        let newest = found.versions.values().next_back();
        let attributes = newest.into_iter().flat_map(|newest| &newest.attributes);
        Self {
            team_id: TEAM_ID,
            name: found.name.as_str(),
            embed_id: found.embed_id.as_str(),
            attributes: attributes
                .map(|(attribute, value)| Attribute { attribute, value })
                .collect(),
            is_drilldown: false,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploReports")]
pub(crate) struct Reports {
    reports: Vec<Report>,
}

/// A report builder.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploReport")]
struct Report {
    name: String,
    embed_id: String,
}

impl Content for Reports {
    type Form = Self;
}

/// `GET /api/reports/`: there are no report builders here, so there are none to list.
pub(crate) async fn list_reports(_: Caller) -> Answer<Success<Reports>> {
    success(&Reports { reports: Vec::new() })
}
