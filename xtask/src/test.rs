//! `cargo xtask test`: every test there is, each runner's closing lines at the end.

use std::ffi::OsString;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::process::{colour, is_installed, step};
use crate::project::{Profile, Project};
use crate::snapshots::References;
use crate::{api_contract, build, setup, web};

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Runs one part only
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Passed on to that part's runner, for example a filter of names
    #[arg(last = true, requires = "only")]
    args: Vec<OsString>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// Unit, store, query and API tests
    Rust,
    /// The elements' tests without a browser, and the client's against the real binary
    Web,
    /// The real binary against its own OpenAPI document
    Api,
    /// The stories: the real binary and a real browser
    E2e,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    setup::everything(project)?;
    web::build(project)?;
    build::server(project, Profile::Debug)?;
    let parts = match options.only {
        Some(part) => vec![part],
        None => vec![Part::Rust, Part::Web, Part::Api, Part::E2e],
    };
    // A failure of one part does not hide those of the next.
    let reports: Vec<_> = parts.into_iter().map(|part| run_part(project, part, &options)).collect();
    summarise(reports)
}

/// What a part's runner said at the end.
type Report = (Part, Result<Vec<String>>);

fn summarise(reports: Vec<Report>) -> Result<()> {
    eprintln!();
    let mut failed = Vec::new();
    for (part, outcome) in reports {
        match outcome {
            Ok(lines) => lines.iter().for_each(|line| eprintln!("{}: {line}", part.name())),
            Err(error) => {
                eprintln!("{}: {error:#}", part.name());
                failed.push(part.name());
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("tests failed: {}", failed.join(", ")) }
}

fn run_part(project: &Project, part: Part, options: &Options) -> Report {
    let narrowed = !options.args.is_empty();
    let outcome = step(&format!("test: {}", part.name()), || match part {
        Part::Rust => rust(project, &options.args, narrowed),
        Part::Web => npm_test(project, "web", &options.args),
        Part::Api => api_contract::test(project, &options.args),
        Part::E2e => npm_test(project, "e2e", &options.args),
    });
    (part, outcome)
}

/// Rust's tests by nextest where it is installed, else by cargo itself.
fn rust(project: &Project, args: &[OsString], narrowed: bool) -> Result<Vec<String>> {
    let references = References::collect(project)?;
    let runner = if is_installed("cargo-nextest") {
        project.cargo("nextest").args(["run", "--no-fail-fast", "--no-tests", "pass"])
    } else {
        project.cargo("test").args(["--no-fail-fast", "--bins", "--lib", "--tests"])
    };
    let runner = references.note(runner.args(["--workspace", "--color", colour()]).args(args));
    let mut lines = runner.closing(&["Summary", RESULT])?;
    if lines.iter().all(|line| line.starts_with(RESULT)) {
        lines = vec![total(&lines)];
    }
    if !narrowed {
        references.check_for_unused(project)?;
        // Examples in the documentation, which nextest does not run.
        let examples = project.cargo("test").args(["--workspace", "--doc", "--quiet"]);
        lines.push(format!("examples: {}", total(&examples.closing(&[RESULT])?)));
    }
    Ok(lines)
}

/// How cargo's own runner begins its last line for each binary.
const RESULT: &str = "test result:";

/// The sum over all binaries.
fn total(results: &[String]) -> String {
    let count = |what| -> u32 { results.iter().filter_map(|line| number_of(what, line)).sum() };
    format!("{} passed, {} failed, {} ignored", count("passed"), count("failed"), count("ignored"))
}

/// 28 of `test result: ok. 28 passed; 0 failed` when asked for `passed`.
fn number_of(what: &str, line: &str) -> Option<u32> {
    let part = line.split([';', '.']).find_map(|part| part.trim().strip_suffix(what))?;
    part.trim().parse().ok()
}

fn npm_test(project: &Project, folder: &str, args: &[OsString]) -> Result<Vec<String>> {
    let runner = project.npm(folder).args(["test", "--silent", "--"]).args(args);
    let starts =
        ["Test Files", "Tests", "# tests", "# pass", "# fail", "ℹ tests", "ℹ pass", "ℹ fail"];
    runner.env("FANLIGHT_BINARY", project.server_binary(Profile::Debug)).closing(&starts)
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Web => "web",
            Self::Api => "api",
            Self::E2e => "e2e",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_many_binaries_are_summed() {
        let line = |counts: &str| format!("test result: ok. {counts}; finished in 0.07s");
        assert_eq!(total(&[]), "0 passed, 0 failed, 0 ignored");
        let lines = [line("6 passed; 0 failed; 1 ignored"), line("28 passed; 2 failed; 0 ignored")];
        assert_eq!(total(&lines), "34 passed, 2 failed, 1 ignored");
    }
}
