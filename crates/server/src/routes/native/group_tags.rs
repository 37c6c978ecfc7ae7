//! Group tags: labels on customers, common to all groups of the server.

use axum::Json;
use axum::extract::State;
use model::access::ManagementScope;
use model::name::TagName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{AnyWriter, Anyone};
use super::listing::Listing;
use super::once::{Once, OnceReply};
use super::replies::{NoContent, Page};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/group-tags", "list_group_tags", "List the group tags", list),
        operation("POST /v1/group-tags", "create_group_tag", "Make a group tag", create),
        operation(
            "PATCH /v1/group-tags/{name}",
            "rename_group_tag",
            "Rename a group tag; customers keep it under its new name",
            rename,
        ),
        operation(
            "DELETE /v1/group-tags/{name}",
            "delete_group_tag",
            "Delete a group tag and take it from every customer",
            delete,
        ),
    ]
}

/// A group tag.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupTag {
    /// Unique on the server.
    name: TagName,
}

/// `GET /v1/group-tags`
async fn list(
    State(app): State<App>,
    anyone: Anyone,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<GroupTag>>, ApiError> {
    let tags = app.store.tags(&anyone).await?.into_iter().map(|name| GroupTag { name });
    listing.page(tags.collect(), |tag| tag.name.as_str()).map(Json)
}

/// `POST /v1/group-tags`
async fn create(
    State(app): State<App>,
    writer: AnyWriter,
    Once { body, call }: Once<GroupTag>,
) -> Result<OnceReply<GroupTag, 201>, ApiError> {
    let change = app.store.create_tag(&writer, &body.name);
    call.make(writer.caller(), change, move |()| body.clone()).await
}

/// `PATCH /v1/group-tags/{name}`
async fn rename(
    State(app): State<App>,
    writer: AnyWriter,
    InPath(name): InPath<TagName>,
    Body(new): Body<GroupTag>,
) -> Result<Json<GroupTag>, ApiError> {
    app.store.rename_tag(&writer, &name, &new.name).await?;
    Ok(Json(new))
}

/// `DELETE /v1/group-tags/{name}`
async fn delete(
    State(app): State<App>,
    writer: AnyWriter,
    InPath(name): InPath<TagName>,
) -> Result<NoContent, ApiError> {
    app.store.delete_tag(&writer, &name).await?;
    Ok(NoContent)
}
