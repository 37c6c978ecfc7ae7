//! `cargo xtask fuzz`: generated cases, as many as wanted.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::project::Project;
use crate::setup;

#[derive(Args)]
pub(crate) struct Options {
    suite: Suite,
    /// How many cases; each is asked of every kind of database
    #[arg(long, default_value_t = 1_000_000)]
    cases: u64,
    /// The number of the first case: a run that failed names the cases to run again
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// Whether a viewer ever sees what is not its own
    Isolation,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    let Suite::Isolation = options.suite;
    setup::everything(project)?;
    let test = project.cargo("test").args(["--release", "--package", "sources"]);
    test.args(["--test", "isolation", "--", "--nocapture"])
        .env("FANLIGHT_FUZZ_CASES", options.cases.to_string())
        .env("FANLIGHT_FUZZ_SEED", options.seed.to_string())
        .wait()
}
