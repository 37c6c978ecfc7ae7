//! Copies of a whole database, as of one moment, while others go on writing.

use std::path::Path;

use rusqlite::Connection;

use crate::durable;
use crate::error::StoreError;

/// Copies the database into a new file. Errs with `Exists` when there is one.
pub(crate) fn copy_into_new(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    // Takes the name, so that of two copies with one name the second is refused.
    durable::create_private(file).map_err(|fault| match fault.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::Exists { file: file.to_owned() },
        _ => StoreError::file(file, fault),
    })?;
    let copied = copy_over(connection, file);
    if copied.is_err() {
        // What went wrong first is what the caller must hear.
        let _ = durable::remove(file);
    }
    copied
}

/// As [`copy_into_new`], in the place of what is there: the file is whole at every moment.
pub(crate) fn copy_over(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let unfinished = durable::beside(file, &format!(".{}.unfinished", std::process::id()));
    let finished = copy(connection, &unfinished)
        .and_then(|()| durable::rename(&unfinished, file).map_err(|f| StoreError::file(file, f)));
    if finished.is_err() {
        let _ = durable::remove(&unfinished);
    }
    finished
}

fn copy(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |fault| StoreError::file(path, fault);
    // Left behind by a process of the same number that was killed.
    durable::remove(path).map_err(failed)?;
    // SQLite copies into an empty file; made here, so that it has the right mode from the start.
    let file = durable::create_private(path).map_err(failed)?;
    let text = path
        .to_str()
        .ok_or_else(|| StoreError::unavailable(format!("{} is not valid UTF-8", path.display())))?;
    connection.execute("VACUUM INTO ?1", [text])?;
    file.sync_all().map_err(failed)
}
