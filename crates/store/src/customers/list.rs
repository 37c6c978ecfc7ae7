//! Lists of customers: a page with all ancestors in one statement.

use std::collections::BTreeMap;

use model::Customer;
use model::customer::CustomerRecord;
use model::name::{CustomerKey, GroupId};

use super::row::{self, CustomerRow};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql::{self, Statement};
use crate::store::Work;

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

pub(super) struct List {
    pub(super) group: GroupId,
    pub(super) filter: CustomerFilter,
    pub(super) page: Page,
}

impl Work for List {
    type Output = Customers;

    async fn run(&self, session: &Session<'_>) -> Result<Customers, StoreError> {
        let (page, count) = statements(&self.filter);
        let (offset, limit) = match self.page {
            Page::All => (0, i64::MAX),
            Page::Slice { offset, limit } => (saturated(offset), saturated(limit)),
        };
        let group = Param::Integer(self.group.0);
        let filters = self.filter.parent.iter().chain(&self.filter.level);
        let filters: Vec<Param<'_>> = filters.map(|text| Param::Text(text)).collect();
        let params = [&[group, Param::Integer(limit), Param::Integer(offset)], &*filters].concat();
        let records = assemble(session, session.rows(page, &params, read).await?)?;
        if self.page == Page::All {
            let total = records.len() as u64;
            return Ok(Customers { records, total });
        }
        let params = [&[group], &*filters].concat();
        let total = session.row(count, &params, |row| row.integer(0)).await?;
        Ok(Customers { records, total: total.unwrap_or_default().unsigned_abs() })
    }
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
            let (level, token) = (row.level.clone(), row::token(session, row)?);
            Ok(CustomerRecord { path, level, token })
        })
        .collect()
}

fn path(by_key: &BTreeMap<CustomerKey, &Customer>, customer: &Customer) -> Vec<Customer> {
    let above = |customer: &&Customer| by_key.get(&customer.parent?).copied();
    let mut path: Vec<Customer> = std::iter::successors(Some(customer), above).cloned().collect();
    path.reverse();
    path
}
