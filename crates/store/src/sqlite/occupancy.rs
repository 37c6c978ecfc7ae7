//! Who has a data directory open: every process shares a lock while it does, and one that restores
//! the store or rotates its key holds the lock alone. The kernel lets go of it for a process that
//! was killed.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::StoreError;
use crate::store::Occupancy;

const FILE_NAME: &str = "fanlight.lock";

/// The lock, held until it is dropped.
pub(crate) struct Occupied {
    _file: File,
}

/// Errs with `InUse` or `Closed` when others are in the way; does not wait.
pub(crate) fn occupy(dir: &Path, occupancy: Occupancy) -> Result<Occupied, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(dir.join(FILE_NAME)).map_err(StoreError::unavailable)?;
    let locked = match occupancy {
        Occupancy::Shared => file.try_lock_shared(),
        Occupancy::Sole => file.try_lock(),
    };
    match locked {
        Ok(()) => Ok(Occupied { _file: file }),
        Err(TryLockError::WouldBlock) => Err(occupancy.refusal()),
        Err(TryLockError::Error(fault)) => Err(StoreError::unavailable(fault)),
    }
}
