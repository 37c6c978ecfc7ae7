//! Update: some fields change, and the final state is checked as a whole.

use std::collections::BTreeSet;

use model::customer::{CustomerChange, CustomerRecord, ParentChange};
use model::level::Rank;
use model::name::{CustomerKey, ProvidedId, TagName};
use model::placement::{Place, Standing};
use model::{Customer, GroupScope, Levels};

use super::references::{check_mapping, check_placement, no_parent, rank, tag_keys};
use super::state::state_of;
use super::write::{Row, insert_mappings, insert_tags};
use super::{NO_CUSTOMER, Precondition, levels, record};
use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::Work;
use crate::usage;

pub(super) struct Update {
    pub(super) scope: GroupScope,
    pub(super) id: ProvidedId,
    pub(super) change: CustomerChange,
    pub(super) precondition: Option<Precondition>,
}

impl Work for Update {
    type Output = (CustomerRecord, bool);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let (key, parent) = self.lock(session).await?;
        let found = self.by_key(session, key).await?.ok_or(StoreError::Contended)?;
        super::hold_to(self.precondition.as_ref(), Some(&found))?;
        let parent = match parent {
            Some(parent) => Some(self.by_key(session, parent).await?.ok_or(StoreError::Contended)?),
            None => None,
        };
        let levels = levels(session).await?;
        let wanted = self.wanted(session, &levels, found.customer(), parent.as_ref())?;
        self.check_id(session, found.customer(), &wanted).await?;
        let place = Place {
            group: self.scope.group(),
            rank: wanted.rank,
            customer: Some(key),
            parent: parent.as_ref().map(|parent| Standing::from(parent.customer())),
            highest_child: match wanted.rank == found.customer().rank {
                // They stand below it already; a root may have a great many.
                true => None,
                false => children(session, &self.scope, key).await?.1,
            },
        };
        check_placement(&levels, &place)?;
        let tags = self.tags(session).await?;
        check_mapping(session, wanted.group, &wanted.mapping).await?;
        if !is_changed(found.customer(), &wanted, tags.as_deref()) {
            return Ok((found, false));
        }
        let row = Row::of(&levels, &wanted)?;
        row.check_size()?;
        usage::admit(session, Some(found.customer()), wanted.is_demo).await?;
        session.execute(sql::UPDATE_CUSTOMER, &row.update()).await?;
        write_tags(session, key, tags.as_deref()).await?;
        write_mapping(session, found.customer(), &wanted).await?;
        let changed = self.by_key(session, key).await?.ok_or(StoreError::Contended)?;
        self.note(session, &found, &changed).await?;
        Ok((changed, true))
    }
}

/// Whether anything but the time of the change differs.
pub(super) fn is_changed(
    found: &Customer,
    wanted: &Customer,
    tags: Option<&[(i64, TagName)]>,
) -> bool {
    let has_other_tags = |tags: &[(i64, TagName)]| {
        let wanted: BTreeSet<&TagName> = tags.iter().map(|(_, name)| name).collect();
        wanted != found.tags.iter().collect()
    };
    let same_time = Customer { updated_at_us: found.updated_at_us, ..wanted.clone() };
    let same_tags = Customer { tags: found.tags.clone(), ..same_time };
    same_tags != *found || tags.is_some_and(has_other_tags)
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
        session: &Session<'_>,
        levels: &Levels,
        found: &Customer,
        parent: Option<&CustomerRecord>,
    ) -> Result<Customer, StoreError> {
        let change = self.change.clone();
        let rank = match &change.level {
            Some(level) => rank(levels, level.name())?,
            None => found.rank,
        };
        let found = found.clone();
        let properties = change.properties.map(|change| change.apply(&found.properties));
        let mapping = change.mapping.map(|change| change.apply(&found.mapping));
        Ok(Customer {
            provided_id: change.provided_id.unwrap_or(found.provided_id),
            name: change.name.unwrap_or(found.name),
            rank,
            parent: parent.map(|parent| parent.customer().key),
            properties: properties.unwrap_or(found.properties),
            mapping: mapping.unwrap_or(found.mapping),
            emails: change.emails.unwrap_or(found.emails),
            is_demo: change.is_demo.unwrap_or(found.is_demo),
            updated_at_us: session.now_us(),
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

    /// The wanted tags, `None` when they stay as they are.
    async fn tags(&self, session: &Session<'_>) -> Result<Option<Vec<(i64, TagName)>>, StoreError> {
        match &self.change.tags {
            Some(tags) => tag_keys(session, tags).await.map(Some),
            None => Ok(None),
        }
    }

    async fn note(
        &self,
        session: &Session<'_>,
        before: &CustomerRecord,
        after: &CustomerRecord,
    ) -> Result<(), StoreError> {
        let change = Change {
            action: Action::Update,
            kind: Kind::Customer,
            group: Some(self.scope.group_name()),
            subject: after.customer().provided_id.as_str(),
            before: Some(state_of(before)?),
            after: Some(state_of(after)?),
        };
        audit::note(session, self.scope.caller(), change).await
    }
}

async fn write_tags(
    session: &Session<'_>,
    key: CustomerKey,
    tags: Option<&[(i64, TagName)]>,
) -> Result<(), StoreError> {
    let Some(tags) = tags else { return Ok(()) };
    session.execute(sql::DELETE_CUSTOMER_TAGS, &[Param::Integer(key.0)]).await?;
    insert_tags(session, &[(key, tags)]).await
}

async fn write_mapping(
    session: &Session<'_>,
    found: &Customer,
    wanted: &Customer,
) -> Result<(), StoreError> {
    if wanted.mapping == found.mapping {
        return Ok(());
    }
    session.execute(sql::DELETE_CUSTOMER_MAPPING, &[Param::Integer(wanted.key.0)]).await?;
    insert_mappings(session, &[wanted]).await
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
