//! Customers: get, get or create, update, delete, refresh the token.

use axum::extract::State;
use axum::response::Response;
use model::GroupScope;
use model::credential::CustomerToken;
use model::customer::CustomerRecord;
use serde::Serialize;
use store::StoreError;

use super::caller::{Caller, Writer};
use super::customer_body::{CustomerBody, read_id};
use super::replies::{self, Customer, done};
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;

/// `POST /api/get_customer/`
pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let id = read_id(&mut fields, "provided_id");
    let id = fields.finish(id)?;
    let found = app.store.customer(&caller, &id).await?;
    Ok(show(&caller, &found.ok_or(StoreError::NotFound("customer"))?))
}

/// `POST /api/create_customer/`: an existing customer comes back as it is.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply<'a> {
        new_customer: bool,
        customer: Customer<'a>,
    }
    let body = CustomerBody::read(fields)?;
    let (record, new_customer) = get_or_create(&app, &caller, body).await?;
    let customer = Customer::of(&record, &caller);
    Ok(replies::success(&Reply { new_customer, customer }))
}

/// `POST /api/update_customer/`: only what is given changes. With `current_token` and without
/// `provided_id` it refreshes the token, as Explo's own example of that call has it.
pub(crate) async fn update(
    State(app): State<App>,
    caller: Writer,
    fields: Fields,
) -> Result<Response, ApiError> {
    if fields.contains("current_token") && !fields.contains("provided_id") {
        return refresh_token(State(app), caller, fields).await;
    }
    let record = change(&app, &caller, CustomerBody::read(fields)?).await?;
    Ok(show(&caller, &record))
}

/// `DELETE /api/delete_customer/`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Writer,
    fields: Fields,
) -> Result<Response, ApiError> {
    let token = current_token(fields)?;
    app.store.delete_customer_by_token(&caller, &token).await?;
    Ok(done())
}

/// `POST /api/refresh_customer_token/`
pub(crate) async fn refresh_token(
    State(app): State<App>,
    caller: Writer,
    fields: Fields,
) -> Result<Response, ApiError> {
    let token = current_token(fields)?;
    let record = app.store.refresh_customer_token(&caller, &token).await?;
    Ok(show(&caller, &record))
}

/// The customer that the body selects, made when there is none; `true` when this call made it.
pub(super) async fn get_or_create(
    app: &App,
    scope: &GroupScope,
    body: CustomerBody,
) -> Result<(CustomerRecord, bool), ApiError> {
    if let Some(found) = app.store.customer(scope, &body.provided_id).await? {
        return Ok((found, false));
    }
    scope.require_write()?;
    let definitions = app.store.definitions().await?;
    let new = body.into_new(&definitions, scope.group())?;
    Ok(app.store.get_or_create_customer(scope, new).await?)
}

/// The customer that the body selects, after what the body changes.
pub(super) async fn change(
    app: &App,
    scope: &GroupScope,
    body: CustomerBody,
) -> Result<CustomerRecord, ApiError> {
    let definitions = app.store.definitions().await?;
    let (id, change) = body.into_change(&definitions, scope.group())?;
    Ok(app.store.update_customer(scope, &id, change).await?)
}

/// The customer token in the body. A text of another form is the token of no customer.
pub(super) fn current_token(mut fields: Fields) -> Result<CustomerToken, ApiError> {
    let token = fields.text("current_token");
    let token = fields.required("current_token", token);
    let token = fields.finish(token)?;
    token.parse().map_err(|_| StoreError::NotFound("customer").into())
}

fn show(scope: &GroupScope, record: &CustomerRecord) -> Response {
    #[derive(Serialize)]
    struct Reply<'a> {
        customer: Customer<'a>,
    }
    replies::success(&Reply { customer: Customer::of(record, scope) })
}
