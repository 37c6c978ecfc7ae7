//! `cargo xtask bench`: the figures of docs/reference/performance.md, measured side by side.
//!
//! The tables go to stdout, ready to be pasted; progress goes to stderr. Nothing else should run on
//! the machine meanwhile.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;

use crate::process::{human_time, step};
use crate::project::{Profile, Project};
use crate::{build, setup, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that each load runs
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Also compares reading one customer with reading it among this many more
    #[arg(long, default_value_t = 0)]
    customers: u32,
    /// Also measures clean builds, in a target folder of their own; takes minutes
    #[arg(long)]
    builds: bool,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    setup::for_build(project)?;
    web::build(project)?;
    build::server(project, Profile::Release)?;
    step("bench: server", || server(project, &options))?;
    step("bench: panels not in the cache", || sources(project, &options))?;
    step("bench: element bundle", || project.npm("web").args(["run", "--silent", "size"]).wait())?;
    if options.builds {
        builds(project)?;
    }
    Ok(())
}

fn server(project: &Project, options: &Options) -> Result<()> {
    let bench = project.cargo("run").args(["--release", "--quiet", "--package", "bench", "--"]);
    bench
        .arg("--server")
        .arg(project.server_binary(Profile::Release))
        .args(["--seconds", &options.seconds.to_string()])
        .args(["--customers", &options.customers.to_string()])
        .wait()
}

/// The way of a query through `sources` beside the same SQL sent straight to the engine.
fn sources(project: &Project, options: &Options) -> Result<()> {
    let bench =
        project.cargo("bench").args(["--quiet", "--package", "sources", "--bench", "panel"]);
    bench.args(["--", "--seconds", &options.seconds.to_string()]).wait()
}

/// Builds from nothing but downloaded packages, and a test after a change of one line.
fn builds(project: &Project) -> Result<()> {
    let target = project.target().join("xtask/clean-build");
    remove(&target)?;
    let cargo = |subcommand: &str| project.cargo(subcommand).env("CARGO_TARGET_DIR", &target);
    let release = timed(|| cargo("build").args(["--release", "--package", "server"]).wait())?;
    let tests = timed(|| cargo("build").args(["--workspace", "--bins", "--tests"]).wait())?;
    let test_query = || cargo("test").args(["--package", "query", "--lib", "--quiet"]).wait();
    test_query()?;
    touch(project, "crates/query/src/lib.rs")?;
    let change = timed(test_query)?;
    remove(&target)?;

    let mut stdout = std::io::stdout();
    writeln!(stdout, "| build | took |\n|---|---|")?;
    writeln!(stdout, "| clean release build of the server | {} |", human_time(release))?;
    writeln!(stdout, "| clean build of everything that tests need | {} |", human_time(tests))?;
    writeln!(stdout, "| change in `query`, its tests built and run | {} |", human_time(change))?;
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { Ok(std::fs::remove_dir_all(folder)?) } else { Ok(()) }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}

/// As if somebody had saved the file: cargo compares times.
#[expect(clippy::disallowed_methods, reason = "cargo compares with the machine's clock")]
fn touch(project: &Project, file: &str) -> Result<()> {
    let file = std::fs::File::options().append(true).open(project.path(file))?;
    Ok(file.set_modified(std::time::SystemTime::now())?)
}
