//! Customers: get, get or create, update, delete, refresh the token.

use axum::extract::State;
use model::GroupScope;
use model::credential::CustomerToken;
use model::customer::CustomerRecord;
use model::name::ProvidedId;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreError;

use super::caller::{Caller, Writer};
use super::customer_body::{CustomerBody, CustomerUpdate, read_id};
use super::replies::{Content, Customer, Done, Success, done, success};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;
use crate::reading::{FromFields, Id, Lenient};

/// A reply with one customer.
pub(crate) type OneCustomer = Answer<Success<Shown<'static>>>;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploCustomer")]
pub(crate) struct Shown<'a> {
    customer: Customer<'a>,
}

impl Content for Shown<'_> {
    type Form = Shown<'static>;
}

/// Selects a customer.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerId")]
pub(crate) struct Selected {
    #[schemars(with = "Id")]
    provided_id: ProvidedId,
}

impl FromFields for Selected {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { provided_id: read_id(fields, "provided_id")? })
    }
}

/// `POST /api/get_customer/`
pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    Lenient(selected): Lenient<Selected>,
) -> Result<OneCustomer, ApiError> {
    let found = app.store.customer(&caller, &selected.provided_id).await?;
    Ok(show(&caller, &found.ok_or(StoreError::NotFound("customer"))?))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploNewCustomer")]
pub(crate) struct Made<'a> {
    /// Whether this call made it.
    new_customer: bool,
    customer: Customer<'a>,
}

impl Content for Made<'_> {
    type Form = Made<'static>;
}

/// `POST /api/create_customer/`: an existing customer comes back as it is.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Lenient(body): Lenient<CustomerBody>,
) -> Result<Answer<Success<Made<'static>>>, ApiError> {
    let (record, new_customer) = get_or_create(&app, &caller, body).await?;
    Ok(success(&Made { new_customer, customer: Customer::of(&record, &caller) }))
}

/// A change, or a token to be refreshed, as Explo's own example of that call has it.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "ExploCustomerUpdateOrToken")]
#[expect(clippy::large_enum_variant, reason = "it lives as long as the call")]
pub(crate) enum Update {
    Change(CustomerUpdate),
    Refresh(OwnToken),
}

impl FromFields for Update {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let selects = fields.contains("provided_id");
        if fields.contains("current_token") && !selects {
            return OwnToken::from_fields(fields).map(Self::Refresh);
        }
        CustomerUpdate::from_fields(fields).map(Self::Change)
    }
}

/// `POST /api/update_customer/`: only what is given changes. With `current_token` and without
/// `provided_id` it refreshes the token.
pub(crate) async fn update(
    State(app): State<App>,
    caller: Writer,
    Lenient(body): Lenient<Update>,
) -> Result<OneCustomer, ApiError> {
    let record = match body {
        Update::Change(body) => change(&app, &caller, body).await?,
        Update::Refresh(own) => app.store.refresh_customer_token(&caller, &own.token()?).await?,
    };
    Ok(show(&caller, &record))
}

/// `DELETE /api/delete_customer/`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Writer,
    Lenient(own): Lenient<OwnToken>,
) -> Result<Done, ApiError> {
    app.store.delete_customer_by_token(&caller, &own.token()?).await?;
    Ok(done())
}

/// `POST /api/refresh_customer_token/`
pub(crate) async fn refresh_token(
    State(app): State<App>,
    caller: Writer,
    Lenient(own): Lenient<OwnToken>,
) -> Result<OneCustomer, ApiError> {
    let record = app.store.refresh_customer_token(&caller, &own.token()?).await?;
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
    body: CustomerUpdate,
) -> Result<CustomerRecord, ApiError> {
    let definitions = app.store.definitions().await?;
    let (id, change) = body.into_change(&definitions, scope.group())?;
    Ok(app.store.update_customer(scope, &id, change).await?)
}

/// Selects a customer by its token.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerToken")]
pub(crate) struct OwnToken {
    current_token: String,
}

impl FromFields for OwnToken {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let token = fields.text("current_token");
        Some(Self { current_token: fields.required("current_token", token)? })
    }
}

impl OwnToken {
    /// A text of another form is the token of no customer.
    pub(super) fn token(&self) -> Result<CustomerToken, ApiError> {
        self.current_token.parse().map_err(|_| StoreError::NotFound("customer").into())
    }
}

fn show(scope: &GroupScope, record: &CustomerRecord) -> OneCustomer {
    success(&Shown { customer: Customer::of(record, scope) })
}
