//! Notices that a declared file is no longer the one the worker was started with, and that a folder
//! has got or lost one.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::listing::Listed;

/// How often the file system is asked.
const PAUSE: Duration = Duration::from_secs(1);

/// The files and folders as they were when the worker started.
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
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl Stamp {
    /// Nothing when there is no such file.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().as_ref().map(Self::of)
    }

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
    pub(super) fn now(tables: &[Listed<'_>]) -> Self {
        let folders = tables.iter().flat_map(|table| table.folders.iter().cloned());
        let files = tables.iter().flat_map(|table| &table.files);
        let seen = folders.chain(files.map(|file| (file.clone(), Stamp::of_path(file))));
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
        self.seen.iter().any(|(path, seen)| Stamp::of_path(path) != *seen)
    }
}
