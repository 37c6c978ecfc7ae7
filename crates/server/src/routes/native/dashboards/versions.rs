//! Versions of a dashboard: every one is kept.

use axum::Json;
use axum::extract::State;
use model::Dashboard;
use model::name::DashboardName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{DashboardVersion, StoreError};

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{BothInPath, InPath, InQuery};
use crate::routes::native::caller::Operator;
use crate::routes::native::listing::page_size;
use crate::routes::native::replies::{Page, position};
use crate::time::Time;

/// Which versions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct Wanted {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Versions on the page, 50 unless said.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
}

/// A version without its definition.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DashboardVersion")]
pub(super) struct ListedVersion {
    /// From 1.
    version: i64,
    created_at: Time,
    title: String,
}

/// A version with its definition.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DashboardVersionWithDefinition")]
pub(super) struct ShownVersion {
    /// From 1.
    version: i64,
    created_at: Time,
    definition: Dashboard,
}

impl From<&DashboardVersion> for ListedVersion {
    fn from(found: &DashboardVersion) -> Self {
        Self {
            version: found.version,
            created_at: Time::from_us(found.created_at_us),
            title: found.definition.display_title().to_owned(),
        }
    }
}

/// `GET /v1/dashboards/{name}/versions`
pub(super) async fn list(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<DashboardName>,
    InQuery(wanted): InQuery<Wanted>,
) -> Result<Json<Page<ListedVersion>>, ApiError> {
    let limit = page_size(wanted.limit);
    let before = position(wanted.cursor.as_deref())?;
    let found = app.store.dashboard_versions(&operator, &name, before, limit + 1).await?;
    Ok(Json(Page::of(found, limit as usize, |found| found.version, |found| found.into())))
}

/// `GET /v1/dashboards/{name}/versions/{version}`
pub(super) async fn read(
    State(app): State<App>,
    operator: Operator,
    BothInPath(name, version): BothInPath<DashboardName, i64>,
) -> Result<Json<ShownVersion>, ApiError> {
    let before = version.checked_add(1);
    let found = app.store.dashboard_versions(&operator, &name, before, 1).await?;
    let found = found.into_iter().find(|found| found.version == version);
    let found = found.ok_or(StoreError::NotFound("version of the dashboard"))?;
    let created_at = Time::from_us(found.created_at_us);
    Ok(Json(ShownVersion { version, created_at, definition: found.definition }))
}
