//! `npm ci` by lock file, without running any package's scripts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{Run, is_installed, step};
use crate::project::Project;

/// The oldest Node.js that the web parts are built with.
const NODE_MAJOR: u32 = 20;

/// Installs the packages of `folder`, unless they are those of its lock file already.
pub(crate) fn install(project: &Project, folder: &str) -> Result<()> {
    let stamp = Stamp::of(project, folder)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    step(&format!("setup: npm packages of {folder}"), || {
        require_node()?;
        project.npm(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).wait()?;
        stamp.write()
    })
}

fn require_node() -> Result<()> {
    let mut node = Command::new("node");
    node.arg("--version");
    let version = if is_installed("npm") { Run::new(node).output().ok() } else { None };
    match version.as_deref().and_then(major) {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        Some(major) => bail!("Node.js {major} is too old: install {NODE_MAJOR} or newer"),
        None => bail!("Node.js or npm is missing: install Node.js {NODE_MAJOR} or newer with npm"),
    }
}

/// `20` of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// A copy of the lock file inside `node_modules`: equal files mean that nothing is to be done, and
/// whoever deletes `node_modules` deletes the stamp.
struct Stamp {
    lock: Vec<u8>,
    copy: PathBuf,
}

impl Stamp {
    fn of(project: &Project, folder: &str) -> Result<Self> {
        let folder = project.path(folder);
        let lock = folder.join("package-lock.json");
        let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        Ok(Self { lock, copy: folder.join("node_modules/.installed-lock.json") })
    }

    fn is_fresh(&self) -> bool {
        fs::read(&self.copy).is_ok_and(|copy| copy == self.lock)
    }

    fn write(&self) -> Result<()> {
        // A lock file without packages leaves no folder behind.
        if let Some(folder) = self.copy.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.copy, &self.lock).context("cannot note what was installed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        let check = |version: &str, expected| assert_eq!(major(version), expected);
        check("v20.20.2\n", Some(20));
        check("v9", Some(9));
        check("20.1.0", None);
        check("", None);
    }
}
