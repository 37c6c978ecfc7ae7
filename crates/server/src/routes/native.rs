//! The native API below `/v1`: for the product's back end, with an API token, and for the operator,
//! with the admin key.
//!
//! To add an operation: a handler in the resource's file whose arguments and reply
//! [describe](crate::openapi::Describe) themselves, and a line in the file's `operations`. It is
//! routed and documented by that, and the table of who may call what in the tests must name it.

mod api_tokens;
mod audit;
mod cache;
mod caller;
mod customers;
mod dashboards;
mod data_sources;
mod embed_secrets;
mod environments;
mod explain;
mod group_tags;
mod groups;
mod levels;
mod listing;
mod once;
mod replies;
mod schemas;
mod soundness;
mod usage;
mod workspace;

use model::name::GroupName;

use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::Operation;

/// Every operation below `/v1`, in the order of the reference.
pub(crate) fn operations() -> Vec<Operation> {
    [
        customers::operations(),
        explain::operations(),
        usage::operations(),
        groups::operations(),
        api_tokens::operations(),
        embed_secrets::operations(),
        levels::operations(),
        group_tags::operations(),
        environments::operations(),
        schemas::operations(),
        data_sources::operations(),
        dashboards::operations(),
        workspace::operations(),
        cache::operations(),
        audit::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Errs when there is no group that a body names.
async fn require_group(app: &App, name: &GroupName) -> Result<(), ApiError> {
    let definitions = app.store.definitions().await?;
    match definitions.groups.iter().any(|group| group.name == *name) {
        true => Ok(()),
        false => Err(ApiError::invalid("group", "there is no such group")),
    }
}
