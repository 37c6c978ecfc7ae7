//! Customers: the tenants and their tree.

mod change;
mod create;
mod import;
mod list;
mod put;
mod references;
mod remove;
pub(crate) mod row;
mod state;
mod write;

use std::sync::Arc;

use model::credential::CustomerToken;
use model::customer::{CustomerChange, CustomerRecord, NewCustomer};
use model::name::{CustomerKey, ProvidedId};
use model::{GroupScope, Levels};

use crate::error::StoreError;
use crate::recorded::Pending;
use crate::seal::fingerprint;
use crate::session::{Param, Session};
use crate::sql::{self, Statement};
use crate::store::Store;

use remove::Selector;

pub use import::ImportRow;
pub use list::{CustomerFilter, Customers, ListFilter, ListPosition, Page};
pub use put::{BatchOptions, Outcome, PutRow};

/// A condition on a customer as it stands when a change is about to be written: `None` when there is
/// none. It runs in the transaction, so that nothing comes between.
pub type Precondition = Arc<dyn Fn(Option<&CustomerRecord>) -> bool + Send + Sync>;

/// Errs with `PreconditionFailed` unless the condition holds.
fn hold_to(
    precondition: Option<&Precondition>,
    found: Option<&CustomerRecord>,
) -> Result<(), StoreError> {
    match precondition {
        Some(precondition) if !precondition(found) => Err(StoreError::PreconditionFailed),
        _ => Ok(()),
    }
}

pub(crate) const NO_CUSTOMER: StoreError = StoreError::NotFound("customer");

impl Store {
    /// One page of the group's customers, in creation order, and how many match in all. An unknown
    /// parent or level matches nothing.
    pub async fn customers(
        &self,
        scope: &GroupScope,
        filter: &CustomerFilter,
        page: Page,
    ) -> Result<Customers, StoreError> {
        self.in_snapshot(list::List { group: scope.group(), filter: filter.clone(), page }).await
    }

    /// At most `limit` of the group's customers behind a place in the list. An unknown parent, level
    /// or tag matches nothing.
    pub async fn list_customers(
        &self,
        scope: &GroupScope,
        filter: &ListFilter,
        after: Option<ListPosition>,
        limit: u32,
    ) -> Result<Vec<CustomerRecord>, StoreError> {
        let (group, filter) = (scope.group(), filter.clone());
        self.in_snapshot(list::ListAfter { group, filter, after, limit }).await
    }

    /// One customer with its ancestors. Another group's is `None`, as if absent.
    pub async fn customer(
        &self,
        scope: &GroupScope,
        id: &ProvidedId,
    ) -> Result<Option<CustomerRecord>, StoreError> {
        let reader = self.reader().await?;
        by_provided_id(&reader.session(), scope, id).await
    }

    /// As [`Store::customer`], by the customer's token.
    pub async fn customer_by_token(
        &self,
        scope: &GroupScope,
        token: &CustomerToken,
    ) -> Result<Option<CustomerRecord>, StoreError> {
        let fingerprint = fingerprint(token.expose());
        let params = [Param::Integer(scope.group().0), Param::Bytes(&fingerprint)];
        let reader = self.reader().await?;
        record(&reader.session(), sql::CUSTOMER_BY_FINGERPRINT, &params).await
    }

    /// The customer with this id, made when there is none; `true` when this call made it.
    ///
    /// An existing customer comes back as it is: nothing else of `new` is looked at, and a read-only
    /// scope is enough. Errs with `Rejected` for an unknown level, parent, tag, schema or data
    /// source and for a place that breaks the strict-level rule; nothing is written then.
    pub async fn get_or_create_customer(
        &self,
        scope: &GroupScope,
        new: NewCustomer,
    ) -> Result<(CustomerRecord, bool), StoreError> {
        if let Some(found) = self.customer(scope, &new.provided_id).await? {
            return Ok((found, false));
        }
        scope.require_write()?;
        self.write(create::Create { scope: scope.clone(), new }).await
    }

    /// As [`Store::get_or_create_customer`] for each in turn, all in one transaction: parents stand
    /// before their children, and the first that is rejected undoes all.
    pub async fn create_customers(
        &self,
        scope: &GroupScope,
        new: Vec<NewCustomer>,
    ) -> Result<Vec<(CustomerRecord, bool)>, StoreError> {
        scope.require_write()?;
        let create = |new| create::Create { scope: scope.clone(), new };
        let creates = new.into_iter().map(create).collect();
        self.write(create::CreateAll { creates }).await
    }

    /// Changes some fields of a customer and checks its final state as a whole. Errs with `NotFound`
    /// for an unknown customer, `Taken` for a new id that another customer has, and `Rejected` as
    /// [`Store::get_or_create_customer`] does.
    pub async fn update_customer(
        &self,
        scope: &GroupScope,
        id: &ProvidedId,
        change: CustomerChange,
    ) -> Result<CustomerRecord, StoreError> {
        let (record, _) = self.patch_customer(scope, id, change, None).await?;
        Ok(record)
    }

