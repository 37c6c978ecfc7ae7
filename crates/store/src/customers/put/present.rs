//! What stands there before a batch, read in a handful of statements.

use std::collections::{BTreeMap, HashMap};

use model::level::Rank;
use model::name::{CustomerKey, GroupId, ProvidedId, SchemaId, SourceId, TagName};
use model::population::{Member, Population};
use model::{Customer, GroupScope, Levels};

use crate::customers::levels;
use crate::customers::references::KnownSources;
use crate::customers::row::{self, CustomerRow};
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
        ids: &[&ProvidedId],
    ) -> Result<Self, StoreError> {
        let ids = serde_json::to_string(ids).map_err(StoreError::corrupt)?;
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
        for (parent, rank, count) in session.rows(sql::CHILDREN_OF_IDS, &params, read_child).await?
        {
            present.children.entry(parent).or_default().insert(rank, count);
        }
        for CustomerRow { customer, .. } in customers {
            present.ids.insert(customer.key, customer.provided_id.clone());
            present.customers.insert(customer.provided_id.clone(), customer);
        }
        Ok(present)
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
