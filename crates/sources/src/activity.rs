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
    /// Questions that a kept result answered past its time, while a query for a new one began.
    pub cache_stale: Counter,
    /// Questions that became a query.
    pub cache_misses: Counter,
    /// Questions that joined an identical query under way.
    pub joined: Counter,
    /// Results that were dropped before their time, to make room for others.
    pub cache_evicted: Counter,
    /// Data sources that were closed because nobody asked them any more.
    pub idle_closed: Counter,
    /// Addresses of data sources that were found but may not be reached.
    pub addresses_refused: Counter,
    pub connections: Connections,
    pub objects: Objects,
    /// Engine workers that run.
    pub workers: Level,
    /// Engine workers that were started.
    pub workers_started: Counter,
}

/// Connections to databases that are open, used or not. ClickHouse is asked by HTTP, whose client keeps
/// connections for itself: here those that it uses are counted.
#[derive(Debug, Default)]
pub struct Connections {
    pub postgres: Level,
    pub mysql: Level,
    pub sqlite: Level,
    pub clickhouse: Level,
}

/// What engine workers read of stores of objects.
#[derive(Debug, Default)]
pub struct Objects {
    /// Objects that were in the cache.
    pub hits: Counter,
    /// Objects that were fetched.
    pub fetched: Counter,
    /// What came from the stores, in bytes; also of objects that did not come whole.
    pub fetched_bytes: Counter,
    /// Objects that were removed to make room for others.
    pub evicted: Counter,
}

/// Queries by how they ended; `cancelled` are those whose waiters had all left.
#[derive(Debug, Default)]
pub struct Outcomes([Counter; 8]);

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
    /// What fetched objects take on the disk, in bytes.
    pub object_bytes: u64,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            outcomes: Outcomes::default(),
            query_duration: Distribution::of_durations(),
            queue_wait: Distribution::of_durations(),
            cache_hits: Counter::new(),
            cache_stale: Counter::new(),
            cache_misses: Counter::new(),
            joined: Counter::new(),
            cache_evicted: Counter::new(),
            idle_closed: Counter::new(),
            addresses_refused: Counter::new(),
            connections: Connections::default(),
            objects: Objects::default(),
            workers: Level::default(),
            workers_started: Counter::new(),
        }
    }
}

impl Activity {
    pub(crate) fn query_ended<T>(
        &self,
        outcome: &Result<T, SourceError>,
        was_abandoned: bool,
        duration: Duration,
    ) {
        self.query_duration.record_duration(duration);
        self.outcomes.of(name_of(outcome, was_abandoned)).count();
    }
}

/// How a query ended, in one word.
pub(crate) fn name_of<T>(outcome: &Result<T, SourceError>, was_abandoned: bool) -> &'static str {
    match outcome {
        Ok(_) => "rows",
        Err(_) if was_abandoned => "cancelled",
        Err(SourceError::Busy { .. }) => "busy",
        Err(SourceError::TimedOut { .. }) => "timed_out",
        Err(SourceError::TooLarge(_)) => "too_large",
        Err(SourceError::Unavailable { .. }) => "unavailable",
        Err(SourceError::Refused { .. }) => "refused",
        Err(SourceError::Failed { .. }) => "failed",
    }
}

impl Connections {
    /// How many there are of each kind of data source.
    pub fn by_kind(&self) -> [(&'static str, i64); 4] {
        let Self { postgres, mysql, sqlite, clickhouse } = self;
        [("postgres", postgres), ("mysql", mysql), ("sqlite", sqlite), ("clickhouse", clickhouse)]
            .map(|(kind, level)| (kind, level.value()))
    }
}

impl Outcomes {
    const NAMES: [&str; 8] =
        ["rows", "busy", "timed_out", "too_large", "unavailable", "refused", "failed", "cancelled"];

    /// Each outcome's name and how many queries ended so.
    pub fn by_name(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Self::NAMES.into_iter().zip(self.0.iter().map(Counter::value))
    }

    fn of(&self, name: &str) -> &Counter {
        let at = Self::NAMES.iter().position(|known| *known == name);
        &self.0[at.unwrap_or_else(|| unreachable!("{name} is an outcome"))]
    }
}
