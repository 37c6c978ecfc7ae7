//! Dashboards: published, shown by environments, deleted. Their versions stand in [`versions`].

mod versions;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::declaration::{Change, DeclaredDashboard};
use model::name::{DashboardName, EmbedId, EnvironmentName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Definitions, StoreError, StoredDashboard};
use workspace::InlineDashboard;

use super::caller::{Anyone, Operator};
use super::listing::Listing;
use super::replies::{NoContent, Page, Put, PutOutcome};
use super::soundness::require_sound;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, BothInPath, InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/dashboards", "list_dashboards", "List the dashboards", list),
        operation("GET /v1/dashboards/{name}", "read_dashboard", "Read a dashboard", read),
        operation(
            "PUT /v1/dashboards/{name}",
            "put_dashboard",
            "Publish a dashboard: a new version when its definition differs from the newest",
            put,
        ),
        operation(
            "DELETE /v1/dashboards/{name}",
            "delete_dashboard",
            "Delete a dashboard with all its versions",
            delete,
        ),
        operation(
            "GET /v1/dashboards/{name}/versions",
            "list_dashboard_versions",
            "List the versions of a dashboard, the newest first",
            versions::list,
        ),
        operation(
            "GET /v1/dashboards/{name}/versions/{version}",
            "read_dashboard_version",
            "Read a version with its definition",
            versions::read,
        ),
        operation(
            "PUT /v1/dashboards/{name}/environments/{environment}",
            "show_dashboard",
            "Let an environment show a version of a dashboard",
            show,
        ),
        operation(
            "DELETE /v1/dashboards/{name}/environments/{environment}",
            "hide_dashboard",
            "Let an environment show a dashboard no more",
            hide,
        ),
    ]
}

/// A dashboard without its definition.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DashboardSummary")]
struct ShownDashboard {
    name: DashboardName,
    title: String,
    /// What embeds name it by.
    embed_id: EmbedId,
    /// The newest version, from 1: what embeds without an environment show.
    version: i64,
    /// Which version each environment shows.
    environments: BTreeMap<EnvironmentName, i64>,
}

impl ShownDashboard {
    fn of(stored: &StoredDashboard) -> Result<Self, ApiError> {
        let newest = stored.shown(None);
        let newest =
            newest.ok_or_else(|| ApiError::internal(format!("{} has no version", stored.name)))?;
        Ok(Self {
            name: stored.name.clone(),
            title: newest.definition.display_title().to_owned(),
            embed_id: stored.embed_id.clone(),
            version: newest.version,
            environments: stored.published.clone(),
        })
    }
}

/// `GET /v1/dashboards`
async fn list(
    State(app): State<App>,
    _: Anyone,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<ShownDashboard>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let shown: Result<Vec<_>, _> = definitions.dashboards.iter().map(ShownDashboard::of).collect();
    listing.page(shown?, |dashboard| dashboard.name.as_str()).map(Json)
}

/// `GET /v1/dashboards/{name}`
async fn read(
    State(app): State<App>,
    _: Anyone,
    InPath(name): InPath<DashboardName>,
) -> Result<Json<ShownDashboard>, ApiError> {
    let definitions = app.store.definitions().await?;
    shown(&definitions, &name).map(Json)
}

fn shown(definitions: &Definitions, name: &DashboardName) -> Result<ShownDashboard, ApiError> {
    let found = definitions.dashboards.iter().find(|dashboard| dashboard.name == *name);
    ShownDashboard::of(found.ok_or(StoreError::NotFound("dashboard"))?)
}

/// `PUT /v1/dashboards/{name}`: checked as `fanlight check` does. Environments that the body does
/// not name go on showing what they show.
async fn put(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<DashboardName>,
    Body(body): Body<InlineDashboard>,
) -> Result<Put<ShownDashboard>, ApiError> {
    if *body.name() != name {
        return Err(ApiError::invalid(
            "name",
            format!("must be {:?}, as in the path", name.as_str()),
        ));
    }
    let dashboard = DeclaredDashboard::from(body);
    let within = |error: ApiError| error.within(["dashboards", name.as_str()]);
    check(&app, &operator, &dashboard).await.map_err(within)?;
    let amended = app.store.amend(&operator, {
        let name = name.clone();
        move |wanted| {
            wanted.dashboards.insert(name.clone(), dashboard.clone());
            Ok(())
        }
    });
    let amended = amended.await.map_err(|error| within(error.into()))?;
    let is_creation = |change: &Change| matches!(change, Change::CreateDashboard(_));
    let outcome = PutOutcome::of(&amended.changes, is_creation);
    Ok(Put(outcome, shown(&amended.definitions, &name)?))
}

/// Errs with every fault of a dashboard among what stands on the server.
async fn check(
    app: &App,
    operator: &Operator,
    dashboard: &DeclaredDashboard,
) -> Result<(), ApiError> {
    let present = app.store.present(operator).await?;
    let mut wanted = present.without_dashboards();
    wanted.dashboards.insert(dashboard.definition.name.clone(), dashboard.clone());
    require_sound(&wanted, &present.levels).map(drop)
}

/// `DELETE /v1/dashboards/{name}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<DashboardName>,
) -> Result<NoContent, ApiError> {
    app.store.delete_dashboard(&operator, &name).await?;
    Ok(NoContent)
}

/// What an environment shall show.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "VersionToShow")]
struct Showing {
    /// From 1.
    version: i64,
}

/// `PUT /v1/dashboards/{name}/environments/{environment}`
async fn show(
    State(app): State<App>,
    operator: Operator,
    BothInPath(name, environment): BothInPath<DashboardName, EnvironmentName>,
    Body(Showing { version }): Body<Showing>,
) -> Result<Json<ShownDashboard>, ApiError> {
    app.store.show_dashboard(&operator, &name, &environment, Some(version)).await?;
    let definitions = app.store.definitions().await?;
    shown(&definitions, &name).map(Json)
}

/// `DELETE /v1/dashboards/{name}/environments/{environment}`
async fn hide(
    State(app): State<App>,
    operator: Operator,
    BothInPath(name, environment): BothInPath<DashboardName, EnvironmentName>,
) -> Result<NoContent, ApiError> {
    app.store.show_dashboard(&operator, &name, &environment, None).await?;
    Ok(NoContent)
}
