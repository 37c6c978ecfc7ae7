//! Where "now" comes from: the system, or a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time. Everything in the server that depends on it asks the clock of [`crate::App`].
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it. For tests.
    pub fn standing_at(now: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(now.as_microsecond()))))
    }

    /// Moves a standing clock and all its clones forward; the machine's clock stays as it is.
    pub fn advance(&self, seconds: u32) {
        if let Source::Set(now_us) = &self.0 {
            now_us.fetch_add(i64::from(seconds) * 1_000_000, Ordering::Relaxed);
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the server reads the machine's clock here alone"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Set(now_us) => Timestamp::from_microsecond(now_us.load(Ordering::Relaxed))
                .unwrap_or(Timestamp::MAX),
        }
    }
}
