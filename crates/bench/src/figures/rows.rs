//! What large results cost: files of many rows for many clients at once, none of them from the cache.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::task::JoinSet;

use super::CONNECTIONS;
use crate::figure::Figure;
use crate::http::Connection;
use crate::load::thousands;
use crate::server::Demo;
use crate::{client, http};

const MEGABYTE: u64 = 1_000_000;

/// How often memory is looked at.
const RHYTHM: Duration = Duration::from_millis(10);

pub(crate) async fn as_files(demo: &Demo, time: Duration) -> Result<Vec<Figure>> {
    let before = demo.memory()?;
    let files = Arc::new(Files {
        address: demo.address().to_owned(),
        jwt: client::embed_token(demo, "UA").await?,
        number: AtomicU64::new(0),
        lines: AtomicUsize::new(0),
        end: Instant::now() + time,
    });
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let files = Arc::clone(&files);
        clients.spawn(async move { files.read_until_the_end().await });
    }
    let (mut server, mut worker) = (0, 0);
    while Instant::now() < files.end {
        server = server.max(demo.memory()?);
        worker = worker.max(demo.worker_memory().into_iter().max().unwrap_or_default());
        tokio::time::sleep(RHYTHM).await;
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    let rate = files.lines.load(Ordering::Relaxed) as f64 / time.as_secs_f64();
    let read = files.number.load(Ordering::Relaxed);
    Ok(vec![Figure {
        what: format!("memory while {CONNECTIONS} clients read files of some 50,000 rows"),
        wanted: "bounded".to_owned(),
        measured: format!(
            "server {} MB at most, worker {} MB; {} rows/s in {read} files",
            server / MEGABYTE,
            worker / MEGABYTE,
            thousands(rate as u64),
        ),
        floor: format!("server before: {} MB", before / MEGABYTE),
        share: None,
    }])
}

/// Files of one customer's flights, each of another period.
struct Files {
    address: String,
    jwt: String,
    number: AtomicU64,
    lines: AtomicUsize,
    end: Instant,
}

impl Files {
    async fn read_until_the_end(&self) -> Result<()> {
        while Instant::now() < self.end {
            let response = Connection::open(&self.address).await?.read_to_end(&self.next()).await?;
            ensure!(response.starts_with(b"HTTP/1.1 200"), "a file was not answered");
            let lines = response.iter().filter(|byte| **byte == b'\n').count();
            self.lines.fetch_add(lines, Ordering::Relaxed);
        }
        Ok(())
    }

    /// A period from one of January's days to one of December's.
    fn next(&self) -> Vec<u8> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let (first, last) = (1 + number % 28, 1 + number / 28 % 28);
        let period = json!({
            "startDate": format!("2013-01-{first:02}"),
            "endDate": format!("2013-12-{last:02}"),
        });
        let body = json!({"format": "csv", "variables": {"period": period}}).to_string();
        let credential = format!("Bearer {}", self.jwt);
        let headers = [("Authorization", credential.as_str()), ("Connection", "close")];
        http::request("POST", "/embed/v1/panels/recent/export", &headers, &body)
    }
}
