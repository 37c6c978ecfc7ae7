//! What continuous integration runs: the tests, and checks in the order in which a mistake shows
//! soonest.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::process::step;
use crate::project::Project;
use crate::{dependencies, setup, test, tidy, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Leaves the tests out, for when `cargo xtask test` has just run
    #[arg(long)]
    checks_only: bool,
    /// Runs one check only
    #[arg(long, value_enum, conflicts_with = "checks_only")]
    only: Option<Check>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Check {
    /// House rules over every file
    Tidy,
    /// rustfmt
    Formatting,
    /// Licences, bans, borders between crates, unused dependencies
    Dependencies,
    /// The web parts' lints, types and sizes
    Web,
    /// clippy, every warning an error
    Lints,
}

const ALL: [Check; 5] =
    [Check::Tidy, Check::Formatting, Check::Dependencies, Check::Web, Check::Lints];

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    if let Some(check) = options.only {
        return check.run(project);
    }
    for check in ALL {
        check.run(project)?;
    }
    if options.checks_only { Ok(()) } else { test::run(project, test::Options::default()) }
}

impl Check {
    fn run(self, project: &Project) -> Result<()> {
        match self {
            Self::Tidy => step("check: tidy", || tidy::check(project)),
            Self::Formatting => step("check: formatting", || {
                project.cargo("fmt").args(["--all", "--", "--check"]).wait()
            }),
            Self::Dependencies => step("check: dependencies", || dependencies::check(project)),
            Self::Web => web_checks(project),
            Self::Lints => step("check: lints", || lints(project)),
        }
    }
}

fn web_checks(project: &Project) -> Result<()> {
    setup::for_build(project)?;
    web::build(project)?;
    ["lint", "typecheck", "check-schema", "size"]
        .iter()
        .try_for_each(|script| web::script(project, script))
}

fn lints(project: &Project) -> Result<()> {
    let clippy = project.cargo("clippy").args(["--workspace", "--all-targets", "--"]);
    clippy.args(["-D", "warnings"]).wait()
}
