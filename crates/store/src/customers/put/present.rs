//! What stands there before a batch, read in a handful of statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::level::Rank;
use model::name::{CustomerKey, GroupId, ProvidedId, SchemaId, SourceId, TagName};
use model::placement::requested_rank;
use model::population::{Member, Population};
use model::{Customer, GroupScope, Levels};

use super::PutRow;
use crate::customers::levels;
use crate::customers::references::KnownSources;
use crate::customers::row::{self, CustomerRow, to_json};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;

/// Everything that the rows of a batch may refer to.
pub(super) struct Present {
    pub(super) levels: Levels,
    pub(super) tags: BTreeMap<TagName, i64>,
    pub(super) known: KnownSources,
    pub(super) customers: HashMap<ProvidedId, Customer>,
    /// The provided ids of customers and of their parents.
    ids: HashMap<CustomerKey, ProvidedId>,
    children: HashMap<CustomerKey, BTreeMap<Rank, u64>>,
}

impl Present {
    /// Reads what the customers of these ids refer to, and locks their rows until the transaction
    /// ends.
    pub(super) async fn read(
        session: &Session<'_>,
        scope: &GroupScope,
        put: &[PutRow],
    ) -> Result<Self, StoreError> {
        let ids = to_json(&named_ids(put))?;
        let params = [Param::Integer(scope.group().0), Param::Text(&ids)];
        if session.locks_rows() {
            session.rows(sql::LOCK_CUSTOMERS_OF_IDS, &params, |row| row.integer(0)).await?;
        }
        let customers = session.rows(sql::CUSTOMERS_OF_IDS, &params, row::read).await?;
        let parents = session.rows(sql::PARENTS_OF_IDS, &params, read_id).await?;
        let mut present = Self {
            levels: levels(session).await?,
            tags: session.rows(sql::TAG_KEYS, &[], read_tag).await?.into_iter().collect(),
            known: known_sources(session).await?,
            customers: HashMap::with_capacity(customers.len()),
            ids: parents.into_iter().collect(),
            children: HashMap::new(),
        };
        for CustomerRow { customer, .. } in customers {
            present.ids.insert(customer.key, customer.provided_id.clone());
            present.customers.insert(customer.provided_id.clone(), customer);
        }
        present.read_children(session, scope, put).await?;
        Ok(present)
    }

    /// Reads where the children of those customers stand that change their level. Others stand above
    /// their children already, and may have a great many.
    async fn read_children(
        &mut self,
        session: &Session<'_>,
        scope: &GroupScope,
        put: &[PutRow],
    ) -> Result<(), StoreError> {
        let moves = |row: &&PutRow| {
            let found = self.customers.get(&row.wanted.provided_id);
            let rank = requested_rank(&self.levels, row.wanted.level.as_deref()).ok();
            found.is_some_and(|found| Some(found.rank) != rank)
        };
        let moving: Vec<&ProvidedId> =
            put.iter().filter(moves).map(|row| &row.wanted.provided_id).collect();
        if moving.is_empty() {
            return Ok(());
        }
        let ids = to_json(&moving)?;
        let params = [Param::Integer(scope.group().0), Param::Text(&ids)];
        for (parent, rank, count) in session.rows(sql::CHILDREN_OF_IDS, &params, read_child).await?
        {
            self.children.entry(parent).or_default().insert(rank, count);
        }
        Ok(())
    }

    /// Whether there is such a customer, and it is no demo customer.
    pub(super) fn is_paid(&self, id: &ProvidedId) -> bool {
        self.customers.get(id).is_some_and(|found| !found.is_demo)
    }

    /// Where the customers stand.
    pub(super) fn population(&self, group: GroupId) -> Population<'_> {
        let member = |customer: &Customer| Member {
            key: customer.key,
            rank: customer.rank,
            parent: customer.parent,
            children: self.children.get(&customer.key).cloned().unwrap_or_default(),
        };
        let members = self.customers.iter().map(|(id, customer)| (id.clone(), member(customer)));
        Population::new(&self.levels, group, members)
    }

    /// The id of a customer's parent, unless the batch itself makes the parent.
    pub(super) fn parent_of(&self, customer: &Customer) -> Option<&ProvidedId> {
        customer.parent.and_then(|parent| self.ids.get(&parent))
    }
}

/// The ids of all rows and of their parents.
fn named_ids(put: &[PutRow]) -> Vec<&ProvidedId> {
    let rows = put.iter().map(|row| &row.wanted);
    let ids: HashSet<&ProvidedId> =
        rows.flat_map(|row| std::iter::once(&row.provided_id).chain(&row.parent)).collect();
    ids.into_iter().collect()
}

fn read_id(row: &Cells<'_>) -> Result<(CustomerKey, ProvidedId), StoreError> {
    Ok((CustomerKey(row.integer(0)?), row.parsed(1)?))
}

fn read_tag(row: &Cells<'_>) -> Result<(TagName, i64), StoreError> {
    Ok((row.parsed(1)?, row.integer(0)?))
}

fn read_child(row: &Cells<'_>) -> Result<(CustomerKey, Rank, u64), StoreError> {
    let rank = u8::try_from(row.integer(1)?).map_err(StoreError::corrupt)?;
    Ok((CustomerKey(row.integer(0)?), Rank(rank), row.integer(2)?.unsigned_abs()))
}

async fn known_sources(session: &Session<'_>) -> Result<KnownSources, StoreError> {
    let schemas = session.rows(sql::SCHEMA_KEYS, &[], |row| Ok(SchemaId(row.integer(0)?))).await?;
    let read = |row: &Cells<'_>| {
        let place = (SchemaId(row.integer(1)?), GroupId(row.integer(2)?));
        Ok((SourceId(row.integer(0)?), place))
    };
    let sources = session.rows(sql::SOURCE_PLACES, &[], read).await?;
    Ok(KnownSources {
        schemas: schemas.into_iter().collect(),
        sources: sources.into_iter().collect(),
    })
}
