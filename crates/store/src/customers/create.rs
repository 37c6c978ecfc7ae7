//! Get or create.

use model::customer::{CustomerRecord, NewCustomer};
use model::name::{CustomerKey, ProvidedId};
use model::placement::{Place, Standing};
use model::{Customer, GroupScope, Levels};

use super::change::key_of;
use super::references::{check_mapping, check_placement, level_name, no_parent, rank, tag_keys};
use super::row::draw_token;
use super::state::state_of;
use super::write::{NewRow, insert_mappings, insert_tags};
use super::{by_provided_id, levels};
use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::Work;
use crate::usage;

pub(super) struct Create {
    pub(super) scope: GroupScope,
    pub(super) new: NewCustomer,
}

impl Work for Create {
    type Output = (CustomerRecord, bool);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        // The caller has looked already, but others may have been faster.
        if key_of(session, &self.scope, &self.new.provided_id).await?.is_some() {
            return self.existing(session).await;
        }
        let levels = levels(session).await?;
        let parents = self.parents(session).await?;
        let (customer, tags) = self.checked(session, &levels, &parents).await?;
        usage::admit(session, None, customer.is_demo).await?;
        let Some(record) = insert(session, &levels, customer, parents).await? else {
            // Another node's transaction has just committed the same id.
            return self.existing(session).await;
        };
        let customer = record.customer();
        insert_tags(session, &[(customer.key, &*tags)]).await?;
        insert_mappings(session, &[customer]).await?;
        let change = Change {
            action: Action::Create,
            kind: Kind::Customer,
            group: Some(self.scope.group_name()),
            subject: customer.provided_id.as_str(),
            before: None,
            after: Some(state_of(&record)?),
        };
        audit::note(session, self.scope.caller(), change).await?;
        Ok((record, true))
    }
}

/// Several customers in one transaction, parents before their children.
pub(super) struct CreateAll {
    pub(super) creates: Vec<Create>,
}

impl Work for CreateAll {
    type Output = Vec<(CustomerRecord, bool)>;

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let mut made = Vec::with_capacity(self.creates.len());
        for create in &self.creates {
            made.push(create.run(session).await?);
        }
        Ok(made)
    }
}

impl Create {
    async fn existing(&self, session: &Session<'_>) -> Result<(CustomerRecord, bool), StoreError> {
        let found = by_provided_id(session, &self.scope, &self.new.provided_id).await?;
        found.map(|found| (found, false)).ok_or(StoreError::Contended)
    }

    /// The path that ends with the parent, which stays as it is until the transaction ends. Empty
    /// without a parent.
    async fn parents(&self, session: &Session<'_>) -> Result<Vec<Customer>, StoreError> {
        let Some(parent) = &self.new.parent else { return Ok(Vec::new()) };
        hold(session, &self.scope, parent).await?;
        let found = by_provided_id(session, &self.scope, parent).await?;
        found.map(|record| record.path).ok_or_else(|| no_parent(parent))
    }

    /// The customer to be, its rules checked, and the keys of its tags.
    async fn checked(
        &self,
        session: &Session<'_>,
        levels: &Levels,
        parents: &[Customer],
    ) -> Result<(Customer, Vec<(i64, model::name::TagName)>), StoreError> {
        let new = &self.new;
        let group = self.scope.group();
        let rank = rank(levels, new.level.as_deref())?;
        let parent = parents.last().map(Standing::from);
        let place = Place { group, rank, customer: None, parent, highest_child: None };
        check_placement(levels, &place)?;
        let tags = tag_keys(session, &new.tags).await?;
        check_mapping(session, group, &new.mapping).await?;
        let now_us = session.now_us();
        let customer = Customer {
            key: CustomerKey(next_key(session).await?),
            group,
            provided_id: new.provided_id.clone(),
            name: new.name.clone(),
            rank,
            parent: parent.map(|parent| parent.key),
            properties: new.properties.clone(),
            mapping: new.mapping.clone(),
            emails: new.emails.clone(),
            tags: tags.iter().map(|(_, name)| name.clone()).collect(),
            is_demo: new.is_demo,
            created_at_us: now_us,
            updated_at_us: now_us,
        };
        Ok((customer, tags))
    }
}

/// Keeps a customer from changing or vanishing until the transaction ends.
async fn hold(
    session: &Session<'_>,
    scope: &GroupScope,
    id: &ProvidedId,
) -> Result<(), StoreError> {
    let params = [Param::Integer(scope.group().0), Param::Text(id.as_str())];
    session.row(sql::SHARE_CUSTOMER, &params, |row| row.integer(0)).await.map(drop)
}

async fn next_key(session: &Session<'_>) -> Result<i64, StoreError> {
    let next = session.row(sql::NEXT_CUSTOMER, &[], |row| row.integer(0)).await?;
    next.ok_or_else(|| StoreError::corrupt("no next customer key"))
}

/// Writes the customer's row. `None`: the id has been taken meanwhile.
async fn insert(
    session: &Session<'_>,
    levels: &Levels,
    customer: Customer,
    parents: Vec<Customer>,
) -> Result<Option<CustomerRecord>, StoreError> {
    let token = draw_token(session);
    let row = NewRow::of(session, levels, &customer, &token)?;
    let written = session.execute(sql::INSERT_CUSTOMER, &row.insert()).await?;
    let level = level_name(levels, customer.rank)?.to_string();
    let mut path = parents;
    path.push(customer);
    Ok((written == 1).then_some(CustomerRecord { path, level, token }))
}
