//! How large things were: a histogram with fixed bounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts values by ranges. The unit is its user's: microseconds, or things.
#[derive(Debug)]
pub struct Distribution {
    /// The upper end of each range, itself included, ascending.
    bounds: &'static [u64],
    /// One more than bounds: the last one counts what is beyond them all.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a [`Distribution`] held at one moment, more or less: others may count meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub sum: u64,
    /// How many values fell into the range that ends with each bound.
    pub ranges: Vec<(u64, u64)>,
    pub beyond: u64,
}

impl Distribution {
    /// From 100 µs to 30 s.
    pub const MICROSECONDS: &'static [u64] = &[
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ];

    /// `bounds` ascend.
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    pub fn of_durations() -> Self {
        Self::new(Self::MICROSECONDS)
    }

    pub fn record(&self, value: u64) {
        let range = self.bounds.partition_point(|bound| *bound < value);
        self.counts[range].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// In microseconds.
    pub fn record_duration(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut counts: Vec<u64> =
            self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let beyond = counts.pop().unwrap_or_default();
        let ranges = self.bounds.iter().copied().zip(counts).collect();
        Snapshot { sum: self.sum.load(Ordering::Relaxed), ranges, beyond }
    }
}

impl Snapshot {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(_, count)| count).sum::<u64>() + self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_first_range_that_holds_it() {
        let sizes = Distribution::new(&[1, 8, 64]);
        for size in [0, 1, 2, 8, 9, 64, 65, 1_000] {
            sizes.record(size);
        }
        let seen = sizes.snapshot();
        assert_eq!(seen.ranges, [(1, 2), (8, 2), (64, 2)]);
        assert_eq!((seen.beyond, seen.count(), seen.sum), (2, 8, 1_149));
    }

    #[test]
    fn durations_are_counted_in_microseconds() {
        let waits = Distribution::of_durations();
        waits.record_duration(Duration::from_millis(3));
        let seen = waits.snapshot();
        assert_eq!(seen.sum, 3_000);
        assert!(seen.ranges.contains(&(5_000, 1)));
    }
}
