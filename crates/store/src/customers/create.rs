//! Get or create.

use model::customer::{CustomerRecord, NewCustomer};
use model::name::{CustomerKey, ProvidedId};
use model::placement::Place;
use model::{Customer, GroupScope, Levels};

use super::change::key_of;
use super::references::{
    check_mapping, check_placement, insert_mapping, insert_tags, level_name, no_parent, rank,
    tag_keys,
};
use super::row::{draw_token, to_json};
use super::{by_provided_id, levels};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::Work;

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
        let Some(record) = insert(session, &levels, customer, parents).await? else {
            // Another node's transaction has just committed the same id.
            return self.existing(session).await;
        };
        insert_tags(session, record.customer().key, &tags).await?;
        insert_mapping(session, record.customer()).await?;
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
        let parent = parents.last();
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
    let (token, sealed, fingerprint) = draw_token(session, customer.key);
    let properties = to_json(&customer.properties)?;
    let emails = to_json(&customer.emails)?;
    let level = level_name(levels, customer.rank)?.to_string();
    let params = [
        Param::Integer(customer.key.0),
        Param::Integer(customer.group.0),
        Param::Text(customer.provided_id.as_str()),
        Param::Text(customer.name.as_str()),
        Param::Text(&level),
        customer.parent.map(|parent| parent.0).into(),
        Param::Text(&properties),
        Param::Text(&emails),
        Param::Integer(customer.is_demo.into()),
        Param::Bytes(&sealed),
        Param::Bytes(&fingerprint),
        Param::Integer(customer.created_at_us),
    ];
    let written = session.row(sql::INSERT_CUSTOMER, &params, |row| row.integer(0)).await?;
    let mut path = parents;
    path.push(customer);
    Ok(written.map(|_| CustomerRecord { path, level, token }))
}
