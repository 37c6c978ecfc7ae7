//! A closed loop: each of a number of connections sends its next request as soon as it has the last
//! one's response.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::task::JoinSet;

use crate::http::Connection;
use crate::server::Demo;

/// Requests before the clock starts, per connection: connections, caches and code are warm then.
const WARM_UP: u64 = 20;

/// What one load showed.
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    /// Microseconds.
    pub(crate) p50: u64,
    /// Microseconds.
    pub(crate) p99: u64,
    /// Processor time of the server and its workers for one request, in microseconds.
    pub(crate) cpu_per_request: f64,
}

/// Sends what `next(connection, number)` makes for `time`. Any answer but 200 ends the measurement.
pub(crate) async fn run(
    demo: &Demo,
    connections: usize,
    time: Duration,
    next: impl Fn(usize, u64) -> Arc<[u8]> + Send + Sync + 'static,
) -> Result<Outcome> {
    let next = Arc::new(next);
    let barrier = Arc::new(tokio::sync::Barrier::new(connections + 1));
    let mut loops = JoinSet::new();
    for index in 0..connections {
        let (next, barrier, address) = (next.clone(), barrier.clone(), demo.address().to_owned());
        loops.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            for number in 0..WARM_UP {
                send(&mut connection, &next(index, number)).await?;
            }
            barrier.wait().await;
            let end = Instant::now() + time;
            let mut latencies = Vec::new();
            let mut number = WARM_UP;
            while Instant::now() < end {
                let started = Instant::now();
                send(&mut connection, &next(index, number)).await?;
                latencies.push(started.elapsed().as_micros() as u64);
                number += 1;
            }
            anyhow::Ok(latencies)
        });
    }
    tokio::select! {
        _ = barrier.wait() => {}
        // Only a fault ends a loop before all are warm.
        Some(early) = loops.join_next() => { early??; }
    }
    let (cpu, started) = (demo.cpu_time()?, Instant::now());
    let mut latencies = Vec::new();
    while let Some(done) = loops.join_next().await {
        latencies.extend(done??);
    }
    Outcome::of(latencies, started.elapsed(), demo.cpu_time()? - cpu)
}

async fn send(connection: &mut Connection, request: &[u8]) -> Result<()> {
    let response = connection.send(request).await?;
    if response.status != 200 {
        bail!("answer {}: {}", response.status, String::from_utf8_lossy(response.body));
    }
    Ok(())
}

impl Outcome {
    fn of(mut latencies: Vec<u64>, elapsed: Duration, cpu: Duration) -> Result<Self> {
        if latencies.is_empty() {
            bail!("no request was answered in time");
        }
        latencies.sort_unstable();
        let requests = latencies.len();
        Ok(Self {
            per_second: requests as f64 / elapsed.as_secs_f64(),
            p50: latencies[requests / 2],
            p99: latencies[requests * 99 / 100],
            cpu_per_request: cpu.as_secs_f64() * 1e6 / requests as f64,
        })
    }

    /// For the table: `12,345 /s, p50 1.2 ms, p99 3.4 ms, 80 µs CPU`.
    pub(crate) fn shown(&self) -> String {
        format!(
            "{} /s, p50 {:.2} ms, p99 {:.2} ms, {:.0} µs CPU each",
            thousands(self.per_second as u64),
            self.p50 as f64 / 1e3,
            self.p99 as f64 / 1e3,
            self.cpu_per_request,
        )
    }
}

/// `1,234,567`
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let check = |number: u64, expected: &str| assert_eq!(thousands(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }

    #[test]
    fn an_outcome_sums_up_all_connections() {
        let latencies = (1..=200).rev().collect();
        let (second, cpu) = (Duration::from_secs(1), Duration::from_millis(100));
        let outcome = Outcome::of(latencies, second, cpu).unwrap();
        assert_eq!((outcome.p50, outcome.p99), (101, 199));
        assert_eq!((outcome.per_second, outcome.cpu_per_request), (200.0, 500.0));
    }
}
