//! The web parts: charts, client, elements, the demo's page.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::process::step;
use crate::project::Project;
use crate::setup;

const FOLDER: &str = "web";

#[derive(Args)]
pub(crate) struct Options {
    /// One of web/package.json's scripts and its arguments, instead of the build
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    script: Vec<OsString>,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    setup::for_build(project)?;
    match options.script.split_first() {
        None => build(project),
        Some((script, args)) => {
            project.npm(FOLDER).arg("run").arg(script).arg("--").args(args).wait()
        }
    }
}

/// Leaves `web/dist`, which the server serves.
pub(crate) fn build(project: &Project) -> Result<()> {
    script(project, "build")
}

/// Runs one script as a step of its own.
pub(crate) fn script(project: &Project, script: &str) -> Result<()> {
    step(&format!("web: {script}"), || project.npm(FOLDER).args(["run", "--silent", script]).wait())
}
