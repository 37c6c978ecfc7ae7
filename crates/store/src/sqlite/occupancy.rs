//! Who has a data directory open: every process shares a lock on it while it does, and one that
//! restores the store or rotates its key holds the lock alone. It is the kernel's lock on the
//! directory itself, so there is no file to leave behind, and a process that was killed holds nothing.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::StoreError;
use crate::store::Occupancy;

/// The lock, held until it is dropped.
pub(crate) struct Occupied {
    _directory: File,
}

/// Errs with `InUse` or `Closed` when others are in the way; does not wait.
pub(crate) fn occupy(dir: &Path, occupancy: Occupancy) -> Result<Occupied, StoreError> {
    let directory = File::open(dir).map_err(|fault| StoreError::file(dir, fault))?;
    let locked = match occupancy {
        Occupancy::Shared => directory.try_lock_shared(),
        Occupancy::Sole => directory.try_lock(),
    };
    match locked {
        Ok(()) => Ok(Occupied { _directory: directory }),
        Err(TryLockError::WouldBlock) => Err(occupancy.refusal()),
        Err(TryLockError::Error(fault)) => Err(StoreError::file(dir, fault)),
    }
}
