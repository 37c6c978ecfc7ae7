//! Finds the files of the declared tables, before the process gives up reading folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::Stamp;
use crate::protocol::selection::{self, MAX_FILES, Selection};
use crate::protocol::{Format, Location, Table};

/// More entries than this are not looked through: the folder was hardly meant.
const MAX_ENTRIES: usize = 100_000;

/// A declared table with its files.
pub(super) struct Listed<'a> {
    pub(super) table: &'a Table,
    pub(super) format: Format,
    /// Where the files must lie, whatever links lead to them; anywhere for a table of one file.
    pub(super) folder: Option<PathBuf>,
    /// Absolute, in order of their names, at least one.
    pub(super) files: Vec<PathBuf>,
    /// The folders as they were just before they were read: they change when a file comes or goes.
    pub(super) folders: Vec<(PathBuf, Option<Stamp>)>,
}

impl Listed<'_> {
    /// The files' names below their folder.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let folder = self.folder.as_deref();
        self.files.iter().filter_map(move |file| file.strip_prefix(folder?).ok()?.to_str())
    }
}

/// Errs with the table's name when its files cannot be found.
pub(super) fn list(tables: &[Table]) -> Result<Vec<Listed<'_>>, String> {
    let name = |table: &Table, message| format!("table \"{}\": {message}", table.name);
    tables.iter().map(|table| list_one(table).map_err(|error| name(table, error))).collect()
}

fn list_one(table: &Table) -> Result<Listed<'_>, String> {
    match &table.location {
        Location::Files { folder, names } => {
            let selection = Selection::new(None, table.format)?;
            below(table, &selection, folder.clone(), names.clone(), Vec::new())
        }
        Location::Path(path) if path.is_dir() => walk(table, path, None),
        Location::Path(path) => Ok(one_file(table, path)),
        Location::Pattern { folder, pattern } => walk(table, folder, Some(pattern)),
    }
}

/// A file that is missing is told by whoever opens it.
fn one_file<'a>(table: &'a Table, path: &Path) -> Listed<'a> {
    let by_name = path.to_str().and_then(selection::format_of);
    let format = table.format.or(by_name).unwrap_or(Format::Csv);
    Listed { table, format, folder: None, files: vec![path.to_owned()], folders: Vec::new() }
}

fn below<'a>(
    table: &'a Table,
    selection: &Selection,
    folder: PathBuf,
    names: Vec<String>,
    folders: Vec<(PathBuf, Option<Stamp>)>,
) -> Result<Listed<'a>, String> {
    let format = selection.format(names.iter().map(String::as_str))?;
    let files = names.iter().map(|name| folder.join(name)).collect();
    Ok(Listed { table, format, folder: Some(folder), files, folders })
}

fn walk<'a>(
    table: &'a Table,
    declared: &Path,
    pattern: Option<&str>,
) -> Result<Listed<'a>, String> {
    let selection = Selection::new(pattern, table.format)?;
    let unreadable = |error| format!("{} cannot be read: {error}", declared.display());
    // The declared one is looked at as well: it may be a link that is turned elsewhere.
    let declared_stamp = (declared.to_owned(), Stamp::of_path(declared));
    let root = fs::canonicalize(declared).map_err(unreadable)?;
    let mut walk = Walk { selection: &selection, root: &root, names: Vec::new(), entries: 0 };
    let mut folders = vec![declared_stamp];
    let mut waiting = vec![String::new()];
    while let Some(folder) = waiting.pop() {
        let path = root.join(&folder);
        folders.push((path.clone(), Stamp::of_path(&path)));
        let unreadable = |error| format!("{} cannot be read: {error}", path.display());
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            waiting.extend(walk.enter(&folder, &entry.map_err(unreadable)?)?);
        }
    }
    let mut names = walk.names;
    if names.is_empty() {
        let what = pattern.unwrap_or("*.parquet, *.csv or *.json");
        return Err(format!("there is no file {what} in {}", declared.display()));
    }
    names.sort_unstable();
    below(table, &selection, root, names, folders)
}

struct Walk<'w> {
    selection: &'w Selection,
    root: &'w Path,
    names: Vec<String>,
    entries: usize,
}

impl Walk<'_> {
    /// Takes a file in, and returns the name of a folder that is to be looked through.
    fn enter(&mut self, folder: &str, entry: &fs::DirEntry) -> Result<Option<String>, String> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(format!("{} holds more than {MAX_ENTRIES} entries", self.root.display()));
        }
        let path = entry.path();
        let unreadable = |error| format!("{} cannot be read: {error}", path.display());
        // A name that is not UTF-8 fits no pattern.
        let Ok(own) = entry.file_name().into_string() else { return Ok(None) };
        if selection::is_hidden(&own) {
            return Ok(None);
        }
        let name = if folder.is_empty() { own } else { format!("{folder}/{own}") };
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            return Ok(Some(name));
        }
        if self.selection.takes(&name) && (kind.is_file() || self.is_linked_file(&path)?) {
            self.names.push(name);
        }
        if self.names.len() > MAX_FILES {
            let root = self.root.display();
            return Err(format!("more than {MAX_FILES} files in {root}; write fewer, larger ones"));
        }
        Ok(None)
    }

    /// Errs for a link that leads out of the folder. Links to folders are not followed.
    fn is_linked_file(&self, path: &Path) -> Result<bool, String> {
        let target = fs::canonicalize(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        if target.starts_with(self.root) {
            Ok(target.is_file())
        } else {
            Err(format!("{} is a link that leads out of the folder", path.display()))
        }
    }
}
