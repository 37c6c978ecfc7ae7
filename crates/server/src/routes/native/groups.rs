//! Data visibility groups.

use axum::Json;
use axum::extract::State;
use model::name::GroupName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::caller::Operator;
use super::listing::Listing;
use super::once::{Once, OnceReply};
use super::replies::{NoContent, Page};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/groups", "list_groups", "List the groups", list),
        operation("POST /v1/groups", "create_group", "Make a group", create),
        operation("GET /v1/groups/{name}", "read_group", "Read a group", read),
        operation("PATCH /v1/groups/{name}", "rename_group", "Rename a group", rename),
        operation("DELETE /v1/groups/{name}", "delete_group", "Delete an empty group", delete),
    ]
}

/// A data visibility group: API tokens, customers, data sources and embed secrets that see each
/// other.
#[derive(Serialize, JsonSchema)]
struct Group {
    name: GroupName,
}

/// `GET /v1/groups`
async fn list(
    State(app): State<App>,
    _: Operator,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<Group>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let groups = definitions.groups.iter().map(|group| Group { name: group.name.clone() });
    listing.page(groups.collect(), |group| group.name.as_str()).map(Json)
}

/// A group to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    /// Unique on the server.
    name: GroupName,
}

/// `POST /v1/groups`
async fn create(
    State(app): State<App>,
    operator: Operator,
    Once { body, call }: Once<NewGroup>,
) -> Result<OnceReply<Group, 201>, ApiError> {
    let change = app.store.create_group(&operator, &body.name);
    call.make(operator.caller(), change, move |_| Group { name: body.name.clone() }).await
}

/// `GET /v1/groups/{name}`
async fn read(
    State(app): State<App>,
    _: Operator,
    InPath(name): InPath<GroupName>,
) -> Result<Json<Group>, ApiError> {
    let definitions = app.store.definitions().await?;
    match definitions.groups.iter().any(|group| group.name == name) {
        true => Ok(Json(Group { name })),
        false => Err(StoreError::NotFound("group").into()),
    }
}

/// `PATCH /v1/groups/{name}`
async fn rename(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<GroupName>,
    Body(new): Body<NewGroup>,
) -> Result<Json<Group>, ApiError> {
    app.store.rename_group(&operator, &name, &new.name).await?;
    Ok(Json(Group { name: new.name }))
}

/// `DELETE /v1/groups/{name}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<GroupName>,
) -> Result<NoContent, ApiError> {
    app.store.delete_group(&operator, &name).await?;
    Ok(NoContent)
}
