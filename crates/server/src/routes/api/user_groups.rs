//! User groups: what customers were called before, still spoken by old clients.

use axum::extract::State;
use model::customer::CustomerRecord;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, Writer};
use super::customer_body::UserGroupBody;
use super::customers::{OwnToken, change, get_or_create};
use super::replies::{Content, Success, success};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::reading::Lenient;

/// Explo's id of the workspace behind an API token; here a server is one team.
pub(super) const TEAM_ID: u32 = 1;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploUserGroup")]
struct UserGroup<'a> {
    team_id: u32,
    token: &'a str,
    name: &'a str,
    provided_id: &'a str,
    is_demo_group: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploNewUserGroup")]
pub(crate) struct Made<'a> {
    /// Whether this call made it.
    new_user_group: bool,
    user_group: UserGroup<'a>,
}

impl Content for Made<'_> {
    type Form = Made<'static>;
}

/// `POST /api/create_user_group/`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Lenient(body): Lenient<UserGroupBody>,
) -> Result<Answer<Success<Made<'static>>>, ApiError> {
    let (record, new_user_group) = get_or_create(&app, &caller, body.into()).await?;
    Ok(success(&Made { new_user_group, user_group: UserGroup::of(&record) }))
}

/// A reply with one user group.
pub(crate) type OneUserGroup = Answer<Success<Shown<'static>>>;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploUserGroup")]
pub(crate) struct Shown<'a> {
    user_group: UserGroup<'a>,
}

impl Content for Shown<'_> {
    type Form = Shown<'static>;
}

/// `POST /api/update_user_group/`
pub(crate) async fn update(
    State(app): State<App>,
    caller: Writer,
    Lenient(body): Lenient<UserGroupBody>,
) -> Result<OneUserGroup, ApiError> {
    Ok(show(&change(&app, &caller, body.into()).await?))
}

/// `POST /api/refresh_user_group_token/`
pub(crate) async fn refresh_token(
    State(app): State<App>,
    caller: Writer,
    Lenient(own): Lenient<OwnToken>,
) -> Result<OneUserGroup, ApiError> {
    Ok(show(&app.store.refresh_customer_token(&caller, &own.token()?).await?))
}

impl<'a> UserGroup<'a> {
    fn of(record: &'a CustomerRecord) -> Self {
        let customer = record.customer();
        Self {
            team_id: TEAM_ID,
            token: record.token.expose(),
            name: customer.name.as_str(),
            provided_id: customer.provided_id.as_str(),
            is_demo_group: customer.is_demo,
        }
    }
}

fn show(record: &CustomerRecord) -> OneUserGroup {
    success(&Shown { user_group: UserGroup::of(record) })
}
