//! Kept results of queries.

use axum::extract::State;
use model::name::{DashboardName, SourceName};
use schemars::JsonSchema;
use serde::Deserialize;
use store::PurgeTarget;

use super::caller::Operator;
use super::replies::NoContent;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Body;
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![operation(
        "POST /v1/cache:purge",
        "purge_cache",
        "Give up kept results, on all servers within a second",
        purge,
    )]
}

/// Whose results are given up: a data source's, a dashboard's, or all with neither.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CachePurge")]
struct Purge {
    data_source: Option<SourceName>,
    dashboard: Option<DashboardName>,
}

/// `POST /v1/cache:purge`
async fn purge(
    State(app): State<App>,
    operator: Operator,
    Body(purge): Body<Purge>,
) -> Result<NoContent, ApiError> {
    let target = match (purge.data_source, purge.dashboard) {
        (None, None) => PurgeTarget::Everything,
        (Some(source), None) => PurgeTarget::Source(source),
        (None, Some(dashboard)) => PurgeTarget::Dashboard(dashboard),
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("dashboard", "give either this or data_source"));
        }
    };
    app.store.purge_cache(&operator, target).await?;
    Ok(NoContent)
}
