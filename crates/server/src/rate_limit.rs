//! How many requests one address may send in a minute.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use jiff::Timestamp;

const WINDOW_US: i64 = 60_000_000;
const SHARDS: usize = 16;
/// Addresses remembered per shard. Beyond, windows that ended are forgotten, and then all of them:
/// the limit protects the server from busy clients, and must not become what fills its memory.
const SHARD_CAPACITY: usize = 8192;

/// Counts requests per address in windows of 60 seconds that start with an address's first request,
/// so a client that waits a minute always starts afresh. IPv6 addresses count by their /64, which
/// is what one customer of a provider has.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_minute: u32,
    hasher: RandomState,
    shards: [Mutex<HashMap<IpAddr, Window>>; SHARDS],
}

#[derive(Clone, Copy, Debug)]
struct Window {
    started_us: i64,
    requests: u32,
}

/// The address has used up its minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// When the window ends: 1 to 60 seconds from now.
    pub retry_after_s: u32,
}

impl RateLimit {
    /// 0 means no limit.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { per_minute, hasher: RandomState::new(), shards: Default::default() }
    }

    pub(crate) fn per_minute(&self) -> u32 {
        self.per_minute
    }

    /// Counts one request of `address`.
    pub(crate) fn count(&self, address: IpAddr, now: Timestamp) -> Result<(), Exceeded> {
        if self.per_minute == 0 {
            return Ok(());
        }
        let address = counted_as(address);
        let now_us = now.as_microsecond();
        let mut windows = self.shard(address);
        if windows.len() >= SHARD_CAPACITY && !windows.contains_key(&address) {
            make_room(&mut windows, now_us);
        }
        let window = windows.entry(address).or_insert(Window { started_us: now_us, requests: 0 });
        if !window.holds(now_us) {
            *window = Window { started_us: now_us, requests: 0 };
        }
        if window.requests >= self.per_minute {
            return Err(Exceeded { retry_after_s: window.seconds_left(now_us) });
        }
        window.requests += 1;
        Ok(())
    }

    fn shard(&self, address: IpAddr) -> std::sync::MutexGuard<'_, HashMap<IpAddr, Window>> {
        // The remainder is below 16, so it fits.
        let at = (self.hasher.hash_one(address) % SHARDS as u64) as usize;
        self.shards[at].lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Window {
    /// Also false when the clock was set back, so nobody is locked out until it catches up.
    fn holds(self, now_us: i64) -> bool {
        (self.started_us..self.started_us + WINDOW_US).contains(&now_us)
    }

    fn seconds_left(self, now_us: i64) -> u32 {
        let left_us = self.started_us + WINDOW_US - now_us;
        u32::try_from(left_us.div_euclid(1_000_000) + 1).unwrap_or(60).min(60)
    }
}

fn make_room(windows: &mut HashMap<IpAddr, Window>, now_us: i64) {
    windows.retain(|_, window| window.holds(now_us));
    if windows.len() >= SHARD_CAPACITY {
        windows.clear();
    }
}

fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    #[test]
    fn the_request_past_the_limit_waits_for_the_window_to_end() {
        let limit = RateLimit::new(180);
        for _ in 0..180 {
            assert_eq!(limit.count(ANA, at(0)), Ok(()));
        }
        assert_eq!(limit.count(ANA, at(0)), Err(Exceeded { retry_after_s: 60 }));
        assert_eq!(limit.count(ANA, at(45)), Err(Exceeded { retry_after_s: 16 }));
        assert_eq!(limit.count(ANA, at(60)), Ok(()));
    }

    #[test]
    fn addresses_count_apart_but_an_ipv6_network_counts_as_one() {
        let limit = RateLimit::new(1);
        assert_eq!(limit.count(ANA, at(0)), Ok(()));
        assert_eq!(limit.count("192.0.2.2".parse().expect("an address"), at(0)), Ok(()));
        assert_eq!(limit.count("2001:db8::1".parse().expect("an address"), at(0)), Ok(()));
        assert!(limit.count("2001:db8::2".parse().expect("an address"), at(0)).is_err());
        assert!(limit.count("::ffff:192.0.2.1".parse().expect("an address"), at(0)).is_err());
    }

    #[test]
    fn zero_is_no_limit_and_a_clock_set_back_locks_nobody_out() {
        let limit = RateLimit::new(0);
        assert!((0..10_000).all(|_| limit.count(ANA, at(0)).is_ok()));
        let limit = RateLimit::new(1);
        assert_eq!(limit.count(ANA, at(3600)), Ok(()));
        assert_eq!(limit.count(ANA, at(0)), Ok(()));
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let limit = RateLimit::new(1);
        for number in 0..300_000u32 {
            let _ = limit.count(IpAddr::V4(number.into()), at(0));
        }
        let remembered: usize =
            limit.shards.iter().map(|shard| shard.lock().expect("not poisoned").len()).sum();
        assert!(remembered <= SHARDS * SHARD_CAPACITY);
    }
}
