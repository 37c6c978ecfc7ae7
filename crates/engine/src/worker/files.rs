//! Notices that a declared file is no longer the one the worker was started with.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::protocol::Table;

/// How often the file system is asked.
const PAUSE: Duration = Duration::from_secs(1);

/// The files as they were when the worker started.
pub(super) struct Files {
    seen: Vec<(PathBuf, Option<Stamp>)>,
    last: Mutex<Check>,
}

#[derive(Clone, Copy)]
struct Check {
    at: Instant,
    changed: bool,
}

/// What tells one version of a file from the next.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl Files {
    /// To be called before the files are read, so that a change meanwhile is noticed.
    pub(super) fn now(tables: &[Table]) -> Self {
        let seen = tables.iter().map(|table| (table.path.clone(), stamp(&table.path)));
        let last = Check { at: Instant::now(), changed: false };
        Self { seen: seen.collect(), last: Mutex::new(last) }
    }

    /// Whether a file has changed, as known for at most a second.
    pub(super) fn changed(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.changed && last.at.elapsed() >= PAUSE {
            *last = Check { at: Instant::now(), changed: self.differ() };
        }
        last.changed
    }

    /// Whether a file has changed, asked now: for a query that failed, perhaps because of it.
    pub(super) fn changed_now(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Check { at: Instant::now(), changed: last.changed || self.differ() };
        last.changed
    }

    fn differ(&self) -> bool {
        self.seen.iter().any(|(path, seen)| stamp(path) != *seen)
    }
}

fn stamp(path: &PathBuf) -> Option<Stamp> {
    std::fs::metadata(path).ok().as_ref().map(Stamp::of)
}
