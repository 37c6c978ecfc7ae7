//! How fast the store is on SQLite, beside a bare writer that commits in the same batches.
//!
//! `cargo run --release -p store --example pace`

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use model::GroupScope;
use model::name::ProvidedId;
use store::Store;
use testkit::{TestStore, customer, customer_below};

const CALLERS: usize = 64;
const CREATES: usize = 64_000;
const READS: u32 = 100_000;

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::sqlite().await?;
    let scope = test.group("Production").await?;
    let bare = bare_writer(test.data_dir().context("SQLite")?)?;
    print("bare writer, durable rows/s", bare);
    let created = creates(test.store(), &scope).await?;
    print("creates, durable, 64 callers, customers/s", created);
    print("ratio", created / bare);
    reads(test.store(), &scope).await
}

#[expect(clippy::print_stdout, reason = "the figures are this program's answer")]
fn print(what: &str, figure: f64) {
    println!("{what}: {figure:.2}");
}

fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// One table, one index, and the batches that 64 waiting callers make.
fn bare_writer(dir: &Path) -> Result<f64> {
    let connection = rusqlite::Connection::open(dir.join("bare.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE bare (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT) STRICT;",
    )?;
    let started = Instant::now();
    for batch in 0..CREATES / CALLERS {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for at in 0..CALLERS {
            let mut insert = connection.prepare_cached(
                "INSERT INTO bare (name, body) VALUES (?1, '{\"plan\": \"gold\"}')",
            )?;
            insert.execute([format!("bare-{batch}-{at}")])?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(per_second(CREATES, started.elapsed()))
}

async fn creates(store: &Store, scope: &GroupScope) -> Result<f64> {
    let started = Instant::now();
    let callers = (0..CALLERS).map(|caller| {
        let (store, scope) = (store.clone(), scope.clone());
        tokio::spawn(async move {
            for at in 0..CREATES / CALLERS {
                let new = customer(&format!("{caller}-{at}"));
                store.get_or_create_customer(&scope, new).await?;
            }
            Ok::<(), store::StoreError>(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    Ok(per_second(CREATES, started.elapsed()))
}

async fn reads(store: &Store, scope: &GroupScope) -> Result<()> {
    store.get_or_create_customer(scope, customer("root")).await?;
    store.get_or_create_customer(scope, customer_below("leaf", "root")).await?;
    for id in ["root", "leaf"] {
        let new = if id == "root" { customer(id) } else { customer_below(id, "root") };
        let started = Instant::now();
        for _ in 0..READS {
            store.get_or_create_customer(scope, new.clone()).await?;
        }
        print(&format!("get-or-create of {id}, µs"), micros(started));
    }
    let id: ProvidedId = "nobody".parse()?;
    let started = Instant::now();
    for _ in 0..READS {
        store.customer(scope, &id).await?;
    }
    print("look-up of an absent customer, µs", micros(started));
    let started = Instant::now();
    for _ in 0..READS {
        store.definitions().await?;
    }
    print("definitions, µs", micros(started));
    let token = store
        .create_api_token(
            &model::OperatorScope::of_command_line(),
            scope.group_name(),
            model::credential::Access::ReadOnly,
        )
        .await?;
    let started = Instant::now();
    for _ in 0..READS {
        store.group_scope(&token).await?;
    }
    print("scope of an API token, µs", micros(started));
    Ok(())
}

fn micros(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / f64::from(READS)
}
