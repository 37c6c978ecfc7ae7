//! Update: some fields change, and the final state is checked as a whole.

use model::customer::{CustomerChange, CustomerRecord, ParentChange};
use model::level::Rank;
use model::name::{CustomerKey, ProvidedId, TagName};
use model::placement::Place;
use model::{Customer, GroupScope, Levels};

use super::references::{
    check_mapping, check_placement, insert_mapping, insert_tags, level_name, no_parent, rank,
    tag_keys,
};
use super::row::to_json;
use super::{NO_CUSTOMER, levels, record};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::Work;

pub(super) struct Update {
    pub(super) scope: GroupScope,
    pub(super) id: ProvidedId,
    pub(super) change: CustomerChange,
}

impl Work for Update {
    type Output = CustomerRecord;

    async fn run(&self, session: &Session<'_>) -> Result<CustomerRecord, StoreError> {
        let (key, parent) = self.lock(session).await?;
        let found = self.by_key(session, key).await?.ok_or(StoreError::Contended)?;
        let parent = match parent {
            Some(parent) => Some(self.by_key(session, parent).await?.ok_or(StoreError::Contended)?),
            None => None,
        };
        let levels = levels(session).await?;
        let wanted = self.wanted(&levels, found.customer(), parent.as_ref())?;
        self.check_id(session, found.customer(), &wanted).await?;
        let place = Place {
            group: self.scope.group(),
            rank: wanted.rank,
            customer: Some(found.customer()),
            parent: parent.as_ref().map(CustomerRecord::customer),
            highest_child: children(session, &self.scope, key).await?.1,
        };
        check_placement(&levels, &place)?;
        self.write(session, &levels, &wanted).await?;
        self.write_tags(session, key).await?;
        self.write_mapping(session, &wanted).await?;
        self.by_key(session, key).await?.ok_or(StoreError::Contended)
    }
}

impl Update {
    /// The keys of the customer and of its parent-to-be, whose rows are locked until the
    /// transaction ends.
    async fn lock(
        &self,
        session: &Session<'_>,
    ) -> Result<(CustomerKey, Option<CustomerKey>), StoreError> {
        let (key, parent) = self.keys(session).await?;
        let params = [
            Param::Integer(self.scope.group().0),
            Param::Integer(key.0),
            Param::Integer(parent.unwrap_or(key).0),
        ];
        session.rows(sql::LOCK_CUSTOMERS, &params, |row| row.integer(0)).await?;
        // Between the look-up and the lock another transaction may have renamed or moved them.
        match self.keys(session).await? {
            again if again == (key, parent) => Ok((key, parent)),
            _ => Err(StoreError::Contended),
        }
    }

    async fn keys(
        &self,
        session: &Session<'_>,
    ) -> Result<(CustomerKey, Option<CustomerKey>), StoreError> {
        let (key, parent) = key_of(session, &self.scope, &self.id).await?.ok_or(NO_CUSTOMER)?;
        let parent = match &self.change.parent {
            None => parent,
            Some(ParentChange::Detach) => None,
            Some(ParentChange::Attach(id)) => {
                let found = key_of(session, &self.scope, id).await?;
                Some(found.ok_or_else(|| no_parent(id))?.0)
            }
        };
        Ok((key, parent))
    }

    async fn by_key(
        &self,
        session: &Session<'_>,
        key: CustomerKey,
    ) -> Result<Option<CustomerRecord>, StoreError> {
        let params = [Param::Integer(self.scope.group().0), Param::Integer(key.0)];
        record(session, sql::CUSTOMER_BY_KEY, &params).await
    }

