//! The floor of creating: SQLite alone, with the server's own schema and settings, committing what
//! waits in one transaction, for as many callers in a closed loop. No HTTP, no rules, no sealing.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

pub(crate) struct Floor {
    pub(crate) rows_per_second: f64,
    pub(crate) rows_per_commit: f64,
}

/// A caller that waits for its row to be on the disk.
type Job = Sender<()>;

/// Writes to a copy of the server's database, beside it on the same disk.
pub(crate) fn bare_writer(directory: &Path, callers: usize, time: Duration) -> Result<Floor> {
    let copy = directory.join("floor.db");
    Connection::open(directory.join("fanlight.db"))?
        .execute("VACUUM INTO ?1", [copy.to_str().context("the path is UTF-8")?])?;
    let connection = Connection::open(&copy)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    )?;
    let floor = write_for(&connection, callers, time)?;
    drop(connection);
    std::fs::remove_file(copy)?;
    Ok(floor)
}

fn write_for(connection: &Connection, callers: usize, time: Duration) -> Result<Floor> {
    let (jobs, waiting) = channel();
    let started = Instant::now();
    for _ in 0..callers {
        let jobs = jobs.clone();
        thread::spawn(move || call_until(started + time, &jobs));
    }
    drop(jobs);
    let (rows, commits) = write(connection, &waiting)?;
    let elapsed = started.elapsed().as_secs_f64();
    Ok(Floor {
        rows_per_second: rows as f64 / elapsed,
        rows_per_commit: rows as f64 / commits as f64,
    })
}

fn call_until(end: Instant, jobs: &Sender<Job>) {
    let (done, answer) = channel();
    while Instant::now() < end {
        if jobs.send(done.clone()).is_err() || answer.recv().is_err() {
            return;
        }
    }
}

/// Commits what waits until no caller is left. Returns rows and commits.
fn write(connection: &Connection, waiting: &Receiver<Job>) -> Result<(i64, i64)> {
    let (mut rows, mut commits) = (0, 0);
    while let Ok(first) = waiting.recv() {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut group = Vec::new();
        for caller in std::iter::once(first).chain(waiting.try_iter()) {
            insert(connection, rows)?;
            rows += 1;
            group.push(caller);
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        commits += 1;
        for caller in group {
            // The caller's time may be over.
            let _ = caller.send(());
        }
    }
    Ok((rows, commits))
}

fn insert(connection: &Connection, number: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO customer (group_id, provided_id, name, level_id, properties, emails, \
             is_demo, token_sealed, token_fingerprint, created_at_us, updated_at_us) \
             SELECT min(g.id), ?1, 'A customer of usual size', (SELECT min(id) FROM level), \
             '{\"plan\":\"gold\",\"region\":\"north\",\"seats\":25}', \
             '[\"reports@customer.example\"]', 0, randomblob(112), randomblob(32), ?2, ?2 \
             FROM visibility_group g",
        )?
        .execute(params![format!("floor-{number}"), number])?;
    Ok(())
}
