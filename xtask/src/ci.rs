//! What continuous integration runs, in the order in which a mistake shows soonest.

use anyhow::Result;
use clap::Args;

use crate::process::step;
use crate::project::Project;
use crate::{dependencies, setup, test, tidy, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Leaves the tests out, for when `cargo xtask test` has just run
    #[arg(long)]
    checks_only: bool,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    step("check: tidy", || tidy::check(project))?;
    step("check: formatting", || project.cargo("fmt").args(["--all", "--", "--check"]).wait())?;
    if !options.checks_only {
        test::run(project, test::Options::default())?;
    }
    setup::everything(project)?;
    step("check: dependencies", || dependencies::check(project))?;
    for script in ["lint", "typecheck", "size"] {
        web::script(project, script)?;
    }
    step("check: lints", || {
        let clippy = project.cargo("clippy").args(["--workspace", "--all-targets", "--", "-D"]);
        clippy.arg("warnings").wait()
    })
}
