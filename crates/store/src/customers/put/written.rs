//! The rows of a batch, written.

use std::collections::HashMap;

use model::Customer;
use model::name::{CustomerKey, ProvidedId};
use model::population::parents_first;

use super::{Decided, Outcome, Present, Put};
use crate::audit::{self, Action, Change, Kind};
use crate::customers::references::level_name;
use crate::customers::state::state;
use crate::customers::write::{NewRow, Row, insert_mappings, insert_tags};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;

/// Writes every row that was decided and has changed, parents before their children.
pub(super) async fn write(
    session: &Session<'_>,
    put: &Put,
    present: &Present,
    decided: &[Result<Decided, StoreError>],
) -> Result<(), StoreError> {
    let named: Vec<_> =
        put.rows.iter().map(|row| (&row.wanted.provided_id, row.wanted.parent.as_ref())).collect();
    let order = parents_first(&named).into_iter();
    let rows: Vec<&Decided> = order.filter_map(|at| decided[at].as_ref().ok()).collect();
    let of = |outcome| rows.iter().copied().filter(move |row| row.outcome == outcome);
    let created: Vec<&Decided> = of(Outcome::Created).collect();
    let updated: Vec<&Decided> = of(Outcome::Updated).collect();
    insert(session, present, &created).await?;
    update(session, present, &updated).await?;
    let changed = [created, updated].concat();
    let tags: Vec<_> = changed.iter().map(|row| (row.customer.key, &*row.tags)).collect();
    insert_tags(session, &tags).await?;
    let customers: Vec<_> = changed.iter().map(|row| &row.customer).collect();
    insert_mappings(session, &customers).await?;
    note(session, put, present, &changed).await
}

async fn insert(
    session: &Session<'_>,
    present: &Present,
    created: &[&Decided],
) -> Result<(), StoreError> {
    let mut new_rows = Vec::with_capacity(created.len());
    for row in created {
        let token = row.token.as_ref();
        let token = token.ok_or_else(|| StoreError::corrupt("a new customer without a token"))?;
        new_rows.push(NewRow::of(session, &present.levels, &row.customer, token)?);
    }
    let rows: Vec<_> = new_rows.iter().map(NewRow::insert).collect();
    if session.execute_all(sql::INSERT_CUSTOMER, &rows).await? == rows.len() as u64 {
        Ok(())
    } else {
        // Another node's transaction has just committed one of the ids.
        Err(StoreError::Contended)
    }
}

async fn update(
    session: &Session<'_>,
    present: &Present,
    updated: &[&Decided],
) -> Result<(), StoreError> {
    let rows = updated.iter().map(|row| Row::of(&present.levels, &row.customer));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<_> = rows.iter().map(Row::update).collect();
    session.execute_all(sql::UPDATE_CUSTOMER, &rows).await?;
    let keys: Vec<_> = updated.iter().map(|row| [Param::Integer(row.customer.key.0)]).collect();
    session.execute_all(sql::DELETE_CUSTOMER_TAGS, &keys).await?;
    session.execute_all(sql::DELETE_CUSTOMER_MAPPING, &keys).await.map(drop)
}

/// How many changes are told to the audit log at once: a few megabytes of text at most.
const TOLD_AT_ONCE: usize = 500;

/// Writes the changes down.
async fn note(
    session: &Session<'_>,
    put: &Put,
    present: &Present,
    changed: &[&Decided],
) -> Result<(), StoreError> {
    let made: HashMap<CustomerKey, &ProvidedId> =
        changed.iter().map(|row| (row.customer.key, &row.customer.provided_id)).collect();
    let state_of = |customer: &Customer| {
        let level = level_name(&present.levels, customer.rank)?;
        let parent = present.parent_of(customer);
        let parent = parent.or_else(|| made.get(&customer.parent?).copied());
        state(customer, level.as_str(), parent)
    };
    for changed in changed.chunks(TOLD_AT_ONCE) {
        let mut changes = Vec::with_capacity(changed.len());
        for row in changed {
            let before = present.customers.get(&row.customer.provided_id);
            changes.push(Change {
                action: if before.is_some() { Action::Update } else { Action::Create },
                kind: Kind::Customer,
                group: Some(put.scope.group_name()),
                subject: row.customer.provided_id.as_str(),
                before: before.map(state_of).transpose()?,
                after: Some(state_of(&row.customer)?),
            });
        }
        audit::note_all(session, put.scope.caller(), &changes).await?;
    }
    Ok(())
}
