//! Programs from Python's package index, in an environment of their own under `target`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{Run, step};
use crate::project::Project;

/// Exact versions of schemathesis and of everything it needs.
const REQUIREMENTS: &str = "crates/server/tests/contract/requirements.txt";

/// Where `schemathesis` is, installed if it or its list of versions is new.
pub(crate) fn schemathesis(project: &Project) -> Result<PathBuf> {
    let folder = project.target().join("xtask/schemathesis");
    let program = folder.join("bin/schemathesis");
    let wanted = fs::read(project.path(REQUIREMENTS)).context("cannot read the requirements")?;
    // A copy inside: whoever deletes the environment deletes it too.
    let installed = folder.join("installed.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    step("setup: schemathesis", || {
        let venv = Run::new(Command::new("python3")).args(["-m", "venv", "--clear"]);
        venv.arg(&folder).wait()?;
        let pip = Run::new(Command::new(folder.join("bin/python"))).args(["-m", "pip", "install"]);
        let pip = pip.args(["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
        pip.arg("--requirement").arg(project.path(REQUIREMENTS)).wait()?;
        fs::write(&installed, &wanted).context("cannot note what was installed")
    })?;
    Ok(program)
}
