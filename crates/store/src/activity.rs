//! What the store has done since it was opened, for whoever watches it.

use std::time::Duration;

use tally::{Counter, Distribution, Level};

use crate::error::StoreError;
use crate::store::Store;

/// Counts of one [`Store`] and its clones.
#[derive(Debug)]
pub struct Activity {
    /// Transactions that were committed.
    pub commits: Counter,
    /// How long the database took for each commit, until it was durable.
    pub commit_duration: Distribution,
    /// Changes that shared one commit, whether they stood or not.
    pub changes_per_commit: Distribution,
    /// Changes that wait or run.
    pub changes_waiting: Level,
    /// How long each change waited for the writer, or for a connection to PostgreSQL.
    pub change_wait: Distribution,
    /// Changes that stand.
    pub changes_done: Counter,
    /// Changes that a rule or a missing record forbade.
    pub changes_refused: Counter,
    /// Changes that the database failed.
    pub changes_failed: Counter,
    /// Statements, of reads and of changes, that the database answered with an error; also those
    /// that then ran again.
    pub statements_failed: Counter,
    /// How often the definitions were read anew.
    pub definitions_loads: Counter,
}

/// The connections to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    pub most: usize,
    pub open: usize,
    pub idle: usize,
    /// Calls that wait for a connection.
    pub waiting: usize,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self {
            commits: Counter::new(),
            commit_duration: Distribution::of_durations(),
            changes_per_commit: Distribution::new(&[1, 2, 4, 8, 16, 32, 64, 128, 256, 512]),
            changes_waiting: Level::default(),
            change_wait: Distribution::of_durations(),
            changes_done: Counter::new(),
            changes_refused: Counter::new(),
            changes_failed: Counter::new(),
            statements_failed: Counter::new(),
            definitions_loads: Counter::new(),
        }
    }

    pub(crate) fn committed(&self, changes: usize, duration: Duration) {
        self.commits.count();
        self.commit_duration.record_duration(duration);
        self.changes_per_commit.record(changes as u64);
    }

    pub(crate) fn change_ended<T>(&self, outcome: &Result<T, StoreError>) {
        match outcome {
            Ok(_) => self.changes_done.count(),
            Err(fault) if fault.is_of_the_database() => self.changes_failed.count(),
            Err(_) => self.changes_refused.count(),
        }
    }

    /// How a change ended, in one word.
    pub(crate) fn name_of<T>(outcome: &Result<T, StoreError>) -> &'static str {
        match outcome {
            Ok(_) => "done",
            Err(fault) if fault.is_of_the_database() => "failed",
            Err(_) => "refused",
        }
    }

    pub(crate) fn statement_ended<T>(&self, outcome: &Result<T, StoreError>) {
        if outcome.as_ref().is_err_and(StoreError::is_of_the_database) {
            self.statements_failed.count();
        }
    }
}

impl Store {
    /// What this store has done since it was opened.
    pub fn activity(&self) -> &Activity {
        &self.tools().activity
    }

    /// The generation of the definitions last used; `None` before their first use.
    pub fn definitions_generation(&self) -> Option<i64> {
        self.definitions_cache().generation()
    }
}
