//! Lists of customers: in pages (version 2) and whole (version 1).

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use model::GroupScope;
use serde::Serialize;
use store::{CustomerFilter, Customers, Page};

use super::caller::Caller;
use super::replies::{self, Customer};
use crate::api_error::ApiError;
use crate::app::App;
use crate::body::OptionalFields;
use crate::json::Faults;

const DEFAULT_PAGE_SIZE: u64 = 20;
const MAX_PAGE_SIZE: u64 = 1000;

/// The parameters of a query string, in their order.
type Parameters = Query<Vec<(String, String)>>;

/// `GET /v2/api/customers/`: the one reply without `success`.
pub(crate) async fn paged(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Parameters,
) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply<'a> {
        total_count: u64,
        results: List<'a>,
    }
    let page = page(&parameters)?;
    let found = app.store.customers(&caller, &filter(&parameters), page).await?;
    let results = List::of(&found, &caller);
    Ok(Json(Reply { total_count: found.total, results }).into_response())
}

/// `GET /api/customers/`: all that match. The filters may also stand in a JSON body, where Explo's
/// reference lists them.
pub(crate) async fn whole(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Parameters,
    OptionalFields(mut fields): OptionalFields,
) -> Result<Response, ApiError> {
    let in_query = filter(&parameters);
    let in_body = CustomerFilter {
        parent: fields.id("parent_provided_id"),
        level: fields.text("hierarchy_level_name"),
    };
    fields.finish(Some(()))?;
    let filter = CustomerFilter {
        parent: in_query.parent.or(in_body.parent),
        level: in_query.level.or(in_body.level),
    };
    let found = app.store.customers(&caller, &filter, Page::All).await?;
    Ok(replies::success(&List::of(&found, &caller)))
}

#[derive(Serialize)]
struct List<'a> {
    customers: Vec<Customer<'a>>,
}

impl<'a> List<'a> {
    fn of(found: &'a Customers, scope: &'a GroupScope) -> Self {
        let show = |record| Customer::of(record, scope);
        Self { customers: found.records.iter().map(show).collect() }
    }
}

/// A parameter in snake case; in camel case, as older clients send it, when that is absent.
fn parameter<'a>(parameters: &'a [(String, String)], snake: &str, camel: &str) -> Option<&'a str> {
    let named = |name| parameters.iter().rev().find(|(key, _)| key == name);
    named(snake).or_else(|| named(camel)).map(|(_, value)| value.as_str())
}

fn filter(parameters: &[(String, String)]) -> CustomerFilter {
    let text = |snake, camel| parameter(parameters, snake, camel).map(str::to_owned);
    CustomerFilter {
        parent: text("parent_provided_id", "parentProvidedId"),
        level: text("hierarchy_level_name", "hierarchyLevelName"),
    }
}

fn page(parameters: &[(String, String)]) -> Result<Page, ApiError> {
    let mut faults = Faults::default();
    let mut number = |snake, camel, default| match parameter(parameters, snake, camel) {
        None => Some(default),
        Some(text) => faults.note(snake, positive(text)),
    };
    let page = number("page", "page", 1);
    let size = number("page_size", "pageSize", DEFAULT_PAGE_SIZE);
    let slice = page.zip(size).map(|(page, size)| {
        let limit = size.min(MAX_PAGE_SIZE);
        Page::Slice { offset: (page - 1).saturating_mul(limit), limit }
    });
    faults.finish(slice)
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
