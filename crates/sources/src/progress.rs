//! How far a query has come, told by its connector while it works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::measure::Stages;

/// The moments of one query, of which clones are one. A query that begins again on another connection
/// begins these again.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Moments>);

/// In microseconds since the query was made; 0 is never.
#[derive(Debug)]
struct Moments {
    since: Instant,
    opened: AtomicU64,
    first_row: AtomicU64,
}

impl Default for Progress {
    /// Of a query that is being made.
    fn default() -> Self {
        let since = Instant::now();
        Self(Arc::new(Moments { since, opened: AtomicU64::new(0), first_row: AtomicU64::new(0) }))
    }
}

impl Progress {
    /// There is a connection to ask; the query is sent next.
    pub(crate) fn opened(&self) {
        self.0.opened.store(self.now(), Ordering::Relaxed);
        self.0.first_row.store(0, Ordering::Relaxed);
    }

    /// A row has come. Only the first one counts, so every one may be told.
    pub(crate) fn row(&self) {
        if self.0.first_row.load(Ordering::Relaxed) == 0 {
            self.0.first_row.store(self.now(), Ordering::Relaxed);
        }
    }

    /// How long the stages took of a query that was begun then and has ended just now.
    pub(crate) fn stages(&self, begun: Instant) -> Stages {
        let ended = Instant::now();
        let opened = self.moment(&self.0.opened).unwrap_or(ended);
        let first_row = self.moment(&self.0.first_row).unwrap_or(ended);
        Stages {
            open: opened.saturating_duration_since(begun),
            first_row: first_row.saturating_duration_since(opened),
            fetch: ended.saturating_duration_since(first_row),
            ..Stages::default()
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.since.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    fn moment(&self, told: &AtomicU64) -> Option<Instant> {
        match told.load(Ordering::Relaxed) {
            0 => None,
            microseconds => Some(self.0.since + Duration::from_micros(microseconds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(progress: &Progress, expected: [bool; 3]) {
        let begun = progress.0.since;
        std::thread::sleep(Duration::from_millis(2));
        let Stages { open, first_row, fetch, .. } = progress.stages(begun);
        let lasts = |stage: Duration| stage > Duration::from_millis(1);
        assert_eq!([open, first_row, fetch].map(lasts), expected);
    }

    #[test]
    fn time_belongs_to_the_stage_that_a_query_is_in() {
        let progress = Progress::default();
        check(&progress, [true, false, false]);
        progress.opened();
        check(&progress, [true, true, false]);
        progress.row();
        check(&progress, [true, true, true]);
        progress.opened();
        check(&progress, [true, true, false]);
    }
}
