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

/// Which customers to list by cursor: all that match every given field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// The provided id of the direct parent.
    pub parent: Option<String>,
    /// The exact name of the level.
    pub level: Option<String>,
    /// The exact name of a tag.
    pub tag: Option<String>,
    /// Changed after this moment, in microseconds since 1970-01-01T00:00:00Z. The list is then in
    /// the order of change, else in that of creation.
    pub updated_after_us: Option<i64>,
}

/// A place in a list: the customer that was listed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPosition {
    /// When it was changed, in microseconds since 1970-01-01T00:00:00Z.
    pub updated_at_us: i64,
    pub key: CustomerKey,
}

impl ListPosition {
    /// The place of a customer.
    pub fn of(customer: &Customer) -> Self {
        Self { updated_at_us: customer.updated_at_us, key: customer.key }
    }
}

pub(super) struct ListAfter {
    pub(super) group: GroupId,
    pub(super) filter: ListFilter,
    pub(super) after: Option<ListPosition>,
    pub(super) limit: u32,
}

impl Work for ListAfter {
    type Output = Vec<CustomerRecord>;

    async fn run(&self, session: &Session<'_>) -> Result<Vec<CustomerRecord>, StoreError> {
        let filter = &self.filter;
        // Without a cursor: behind every customer that was changed at the moment itself.
        let from = filter.updated_after_us.unwrap_or_default();
        let (moment, key) = match (self.after, filter.updated_after_us) {
            (Some(after), _) => (after.updated_at_us, after.key.0),
            (None, Some(_)) => (from, i64::MAX),
            (None, None) => (0, 0),
        };
        let params = [
            Param::Integer(self.group.0),
            Param::Integer(self.limit.into()),
            Param::Integer(moment),
            Param::Integer(key),
            filter.parent.as_deref().into(),
            filter.level.as_deref().into(),
            filter.tag.as_deref().into(),
        ];
        let mut rows = session.rows(filter.statement(), &params, read).await?;
        rows.sort_by_key(|(row, _)| match filter.updated_after_us {
            Some(_) => (row.customer.updated_at_us, row.customer.key),
            None => (0, row.customer.key),
        });
        assemble(session, rows)
    }
}

impl ListFilter {
    /// By the index that leaves the fewest rows to look at.
    fn statement(&self) -> Statement {
        if self.updated_after_us.is_some() {
            sql::LIST_OF_UPDATED
        } else if self.parent.is_some() {
            sql::LIST_OF_PARENT
        } else if self.tag.is_some() {
            sql::LIST_OF_TAG
        } else if self.level.is_some() {
            sql::LIST_OF_LEVEL
        } else {
            sql::LIST
        }
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
