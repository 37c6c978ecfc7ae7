//! What has been asked and answered since the start, for whoever watches it.

use std::time::Duration;

use tally::{Counter, Distribution, Level};

use crate::error::SourceError;

/// Counts of one [`Sources`](crate::Sources) and its clones.
#[derive(Debug)]
pub struct Activity {
    pub outcomes: Outcomes,
    /// How long each query took, from its being asked to its outcome; its wait included.
    pub query_duration: Distribution,
    /// How long each query waited for its turn.
    pub queue_wait: Distribution,
    /// Questions that a kept result answered.
    pub cache_hits: Counter,
    /// Questions that became a query.
    pub cache_misses: Counter,
    /// Questions that joined an identical query under way.
    pub joined: Counter,
    /// Engine workers that run.
    pub workers: Level,
    /// Engine workers that were started.
    pub workers_started: Counter,
}

/// Queries by how they ended.
#[derive(Debug, Default)]
pub struct Outcomes {
    pub rows: Counter,
    pub busy: Counter,
    pub timed_out: Counter,
    pub too_large: Counter,
    pub unavailable: Counter,
    pub refused: Counter,
    pub failed: Counter,
    /// Everybody who waited for them has left.
    pub cancelled: Counter,
}

/// What is there just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Data sources that are open.
    pub open: usize,
    /// Queries that run.
    pub running: usize,
    /// Queries that wait for their turn.
    pub waiting: usize,
    /// What the cache holds, in bytes and in results.
    pub cache_bytes: u64,
    pub cache_entries: u64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self {
            outcomes: Outcomes::default(),
            query_duration: Distribution::of_durations(),
            queue_wait: Distribution::of_durations(),
            cache_hits: Counter::new(),
            cache_misses: Counter::new(),
            joined: Counter::new(),
            workers: Level::default(),
            workers_started: Counter::new(),
        }
    }

    pub(crate) fn query_ended<T>(
        &self,
        outcome: &Result<T, SourceError>,
        was_abandoned: bool,
        duration: Duration,
    ) {
        self.query_duration.record_duration(duration);
        self.outcomes.of(outcome, was_abandoned).count();
    }
}

impl Outcomes {
    fn of<T>(&self, outcome: &Result<T, SourceError>, was_abandoned: bool) -> &Counter {
        match outcome {
            Ok(_) => &self.rows,
            Err(_) if was_abandoned => &self.cancelled,
            Err(SourceError::Busy { .. }) => &self.busy,
            Err(SourceError::TimedOut { .. }) => &self.timed_out,
            Err(SourceError::TooLarge(_)) => &self.too_large,
            Err(SourceError::Unavailable { .. }) => &self.unavailable,
            Err(SourceError::Refused { .. }) => &self.refused,
            Err(SourceError::Failed { .. }) => &self.failed,
        }
    }
}
