//! Many customers brought to their wanted states in one transaction: read what is there at once,
//! decide every row in memory, write all that changes at once.

mod present;
mod written;

use std::collections::HashMap;

use model::credential::CustomerToken;
use model::customer::{CustomerRecord, NewCustomer};
use model::name::{CustomerKey, ProvidedId, TagName};
use model::population::{Population, parents_first};
use model::{Customer, GroupScope};

use super::change::is_changed;
use super::references::{keys_among, misplaced, no_parent, rank};
use super::row::draw_token;
use super::{Precondition, by_provided_id, hold_to};
use crate::error::{Faults, StoreError};
use crate::session::{Param, Session};
use crate::sql;
use crate::store::Work;
use crate::usage::PaidCustomers;

use present::Present;

/// One row of a batch.
#[derive(Clone, Debug)]
pub struct PutRow {
    pub wanted: NewCustomer,
    /// The token of a customer that is made; drawn when absent. Only the importer may give one.
    pub(crate) token: Option<CustomerToken>,
}

impl From<NewCustomer> for PutRow {
    fn from(wanted: NewCustomer) -> Self {
        Self { wanted, token: None }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    /// It was as wanted; nothing was written.
    Unchanged,
}

/// How a batch is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOptions {
    /// One row that fails fails all.
    pub atomic: bool,
    /// Decide, but write nothing.
    pub dry_run: bool,
}

pub struct Put {
    pub(super) scope: GroupScope,
    pub(super) rows: Vec<PutRow>,
    pub(super) options: BatchOptions,
}

impl Work for Put {
    /// One per row, in the order of the rows.
    type Output = Vec<Result<Outcome, StoreError>>;

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let present = Present::read(session, &self.scope, &self.rows).await?;
        let new_keys = self.new_keys(session, &present).await?;
        let paid = self.paid_customers(session, &present).await?;
        let decided = Decider::new(self, session, &present, new_keys, paid).decide()?;
        let must_undo = self.options.atomic && decided.iter().any(Result::is_err);
        if must_undo {
            return Ok(decided.into_iter().map(undone).collect());
        }
        if !self.options.dry_run {
            written::write(session, self, &present, &decided).await?;
        }
        Ok(decided.into_iter().map(|row| row.map(|row| row.outcome)).collect())
    }
}

/// One customer, whose record is answered.
pub(super) struct PutOne {
    /// Of one row.
    pub(super) put: Put,
    pub(super) precondition: Option<Precondition>,
}

impl Work for PutOne {
    type Output = (CustomerRecord, Outcome);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let [row] = &*self.put.rows else {
            return Err(StoreError::corrupt("one row was expected"));
        };
        let (scope, id) = (&self.put.scope, &row.wanted.provided_id);
        if self.precondition.is_some() {
            let found = by_provided_id(session, scope, id).await?;
            hold_to(self.precondition.as_ref(), found.as_ref())?;
        }
        let mut outcomes = self.put.run(session).await?;
        let outcome =
            outcomes.pop().ok_or_else(|| StoreError::corrupt("a row without outcome"))??;
        let record = by_provided_id(session, scope, id).await?;
        Ok((record.ok_or(StoreError::Contended)?, outcome))
    }
}

/// The rows that have not failed themselves, when the whole batch has.
fn undone(row: Result<Decided, StoreError>) -> Result<Outcome, StoreError> {
    row.and(Err(StoreError::BatchUndone))
}

impl Put {
    /// Counted when a row would add one.
    async fn paid_customers(
        &self,
        session: &Session<'_>,
        present: &Present,
    ) -> Result<Option<PaidCustomers>, StoreError> {
        let adds = |row: &PutRow| !row.wanted.is_demo && !present.is_paid(&row.wanted.provided_id);
        match self.rows.iter().any(adds) {
            true => PaidCustomers::hold(session).await,
            false => Ok(None),
        }
    }

    /// Keys for the customers that are not there yet; not taken from the database when nothing will
    /// be written.
    async fn new_keys(
        &self,
        session: &Session<'_>,
        present: &Present,
    ) -> Result<Vec<i64>, StoreError> {
        let is_new = |row: &&PutRow| !present.customers.contains_key(&row.wanted.provided_id);
        let count = self.rows.iter().filter(is_new).count();
        let count = i64::try_from(count).map_err(StoreError::corrupt)?;
        if self.options.dry_run {
            return Ok((-count..0).collect());
        }
        session.rows(sql::NEXT_CUSTOMERS, &[Param::Integer(count)], |row| row.integer(0)).await
    }
}

/// A row as it will be written.
struct Decided {
    outcome: Outcome,
    customer: Customer,
    /// With their keys, in the order in which the tags were made.
    tags: Vec<(i64, TagName)>,
    /// Of a customer that is made.
    token: Option<CustomerToken>,
}

struct Decider<'a> {
    put: &'a Put,
    session: &'a Session<'a>,
    present: &'a Present,
    population: Population<'a>,
    new_keys: std::vec::IntoIter<i64>,
    /// `None` when their number does not matter.
    paid: Option<PaidCustomers>,
    now_us: i64,
}

