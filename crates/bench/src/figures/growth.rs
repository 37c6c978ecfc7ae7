//! What grows with the number of customers: reads among few and among many, creates, memory, disk;
//! and what a change at the root of a large tree costs.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::customer::{body, create};
use crate::figure::Figure;
use crate::http::Connection;
use crate::load::{self, Outcome, thousands};
use crate::server::Demo;
use crate::{client, process};

/// Rows of one batch.
const ROWS: u32 = 10_000;
/// The sizes that are compared, beside the one that is asked for.
const SIZES: [u32; 2] = [1_000, 100_000];
/// Children of one root whose properties change.
const DESCENDANTS: u32 = 100_000;
const CREATORS: usize = 64;
/// A prime that no size is a multiple of: reads hop all over the customers.
const STRIDE: u64 = 7_919;

/// What was seen with so many customers.
struct Seen {
    customers: u32,
    /// Rows per second of the batches that led here.
    fill: f64,
    get: Outcome,
    create: Outcome,
    /// Milliseconds for a page of 1,000.
    page_ms: f64,
    /// Bytes above the empty server.
    memory: u64,
    /// Bytes of the database.
    disk: u64,
}

/// Measures at 1,000, at 100,000 and at `most` customers.
pub(crate) async fn measure(demo: &Demo, most: u32, time: Duration) -> Result<Vec<Figure>> {
    let empty = demo.memory()?;
    let (mut seen, mut there): (Vec<Seen>, u32) = (Vec::new(), 0);
    for size in SIZES.into_iter().filter(|size| *size < most).chain([most]) {
        let started = Instant::now();
        fill(demo, there, size).await?;
        let fill = f64::from(size - there) / started.elapsed().as_secs_f64();
        there = size;
        seen.push(look(demo, size, fill, empty, time).await?);
    }
    let (first, last) = (seen.first().context("a size")?, seen.last().context("a size")?);
    let mut figures = vec![
        Figure {
            what: format!("batches of {}, up to {} customers", thousands(ROWS.into()), shown(last)),
            wanted: "≥ 20,000 rows/s".to_owned(),
            measured: format!("{} rows/s", thousands(last.fill as u64)),
            floor: String::new(),
            share: None,
        },
        Figure {
            what: format!("get, any of {} customers, one connection", shown(last)),
            wanted: "p50 ≤ 1.3 ×".to_owned(),
            measured: last.get.shown(),
            floor: format!("of {}: {}", shown(first), first.get.shown()),
            share: Some(last.get.p50 as f64 / first.get.p50 as f64),
        },
        Figure {
            what: format!("memory that {} customers add", shown(last)),
            wanted: "≤ 100 MB".to_owned(),
            measured: format!("{} MB", last.memory / 1_000_000),
            floor: String::new(),
            share: None,
        },
    ];
    figures.extend(root_change(demo).await?);
    eprintln!("{}", table(&seen)?);
    Ok(figures)
}

fn shown(seen: &Seen) -> String {
    thousands(seen.customers.into())
}

async fn look(demo: &Demo, customers: u32, fill: f64, empty: u64, time: Duration) -> Result<Seen> {
    let token = demo.facts.api_token.clone();
    let get = load::run(demo, 1, time, move |_, number| {
        let id = number * STRIDE % u64::from(customers);
        client::native(&token, "GET", &format!("/v1/customers/c{id}"), None)
    })
    .await?;
    let started = Instant::now();
    let page = client::native(&demo.facts.api_token, "GET", "/v1/customers?limit=1000", None);
    client::ask(demo, &page).await?;
    let page_ms = started.elapsed().as_secs_f64() * 1e3;
    let memory = demo.memory()?.saturating_sub(empty);
    let create = create(demo, &format!("extra-{customers}"), CREATORS, time).await?;
    Ok(Seen { customers, fill, get, create, page_ms, memory, disk: disk(demo.data_directory())? })
}

fn disk(directory: &Path) -> Result<u64> {
    Ok(std::fs::metadata(directory.join("fanlight.db"))?.len())
}

