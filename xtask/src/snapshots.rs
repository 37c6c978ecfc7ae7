//! Snapshot files of the Rust tests: accepting new ones, finding those that no test reads.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::process::{Run, is_installed, step};
use crate::project::Project;
use crate::setup;

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to the test runner, for example a filter of names; unused snapshots are deleted
    /// only without
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Runs the tests, takes their present output for right, and deletes what no test reads.
pub(crate) fn accept(project: &Project, options: Options) -> Result<()> {
    setup::everything(project)?;
    let references = References::collect(project)?;
    step("snapshots: accept", || {
        let runner = if is_installed("cargo-nextest") {
            project.cargo("nextest").arg("run")
        } else {
            project.cargo("test")
        };
        let runner = runner.arg("--workspace").env("INSTA_UPDATE", "always").args(&options.args);
        references.note(runner).wait()
    })?;
    if options.args.is_empty() {
        for unused in references.unused(project)? {
            eprintln!("deleted {}", unused.display());
            fs::remove_file(project.root().join(unused))?;
        }
    }
    Ok(())
}

/// The list that insta appends to for every snapshot that a test reads.
pub(crate) struct References {
    list: PathBuf,
}

impl References {
    /// Starts an empty list.
    pub(crate) fn collect(project: &Project) -> Result<Self> {
        let list = project.target().join("xtask/snapshot-references.txt");
        let folder = list.parent().context("the list lies in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&list, "").context("cannot start the list of snapshots")?;
        Ok(Self { list })
    }

    /// Lets the tests that `runner` starts write to the list.
    pub(crate) fn note(&self, runner: Run) -> Run {
        runner.env("INSTA_SNAPSHOT_REFERENCES_FILE", &self.list)
    }

    /// Fails when a snapshot in the tree was read by no test of the whole run.
    pub(crate) fn check_for_unused(&self, project: &Project) -> Result<()> {
        let unused = self.unused(project)?;
        if unused.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = unused.iter().map(|name| name.display().to_string()).collect();
        bail!(
            "snapshots that no test reads (`cargo xtask snap` deletes them): {}",
            names.join(", ")
        )
    }

    fn unused(&self, project: &Project) -> Result<Vec<PathBuf>> {
        let list = fs::read_to_string(&self.list)?;
        let used: HashSet<PathBuf> =
            list.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
        let is_unused = |name: &PathBuf| {
            name.extension().is_some_and(|extension| extension == "snap")
                && fs::canonicalize(project.root().join(name)).is_ok_and(|it| !used.contains(&it))
        };
        Ok(project.files()?.into_iter().filter(is_unused).collect())
    }
}
