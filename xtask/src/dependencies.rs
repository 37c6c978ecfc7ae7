//! Who may depend on what. cargo-deny reads `deny.toml`: licences, banned packages, the borders
//! between our crates. What it does not know is checked here: dependencies that nothing uses, and
//! the licences of npm packages. None of it needs a network once cargo-deny is there.

mod npm;
mod unused;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process::{Run, is_installed, step};
use crate::project::Project;

/// The version that is built where none is installed: about three minutes on two cores.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn check(project: &Project) -> Result<()> {
    deny(project)?;
    let mut faults = npm::faults(project)?;
    for package in Metadata::read(project)?.packages {
        faults.extend(unused::faults(&package)?);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { bail!("{} faults", faults.len()) }
}

fn deny(project: &Project) -> Result<()> {
    let mut command = Command::new(cargo_deny(project)?);
    command.current_dir(project.root());
    Run::new(command)
        .args(["--offline", "--workspace", "--log-level", "error"])
        .args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"])
        .wait()
}

/// The program on the path, or one of our own in the target folder.
fn cargo_deny(project: &Project) -> Result<OsString> {
    if is_installed("cargo-deny") {
        return Ok("cargo-deny".into());
    }
    let tools = project.target().join("tools");
    let program = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        step("setup: cargo-deny", || {
            let install = project.cargo("install").args(["cargo-deny", "--locked", "--quiet"]);
            install.args(["--version", CARGO_DENY]).arg("--root").arg(&tools).wait()
        })?;
    }
    Ok(program.into())
}

/// The part of `cargo metadata` that is read here: our own packages.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    rename: Option<String>,
}

impl Metadata {
    /// Fails too when the lock file is not up to date.
    fn read(project: &Project) -> Result<Self> {
        let metadata = project.cargo("metadata").args(["--no-deps", "--locked"]);
        let json = metadata.args(["--format-version", "1"]).output()?;
        serde_json::from_str(&json).context("cargo's metadata has another form than expected")
    }
}
