//! Lists of customers: in pages (version 2) and whole (version 1).

use axum::Json;
use axum::extract::State;
use model::GroupScope;
use schemars::JsonSchema;
use serde::Serialize;
use store::{CustomerFilter, Customers, Page};

use super::caller::Caller;
use super::replies::{Content, Customer, Success, success};
use crate::answer::Answer;
use crate::api_error::ApiError;
use crate::app::App;
use crate::json::Fields;
use crate::reading::{FromFields, Id, LenientOrNone, LenientQuery};

const DEFAULT_PAGE_SIZE: u64 = 20;
const MAX_PAGE_SIZE: u64 = 1000;

/// Which customers are listed: those that match every given field.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerFilter")]
pub(crate) struct Filter {
    /// Directly below this customer.
    #[schemars(rename = "parent_provided_id", with = "Option<Id>")]
    parent: Option<String>,
    #[schemars(rename = "hierarchy_level_name")]
    level: Option<String>,
}

impl FromFields for Filter {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (parent, level) =
            (fields.id("parent_provided_id"), fields.text("hierarchy_level_name"));
        Some(Self { parent, level })
    }
}

impl From<Filter> for CustomerFilter {
    fn from(Filter { parent, level }: Filter) -> Self {
        Self { parent, level }
    }
}

/// Which page of which list.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerPage")]
pub(crate) struct Paging {
    #[schemars(flatten)]
    filter: Filter,
    /// From 1, the default.
    #[schemars(with = "Option<std::num::NonZero<u64>>")]
    page: u64,
    /// 20 when absent; more than 1000 counts as 1000.
    #[schemars(with = "Option<std::num::NonZero<u64>>")]
    page_size: u64,
}

impl FromFields for Paging {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let filter = Filter::from_fields(fields);
        let page = number(fields, "page", 1);
        let page_size = number(fields, "page_size", DEFAULT_PAGE_SIZE);
        Some(Self { filter: filter?, page: page?, page_size: page_size? })
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploCustomerPageReply")]
pub(crate) struct Paged<'a> {
    /// On all pages.
    total_count: u64,
    results: List<'a>,
}

/// `GET /v2/api/customers/`: the one reply without `success`.
pub(crate) async fn paged(
    State(app): State<App>,
    caller: Caller,
    LenientQuery(paging): LenientQuery<Paging>,
) -> Result<Answer<Paged<'static>>, ApiError> {
    let limit = paging.page_size.min(MAX_PAGE_SIZE);
    let page = Page::Slice { offset: (paging.page - 1).saturating_mul(limit), limit };
    let found = app.store.customers(&caller, &paging.filter.into(), page).await?;
    let results = List::of(&found, &caller);
    Ok(Answer::new(Json(Paged { total_count: found.total, results })))
}

/// `GET /api/customers/`: all that match. The filters may also stand in a JSON body, where Explo's
/// reference lists them.
pub(crate) async fn whole(
    State(app): State<App>,
    caller: Caller,
    LenientQuery(in_query): LenientQuery<Filter>,
    LenientOrNone(in_body): LenientOrNone<Filter>,
) -> Result<Answer<Success<List<'static>>>, ApiError> {
    let filter = CustomerFilter {
        parent: in_query.parent.or(in_body.parent),
        level: in_query.level.or(in_body.level),
    };
    let found = app.store.customers(&caller, &filter, Page::All).await?;
    Ok(success(&List::of(&found, &caller)))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploCustomers")]
pub(crate) struct List<'a> {
    customers: Vec<Customer<'a>>,
}

impl Content for List<'_> {
    type Form = List<'static>;
}

impl<'a> List<'a> {
    fn of(found: &'a Customers, scope: &'a GroupScope) -> Self {
        let show = |record| Customer::of(record, scope);
        Self { customers: found.records.iter().map(show).collect() }
    }
}

/// A whole number from 1 in the query.
fn number(fields: &mut Fields, key: &str, default: u64) -> Option<u64> {
    match fields.text(key) {
        None => Some(default),
        Some(text) => fields.faults.note(key, positive(&text)),
    }
}

/// A whole number from 1; one that is beyond any count stays beyond any count.
fn positive(text: &str) -> Result<u64, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_number { text.parse().unwrap_or(u64::MAX) } else { 0 };
    let shown: String = text.chars().take(30).collect();
    if number == 0 {
        Err(format!("must be a whole number from 1, not {shown:?}"))
    } else {
        Ok(number)
    }
}
