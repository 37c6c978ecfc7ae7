//! A disk that fails on demand: `disk.c`, made into a library that a process preloads.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/faults/disk.c");

/// The states of a disk; `disk.c` says what they mean.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    Healthy,
    Full,
    ReadOnly,
    Stuck,
    Broken,
}

/// The disk below one folder.
pub(crate) struct Disk {
    folder: PathBuf,
    /// The library, and the file that says what is broken.
    tools: TempDir,
}

impl Disk {
    /// Healthy at first.
    pub(crate) fn below(folder: &Path) -> Self {
        let tools = tempfile::tempdir().expect("a folder");
        // The kernel tells names of open files without links.
        let folder = folder.canonicalize().expect("a folder");
        let disk = Self { folder, tools };
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&disk.tools.path().join("disk.so"), Path::new(SOURCE)])
            .output()
            .expect("a C compiler, which building SQLite needs too");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        disk.set(State::Healthy);
        disk
    }

    pub(crate) fn set(&self, state: State) {
        let word = match state {
            State::Healthy => "healthy",
            State::Full => "full",
            State::ReadOnly => "read-only",
            State::Stuck => "stuck",
            State::Broken => "broken",
        };
        // In one step: a process that reads sees the state before or this one.
        let next = self.tools.path().join("next");
        std::fs::write(&next, word).expect("a file");
        std::fs::rename(&next, self.control()).expect("a file");
    }

    /// What a process must find in its environment to have this disk.
    pub(crate) fn environment(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("LD_PRELOAD", self.tools.path().join("disk.so")),
            ("FAULT_FOLDER", self.folder.clone()),
            ("FAULT_CONTROL", self.control()),
        ]
    }

    fn control(&self) -> PathBuf {
        self.tools.path().join("state")
    }
}
