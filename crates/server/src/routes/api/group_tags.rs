//! Group tags: list, create, rename, delete.

use axum::extract::State;
use model::name::TagName;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, Writer};
use super::replies::{Content, Done, Success, done, success};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;
use crate::reading::{FromFields, Lenient};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploGroupTag")]
struct Tag<'a> {
    name: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploGroupTags")]
pub(crate) struct Listed<'a> {
    group_tags: Vec<Tag<'a>>,
}

impl Content for Listed<'_> {
    type Form = Listed<'static>;
}

/// `GET /api/group_tags/`: all tags of the server, whatever the caller's group.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Answer<Success<Listed<'static>>>, ApiError> {
    let tags = app.store.tags(&*caller).await?;
    let group_tags = tags.iter().map(|name| Tag { name: name.as_str() }).collect();
    Ok(success(&Listed { group_tags }))
}

/// Names a tag. Space around the name does not count.
#[derive(JsonSchema)]
#[schemars(rename = "ExploGroupTagName")]
pub(crate) struct Named {
    name: TagName,
}

impl FromFields for Named {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { name: tag_name(fields, "name")? })
    }
}

/// A reply with one tag.
pub(crate) type OneTag = Answer<Success<Shown<'static>>>;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploGroupTag")]
pub(crate) struct Shown<'a> {
    group_tag: Tag<'a>,
}

impl Content for Shown<'_> {
    type Form = Shown<'static>;
}

/// `POST /api/create_group_tag/`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Writer,
    Lenient(tag): Lenient<Named>,
) -> Result<OneTag, ApiError> {
    app.store.create_tag(&*caller, &tag.name).await?;
    Ok(show(&tag.name))
}

/// A tag's present and future names.
#[derive(JsonSchema)]
#[schemars(rename = "ExploGroupTagRename")]
pub(crate) struct Renamed {
    name: TagName,
    new_name: TagName,
}

impl FromFields for Renamed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (name, new_name) = (tag_name(fields, "name"), tag_name(fields, "new_name"));
        Some(Self { name: name?, new_name: new_name? })
    }
}

/// `POST /api/rename_group_tag/`: customers keep the tag under its new name.
pub(crate) async fn rename(
    State(app): State<App>,
    caller: Writer,
    Lenient(tag): Lenient<Renamed>,
) -> Result<OneTag, ApiError> {
    app.store.rename_tag(&*caller, &tag.name, &tag.new_name).await?;
    Ok(show(&tag.new_name))
}

/// `POST /api/delete_group_tag/`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Writer,
    Lenient(tag): Lenient<Named>,
) -> Result<Done, ApiError> {
    app.store.delete_tag(&*caller, &tag.name).await?;
    Ok(done())
}

/// A required tag name, without the space around it.
fn tag_name(fields: &mut Fields, field: &str) -> Option<TagName> {
    let text = fields.text(field);
    let text = fields.required(field, text)?;
    fields.faults.note(field, text.trim().parse())
}

fn show(name: &TagName) -> OneTag {
    success(&Shown { group_tag: Tag { name: name.as_str() } })
}
