//! Group tags: list, create, rename, delete.

use axum::extract::State;
use axum::response::Response;
use model::name::TagName;
use serde::Serialize;

use super::caller::{Caller, Writer};
use super::replies::{self, done};
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;

#[derive(Serialize)]
struct Tag<'a> {
    name: &'a str,
}

/// `GET /api/group_tags/`: all tags of the server, whatever the caller's group.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply<'a> {
        group_tags: Vec<Tag<'a>>,
    }
    let tags = app.store.tags(&*caller).await?;
    let group_tags = tags.iter().map(|name| Tag { name: name.as_str() }).collect();
    Ok(replies::success(&Reply { group_tags }))
}

/// `POST /api/create_group_tag/`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Writer,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let name = tag_name(&mut fields, "name");
    let name = fields.finish(name)?;
    app.store.create_tag(&*caller, &name).await?;
    Ok(show(&name))
}

/// `POST /api/rename_group_tag/`: customers keep the tag under its new name.
pub(crate) async fn rename(
    State(app): State<App>,
    caller: Writer,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let name = tag_name(&mut fields, "name");
    let new_name = tag_name(&mut fields, "new_name");
    let (name, new_name) = fields.finish(name.zip(new_name))?;
    app.store.rename_tag(&*caller, &name, &new_name).await?;
    Ok(show(&new_name))
}

/// `POST /api/delete_group_tag/`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Writer,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let name = tag_name(&mut fields, "name");
    let name = fields.finish(name)?;
    app.store.delete_tag(&*caller, &name).await?;
    Ok(done())
}

/// A required tag name, without the space around it.
fn tag_name(fields: &mut Fields, field: &str) -> Option<TagName> {
    let text = fields.text(field);
    let text = fields.required(field, text)?;
    fields.faults.note(field, text.trim().parse())
}

fn show(name: &TagName) -> Response {
    #[derive(Serialize)]
    struct Reply<'a> {
        group_tag: Tag<'a>,
    }
    replies::success(&Reply { group_tag: Tag { name: name.as_str() } })
}
