//! Customers: list, read, put, patch, delete, rotate the token; many at once in [`batch`].

mod batch;
mod body;
mod patch;
mod shown;
mod tag;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use model::name::ProvidedId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{ListFilter, ListPosition, Outcome, StoreError};

use super::caller::{InGroup, WriterInGroup};
use super::once::{OnceEmpty, OnceReply};
use super::replies::{NoContent, Page, position};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::openapi::{Operation, operation};
use crate::time::Time;

use body::WantedCustomer;
use patch::CustomerPatch;
use shown::{Customer, PutCustomer};
use tag::{Conditions, IfMatch, Put, Read, Tagged};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/customers", "list_customers", "List customers", list),
        operation(
            "POST /v1/customers:batch",
            "put_customers",
            "Create or replace many customers",
            batch::put,
        ),
        operation("GET /v1/customers/{provided_id}", "read_customer", "Read a customer", read),
        operation(
            "PUT /v1/customers/{provided_id}",
            "put_customer",
            "Create or replace a customer",
            put,
        ),
        operation(
            "PATCH /v1/customers/{provided_id}",
            "patch_customer",
            "Change some fields of a customer, by JSON Merge Patch",
            patch,
        ),
        operation(
            "DELETE /v1/customers/{provided_id}",
            "delete_customer",
            "Delete a customer that has no children",
            delete,
        ),
        operation(
            "POST /v1/customers/{provided_id}/token:rotate",
            "rotate_customer_token",
            "Give a customer a new token; the old one is dead at once",
            rotate_token,
        ),
    ]
}

/// Which customers to list: all that match every given parameter.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct ListQuery {
    /// Only customers on this level.
    hierarchy_level_name: Option<String>,
    /// Only customers directly below this one.
    parent_provided_id: Option<String>,
    /// Only customers with this tag.
    group_tag: Option<String>,
    /// Only customers changed after this moment (RFC 3339). The list is then in the order of change,
    /// else in that of creation.
    updated_after: Option<Time>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Customers on the page, 50 unless said.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
}

/// A place in the list: when the customer was changed, and its key.
#[derive(Serialize, Deserialize)]
struct Position(i64, i64);

const DEFAULT_LIMIT: u32 = 50;

/// `GET /v1/customers`
async fn list(
    State(app): State<App>,
    caller: InGroup,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<Customer>>, ApiError> {
    let after = position::<Position>(query.cursor.as_deref())?;
    let after = after.map(|Position(updated_at_us, key)| ListPosition {
        updated_at_us,
        key: model::name::CustomerKey(key),
    });
    let filter = ListFilter {
        parent: query.parent_provided_id,
        level: query.hierarchy_level_name,
        tag: query.group_tag,
        updated_after_us: query.updated_after.map(Time::as_us),
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let found = app.store.list_customers(&caller, &filter, after, limit + 1).await?;
    let position = |record: &model::customer::CustomerRecord| {
        let ListPosition { updated_at_us, key } = ListPosition::of(record.customer());
        Position(updated_at_us, key.0)
    };
    let show = |record: &_| Customer::of(record, &caller);
    Ok(Json(Page::of(found, limit as usize, position, show)))
}

/// `GET /v1/customers/{provided_id}`
async fn read(
    State(app): State<App>,
    caller: InGroup,
    InPath(id): InPath<ProvidedId>,
    headers: HeaderMap,
) -> Result<Read<Customer>, ApiError> {
    let found = app.store.customer(&caller, &id).await?;
    let found = found.ok_or(StoreError::NotFound("customer"))?;
    Ok(Read::unless_known(Customer::of(&found, &caller), &headers))
}

/// `PUT /v1/customers/{provided_id}`
async fn put(
    State(app): State<App>,
    caller: WriterInGroup,
    InPath(id): InPath<ProvidedId>,
    conditions: Conditions,
    Body(body): Body<WantedCustomer>,
) -> Result<Put<PutCustomer>, ApiError> {
    let definitions = app.store.definitions().await?;
    let wanted = body.into_new(Some(id), &definitions, caller.group())?;
    let condition = conditions.into_precondition(&caller);
    let (record, outcome) = app.store.put_customer(&caller, wanted, condition).await?;
    let customer = PutCustomer::of(Customer::of(&record, &caller), outcome);
    Ok(Put { value: customer, is_new: outcome == Outcome::Created })
}

/// `PATCH /v1/customers/{provided_id}`
async fn patch(
    State(app): State<App>,
    caller: WriterInGroup,
    InPath(id): InPath<ProvidedId>,
    condition: IfMatch,
    Body(patch): Body<CustomerPatch>,
) -> Result<Tagged<Customer>, ApiError> {
    let definitions = app.store.definitions().await?;
    let change = patch.into_change(&definitions, caller.group())?;
    let condition = condition.into_precondition(&caller);
    let (record, _) = app.store.patch_customer(&caller, &id, change, condition).await?;
    Ok(Tagged(Customer::of(&record, &caller)))
}

/// `DELETE /v1/customers/{provided_id}`
async fn delete(
    State(app): State<App>,
    caller: WriterInGroup,
    InPath(id): InPath<ProvidedId>,
    condition: IfMatch,
) -> Result<NoContent, ApiError> {
    let condition = condition.into_precondition(&caller);
    app.store.delete_customer(&caller, &id, condition).await?;
    Ok(NoContent)
}

/// `POST /v1/customers/{provided_id}/token:rotate`
async fn rotate_token(
    State(app): State<App>,
    caller: WriterInGroup,
    InPath(id): InPath<ProvidedId>,
    OnceEmpty(call): OnceEmpty,
) -> Result<OnceReply<Customer, 200>, ApiError> {
    let change = app.store.rotate_customer_token(&caller, &id);
    let scope = (*caller).clone();
    call.make(caller.caller(), change, move |record| Customer::of(record, &scope)).await
}
