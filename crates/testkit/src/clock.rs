//! A clock that tests set.

use std::sync::atomic::{AtomicI64, Ordering};

/// Stands still until it is told to go on.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn at_us(now_us: i64) -> Self {
        Self(AtomicI64::new(now_us))
    }

    pub fn advance_us(&self, by_us: i64) {
        self.0.fetch_add(by_us, Ordering::SeqCst);
    }
}

impl ::store::Clock for ManualClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
