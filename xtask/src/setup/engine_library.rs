//! DuckDB's shared library: fetched by npm with version and checksum from one lock file, linked
//! by the engine's worker, shipped beside the server's binary.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::npm;
use crate::project::Project;

const FOLDER: &str = "crates/engine/library";

/// Leaves the library in `crates/engine/library/lib`, where `.cargo/config.toml` looks for it.
///
/// A library that somebody has put there by hand stays: that is the way for platforms without a
/// package.
pub(crate) fn place(project: &Project) -> Result<()> {
    let folder = project.path(FOLDER);
    let placed = folder.join("lib").join(file_name());
    if placed.is_file() && !placed.is_symlink() {
        return Ok(());
    }
    npm::install(project, FOLDER)?;
    let packaged = packaged(&folder);
    if !packaged.is_file() {
        bail!(
            "no package of DuckDB's library for {}-{}: put {} of the version in \
             {FOLDER}/package.json into {FOLDER}/lib",
            std::env::consts::OS,
            std::env::consts::ARCH,
            file_name(),
        );
    }
    fs::create_dir_all(folder.join("lib"))?;
    point(&placed, &Path::new("..").join(packaged.strip_prefix(&folder)?))
}

fn packaged(folder: &Path) -> PathBuf {
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let package = format!("node_modules/@duckdb/node-bindings-{system}-{machine}");
    folder.join(package).join(file_name())
}

fn file_name() -> &'static str {
    if cfg!(target_os = "macos") { "libduckdb.dylib" } else { "libduckdb.so" }
}

#[cfg(unix)]
fn point(link: &Path, target: &Path) -> Result<()> {
    if fs::read_link(link).is_ok_and(|present| present == target) {
        return Ok(());
    }
    fs::remove_file(link).ok();
    std::os::unix::fs::symlink(target, link).context("cannot link DuckDB's library")
}

#[cfg(not(unix))]
fn point(_link: &Path, _target: &Path) -> Result<()> {
    bail!("Fanlight is built on Linux and macOS; on Windows use WSL")
}
