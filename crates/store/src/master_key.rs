//! The master key: 32 bytes that seal every secret in the metadata store.
//!
//! It is not in the store. Without it, customer tokens, embed secrets and passwords of data sources
//! cannot be read any more: back it up apart from the database. All nodes over one database share
//! one.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::ambient::Entropy;
use crate::durable;

/// Holds the key as 64 hexadecimal digits; comes before the file.
pub const ENVIRONMENT_VARIABLE: &str = "FANLIGHT_MASTER_KEY";

const FILE_NAME: &str = "master.key";
/// A rotated key, until the store has taken it.
const INCOMING_NAME: &str = "master.key.new";

/// The key under which secrets at rest are sealed. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

/// Why there is no usable master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error(
        "there is no master key: {path} does not exist and FANLIGHT_MASTER_KEY is not set; \
         `fanlight init` makes one for a new installation, an existing one needs the key it was \
         made with"
    )]
    Missing { path: PathBuf },
    #[error("{place} must hold 64 hexadecimal digits, which are 32 bytes")]
    Malformed { place: String },
    #[error("{path} can be read by others (mode {mode:03o}); run: chmod 600 {path}")]
    Exposed { path: PathBuf, mode: u32 },
    #[error("{path} exists already; a second master key would make the first one's secrets lost")]
    Exists { path: PathBuf },
    #[error("failed to use {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    /// The database was made with another key.
    #[error(
        "this master key does not open the metadata store: it was made with another key; restore \
         that key (the file master.key, or FANLIGHT_MASTER_KEY)"
    )]
    Wrong,
}

impl MasterKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of an existing installation: from `environment`, the value of
    /// [`ENVIRONMENT_VARIABLE`] when it is set, else from the file in `data_dir`.
    ///
    /// Errs when it is missing, short, or when others than the owner may read the file.
    pub fn load(data_dir: &Path, environment: Option<&str>) -> Result<Self, MasterKeyError> {
        if let Some(text) = environment {
            return Self::parse(text, || ENVIRONMENT_VARIABLE.to_owned());
        }
        let path = data_dir.join(FILE_NAME);
        let text = read_private(&path)?;
        Self::parse(&text, || path.display().to_string())
    }

    /// Makes a new key and its file in `data_dir`, mode 0600. Errs when there is one already.
    pub fn create(data_dir: &Path, entropy: &dyn Entropy) -> Result<Self, MasterKeyError> {
        let (path, key) = (data_dir.join(FILE_NAME), Self::draw(entropy));
        match durable::write_private(&path, &format!("{}\n", key.expose())) {
            Ok(()) => Ok(key),
            Err(source) if source.kind() == ErrorKind::AlreadyExists => {
                Err(MasterKeyError::Exists { path })
            }
            Err(source) => Err(MasterKeyError::File { path, source }),
        }
    }

    /// A new key, which is nowhere but in memory.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The key as 64 hexadecimal digits: what its file and [`ENVIRONMENT_VARIABLE`] hold.
    pub fn expose(&self) -> String {
        hex::encode(self.0)
    }

    /// Tells keys apart, and tells nothing about them.
    pub(crate) fn id(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(b"fanlight key id").chain_update(self.0);
        let digest: [u8; 32] = digest.finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn parse(text: &str, place: impl Fn() -> String) -> Result<Self, MasterKeyError> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text.trim(), &mut bytes) {
            Ok(()) => Ok(Self(bytes)),
            Err(_) => Err(MasterKeyError::Malformed { place: place() }),
        }
    }
}

/// A new key in a file of its own, beside the one in force, while the store takes it. Whatever is cut
/// off in between, one of the two files holds the store's key, and opening the store tells which.
pub struct IncomingKey {
    data_dir: PathBuf,
    key: MasterKey,
}

impl IncomingKey {
    /// Writes a new key to `master.key.new`. It has reached the disk when this returns.
    pub fn create(data_dir: &Path, entropy: &dyn Entropy) -> Result<Self, MasterKeyError> {
        let incoming = Self { data_dir: data_dir.to_owned(), key: MasterKey::draw(entropy) };
        let path = incoming.path(INCOMING_NAME);
        // One that was never finished may be there.
        durable::remove(&path)
            .and_then(|()| durable::write_private(&path, &format!("{}\n", incoming.key.expose())))
            .map_err(|source| MasterKeyError::File { path, source })?;
        Ok(incoming)
    }

