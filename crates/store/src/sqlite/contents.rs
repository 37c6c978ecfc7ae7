//! What a database file holds, when it is intact.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::master_key::MasterKeyError;
use crate::seal::Sealer;

/// What is in a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The size of the file.
    pub bytes: u64,
    pub customers: u64,
    pub dashboards: u64,
}

/// Reads the whole file and errs with `Unfit` unless SQLite finds it intact and it is a Fanlight
/// store, with `TooNew` or `MasterKey` when it is not for this program or this key.
///
/// The file is the caller's own: its journal mode is set to one without side files.
pub(crate) fn examine(file: &Path, sealer: &Sealer) -> Result<Contents, StoreError> {
    let unfit = |reason: &dyn std::fmt::Display| StoreError::Unfit {
        file: file.to_owned(),
        reason: reason.to_string(),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|fault| unfit(&fault))?;
    let text = |query: &str| connection.query_row(query, [], |row| row.get::<_, String>(0));
    let number = |query: &str| connection.query_row(query, [], |row| row.get::<_, i64>(0));
    text("PRAGMA journal_mode = DELETE").map_err(|fault| unfit(&fault))?;
    match text("PRAGMA integrity_check").map_err(|fault| unfit(&fault))?.as_str() {
        "ok" => {}
        fault => return Err(unfit(&fault)),
    }
    match number("PRAGMA user_version").map_err(|fault| unfit(&fault))? {
        0 => return Err(unfit(&"it is another program's database, or an empty one")),
        version => crate::migrate::pending(version, crate::migrate::MIGRATIONS).map(drop)?,
    }
    let sealed = text("SELECT value FROM setting WHERE name = 'key_check'");
    if !crate::migrate::fits_key_check(sealer, &sealed.map_err(|fault| unfit(&fault))?) {
        return Err(MasterKeyError::Wrong.into());
    }
    let count = |query: &str| number(query).map(i64::unsigned_abs).map_err(|fault| unfit(&fault));
    Ok(Contents {
        bytes: std::fs::metadata(file).map_err(|fault| StoreError::file(file, fault))?.len(),
        customers: count("SELECT count(*) FROM customer")?,
        dashboards: count("SELECT count(*) FROM dashboard")?,
    })
}
