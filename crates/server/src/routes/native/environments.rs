//! Environments: names under which versions of dashboards are shown.

use axum::Json;
use axum::extract::State;
use model::name::EnvironmentName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::caller::{Anyone, Operator};
use super::listing::Listing;
use super::once::{Once, OnceReply};
use super::replies::{NoContent, Page};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/environments", "list_environments", "List the environments", list),
        operation("POST /v1/environments", "create_environment", "Make an environment", create),
        operation(
            "PATCH /v1/environments/{name}",
            "rename_environment",
            "Rename an environment; what it shows stays",
            rename,
        ),
        operation(
            "DELETE /v1/environments/{name}",
            "delete_environment",
            "Delete an environment that shows nothing",
            delete,
        ),
    ]
}

/// An environment.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Environment {
    /// Unique on the server.
    name: EnvironmentName,
}

/// `GET /v1/environments`
async fn list(
    State(app): State<App>,
    _: Anyone,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<Environment>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let environments = definitions.environments.iter().cloned().map(|name| Environment { name });
    listing.page(environments.collect(), |environment| environment.name.as_str()).map(Json)
}

/// `POST /v1/environments`
async fn create(
    State(app): State<App>,
    operator: Operator,
    Once { body, call }: Once<Environment>,
) -> Result<OnceReply<Environment, 201>, ApiError> {
    let name = body.name.clone();
    let change = app.store.amend(&operator, move |wanted| {
        let is_new = wanted.environments.insert(name.clone());
        if is_new { Ok(()) } else { Err(StoreError::Taken("environment name")) }
    });
    call.make(operator.caller(), change, move |_| body.clone()).await
}

/// `PATCH /v1/environments/{name}`
async fn rename(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<EnvironmentName>,
    Body(new): Body<Environment>,
) -> Result<Json<Environment>, ApiError> {
    app.store.rename_environment(&operator, &name, &new.name).await?;
    Ok(Json(new))
}

/// `DELETE /v1/environments/{name}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<EnvironmentName>,
) -> Result<NoContent, ApiError> {
    app.store.delete_environment(&operator, &name).await?;
    Ok(NoContent)
}