    /// What a rotation that was cut off has left behind, if it has.
    pub fn left_behind(data_dir: &Path) -> Result<Option<Self>, MasterKeyError> {
        let path = data_dir.join(INCOMING_NAME);
        let text = match read_private(&path) {
            Ok(text) => text,
            Err(MasterKeyError::Missing { .. }) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        match MasterKey::parse(&text, || path.display().to_string()) {
            Ok(key) => Ok(Some(Self { data_dir: data_dir.to_owned(), key })),
            // Cut off while it was written: no store has taken it.
            Err(_) => Ok(None),
        }
    }

    pub fn key(&self) -> &MasterKey {
        &self.key
    }

    /// The store has taken it: it becomes `master.key`. Returns where the file of `before`, the key
    /// until now, is kept. Several processes may do so at once.
    pub fn adopt(self, before: &MasterKey) -> Result<PathBuf, MasterKeyError> {
        let current = self.path(FILE_NAME);
        let retired = self.path(&format!("{FILE_NAME}.{}.old", hex::encode(before.id())));
        // A second name first, so that `master.key` is there at every moment.
        unless(ErrorKind::AlreadyExists, std::fs::hard_link(&current, &retired))
            .and_then(|()| {
                let renamed = durable::rename(&self.path(INCOMING_NAME), &current);
                unless(ErrorKind::NotFound, renamed)
            })
            .map_err(|source| MasterKeyError::File { path: current, source })?;
        Ok(retired)
    }

    /// The store has not taken it.
    pub fn discard(self) -> Result<(), MasterKeyError> {
        let path = self.path(INCOMING_NAME);
        durable::remove(&path).map_err(|source| MasterKeyError::File { path, source })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.data_dir.join(name)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Whether somebody else has done the same already.
fn unless(done: ErrorKind, outcome: std::io::Result<()>) -> std::io::Result<()> {
    match outcome {
        Err(fault) if fault.kind() == done => Ok(()),
        outcome => outcome,
    }
}

fn read_private(path: &Path) -> Result<String, MasterKeyError> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound => MasterKeyError::Missing { path: path.to_owned() },
        _ => MasterKeyError::File { path: path.to_owned(), source },
    };
    let mut file = File::open(path).map_err(failed)?;
    // Of the open file, so that it cannot be exchanged between the check and the read.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(MasterKeyError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemEntropy;

    #[track_caller]
    fn check(content: Option<&str>, mode: u32, environment: Option<&str>, fault: Option<&str>) {
        let dir = tempfile::tempdir().expect("a directory");
        if let Some(content) = content {
            let path = dir.path().join(FILE_NAME);
            std::fs::write(&path, content).expect("the file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its mode");
        }
        let found = MasterKey::load(dir.path(), environment).err().map(|error| error.to_string());
        match (&found, fault) {
            (None, None) => {}
            (Some(found), Some(fault)) => assert!(found.contains(fault), "{found}"),
            _ => panic!("expected {fault:?}, found {found:?}"),
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits_that_only_its_owner_may_read() {
        let key = "ab".repeat(32);
        check(Some(&key), 0o600, None, None);
        check(Some(&format!("{key}\n")), 0o400, None, None);
        check(Some(&key), 0o640, None, Some("can be read by others (mode 640)"));
        check(Some(&key), 0o604, None, Some("can be read by others (mode 604)"));
        check(Some(&key[2..]), 0o600, None, Some("must hold 64 hexadecimal digits"));
        check(Some(""), 0o600, None, Some("must hold 64 hexadecimal digits"));
        check(Some(&"zz".repeat(32)), 0o600, None, Some("must hold 64 hexadecimal digits"));
        check(None, 0, None, Some("there is no master key"));
        check(None, 0, Some(&key), None);
        check(Some("short"), 0o644, Some(&key), None);
        check(Some(&key), 0o600, Some("short"), Some("FANLIGHT_MASTER_KEY must hold 64"));
        check(Some(&key), 0o600, Some(""), Some("FANLIGHT_MASTER_KEY must hold 64"));
    }

    #[test]
    fn a_key_is_made_once_and_loads_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let made = MasterKey::create(dir.path(), &SystemEntropy).expect("a key");
        let loaded = MasterKey::load(dir.path(), None).expect("the key");
        assert_eq!(made.bytes(), loaded.bytes());
        let again = MasterKey::create(dir.path(), &SystemEntropy);
        assert!(matches!(again, Err(MasterKeyError::Exists { .. })));
        assert_eq!(format!("{made:?}"), "MasterKey(…)");
    }
}
