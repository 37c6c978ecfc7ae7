//! `cargo xtask test --only api`: the real server held to its own OpenAPI document.
//!
//! Schemathesis reads the document from a running demo and makes calls from it, valid ones and broken
//! ones. None may end in a server error, and every reply must be as the document says.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process::Run;
use crate::project::{Profile, Project};
use crate::setup;

/// What `schemathesis` is told that does not depend on the run.
const SETTINGS: &str = "crates/server/tests/contract/schemathesis.toml";

/// Calls of each operation that are drawn by chance, unless the caller says otherwise. Together with
/// those at the edges of every schema they take about a minute.
const EXAMPLES: &str = "40";

/// Runs schemathesis, with `args` in place of the usual number of examples, and returns a line of
/// how many operations passed.
pub(crate) fn test(project: &Project, args: &[OsString]) -> Result<Vec<String>> {
    let schemathesis = setup::schemathesis(project)?;
    let demo = Demo::start(project)?;
    let report = project.target().join("xtask/api-report.xml");
    let mut command = Command::new(schemathesis);
    command.current_dir(project.target());
    let run = Run::new(command).arg("--config-file").arg(project.path(SETTINGS));
    let run = run.arg("run").arg(format!("{}/openapi.json", demo.told.url));
    let run = if args.is_empty() { run.args(["--max-examples", EXAMPLES]) } else { run.args(args) };
    let outcome = run
        .arg("--report-junit-path")
        .arg(&report)
        .env("FANLIGHT_TESTING_TOKEN", &demo.told.testing_token)
        .env("FANLIGHT_ADMIN_KEY", &demo.told.admin_key)
        .closing(&["Seed", "Failures", "❌", "🚫"]);
    let total = total(&fs::read_to_string(&report).unwrap_or_default());
    match outcome {
        Ok(_) => Ok(vec![total.context("schemathesis left no report")?]),
        Err(error) => Err(error.context(total.unwrap_or_default())),
    }
}

/// The demo of the debug binary on a free port, with data of its own. It ends with this value.
struct Demo {
    server: Child,
    told: Told,
}

/// What `fanlight demo --json` prints.
#[derive(Deserialize)]
struct Told {
    url: String,
    admin_key: String,
    testing_token: String,
}

impl Demo {
    fn start(project: &Project) -> Result<Self> {
        let data = empty_folder(project)?;
        let log = fs::File::create(project.target().join("xtask/api-server.log"))?;
        let mut server = Command::new(project.server_binary(Profile::Debug))
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .env("FANLIGHT_RATE_LIMIT_PER_MINUTE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("cannot start the demo")?;
        let stdout = server.stdout.take().context("stdout is piped")?;
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        match read.map(|_| serde_json::from_str(&line)) {
            Ok(Ok(told)) => Ok(Self { server, told }),
            _ => {
                server.kill().ok();
                server.wait()?;
                bail!("the demo did not start: see target/xtask/api-server.log")
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

fn empty_folder(project: &Project) -> Result<PathBuf> {
    let folder = project.target().join("xtask/api-data");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(folder)
}

/// `42 passed, 0 failed` of a JUnit report, in which each operation is a test.
fn total(report: &str) -> Option<String> {
    let head = report.split_once("<testsuites")?.1.split_once('>')?.0;
    let count = |name: &str| -> Option<u32> {
        let value = head.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
        value.parse().ok()
    };
    let failed = count("failures")? + count("errors")?;
    Some(format!("{} passed, {failed} failed", count("tests")?.saturating_sub(failed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_summed_up() {
        let check = |report: &str, expected: Option<&str>| {
            assert_eq!(total(report).as_deref(), expected);
        };
        let head = |errors, failures| {
            format!(
                r#"<?xml version="1.0"?><testsuites errors="{errors}" failures="{failures}" tests="40">"#
            )
        };
        check(&head(0, 0), Some("40 passed, 0 failed"));
        check(&head(1, 2), Some("37 passed, 3 failed"));
        check("", None);
    }
}