    /// As [`Store::update_customer`], if a condition holds; `true` when anything was changed. Errs
    /// with `PreconditionFailed` when it does not hold.
    pub async fn patch_customer(
        &self,
        scope: &GroupScope,
        id: &ProvidedId,
        change: CustomerChange,
        precondition: Option<Precondition>,
    ) -> Result<(CustomerRecord, bool), StoreError> {
        scope.require_write()?;
        let (scope, id) = (scope.clone(), id.clone());
        self.write(change::Update { scope, id, change, precondition }).await
    }

    /// Brings one customer to its wanted state, made when there is none. Errs as
    /// [`Store::patch_customer`] does, but for `NotFound`.
    pub async fn put_customer(
        &self,
        scope: &GroupScope,
        wanted: NewCustomer,
        precondition: Option<Precondition>,
    ) -> Result<(CustomerRecord, Outcome), StoreError> {
        scope.require_write()?;
        let (scope, options) = (scope.clone(), BatchOptions::default());
        let put = put::Put { scope, rows: vec![wanted.into()], options };
        self.write(put::PutOne { put, precondition }).await
    }

    /// Brings many customers to their wanted states in one transaction. One result per row, in their
    /// order; a row's parent may be another row, also a later one.
    pub fn put_customers(
        &self,
        scope: &GroupScope,
        rows: Vec<PutRow>,
        options: BatchOptions,
    ) -> Pending<'_, put::Put> {
        let put = put::Put { scope: scope.clone(), rows, options };
        Pending::allowed(self, scope.require_write(), put)
    }

    /// Deletes a customer. Errs with `NotFound`, `PreconditionFailed`, and `HasChildren` while it
    /// has any.
    pub async fn delete_customer(
        &self,
        scope: &GroupScope,
        id: &ProvidedId,
        precondition: Option<Precondition>,
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let (scope, customer) = (scope.clone(), Selector::Id(id.clone()));
        self.write(remove::Delete { scope, customer, precondition }).await
    }

    /// As [`Store::delete_customer`], for the customer that has this token.
    pub async fn delete_customer_by_token(
        &self,
        scope: &GroupScope,
        token: &CustomerToken,
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let customer = Selector::Token(fingerprint(token.expose()));
        let scope = scope.clone();
        self.write(remove::Delete { scope, customer, precondition: None }).await
    }

    /// Gives a customer a new token; the old one is dead at once.
    pub fn rotate_customer_token(
        &self,
        scope: &GroupScope,
        id: &ProvidedId,
    ) -> Pending<'_, remove::RefreshToken> {
        let allowed = scope.require_write();
        let (scope, customer) = (scope.clone(), Selector::Id(id.clone()));
        Pending::allowed(self, allowed, remove::RefreshToken { scope, customer })
    }

    /// As [`Store::rotate_customer_token`], for the customer that has this token.
    pub async fn refresh_customer_token(
        &self,
        scope: &GroupScope,
        token: &CustomerToken,
    ) -> Result<CustomerRecord, StoreError> {
        scope.require_write()?;
        let customer = Selector::Token(fingerprint(token.expose()));
        self.write(remove::RefreshToken { scope: scope.clone(), customer }).await
    }
}

pub(crate) async fn by_provided_id(
    session: &Session<'_>,
    scope: &GroupScope,
    id: &ProvidedId,
) -> Result<Option<CustomerRecord>, StoreError> {
    let params = [Param::Integer(scope.group().0), Param::Text(id.as_str())];
    record(session, sql::CUSTOMER_BY_PROVIDED_ID, &params).await
}

/// A customer's key. Its row is locked until the transaction ends.
pub(crate) async fn lock_customer(
    session: &Session<'_>,
    scope: &GroupScope,
    id: &ProvidedId,
) -> Result<Option<CustomerKey>, StoreError> {
    let Some((key, _)) = change::key_of(session, scope, id).await? else { return Ok(None) };
    let params = [scope.group().0, key.0, key.0].map(Param::Integer);
    let locked = session.row(sql::LOCK_CUSTOMERS, &params, |row| row.integer(0)).await?;
    Ok(locked.map(CustomerKey))
}

/// The customer that a path statement finds, with its token.
async fn record(
    session: &Session<'_>,
    statement: Statement,
    params: &[Param<'_>],
) -> Result<Option<CustomerRecord>, StoreError> {
    let mut rows = session.rows(statement, params, row::read).await?;
    row::sort_path(&mut rows);
    let Some(last) = rows.last_mut() else { return Ok(None) };
    let token = row::token(session, last)?;
    let level = std::mem::take(&mut last.level);
    let path = rows.into_iter().map(|row| row.customer).collect();
    Ok(Some(CustomerRecord { path, level, token }))
}

/// The levels in force, as the running transaction sees them.
pub(crate) async fn levels(session: &Session<'_>) -> Result<Levels, StoreError> {
    let names = session.rows(sql::LEVELS, &[], |row| row.parsed(0)).await?;
    Levels::new(names).map_err(StoreError::corrupt)
}
