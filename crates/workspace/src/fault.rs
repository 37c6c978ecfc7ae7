//! What is wrong with a workspace's files, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a file: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u64,
    pub column: u64,
}

/// One fault of a workspace. `Display` is `file:line:column: message`, as editors and terminals
/// know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// From the workspace's folder.
    pub file: PathBuf,
    /// `None` when the fault is the whole file's, for example that it is missing.
    pub place: Option<Place>,
    pub message: String,
}

impl Fault {
    pub(crate) fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into() }
    }

    pub(crate) fn at(file: &Path, place: Place, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Some(place), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Fault {}
