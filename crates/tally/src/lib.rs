//! What many threads count and somebody reads now and then.
//!
//! Everything here is a handful of atomics: to count costs a few nanoseconds and never waits. Who
//! reads, and in which format, is not known here.

mod distribution;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub use distribution::{Distribution, Snapshot};

/// Only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub fn count(&self) {
        self.add(1);
    }

    pub fn add(&self, many: u64) {
        self.0.fetch_add(many, Ordering::Relaxed);
    }

    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of something there are just now.
#[derive(Debug, Default)]
pub struct Level(Arc<AtomicI64>);

impl Level {
    /// One more, until the answer is dropped.
    pub fn enter(&self) -> Present {
        self.0.fetch_add(1, Ordering::Relaxed);
        Present(Arc::clone(&self.0))
    }

    pub fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One of those that a [`Level`] counts.
#[derive(Debug)]
#[must_use = "it is counted only while it lives"]
pub struct Present(Arc<AtomicI64>);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_falls_when_one_leaves() {
        let level = Level::default();
        let first = level.enter();
        let second = level.enter();
        assert_eq!(level.value(), 2);
        drop(first);
        assert_eq!(level.value(), 1);
        drop(second);
        assert_eq!(level.value(), 0);
    }

    #[test]
    fn a_counter_only_grows() {
        let counter = Counter::new();
        counter.count();
        counter.add(41);
        assert_eq!(counter.value(), 42);
    }
}