/// Makes the customers `c<from>` to `c<to>` in batches, on two connections.
async fn fill(demo: &Demo, from: u32, to: u32) -> Result<()> {
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..2 {
        let (token, address) = (demo.facts.api_token.clone(), demo.address().to_owned());
        callers.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let starts = (from..to).step_by(ROWS as usize).skip(caller).step_by(2);
            for start in starts {
                let rows = start..to.min(start + ROWS);
                let rows: Vec<Value> = rows.map(|at| body(&format!("c{at}"))).collect();
                put(&mut connection, &token, &rows).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    Ok(())
}

async fn put(connection: &mut Connection, token: &str, rows: &[Value]) -> Result<()> {
    let body = serde_json::to_string(rows)?;
    let request = client::native(token, "POST", "/v1/customers:batch", Some(&body));
    let response = connection.send(&request).await?;
    ensure!(response.status == 200, "answer {}", response.status);
    let answer: Value = serde_json::from_slice(response.body)?;
    ensure!(answer["failed"] == 0, "rows failed: {}", answer["results"][0]);
    Ok(())
}

/// Changes a property of a root with many descendants and reads each of them.
async fn root_change(demo: &Demo) -> Result<Vec<Figure>> {
    let token = &demo.facts.api_token;
    let mut connection = Connection::open(demo.address()).await?;
    put(&mut connection, token, &[body("root")]).await?;
    for start in (0..DESCENDANTS).step_by(ROWS as usize) {
        let rows: Vec<Value> = (start..start + ROWS).map(child).collect();
        put(&mut connection, token, &rows).await?;
    }
    let mut changes = Vec::new();
    for plan in ["gold", "silver", "bronze", "basic", "platinum"] {
        let patch = json!({"properties": {"plan": plan}}).to_string();
        let patch = client::native(token, "PATCH", "/v1/customers/root", Some(&patch));
        let written = process::written(demo.process())?;
        let started = Instant::now();
        ensure!(connection.send(&patch).await?.status == 200, "the root is changed");
        changes.push((started.elapsed(), process::written(demo.process())? - written));
    }
    // One of them may have had the log moved to the database, which is others' work.
    changes.sort_unstable();
    let (took, written) = changes[changes.len() / 2];
    let reached = reached(&mut connection, token).await?;
    ensure!(reached == DESCENDANTS, "only {reached} descendants see the change");
    Ok(vec![Figure {
        what: format!("change of a root's property, {} descendants", thousands(DESCENDANTS.into())),
        wanted: "one row; seen by every descendant's next read".to_owned(),
        measured: format!(
            "{:.1} ms, {} KiB written, seen by all",
            took.as_secs_f64() * 1e3,
            written / 1024,
        ),
        floor: String::new(),
        share: None,
    }])
}

fn child(at: u32) -> Value {
    json!({
        "provided_id": format!("child-{at}"),
        "name": "A descendant",
        "hierarchy_level_name": "User",
        "parent_provided_id": "root",
    })
}

/// How many of the root's descendants compute the new value.
async fn reached(connection: &mut Connection, token: &str) -> Result<u32> {
    let (mut reached, mut cursor) = (0, String::new());
    loop {
        let path = format!("/v1/customers?parent_provided_id=root&limit=1000{cursor}");
        let response = connection.send(&client::native(token, "GET", &path, None)).await?;
        let page: Value = serde_json::from_slice(response.body)?;
        let customers = page["data"].as_array().context("a page has customers")?;
        let sees = |it: &&Value| it["computed_properties"]["plan"] == "platinum";
        reached += u32::try_from(customers.iter().filter(sees).count())?;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(reached),
        }
    }
}

/// The growth as a table of its own.
fn table(seen: &[Seen]) -> Result<String> {
    let mut table = "| customers | batch | get, p50 | create, 64 connections | page of 1,000 | \
                     memory added | database |\n|---|---|---|---|---|---|---|"
        .to_owned();
    for it in seen {
        write!(
            table,
            "\n| {} | {} rows/s | {:.3} ms | {}/s | {:.0} ms | {} MB | {} MB |",
            shown(it),
            thousands(it.fill as u64),
            it.get.p50 as f64 / 1e3,
            thousands(it.create.per_second as u64),
            it.page_ms,
            it.memory / 1_000_000,
            it.disk / 1_000_000,
        )?;
    }
    Ok(table)
}
