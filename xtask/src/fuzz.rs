//! `cargo xtask fuzz`: generated cases, as many as wanted.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::project::Project;
use crate::setup;

#[derive(Args)]
pub(crate) struct Options {
    suite: Suite,
    /// How many cases; each is put to every database
    #[arg(long, default_value_t = 1_000_000)]
    cases: u64,
    /// The number of the first case: a case that failed says how to run it again
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only these, with commas between: engine, postgres, row-security, mysql, clickhouse, sqlite
    #[arg(long, value_delimiter = ',')]
    databases: Vec<String>,
    /// What to build the suite with; `dev` has been built by the tests, and takes a little longer
    #[arg(long, default_value = "release")]
    profile: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// Whether a viewer ever sees what is not its own
    Isolation,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    let Suite::Isolation = options.suite;
    setup::everything(project)?;
    let test = project.cargo("test").args(["--profile", &options.profile, "--package", "sources"]);
    test.args(["--test", "isolation", "--", "--nocapture"])
        .env("FANLIGHT_FUZZ_CASES", options.cases.to_string())
        .env("FANLIGHT_FUZZ_SEED", options.seed.to_string())
        .env("FANLIGHT_FUZZ_DATABASES", options.databases.join(","))
        .wait()
}
