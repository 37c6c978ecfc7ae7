//! Writing what was planned, in parts that commit one by one.

use std::collections::BTreeSet;

use model::name::TagName;
use model::{GroupScope, Levels, OperatorScope};
use store::{Group, ImportRow, Outcome, Store, StoreError};

use super::compare::{Difference, compare};
use super::plan::{Failure, Row};
use super::progress::Progress;
use super::report::{Conflict, Report};
use super::{ImportError, Wishes};

/// Customers of one transaction.
const CHUNK: usize = 500;

/// Writes rows into one group.
pub(super) struct Writer<'a> {
    pub(super) store: &'a Store,
    pub(super) operator: OperatorScope,
    pub(super) group: &'a Group,
    pub(super) levels: &'a Levels,
    pub(super) wishes: &'a Wishes,
    pub(super) progress: &'a Progress,
}

impl Writer<'_> {
    /// Writes what differs, parents before their children, and notes in the report what became of
    /// each row.
    pub(super) async fn write(
        &self,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        report.created_tags = self.create_tags(&rows).await?;
        self.progress.begin("writing customers", rows.len() as u64);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<Row> = rows.by_ref().take(CHUNK).collect();
            let count = chunk.len() as u64;
            self.write_chunk(chunk, report).await?;
            self.progress.advance(count);
        }
        Ok(())
    }

    /// Makes the tags that are not there; their names.
    async fn create_tags(&self, rows: &[Row]) -> Result<Vec<String>, ImportError> {
        let scope = self.scope();
        let wanted: BTreeSet<&TagName> = rows.iter().flat_map(|row| &row.wanted.tags).collect();
        let present = self.store.tags(&scope).await?;
        let missing = wanted.into_iter().filter(|tag| !present.contains(tag));
        let mut created = Vec::new();
        for tag in missing {
            if !self.wishes.dry_run {
                match self.store.create_tag(&scope, tag).await {
                    // Somebody else has made it meanwhile.
                    Ok(()) | Err(StoreError::Taken(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            created.push(tag.as_str().to_owned());
        }
        Ok(created)
    }

    async fn write_chunk(&self, chunk: Vec<Row>, report: &mut Report) -> Result<(), ImportError> {
        let scope = self.scope();
        let mut changed = Vec::with_capacity(chunk.len());
        for row in chunk {
            let found = self.store.customer(&scope, &row.wanted.provided_id).await?;
            match compare(found.as_ref(), &row, self.levels) {
                Difference::Nothing => report.note(Outcome::Unchanged),
                Difference::Fields(fields) if !self.wishes.update => {
                    let provided_id = row.wanted.provided_id.as_str().to_owned();
                    report.conflicts.push(Conflict { provided_id, fields });
                }
                Difference::Absent | Difference::Fields(_) => changed.push((row, found.is_some())),
            }
        }
        if self.wishes.dry_run {
            for (_, is_there) in changed {
                report.note(if is_there { Outcome::Updated } else { Outcome::Created });
            }
            return Ok(());
        }
        self.write_changed(changed.into_iter().map(|(row, _)| row).collect(), report).await
    }

    async fn write_changed(&self, rows: Vec<Row>, report: &mut Report) -> Result<(), ImportError> {
        let ids: Vec<String> =
            rows.iter().map(|row| row.wanted.provided_id.as_str().to_owned()).collect();
        let rows = rows.into_iter().map(|Row { wanted, token }| ImportRow { wanted, token });
        let group = &self.group.name;
        let outcomes = self.store.import_customers(&self.operator, group, rows.collect()).await?;
        for (provided_id, outcome) in ids.into_iter().zip(outcomes) {
            match outcome {
                Ok(outcome) => report.note(outcome),
                Err(fault) => {
                    report.failures.push(Failure { provided_id, reason: fault.to_string() });
                }
            }
        }
        Ok(())
    }

    fn scope(&self) -> GroupScope {
        GroupScope::of_operator(&self.operator, self.group.id, self.group.name.clone())
    }
}