    /// The customer's own row as it shall be. Tags are written apart.
    fn wanted(
        &self,
        levels: &Levels,
        found: &Customer,
        parent: Option<&CustomerRecord>,
    ) -> Result<Customer, StoreError> {
        let change = self.change.clone();
        let rank = match &change.level {
            Some(level) => rank(levels, Some(level))?,
            None => found.rank,
        };
        let found = found.clone();
        Ok(Customer {
            provided_id: change.provided_id.unwrap_or(found.provided_id),
            name: change.name.unwrap_or(found.name),
            rank,
            parent: parent.map(|parent| parent.customer().key),
            properties: change.properties.unwrap_or(found.properties),
            mapping: change.mapping.unwrap_or(found.mapping),
            emails: change.emails.unwrap_or(found.emails),
            is_demo: change.is_demo.unwrap_or(found.is_demo),
            ..found
        })
    }

    async fn check_id(
        &self,
        session: &Session<'_>,
        found: &Customer,
        wanted: &Customer,
    ) -> Result<(), StoreError> {
        if wanted.provided_id == found.provided_id {
            return Ok(());
        }
        match key_of(session, &self.scope, &wanted.provided_id).await? {
            Some(_) => Err(StoreError::Taken("provided_id")),
            None => Ok(()),
        }
    }

    async fn write(
        &self,
        session: &Session<'_>,
        levels: &Levels,
        wanted: &Customer,
    ) -> Result<(), StoreError> {
        let properties = to_json(&wanted.properties)?;
        let emails = to_json(&wanted.emails)?;
        let params = [
            Param::Integer(wanted.group.0),
            Param::Integer(wanted.key.0),
            Param::Text(wanted.provided_id.as_str()),
            Param::Text(wanted.name.as_str()),
            Param::Text(level_name(levels, wanted.rank)?.as_str()),
            wanted.parent.map(|parent| parent.0).into(),
            Param::Text(&properties),
            Param::Text(&emails),
            Param::Integer(wanted.is_demo.into()),
            Param::Integer(session.now_us()),
        ];
        session.execute(sql::UPDATE_CUSTOMER, &params).await.map(drop)
    }

    async fn write_tags(&self, session: &Session<'_>, key: CustomerKey) -> Result<(), StoreError> {
        let Some(tags) = &self.change.tags else { return Ok(()) };
        let tags: Vec<(i64, TagName)> = tag_keys(session, tags).await?;
        session.execute(sql::DELETE_CUSTOMER_TAGS, &[Param::Integer(key.0)]).await?;
        insert_tags(session, key, &tags).await
    }

    async fn write_mapping(
        &self,
        session: &Session<'_>,
        wanted: &Customer,
    ) -> Result<(), StoreError> {
        let Some(mapping) = &self.change.mapping else { return Ok(()) };
        check_mapping(session, wanted.group, mapping).await?;
        session.execute(sql::DELETE_CUSTOMER_MAPPING, &[Param::Integer(wanted.key.0)]).await?;
        insert_mapping(session, wanted).await
    }
}

/// A customer's key and its parent's.
pub(super) async fn key_of(
    session: &Session<'_>,
    scope: &GroupScope,
    id: &ProvidedId,
) -> Result<Option<(CustomerKey, Option<CustomerKey>)>, StoreError> {
    let params = [Param::Integer(scope.group().0), Param::Text(id.as_str())];
    session.row(sql::CUSTOMER_KEY, &params, read_keys).await
}

pub(super) fn read_keys(row: &Cells<'_>) -> Result<(CustomerKey, Option<CustomerKey>), StoreError> {
    Ok((CustomerKey(row.integer(0)?), row.optional_integer(1)?.map(CustomerKey)))
}

/// How many children a customer has, and the rank of the highest.
pub(super) async fn children(
    session: &Session<'_>,
    scope: &GroupScope,
    key: CustomerKey,
) -> Result<(u64, Option<Rank>), StoreError> {
    let params = [Param::Integer(scope.group().0), Param::Integer(key.0)];
    let read = |row: &Cells<'_>| Ok((row.integer(0)?, row.optional_integer(1)?));
    let found = session.row(sql::COUNT_CHILDREN, &params, read).await?;
    let (count, rank) = found.unwrap_or_default();
    let rank = rank.map(u8::try_from).transpose().map_err(StoreError::corrupt)?;
    Ok((count.unsigned_abs(), rank.map(Rank)))
}
