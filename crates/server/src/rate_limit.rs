//! How many requests one address, or one credential, may send in a minute.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

const WINDOW_US: i64 = 60_000_000;
const SHARDS: usize = 16;
/// Keys remembered per shard. Beyond, windows that ended are forgotten, and then all of them: the
/// limit protects the server from busy clients, and must not become what fills its memory.
const SHARD_CAPACITY: usize = 8192;

/// Counts requests per key in windows of 60 seconds that start with a key's first request, so a
/// client that waits a minute always starts afresh.
#[derive(Debug)]
pub(crate) struct RateLimit<K> {
    per_minute: u32,
    hasher: RandomState,
    shards: [Mutex<HashMap<K, Window>>; SHARDS],
}

#[derive(Clone, Copy, Debug)]
struct Window {
    started_us: i64,
    requests: u32,
}

/// What is left of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends: 1 to 60 seconds from now.
    pub(crate) reset_s: u32,
}

/// The minute is used up; nothing of the allowance remains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded(pub(crate) Allowance);

impl<K: Clone + Eq + Hash> RateLimit<K> {
    /// 0 means no limit.
    pub(crate) fn new(per_minute: u32) -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Self { per_minute, hasher: RandomState::new(), shards }
    }

    /// Counts one request of `key`; `None` without a limit.
    pub(crate) fn count(&self, key: &K, now: Timestamp) -> Result<Option<Allowance>, Exceeded> {
        if self.per_minute == 0 {
            return Ok(None);
        }
        let now_us = now.as_microsecond();
        let mut windows = self.shard(key);
        if let Some(window) = windows.get_mut(key) {
            return window.count(self.per_minute, now_us).map(Some);
        }
        if windows.len() >= SHARD_CAPACITY {
            make_room(&mut windows, now_us);
        }
        let window =
            windows.entry(key.clone()).or_insert(Window { started_us: now_us, requests: 0 });
        window.count(self.per_minute, now_us).map(Some)
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, HashMap<K, Window>> {
        // The remainder is below 16, so it fits.
        let at = (self.hasher.hash_one(key) % SHARDS as u64) as usize;
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn count(&mut self, limit: u32, now_us: i64) -> Result<Allowance, Exceeded> {
        if !self.holds(now_us) {
            *self = Self { started_us: now_us, requests: 0 };
        }
        let reset_s = self.seconds_left(now_us);
        if self.requests >= limit {
            return Err(Exceeded(Allowance { limit, remaining: 0, reset_s }));
        }
        self.requests += 1;
        Ok(Allowance { limit, remaining: limit - self.requests, reset_s })
    }

    /// Also false when the clock was set back, so nobody is locked out until it catches up.
    fn holds(self, now_us: i64) -> bool {
        (self.started_us..self.started_us + WINDOW_US).contains(&now_us)
    }

    fn seconds_left(self, now_us: i64) -> u32 {
        let left_us = self.started_us + WINDOW_US - now_us;
        u32::try_from(left_us.div_euclid(1_000_000) + 1).unwrap_or(60).min(60)
    }
}

fn make_room<K>(windows: &mut HashMap<K, Window>, now_us: i64) {
    windows.retain(|_, window| window.holds(now_us));
    if windows.len() >= SHARD_CAPACITY {
        windows.clear();
    }
}

/// What an address counts as: an IPv6 address as its /64, which is what one customer of a provider
/// has.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

impl Allowance {
    /// The one of which less remains.
    pub(crate) fn nearer(self, other: Self) -> Self {
        if other.remaining < self.remaining { other } else { self }
    }

    /// Tells the client, in the words of the IETF's draft on rate limits.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("ratelimit-limit", self.limit),
            ("ratelimit-remaining", self.remaining),
            ("ratelimit-reset", self.reset_s),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    fn of(address: &str) -> IpAddr {
        network_of(address.parse().expect("an address"))
    }

    #[track_caller]
    fn check(counted: Result<Option<Allowance>, Exceeded>, remaining: u32, reset_s: u32) {
        let allowance = counted.expect("allowed").expect("limited");
        assert_eq!((allowance.remaining, allowance.reset_s), (remaining, reset_s));
    }

    #[test]
    fn the_request_past_the_limit_waits_for_the_window_to_end() {
        let limit = RateLimit::new(180);
        for request in 1..=180 {
            check(limit.count(&ANA, at(0)), 180 - request, 60);
        }
        let used_up = |reset_s| Err(Exceeded(Allowance { limit: 180, remaining: 0, reset_s }));
        assert_eq!(limit.count(&ANA, at(0)), used_up(60));
        assert_eq!(limit.count(&ANA, at(45)), used_up(16));
        check(limit.count(&ANA, at(60)), 179, 60);
    }

    #[test]
    fn addresses_count_apart_but_an_ipv6_network_counts_as_one() {
        let limit = RateLimit::new(1);
        check(limit.count(&of("192.0.2.1"), at(0)), 0, 60);
        check(limit.count(&of("192.0.2.2"), at(0)), 0, 60);
        check(limit.count(&of("2001:db8::1"), at(0)), 0, 60);
        assert!(limit.count(&of("2001:db8::2"), at(0)).is_err());
        assert!(limit.count(&of("::ffff:192.0.2.1"), at(0)).is_err());
    }

    #[test]
    fn zero_is_no_limit_and_a_clock_set_back_locks_nobody_out() {
        let limit = RateLimit::new(0);
        assert!((0..10_000).all(|_| limit.count(&ANA, at(0)) == Ok(None)));
        let limit = RateLimit::new(1);
        check(limit.count(&ANA, at(3600)), 0, 60);
        check(limit.count(&ANA, at(0)), 0, 60);
    }

    #[test]
    fn the_client_hears_of_the_limit_of_which_less_remains() {
        let of_address = Allowance { limit: 6000, remaining: 12, reset_s: 9 };
        let of_token = Allowance { limit: 100, remaining: 40, reset_s: 50 };
        assert_eq!(of_address.nearer(of_token), of_address);
        assert_eq!(of_token.nearer(of_address), of_address);
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let limit = RateLimit::new(1);
        for number in 0..300_000u32 {
            let _ = limit.count(&IpAddr::V4(number.into()), at(0));
        }
        let remembered: usize =
            limit.shards.iter().map(|shard| shard.lock().expect("not poisoned").len()).sum();
        assert!(remembered <= SHARDS * SHARD_CAPACITY);
    }
}
