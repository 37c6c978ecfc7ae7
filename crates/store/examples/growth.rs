//! What grows with the number of customers, in the store itself: batches, reads, pages, memory, disk,
//! and a change at the root of a large tree. `cargo xtask bench --customers` measures the same from
//! outside.
//!
//! `cargo run --release -p store --example growth [-- CUSTOMERS [postgres]]`

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use model::GroupScope;
use model::customer::{CustomerChange, NewCustomer, PropertiesChange};
use model::name::ProvidedId;
use serde_json::json;
use store::{BatchOptions, ListFilter, ListPosition, PutRow, Store};
use testkit::{TestStore, customer, customer_below};

const ROWS: u32 = 10_000;
const SIZES: [u32; 2] = [1_000, 100_000];
const READS: u32 = 20_000;
/// A prime that no size is a multiple of: reads hop all over the customers.
const STRIDE: u32 = 7_919;
const DESCENDANTS: u32 = 100_000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let most: u32 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let test = match arguments.next().as_deref() {
        Some("postgres") => TestStore::postgres().await?,
        _ => TestStore::sqlite().await?,
    };
    let (store, scope) = (test.store(), test.group("Production").await?);
    let empty = memory()?;
    print("| customers | batch rows/s | get p50 µs | get p99 µs | page of 1,000 ms | memory MB |");
    print("|---|---|---|---|---|---|");
    let mut there = 0;
    for size in SIZES.into_iter().filter(|size| *size < most).chain([most]) {
        let started = Instant::now();
        fill(store, &scope, there..size, |at| usual(&format!("c{at}"))).await?;
        let rate = f64::from(size - there) / started.elapsed().as_secs_f64();
        there = size;
        let (p50, p99) = reads(store, &scope, size).await?;
        let page = page(store, &scope).await?;
        let added = memory()?.saturating_sub(empty) / 1_000_000;
        print(&format!("| {size} | {rate:.0} | {p50} | {p99} | {page:.1} | {added} |"));
    }
    root_change(store, &scope).await
}

#[expect(clippy::print_stdout, reason = "the figures are this program's answer")]
fn print(line: &str) {
    println!("{line}");
}

fn usual(id: &str) -> NewCustomer {
    let mut new = customer(id);
    new.properties.insert("plan".to_owned(), json!("gold"));
    new.properties.insert("region".to_owned(), json!("north"));
    new.properties.insert("seats".to_owned(), json!(25));
    new
}

async fn fill(
    store: &Store,
    scope: &GroupScope,
    range: std::ops::Range<u32>,
    new: impl Fn(u32) -> NewCustomer,
) -> Result<()> {
    let mut from = range.start;
    while from < range.end {
        let to = range.end.min(from + ROWS);
        let rows: Vec<PutRow> = (from..to).map(|at| new(at).into()).collect();
        let outcomes = store.put_customers(scope, rows, BatchOptions::default()).await?;
        ensure!(outcomes.iter().all(Result::is_ok), "rows failed");
        from = to;
    }
    Ok(())
}

/// Microseconds, median and the slowest of a hundred.
async fn reads(store: &Store, scope: &GroupScope, size: u32) -> Result<(u128, u128)> {
    let mut took = Vec::new();
    for number in 0..READS {
        let at = u64::from(number) * u64::from(STRIDE) % u64::from(size);
        let id: ProvidedId = format!("c{at}").parse()?;
        let started = Instant::now();
        store.customer(scope, &id).await?.context("a customer")?;
        took.push(started.elapsed().as_micros());
    }
    took.sort_unstable();
    Ok((took[took.len() / 2], took[took.len() * 99 / 100]))
}

async fn page(store: &Store, scope: &GroupScope) -> Result<f64> {
    let started = Instant::now();
    let page = store.list_customers(scope, &ListFilter::default(), None, 1_000).await?;
    ensure!(page.len() == 1_000, "a whole page");
    Ok(started.elapsed().as_secs_f64() * 1e3)
}

async fn root_change(store: &Store, scope: &GroupScope) -> Result<()> {
    store.get_or_create_customer(scope, usual("root")).await?;
    fill(store, scope, 0..DESCENDANTS, |at| customer_below(&format!("below-{at}"), "root")).await?;
    let plan = json!({"plan": "platinum"}).as_object().cloned().unwrap_or_default();
    let properties = Some(PropertiesChange::Merge(plan));
    let change = CustomerChange { properties, ..CustomerChange::default() };
    let started = Instant::now();
    store.update_customer(scope, &"root".parse()?, change).await?;
    let took = started.elapsed().as_secs_f64() * 1e3;
    let seen = reached(store, scope).await?;
    ensure!(seen == DESCENDANTS, "only {seen} descendants see the change");
    print(&format!("change of a root's property: {took:.2} ms, seen by {seen} descendants"));
    Ok(())
}

async fn reached(store: &Store, scope: &GroupScope) -> Result<u32> {
    let filter = ListFilter { parent: Some("root".to_owned()), ..ListFilter::default() };
    let (mut seen, mut after) = (0, None);
    loop {
        let page = store.list_customers(scope, &filter, after, 1_000).await?;
        let Some(last) = page.last() else { return Ok(seen) };
        after = Some(ListPosition::of(last.customer()));
        for record in &page {
            let plan = model::inheritance::property(&record.path, "plan");
            seen += u32::from(plan.is_some_and(|plan| plan == "platinum"));
        }
    }
}

/// Resident bytes of this process.
fn memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.context("the process has no memory")?.trim().trim_end_matches(" kB");
    Ok(kilobytes.parse::<u64>()? * 1024)
}
