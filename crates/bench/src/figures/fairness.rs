//! What one customer notices of another who asks for very much, when no answer comes from the cache.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client;
use crate::figure::Figure;
use crate::http::Connection;
use crate::server::Demo;

/// Requests that the greedy customer always has open.
const GREEDY: usize = 200;

/// Requests that a customer's own page may well have open: as many as may run at once.
const ORDINARY: usize = 4;

pub(crate) async fn beside_a_greedy_customer(demo: &Demo, time: Duration) -> Result<Vec<Figure>> {
    let customers = Customers::of(demo).await?;
    let alone = customers.beside(0, time).await?;
    let ordinary = customers.beside(ORDINARY, time).await?;
    let greedy = customers.beside(GREEDY, time).await?;
    let figure = |requests: usize, measured: Latency, (what, floor): (&str, Latency)| Figure {
        what: format!("a customer's panel beside another's {requests} open requests"),
        wanted: "≤ 2".to_owned(),
        measured: measured.to_string(),
        floor: format!("{what}: {floor}"),
        share: Some(measured.p95.as_secs_f64() / floor.p95.as_secs_f64()),
    };
    let beside_ordinary = format!("beside {ORDINARY}");
    Ok(vec![
        figure(GREEDY, greedy, ("alone", alone)),
        // What is due to the queue, and not to processors that are shared.
        figure(GREEDY, greedy, (&beside_ordinary, ordinary)),
    ])
}

/// What the modest customer waits for an answer.
#[derive(Clone, Copy)]
struct Latency {
    p50: Duration,
    p95: Duration,
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(f, "p50 {:.2} ms, p95 {:.2} ms", milliseconds(self.p50), milliseconds(self.p95))
    }
}

struct Customers<'a> {
    address: &'a str,
    modest: Question,
    greedy: Arc<Question>,
}

impl<'a> Customers<'a> {
    async fn of(demo: &'a Demo) -> Result<Self> {
        let modest = Question::of(demo, "AA", "flights").await?;
        let greedy = Arc::new(Question::of(demo, "UA", "by_month").await?);
        Ok(Self { address: demo.address(), modest, greedy })
    }

    /// The latency of the modest one while the other has so many requests open.
    async fn beside(&self, requests: usize, time: Duration) -> Result<Latency> {
        let mut greedy = JoinSet::new();
        for _ in 0..requests {
            let (question, address) = (Arc::clone(&self.greedy), self.address.to_owned());
            greedy.spawn(async move { question.ask_without_end(&address).await });
        }
        // All of them wait by now.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let latency = self.modest.latency(self.address, time).await?;
        while let Some(ended) = greedy.try_join_next() {
            ended??;
        }
        greedy.shutdown().await;
        Ok(latency)
    }
}

/// A panel over a period that nobody has asked for yet.
struct Question {
    number: AtomicU64,
    jwt: String,
    panel: &'static str,
}

impl Question {
    async fn of(demo: &Demo, customer: &str, panel: &'static str) -> Result<Self> {
        let jwt = client::embed_token(demo, customer).await?;
        Ok(Self { number: AtomicU64::new(0), jwt, panel })
    }

    fn next(&self) -> Vec<u8> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let day = |number: u64, first_month: u64| {
            format!("2013-{:02}-{:02}", first_month + number / 28 % 6, 1 + number % 28)
        };
        let period = json!({"startDate": day(number, 1), "endDate": day(number / 168, 7)});
        let body = json!({"variables": {"period": period}}).to_string();
        let path = format!("/embed/v1/panels/{}/data", self.panel);
        client::embed(&self.jwt, "POST", &path, &body).to_vec()
    }

    /// Busy is an answer, too: the greedy one asks again.
    async fn ask_without_end(&self, address: &str) -> Result<()> {
        let mut connection = Connection::open(address).await?;
        loop {
            let status = connection.send(&self.next()).await?.status;
            if !matches!(status, 200 | 503) {
                bail!("answer {status} to the greedy customer");
            }
        }
    }

    async fn latency(&self, address: &str, time: Duration) -> Result<Latency> {
        let mut connection = Connection::open(address).await?;
        let (begun, mut latencies) = (Instant::now(), Vec::new());
        while begun.elapsed() < time || latencies.is_empty() {
            let asked = Instant::now();
            let status = connection.send(&self.next()).await?.status;
            if status != 200 {
                bail!("answer {status} to the modest customer");
            }
            latencies.push(asked.elapsed());
        }
        latencies.sort_unstable();
        let percentile = |percent: usize| latencies[latencies.len() * percent / 100];
        Ok(Latency { p50: percentile(50), p95: percentile(95) })
    }
}
