//! Lists of customers: a page with all ancestors in one statement.

use std::collections::BTreeMap;

use model::Customer;
use model::customer::CustomerRecord;
use model::name::{CustomerKey, GroupId};

use super::row::{self, CustomerRow};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql::{self, Statement};

/// Which customers to list: all that match every given field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// The provided id of the direct parent.
    pub parent: Option<String>,
    /// The exact name of the level.
    pub level: Option<String>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    All,
    /// At most `limit` records after the first `offset`.
    Slice {
        offset: u64,
        limit: u64,
    },
}

/// A part of a list of customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Customers {
    /// In creation order.
    pub records: Vec<CustomerRecord>,
    /// How many match, on this page or not.
    pub total: u64,
}

pub(super) async fn customers(
    session: &Session<'_>,
    group: GroupId,
    filter: &CustomerFilter,
    page: Page,
) -> Result<Customers, StoreError> {
    let (page_statement, count_statement) = statements(filter);
    let (offset, limit) = match page {
        Page::All => (0, i64::MAX),
        Page::Slice { offset, limit } => (saturated(offset), saturated(limit)),
    };
    let chosen = filter.parent.iter().chain(&filter.level).map(|text| Param::Text(text));
    let mut params = vec![Param::Integer(group.0), Param::Integer(limit), Param::Integer(offset)];
    params.extend(chosen.clone());
    let rows = session.rows(page_statement, &params, read).await?;
    let records = assemble(session, rows)?;
    let total = match page {
        Page::All => records.len() as u64,
        Page::Slice { .. } => {
            let params: Vec<_> = std::iter::once(Param::Integer(group.0)).chain(chosen).collect();
            let total = session.row(count_statement, &params, |row| row.integer(0)).await?;
            total.unwrap_or_default().unsigned_abs()
        }
    };
    Ok(Customers { records, total })
}

fn saturated(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn statements(filter: &CustomerFilter) -> (Statement, Statement) {
    match (&filter.parent, &filter.level) {
        (None, None) => (sql::PAGE, sql::COUNT),
        (Some(_), None) => (sql::PAGE_OF_PARENT, sql::COUNT_OF_PARENT),
        (None, Some(_)) => (sql::PAGE_OF_LEVEL, sql::COUNT_OF_LEVEL),
        (Some(_), Some(_)) => (sql::PAGE_OF_PARENT_AND_LEVEL, sql::COUNT_OF_PARENT_AND_LEVEL),
    }
}

/// A customer, and whether it is on the page or only an ancestor of one that is.
fn read(cells: &Cells<'_>) -> Result<(CustomerRow, bool), StoreError> {
    Ok((row::read(cells)?, cells.boolean(row::COLUMNS)?))
}

fn assemble(
    session: &Session<'_>,
    rows: Vec<(CustomerRow, bool)>,
) -> Result<Vec<CustomerRecord>, StoreError> {
    let by_key: BTreeMap<CustomerKey, &Customer> =
        rows.iter().map(|(row, _)| (row.customer.key, &row.customer)).collect();
    let listed = rows.iter().filter(|(_, on_page)| *on_page);
    listed
        .map(|(row, _)| {
            let path = path(&by_key, &row.customer);
            Ok(CustomerRecord { path, token: row::token(session, row)? })
        })
        .collect()
}

fn path(by_key: &BTreeMap<CustomerKey, &Customer>, customer: &Customer) -> Vec<Customer> {
    let above = |customer: &&Customer| by_key.get(&customer.parent?).copied();
    let mut path: Vec<Customer> = std::iter::successors(Some(customer), above).cloned().collect();
    path.reverse();
    path
}
