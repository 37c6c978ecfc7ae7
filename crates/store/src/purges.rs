//! Purges of kept results, on all nodes: since which generation of the definitions results count.
//!
//! No node keeps a list of what to forget. A purge gives results another key, which every node uses as
//! soon as it has the definitions of that generation.

use std::collections::BTreeMap;

use model::OperatorScope;
use model::access::Caller;
use model::name::{DashboardKey, DashboardName, SourceId, SourceName};
use serde_json::json;

use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql::{self, Statement};
use crate::store::{Store, Work};

/// Whose kept results are to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurgeTarget {
    Everything,
    Source(SourceName),
    Dashboard(DashboardName),
}

/// The purges so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purges(BTreeMap<(String, i64), i64>);

impl Purges {
    /// A number that every purge changes that is of this data source, this dashboard, or everything.
    pub fn number(&self, source: SourceId, dashboard: DashboardKey) -> i64 {
        let targets = [(EVERYTHING, 0), (SOURCE, source.0), (DASHBOARD, dashboard.0)];
        let of = |(kind, target): (&str, i64)| self.0.get(&(kind.to_owned(), target)).copied();
        // Generations only grow, so the greatest is the newest.
        targets.into_iter().filter_map(of).max().unwrap_or_default()
    }

    pub(crate) async fn read(session: &Session<'_>) -> Result<Self, StoreError> {
        let read =
            |row: &Cells<'_>| Ok(((row.text(0)?.to_owned(), row.integer(1)?), row.integer(2)?));
        Ok(Self(session.rows(sql::CACHE_PURGES, &[], read).await?.into_iter().collect()))
    }
}

const EVERYTHING: &str = "everything";
const SOURCE: &str = "data_source";
const DASHBOARD: &str = "dashboard";

impl Store {
    /// Lets no result answer any more, on any node, that was fetched before. Errs with `NotFound`.
    pub async fn purge_cache(
        &self,
        operator: &OperatorScope,
        target: PurgeTarget,
    ) -> Result<(), StoreError> {
        self.write(Purge { caller: operator.caller().clone(), target }).await
    }
}

struct Purge {
    caller: Caller,
    target: PurgeTarget,
}

impl Work for Purge {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let (kind, target, subject) = match &self.target {
            PurgeTarget::Everything => (EVERYTHING, 0, EVERYTHING),
            PurgeTarget::Source(name) => {
                let key = key(session, sql::SOURCE_BY_NAME, name.as_str(), "data source").await?;
                (SOURCE, key, name.as_str())
            }
            PurgeTarget::Dashboard(name) => {
                let key = key(session, sql::DASHBOARD_BY_NAME, name.as_str(), "dashboard").await?;
                (DASHBOARD, key, name.as_str())
            }
        };
        let generation = session.row(sql::NEXT_GENERATION, &[], |row| row.integer(0)).await?;
        let generation =
            generation.ok_or_else(|| StoreError::corrupt("no generation of definitions"))?;
        let params = [Param::Text(kind), Param::Integer(target), Param::Integer(generation)];
        session.execute(sql::PURGE_CACHE, &params).await?;
        let after = json!({ "of": kind });
        let change = Change::created(Kind::Cache, subject, after).with_action(Action::Purge);
        audit::note(session, &self.caller, change).await
    }
}

async fn key(
    session: &Session<'_>,
    statement: Statement,
    name: &str,
    what: &'static str,
) -> Result<i64, StoreError> {
    let found = session.row(statement, &[Param::Text(name)], |row| row.integer(0)).await?;
    found.ok_or(StoreError::NotFound(what))
}
