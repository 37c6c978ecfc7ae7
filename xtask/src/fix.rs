//! `cargo xtask fix`: what tools can repair by themselves.

use anyhow::Result;

use crate::process::step;
use crate::project::Project;
use crate::{setup, web};

pub(crate) fn run(project: &Project) -> Result<()> {
    setup::for_build(project)?;
    step("fix: lints", || {
        let clippy = project.cargo("clippy").args(["--fix", "--allow-dirty", "--allow-staged"]);
        clippy.args(["--workspace", "--all-targets"]).wait()
    })?;
    step("fix: formatting", || project.cargo("fmt").arg("--all").wait())?;
    web::script(project, "format")
}
