//! The folder for what does not fit into a worker's memory: rows of customers, which must not stay
//! on the disk when the server was killed and could not clean up.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "fanlight-engine-";

/// Held locked as long as the folder is in use; the system lets go of it with the process.
const LOCK: &str = "lock";

/// A folder that is removed when dropped, or by the next server that finds it abandoned.
pub(super) struct TemporaryFolder {
    files: PathBuf,
    _lock: File,
    _folder: TempDir,
}

impl TemporaryFolder {
    /// Makes a folder in `parent`, which is made too, or in the system's temporary folder if `None`,
    /// after removing those whose servers are gone.
    pub(super) fn new(parent: Option<&Path>) -> io::Result<Self> {
        if let Some(parent) = parent {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
        remove_abandoned(&parent)?;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let files = folder.path().join("files");
        fs::create_dir(&files)?;
        // Nobody sees the lock before it is locked.
        let unseen = folder.path().join("new-lock");
        let lock = File::create(&unseen)?;
        lock.try_lock()?;
        fs::rename(unseen, folder.path().join(LOCK))?;
        Ok(Self { files, _lock: lock, _folder: folder })
    }

    /// The empty folder for the worker.
    pub(super) fn files(&self) -> &Path {
        &self.files
    }
}

fn remove_abandoned(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(PREFIX) && is_abandoned(&path) {
            // Another server may be at it, or it is another user's.
            let _ = fs::remove_dir_all(&path);
        }
    }
    Ok(())
}

fn is_abandoned(folder: &Path) -> bool {
    File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_server_left_is_removed_and_what_is_in_use_stays() {
        let parent = TempDir::new().unwrap();
        let used = TemporaryFolder::new(Some(parent.path())).unwrap();
        let abandoned = parent.path().join(format!("{PREFIX}abandoned"));
        fs::create_dir(&abandoned).unwrap();
        fs::write(abandoned.join(LOCK), "").unwrap();
        fs::write(abandoned.join("rows"), "customers'").unwrap();
        let foreign = parent.path().join("foreign");
        fs::create_dir(&foreign).unwrap();
        let another = TemporaryFolder::new(Some(parent.path())).unwrap();
        assert!(!abandoned.exists());
        assert!(foreign.exists() && used.files().exists() && another.files().exists());
        drop((used, another));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
        let made = parent.path().join("data/temporary");
        assert!(TemporaryFolder::new(Some(&made)).is_ok() && made.is_dir());
    }
}
