//! How fast the source may be asked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::{Instant, sleep_until};

/// How long to wait when a server says "too many requests" and not for how long: Explo counts per
/// minute.
const UNSAID: Duration = Duration::from_secs(60);

/// Spaces the requests to one server, and holds all of them back while it wants to be left alone.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between the starts of two requests.
    interval: Duration,
    /// When the next request may start.
    next: Mutex<Instant>,
}

impl Pace {
    /// At most so many requests a minute; 0: as many as the server takes.
    pub(super) fn new(per_minute: u32) -> Self {
        let interval = match per_minute {
            0 => Duration::ZERO,
            some => Duration::from_secs(60) / some,
        };
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits until a request may start.
    pub(super) async fn turn(&self) {
        while let Some(wake) = self.take_turn(Instant::now()) {
            sleep_until(wake).await;
        }
    }

    /// When to ask again, unless the turn is the caller's.
    fn take_turn(&self, now: Instant) -> Option<Instant> {
        let mut next = self.next();
        if *next > now {
            return Some(*next);
        }
        *next = now + self.interval;
        None
    }

    /// Lets no request start for this long. False when that was so already, but for a second.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        self.hold_until(Instant::now() + pause)
    }

    fn hold_until(&self, until: Instant) -> bool {
        let mut next = self.next();
        let is_news = until > *next + Duration::from_secs(1);
        *next = (*next).max(until);
        is_news
    }

    fn next(&self) -> MutexGuard<'_, Instant> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how long a server wants to be left alone, by what it says in a reply.
pub(super) fn asked_to_wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let reset = number(headers, "ratelimit-reset").or_else(|| parameter(headers, "t"));
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = number(headers, RETRY_AFTER.as_str()).or(reset);
        return Some(seconds.map_or(UNSAID, Duration::from_secs).max(Duration::from_secs(1)));
    }
    let remaining = number(headers, "ratelimit-remaining").or_else(|| parameter(headers, "r"));
    match (remaining, reset) {
        (Some(0), Some(seconds)) => Some(Duration::from_secs(seconds)),
        _ => None,
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A parameter of the one header that newer drafts put all into: `RateLimit: "minute";r=0;t=12`.
fn parameter(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    let pairs = text.split([';', ',']).filter_map(|part| part.trim().split_once('='));
    let found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()?;
    found.parse().ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    #[track_caller]
    fn check(status: u16, headers: &[(&'static str, &'static str)], seconds: Option<u64>) {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let status = StatusCode::from_u16(status).expect("a status");
        let found = asked_to_wait(status, &headers.collect());
        assert_eq!(found, seconds.map(Duration::from_secs));
    }

    #[test]
    fn too_many_requests_say_for_how_long() {
        check(429, &[("retry-after", "37")], Some(37));
        check(429, &[("retry-after", "0")], Some(1));
        check(429, &[("ratelimit-reset", "12")], Some(12));
        check(429, &[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], Some(60));
        check(429, &[], Some(60));
    }

    #[test]
    fn a_used_up_quota_is_waited_for_before_the_server_refuses() {
        check(200, &[], None);
        check(200, &[("ratelimit-remaining", "3"), ("ratelimit-reset", "12")], None);
        check(200, &[("ratelimit-remaining", "0"), ("ratelimit-reset", "12")], Some(12));
        check(200, &[("ratelimit", "\"minute\";r=0;t=30")], Some(30));
        check(200, &[("ratelimit", "\"minute\";r=170;t=30")], None);
        check(200, &[("ratelimit", "limit=180, remaining=3")], None);
    }

    /// The seconds after `began` at which so many requests start when nobody waits too long.
    fn starts(pace: &Pace, began: Instant, count: usize) -> Vec<u64> {
        let mut now = began;
        let mut starts = Vec::new();
        while starts.len() < count {
            match pace.take_turn(now) {
                Some(wake) => now = wake,
                None => starts.push((now - began).as_secs()),
            }
        }
        starts
    }

    #[test]
    fn requests_keep_their_distance_and_a_pause_holds_for_all() {
        let pace = Pace::new(30);
        let began = Instant::now();
        assert_eq!(starts(&pace, began, 3), [0, 2, 4]);
        assert!(pace.hold_until(began + Duration::from_secs(30)));
        assert!(!pace.hold_until(began + Duration::from_secs(20)));
        assert_eq!(starts(&pace, began, 2), [30, 32]);
    }

    #[test]
    fn without_a_limit_nobody_waits_but_for_a_pause() {
        let pace = Pace::new(0);
        let began = Instant::now();
        assert_eq!(starts(&pace, began, 3), [0, 0, 0]);
        assert!(pace.hold_until(began + Duration::from_secs(60)));
        assert_eq!(starts(&pace, began, 3), [60, 60, 60]);
    }
}
