//! The real binary, serving its demo.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;
use tempfile::TempDir;

use crate::process;

pub(crate) struct Demo {
    running: Running,
    pub(crate) facts: Facts,
    /// From the start of the process to the line that says it answers.
    pub(crate) start: Duration,
    directory: TempDir,
}

/// What `fanlight demo --json` prints.
#[derive(Deserialize)]
pub(crate) struct Facts {
    url: String,
    pub(crate) api_token: String,
    pub(crate) dashboards: std::collections::BTreeMap<String, String>,
}

impl Demo {
    /// Starts it with an empty data directory and without a rate limit.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        Self::start_in(binary, tempfile::tempdir()?)
    }

    /// Ends it and starts it again with the data that it left.
    pub(crate) fn restart(self, binary: &Path) -> Result<Self> {
        let Self { running, directory, .. } = self;
        drop(running);
        Self::start_in(binary, directory)
    }

    fn start_in(binary: &Path, directory: TempDir) -> Result<Self> {
        let started = Instant::now();
        let mut process = Command::new(binary)
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.path())
            .env("FANLIGHT_RATE_LIMIT_PER_MINUTE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let stdout = process.stdout.take().context("stdout is piped")?;
        let running = Running(process);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let start = started.elapsed();
        let facts = serde_json::from_str(&line).context("the demo did not say where it serves")?;
        Ok(Self { running, facts, start, directory })
    }

    /// `host:port`
    pub(crate) fn address(&self) -> &str {
        self.facts.url.trim_start_matches("http://").trim_end_matches('/')
    }

    pub(crate) fn data_directory(&self) -> &Path {
        self.directory.path()
    }

    /// Of the server and its workers.
    pub(crate) fn cpu_time(&self) -> Result<Duration> {
        let workers = process::children(self.running.id());
        let own = process::cpu_time(self.running.id())?;
        // A worker may end between being listed and being asked.
        Ok(workers
            .into_iter()
            .filter_map(|worker| process::cpu_time(worker).ok())
            .sum::<Duration>()
            + own)
    }

    /// The server's process.
    pub(crate) fn process(&self) -> u32 {
        self.running.id()
    }

    /// Resident bytes of the server.
    pub(crate) fn memory(&self) -> Result<u64> {
        process::memory(self.running.id())
    }

    /// Resident bytes of each worker.
    pub(crate) fn worker_memory(&self) -> Vec<u64> {
        let workers = process::children(self.running.id());
        workers.into_iter().filter_map(|worker| process::memory(worker).ok()).collect()
    }
}

/// A process that ends with its owner.
struct Running(Child);

impl Running {
    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing else can be done about a process that cannot be killed.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}
