//! Results that may be asked for again soon.

use std::sync::Arc;
use std::time::{Duration, Instant};

use blake3::Hash;
use model::name::SourceId;
use moka::Expiry;
use moka::future::Cache;
use moka::notification::RemovalCause;

use crate::activity::Activity;
use crate::options::{CachePolicy, REFRESH_PAUSE};
use crate::result::ResultSet;

/// Holds results for as long as somebody wanted them kept, and up to a number of bytes.
#[derive(Clone)]
pub(crate) struct ResultCache(Cache<[u8; 32], Kept>);

/// A result with its age.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) result: Arc<ResultSet>,
    pub(crate) as_of: jiff::Timestamp,
    asked: Instant,
    arrived: Instant,
    keep_for: Duration,
    source: SourceId,
}

/// What a kept result is to somebody who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It answers.
    Fresh,
    /// It answers, and a new one is to be fetched.
    Stale,
    /// It does not answer.
    Old,
}

impl Kept {
    pub(crate) fn to(&self, policy: CachePolicy) -> Freshness {
        let age = self.asked.elapsed();
        match policy {
            CachePolicy::Within(fresh) if age <= fresh => Freshness::Fresh,
            CachePolicy::Stale { fresh, .. } if age <= fresh => Freshness::Fresh,
            CachePolicy::Stale { fresh, stale } if age <= fresh + stale => Freshness::Stale,
            // Counted from its arrival: who refreshes a slow question again and again shall not keep
            // the source at it all the time.
            CachePolicy::Refresh { .. } if self.arrived.elapsed() <= REFRESH_PAUSE => {
                Freshness::Fresh
            }
            _ => Freshness::Old,
        }
    }
}

struct EachItsOwn;

impl Expiry<[u8; 32], Kept> for EachItsOwn {
    fn expire_after_create(&self, _: &[u8; 32], kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.keep_for)
    }

    fn expire_after_update(
        &self,
        _: &[u8; 32],
        kept: &Kept,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.keep_for)
    }
}

impl ResultCache {
    pub(crate) fn new(bytes: u64, activity: Arc<Activity>) -> Self {
        let weight =
            |_: &[u8; 32], kept: &Kept| u32::try_from(kept.result.weight()).unwrap_or(u32::MAX);
        let cache = Cache::builder().max_capacity(bytes).weigher(weight).expire_after(EachItsOwn);
        let evicted = move |_: Arc<[u8; 32]>, _: Kept, cause: RemovalCause| {
            if cause == RemovalCause::Size {
                activity.cache_evicted.count();
            }
        };
        Self(cache.eviction_listener(evicted).support_invalidation_closures().build())
    }

    /// What is kept, however old.
    pub(crate) async fn get(&self, key: &Hash) -> Option<Kept> {
        self.0.get(key.as_bytes()).await
    }

    pub(crate) async fn keep(
        &self,
        key: &Hash,
        source: SourceId,
        fresh: &Fresh,
        keep_for: Duration,
    ) {
        // Somebody else may be content with an older one for longer.
        let kept = self.0.get(key.as_bytes()).await;
        let keep_for = kept.map_or(keep_for, |kept| kept.keep_for.max(keep_for));
        let (Fresh { result, as_of, asked }, arrived) = (fresh.clone(), Instant::now());
        let kept = Kept { result, as_of, asked, arrived, keep_for, source };
        self.0.insert(*key.as_bytes(), kept).await;
    }

    /// The bytes that results take, and how many there are; more or less, because what has ended is
    /// removed a moment later.
    pub(crate) fn size(&self) -> (u64, u64) {
        (self.0.weighted_size(), self.0.entry_count())
    }

    /// Drops all results of a source.
    pub(crate) fn forget(&self, source: SourceId) {
        let of_source = move |_: &[u8; 32], kept: &Kept| kept.source == source;
        // Errs only for a cache without invalidation closures.
        let _ = self.0.invalidate_entries_if(of_source);
    }
}

/// A result as it comes from the database.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) result: Arc<ResultSet>,
    pub(crate) as_of: jiff::Timestamp,
    pub(crate) asked: Instant,
}
