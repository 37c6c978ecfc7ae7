//! What one customer notices of another who asks for very much, when no answer comes from the cache.

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
    let alone = beside(demo, 0, time).await?;
    let ordinary = beside(demo, ORDINARY, time).await?;
    let greedy = beside(demo, GREEDY, time).await?;
    let shown = |p95: Duration| format!("p95 {:.2} ms", p95.as_secs_f64() * 1e3);
    let figure = |requests: usize, measured: Duration, (what, floor): (&str, Duration)| Figure {
        what: format!("a customer's panel beside another's {requests} open requests"),
        wanted: "≤ 2".to_owned(),
        measured: shown(measured),
        floor: format!("{what}: {}", shown(floor)),
        share: Some(measured.as_secs_f64() / floor.as_secs_f64()),
    };
    let beside_ordinary = format!("beside {ORDINARY}");
    Ok(vec![
        figure(GREEDY, greedy, ("alone", alone)),
        // What is due to the queue, and not to processors that are shared.
        figure(GREEDY, greedy, (&beside_ordinary, ordinary)),
    ])
}

/// The p95 of one customer while another has so many requests open.
async fn beside(demo: &Demo, others: usize, time: Duration) -> Result<Duration> {
    let question = Arc::new(Question {
        number: AtomicU64::new(0),
        jwt: client::embed_token(demo, "UA").await?,
        panel: "by_month",
    });
    let mut greedy = JoinSet::new();
    for _ in 0..others {
        let (question, address) = (Arc::clone(&question), demo.address().to_owned());
        greedy.spawn(async move { question.ask_without_end(&address).await });
    }
    // All of them wait by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let jwt = client::embed_token(demo, "AA").await?;
    let modest = Question { number: AtomicU64::new(0), jwt, panel: "flights" };
    let p95 = modest.p95(demo.address(), time).await?;
    while let Some(ended) = greedy.try_join_next() {
        ended??;
    }
    greedy.shutdown().await;
    Ok(p95)
}

/// A panel over a period that nobody has asked for yet.
struct Question {
    number: AtomicU64,
    jwt: String,
    panel: &'static str,
}

impl Question {
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

    async fn p95(&self, address: &str, time: Duration) -> Result<Duration> {
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
        Ok(latencies[latencies.len() * 95 / 100])
    }
}
