//! How many customers there are: what is paid for, and what is not.

use axum::Json;
use axum::extract::State;
use model::name::GroupName;
use schemars::JsonSchema;
use serde::Serialize;
use store::CustomerCount;

use super::caller::Reach;
use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![operation(
        "GET /v1/usage",
        "read_usage",
        "Count the customers of the token's group, or of all groups",
        read,
    )]
}

/// Customers, counted. Only a customer's own flag counts, not that of an ancestor.
#[derive(Serialize, JsonSchema)]
struct Usage {
    /// Customers that are no demo customers.
    paid_customers: u64,
    demo_customers: u64,
    /// The most that may be paid, of all groups together; `null`: any number. Only the operator is told.
    max_paid_customers: Option<u64>,
    groups: Vec<GroupUsage>,
}

/// One group's share.
#[derive(Serialize, JsonSchema)]
struct GroupUsage {
    group: GroupName,
    paid_customers: u64,
    demo_customers: u64,
}

/// `GET /v1/usage`
async fn read(State(app): State<App>, reach: Reach) -> Result<Json<Usage>, ApiError> {
    let (counts, most) = match reach {
        Reach::Group(scope) => (vec![app.store.usage_of_group(&scope).await?], None),
        Reach::All(operator) => (app.store.usage(&operator).await?, app.config.max_paid_customers),
    };
    Ok(Json(Usage {
        paid_customers: counts.iter().map(|count| count.paid).sum(),
        demo_customers: counts.iter().map(|count| count.demo).sum(),
        max_paid_customers: most,
        groups: counts.into_iter().map(GroupUsage::from).collect(),
    }))
}

impl From<CustomerCount> for GroupUsage {
    fn from(CustomerCount { group, paid, demo }: CustomerCount) -> Self {
        Self { group, paid_customers: paid, demo_customers: demo }
    }
}
