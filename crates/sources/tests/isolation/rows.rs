//! The rows that all databases hold, and the tenants whose they are.

use jiff::civil::{Date, date};

use crate::draw::Draw;

/// Ids that differ by what careless comparisons overlook, and ids that mean something to SQL.
pub(crate) const TENANTS: [&str; 16] = [
    "acme",
    "ACME",
    "acme ",
    "ácme",
    "1",
    "01",
    "1.0",
    "0",
    "null",
    "%",
    "a_me",
    "o'hara",
    "\"quoted\"",
    "x' or '1'='1",
    "{{customer_id}}",
    "\\",
];

/// The tenant that has a database of its own as well.
pub(crate) const ISOLATED: &str = "acme";

/// Words that every database orders alike.
pub(crate) const REGIONS: [&str; 4] = ["east", "north", "south", "west"];

const FIRST_DAY: Date = date(2023, 11, 20);

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) tenant: &'static str,
    /// The user below the tenant whose row it is.
    pub(crate) member: Option<String>,
    pub(crate) region: Option<&'static str>,
    pub(crate) n: Option<i64>,
    pub(crate) day: Date,
}

/// The same rows each time: some twenty for each tenant.
pub(crate) fn rows() -> Vec<Row> {
    let mut draw = Draw::of_seed(2013);
    let row = |id: i64| Row {
        id,
        tenant: TENANTS[id as usize % TENANTS.len()],
        member: None,
        region: None,
        n: None,
        day: FIRST_DAY,
    };
    (0..20 * TENANTS.len() as i64)
        .map(|id| {
            let tenant = row(id).tenant;
            Row {
                member: (!draw.once_in(4)).then(|| member(tenant, draw.below(2))),
                region: (!draw.once_in(5)).then(|| draw.one(&REGIONS)),
                n: (!draw.once_in(6)).then(|| draw.between(-3, 12)),
                day: FIRST_DAY.saturating_add(jiff::Span::new().days(draw.between(0, 90))),
                ..row(id)
            }
        })
        .collect()
}

/// The id of a tenant's user. Two tenants' users bear the same name up to the tenant's own.
pub(crate) fn member(tenant: &str, number: usize) -> String {
    format!("{tenant}/user-{number}")
}
