//! Who may depend on what: licences, banned packages, the borders between our crates, and
//! dependencies that nothing uses. Works without a network, from `cargo metadata` and lock files.
//!
//! `deny.toml` is the one list of licences and bans, in the format of cargo-deny, which also
//! knows advisories for those who have it installed.

mod borders;
mod licence;
mod policy;
mod unused;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::project::Project;
use policy::Policy;

pub(crate) fn check(project: &Project) -> Result<()> {
    let policy = Policy::read(&project.path("deny.toml"))?;
    let metadata = Metadata::read(project)?;
    let mut faults = policy.faults(&metadata.packages);
    faults.extend(policy.faults(&npm_packages(project)?));
    for package in metadata.packages.iter().filter(|package| package.is_ours()) {
        faults.extend(borders::faults(package));
        faults.extend(unused::faults(package)?);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { bail!("{} faults", faults.len()) }
}

/// The part of `cargo metadata` that the rules read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Absent for the packages of the working tree.
    source: Option<String>,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    rename: Option<String>,
    /// `None` for a dependency of the shipped code, else `dev` or `build`.
    kind: Option<String>,
}

impl Metadata {
    /// Fails too when the lock file is not up to date.
    fn read(project: &Project) -> Result<Self> {
        let json =
            project.cargo("metadata").args(["--format-version", "1", "--locked"]).output()?;
        serde_json::from_str(&json).context("cargo's metadata has another form than expected")
    }
}

impl Package {
    fn is_ours(&self) -> bool {
        self.source.is_none()
    }
}

/// What npm's lock files name and we ship, as packages with a source.
fn npm_packages(project: &Project) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Lock {
        packages: BTreeMap<String, Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        version: Option<String>,
        license: Option<String>,
        /// Only built or tested with: nothing of it is shipped.
        #[serde(default)]
        dev: bool,
        /// A folder of our own.
        #[serde(default)]
        link: bool,
    }

    let mut packages = Vec::new();
    let files = project.files()?;
    for name in files.iter().filter(|name| name.ends_with("package-lock.json")) {
        let text = std::fs::read_to_string(project.root().join(name))?;
        let lock: Lock = serde_json::from_str(&text)
            .with_context(|| format!("{} is no lock file", name.display()))?;
        let shipped = lock
            .packages
            .into_iter()
            .filter(|(path, locked)| path.contains("node_modules/") && !locked.dev && !locked.link);
        packages.extend(shipped.map(|(path, locked)| Package {
            name: path.rsplit_once("node_modules/").map_or(&*path, |(_, name)| name).to_owned(),
            version: locked.version.unwrap_or_default(),
            license: locked.license,
            source: Some("npm".to_owned()),
            manifest_path: PathBuf::new(),
            dependencies: Vec::new(),
        }));
    }
    Ok(packages)
}
