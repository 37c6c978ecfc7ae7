//! A backup in the place of a store.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::FILE_NAME;
use super::contents::{Contents, examine};
use super::occupancy::occupy;
use crate::ambient::Ambient;
use crate::durable;
use crate::error::StoreError;
use crate::master_key::MasterKey;
use crate::seal::Sealer;
use crate::store::Occupancy;

/// What to do with a store that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// Leave it, and err with `Exists`.
    Keep,
    /// Replace it, and keep its files beside the new ones.
    Replace,
}

/// What a restore has done.
#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// Where the store that was there is kept.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup into the data directory `dir`, which must exist. The store is the old one or the
/// new one at every moment, and what was there is kept.
///
/// Errs with `Unfit` when the file is no intact store, with `TooNew` when a newer version of
/// Fanlight wrote it, with `MasterKey` when it was made with another key, and with `InUse` while any
/// process has the store open.
pub fn restore(
    file: &Path,
    dir: &Path,
    key: &MasterKey,
    present: Present,
    ambient: &Ambient,
) -> Result<Restored, StoreError> {
    let _alone = occupy(dir, Occupancy::Sole)?;
    let target = dir.join(FILE_NAME);
    if present == Present::Keep && target.exists() {
        return Err(StoreError::Exists { file: target });
    }
    let incoming = durable::beside(&target, ".incoming");
    let contents = take_in(file, &incoming, key).inspect_err(|_| {
        // What went wrong first is what the caller must hear.
        let _ = durable::remove(&incoming);
    })?;
    let replaced = if target.exists() { Some(set_aside(&target, ambient)?) } else { None };
    for ending in SIDE_FILES {
        // A log of another database must not be taken for this one's.
        let side = durable::beside(&target, ending);
        durable::remove(&side).map_err(|fault| StoreError::file(&side, fault))?;
    }
    durable::sync_folder_of(&target).map_err(|fault| StoreError::file(&target, fault))?;
    durable::rename(&incoming, &target).map_err(|fault| StoreError::file(&target, fault))?;
    Ok(Restored { contents, replaced })
}

const LOG: &str = "-wal";
const SIDE_FILES: [&str; 2] = [LOG, "-shm"];

/// Copies the backup beside the store and proves that it is fit to be one.
fn take_in(file: &Path, incoming: &Path, key: &MasterKey) -> Result<Contents, StoreError> {
    let log = durable::beside(file, LOG);
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let reason = format!(
            "{} beside it holds changes that are not in it; make the copy with `fanlight backup`",
            log.display()
        );
        return Err(StoreError::Unfit { file: file.to_owned(), reason });
    }
    for ending in ["", "-journal", LOG, "-shm"] {
        // Left behind by a restore that was killed; SQLite would take them for this file's.
        let left = durable::beside(incoming, ending);
        durable::remove(&left).map_err(|fault| StoreError::file(&left, fault))?;
    }
    let copied = durable::create_private(incoming).and_then(|mut copy| {
        std::io::copy(&mut std::fs::File::open(file)?, &mut copy)?;
        copy.sync_all()
    });
    copied.map_err(|fault| StoreError::file(file, fault))?;
    examine(incoming, &Sealer::new(key)).map_err(|fault| match fault {
        StoreError::Unfit { reason, .. } => StoreError::Unfit { file: file.to_owned(), reason },
        fault => fault,
    })
}

/// Gives the files of the present store a second name, under which SQLite opens them together.
fn set_aside(target: &Path, ambient: &Ambient) -> Result<PathBuf, StoreError> {
    // Moves the log into the database, so that the two are one file; one that is broken is kept as
    // it is.
    let _ = Connection::open(target)
        .and_then(|old| old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    let moment = jiff::Timestamp::from_microsecond(ambient.now_us()).unwrap_or_default();
    let kept = durable::beside(target, &moment.strftime(".replaced-%Y%m%dT%H%M%SZ").to_string());
    for ending in ["", LOG] {
        let (from, to) = (durable::beside(target, ending), durable::beside(&kept, ending));
        if from.exists() {
            std::fs::hard_link(&from, &to).map_err(|fault| StoreError::file(&to, fault))?;
        }
    }
    durable::sync_folder_of(&kept).map_err(|fault| StoreError::file(&kept, fault))?;
    Ok(kept)
}