impl<'a> Decider<'a> {
    fn new(
        put: &'a Put,
        session: &'a Session<'a>,
        present: &'a Present,
        new_keys: Vec<i64>,
        paid: Option<PaidCustomers>,
    ) -> Self {
        let population = present.population(put.scope.group());
        let now_us = session.now_us();
        Self { put, session, present, population, new_keys: new_keys.into_iter(), paid, now_us }
    }

    /// Each row, in the order of the rows.
    fn decide(mut self) -> Result<Vec<Result<Decided, StoreError>>, StoreError> {
        let rows = &self.put.rows;
        let named: Vec<_> =
            rows.iter().map(|row| (&row.wanted.provided_id, row.wanted.parent.as_ref())).collect();
        let mut first: HashMap<&ProvidedId, usize> = HashMap::with_capacity(rows.len());
        for (at, (id, _)) in named.iter().enumerate() {
            first.entry(id).or_insert(at);
        }
        let mut decided: Vec<Option<Result<Decided, StoreError>>> = Vec::new();
        decided.resize_with(rows.len(), || None);
        for at in parents_first(&named) {
            decided[at] = Some(match first[named[at].0] == at {
                true => self.row(&rows[at]),
                false => Err(StoreError::rejected(
                    "provided_id",
                    format!("is given twice, first in row {}", first[named[at].0]),
                )),
            });
        }
        let missing = || StoreError::corrupt("a row of the batch was not decided");
        decided.into_iter().map(|row| row.ok_or_else(missing)).collect()
    }

    /// One row among all that have been decided before it.
    fn row(&mut self, row: &PutRow) -> Result<Decided, StoreError> {
        let wanted = &row.wanted;
        let group = self.put.scope.group();
        let mut faults = Faults::default();
        let tags = faults.note(keys_among(&self.present.tags, &wanted.tags))?;
        let mapping = faults.note(self.present.known.check(group, &wanted.mapping))?;
        let found = self.present.customers.get(&wanted.provided_id);
        // Not taken by a row that fails, which may leave a gap and does no harm.
        let key = found.map(|found| found.key).or_else(|| self.new_keys.next().map(CustomerKey));
        let key = key.ok_or_else(|| StoreError::corrupt("too few new keys"))?;
        let (was_paid, is_paid) = (self.present.is_paid(&wanted.provided_id), !wanted.is_demo);
        let place = match (&tags, mapping) {
            (Some(_), Some(())) => {
                self.paid.as_ref().map_or(Ok(()), |paid| paid.check(was_paid, is_paid))?;
                faults.note(self.place(key, wanted))?
            }
            // Only a row that will stand may change where others can.
            _ => faults.note(rank(&self.present.levels, wanted.level.as_deref()))?.map(|_| None),
        };
        let (tags, parent) = faults.finish(tags.zip(place))?;
        if let Some(paid) = &mut self.paid {
            paid.count(was_paid, is_paid);
        }
        Ok(self.decided(row, found, key, parent, tags))
    }

    /// Where the customer will stand, and the key of its parent.
    fn place(
        &mut self,
        key: CustomerKey,
        wanted: &NewCustomer,
    ) -> Result<Option<CustomerKey>, StoreError> {
        let rank = rank(&self.present.levels, wanted.level.as_deref())?;
        let parent = match &wanted.parent {
            None => None,
            Some(id) => Some(self.population.get(id).ok_or_else(|| no_parent(id))?.key),
        };
        let (id, above) = (&wanted.provided_id, wanted.parent.as_ref());
        self.population.place(id, key, rank, above).map_err(misplaced)?;
        Ok(parent)
    }

    fn decided(
        &self,
        row: &PutRow,
        found: Option<&Customer>,
        key: CustomerKey,
        parent: Option<CustomerKey>,
        tags: Vec<(i64, TagName)>,
    ) -> Decided {
        let wanted = &row.wanted;
        let rank = self.population.get(&wanted.provided_id).map(|member| member.rank);
        let customer = Customer {
            key,
            group: self.put.scope.group(),
            provided_id: wanted.provided_id.clone(),
            name: wanted.name.clone(),
            rank: rank.unwrap_or(model::Levels::ROOT),
            parent,
            properties: wanted.properties.clone(),
            mapping: wanted.mapping.clone(),
            emails: wanted.emails.clone(),
            tags: tags.iter().map(|(_, name)| name.clone()).collect(),
            is_demo: wanted.is_demo,
            created_at_us: found.map_or(self.now_us, |found| found.created_at_us),
            updated_at_us: self.now_us,
        };
        let outcome = match found {
            None => Outcome::Created,
            Some(found) if is_changed(found, &customer, Some(&tags)) => Outcome::Updated,
            Some(_) => Outcome::Unchanged,
        };
        let is_new = outcome == Outcome::Created;
        let token = is_new.then(|| row.token.clone().unwrap_or_else(|| draw_token(self.session)));
        Decided { outcome, customer, tags, token }
    }
}
