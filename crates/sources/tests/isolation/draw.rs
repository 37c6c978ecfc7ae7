//! Choices that a seed decides.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Draws the same for the same seed.
pub(crate) struct Draw(StdRng);

impl Draw {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.0.random_range(0..times) == 0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.random_range(least..=most)
    }

    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Some of them, in any order, perhaps none and some twice.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.one(of)).collect()
    }

    /// The same, each at most once.
    pub(crate) fn distinct<T: Clone>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut left = of.to_vec();
        let count = self.below(most.min(left.len()) + 1);
        (0..count).map(|_| left.swap_remove(self.below(left.len()))).collect()
    }
}
