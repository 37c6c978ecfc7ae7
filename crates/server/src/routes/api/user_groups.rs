//! User groups: what customers were called before, still spoken by old clients.

use axum::extract::State;
use axum::response::Response;
use model::customer::CustomerRecord;
use serde::Serialize;

use super::caller::{Caller, Writer};
use super::customer_body::CustomerBody;
use super::customers::{change, current_token, get_or_create};
use super::replies;
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;

/// Explo's id of the workspace behind an API token; here a server is one team.
pub(super) const TEAM_ID: u32 = 1;

#[derive(Serialize)]
struct UserGroup<'a> {
    team_id: u32,
    token: &'a str,
    name: &'a str,
    provided_id: &'a str,
    is_demo_group: bool,
}

/// `POST /api/create_user_group/`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply<'a> {
        new_user_group: bool,
        user_group: UserGroup<'a>,
    }
    let body = CustomerBody::read_user_group(fields)?;
    let (record, new_user_group) = get_or_create(&app, &caller, body).await?;
    Ok(replies::success(&Reply { new_user_group, user_group: UserGroup::of(&record) }))
}

/// `POST /api/update_user_group/`
pub(crate) async fn update(
    State(app): State<App>,
    caller: Writer,
    fields: Fields,
) -> Result<Response, ApiError> {
    let body = CustomerBody::read_user_group(fields)?;
    Ok(show(&change(&app, &caller, body).await?))
}

/// `POST /api/refresh_user_group_token/`
pub(crate) async fn refresh_token(
    State(app): State<App>,
    caller: Writer,
    fields: Fields,
) -> Result<Response, ApiError> {
    let token = current_token(fields)?;
    Ok(show(&app.store.refresh_customer_token(&caller, &token).await?))
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

fn show(record: &CustomerRecord) -> Response {
    #[derive(Serialize)]
    struct Reply<'a> {
        user_group: UserGroup<'a>,
    }
    replies::success(&Reply { user_group: UserGroup::of(record) })
}
