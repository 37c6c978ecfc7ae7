//! How many customers there are, paid and demo apart, and the most that may be paid.

use std::sync::{Arc, Mutex, PoisonError};

use model::name::GroupName;
use model::{Customer, GroupScope, OperatorScope};

use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::Store;

/// A group's customers. Only a customer's own flag counts, not that of an ancestor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCount {
    pub group: GroupName,
    pub paid: u64,
    pub demo: u64,
}

/// How old [`Store::customer_counts`] may be, in microseconds.
const MAX_AGE_US: i64 = 5_000_000;

/// Counts with the moment of counting, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Default)]
pub(crate) struct CountsCache(Mutex<Option<(i64, Arc<Vec<CustomerCount>>)>>);

impl Store {
    /// How many customers the group has.
    pub async fn usage_of_group(&self, scope: &GroupScope) -> Result<CustomerCount, StoreError> {
        let reader = self.reader().await?;
        let params = [Param::Integer(scope.group().0)];
        let found = reader.session().row(sql::USAGE_OF_GROUP, &params, read_counts).await?;
        let (paid, demo) = found.unwrap_or_default();
        Ok(CustomerCount { group: scope.group_name().clone(), paid, demo })
    }

    /// How many customers each group has, in the groups' creation order. Counted in an index: a million
    /// takes some tens of milliseconds.
    pub async fn usage(&self, _: &OperatorScope) -> Result<Vec<CustomerCount>, StoreError> {
        let reader = self.reader().await?;
        reader.session().rows(sql::USAGE, &[], read).await
    }

    /// As [`Store::usage`], of a moment at most five seconds ago: for those who ask all the time.
    pub async fn customer_counts(
        &self,
        operator: &OperatorScope,
    ) -> Result<Arc<Vec<CustomerCount>>, StoreError> {
        let now_us = self.tools().ambient.now_us();
        if let Some(counts) = self.counts_cache().get(now_us) {
            return Ok(counts);
        }
        let counts = Arc::new(self.usage(operator).await?);
        self.counts_cache().set(now_us, &counts);
        Ok(counts)
    }

    /// From now on there may be at most this many customers that are no demo customers. Those that are
    /// there already stay. All nodes over one database must be told the same.
    pub fn limit_paid_customers(&self, most: u64) {
        self.tools().limit_paid_customers(most);
    }
}

impl CountsCache {
    fn get(&self, now_us: i64) -> Option<Arc<Vec<CustomerCount>>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = cached.as_ref().filter(|(at, _)| (0..MAX_AGE_US).contains(&(now_us - at)));
        fresh.map(|(_, counts)| Arc::clone(counts))
    }

    fn set(&self, now_us: i64, counts: &Arc<Vec<CustomerCount>>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *cached = Some((now_us, Arc::clone(counts)));
    }
}

fn read(row: &Cells<'_>) -> Result<CustomerCount, StoreError> {
    let (paid, demo) = counts(row.integer(1)?, row.integer(2)?);
    Ok(CustomerCount { group: row.parsed(0)?, paid, demo })
}

fn read_counts(row: &Cells<'_>) -> Result<(u64, u64), StoreError> {
    Ok(counts(row.integer(0)?, row.integer(1)?))
}

fn counts(all: i64, demo: i64) -> (u64, u64) {
    ((all - demo).unsigned_abs(), demo.unsigned_abs())
}

/// How many paid customers there are, and how many there may be, until the transaction ends.
pub(crate) struct PaidCustomers {
    most: u64,
    /// Never counted beyond `most`.
    now: u64,
}

impl PaidCustomers {
    /// Counts them, and keeps others from adding any until the transaction ends. `None`: there is no
    /// limit, and nothing is counted or kept.
    pub(crate) async fn hold(session: &Session<'_>) -> Result<Option<Self>, StoreError> {
        let Some(most) = session.tools.most_paid_customers() else { return Ok(None) };
        if session.locks_rows() {
            session.rows(sql::LOCK_PAID_CUSTOMERS, &[], |_| Ok(())).await?;
        }
        let at_most = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let params = [Param::Integer(at_most)];
        let found = session.row(sql::PAID_CUSTOMERS, &params, |row| row.integer(0)).await?;
        Ok(Some(Self { most, now: found.unwrap_or_default().unsigned_abs() }))
    }

    /// Errs unless one more may be added when a customer becomes paid that was not.
    pub(crate) fn check(&self, was_paid: bool, is_paid: bool) -> Result<(), StoreError> {
        if is_paid && !was_paid && self.now >= self.most {
            return Err(StoreError::TooManyCustomers { most: self.most });
        }
        Ok(())
    }

    /// Counts a change that will be made.
    pub(crate) fn count(&mut self, was_paid: bool, is_paid: bool) {
        match (was_paid, is_paid) {
            (false, true) => self.now += 1,
            (true, false) => self.now = self.now.saturating_sub(1),
            _ => {}
        }
    }
}

/// Errs when a change would make a customer paid beyond the limit. `found` is the customer before it.
pub(crate) async fn admit(
    session: &Session<'_>,
    found: Option<&Customer>,
    is_demo: bool,
) -> Result<(), StoreError> {
    let was_paid = found.is_some_and(|found| !found.is_demo);
    if is_demo || was_paid {
        return Ok(());
    }
    match PaidCustomers::hold(session).await? {
        Some(paid) => paid.check(was_paid, !is_demo),
        None => Ok(()),
    }
}
