//! Data visibility groups.

use axum::Json;
use axum::extract::State;
use model::name::GroupName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Operator;
use super::once::{Once, OnceReply};
use super::replies::Page;
use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/groups", "list_groups", "List the groups", list),
        operation("POST /v1/groups", "create_group", "Make a group", create),
    ]
}

/// A data visibility group: API tokens, customers, data sources and embed secrets that see each
/// other.
#[derive(Serialize, JsonSchema)]
struct Group {
    name: GroupName,
}

/// `GET /v1/groups`
async fn list(State(app): State<App>, _: Operator) -> Result<Json<Page<Group>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let groups = definitions.groups.iter().map(|group| Group { name: group.name.clone() });
    Ok(Json(Page::whole(groups.collect())))
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
