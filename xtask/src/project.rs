//! Where things lie in the working tree.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Run;

/// The working tree that this xtask belongs to.
pub(crate) struct Project {
    root: PathBuf,
    cargo: OsString,
}

impl Project {
    /// Finds the tree by what cargo says of the package that it runs.
    pub(crate) fn find() -> Result<Self> {
        let package =
            std::env::var_os("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
        let root = Path::new(&package).parent().context("xtask lies in the project's root")?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Ok(Self { root: root.to_owned(), cargo })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// `target`, or where `CARGO_TARGET_DIR` says.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The server's binary as cargo leaves it.
    pub(crate) fn server_binary(&self, profile: Profile) -> PathBuf {
        let name = format!("fanlight{}", std::env::consts::EXE_SUFFIX);
        self.target().join(profile.folder()).join(name)
    }

    /// A cargo command in the project's root. The lock file is never changed by it.
    pub(crate) fn cargo(&self, subcommand: &str) -> Run {
        let mut command = Command::new(&self.cargo);
        command.current_dir(&self.root).arg(subcommand);
        Run::new(command)
    }

    /// An npm command in one of the project's folders.
    pub(crate) fn npm(&self, folder: &str) -> Run {
        let mut command = Command::new("npm");
        command.current_dir(self.path(folder));
        Run::new(command)
    }

    /// Every file that git tracks or would track, relative to the root. Ignored files are not in.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let mut command = Command::new("git");
        command.current_dir(&self.root);
        let listing = Run::new(command)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()?;
        let names = listing.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
        // A file that was deleted but not yet committed is still listed.
        Ok(names.filter(|name| self.root.join(name).is_file()).collect())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}
