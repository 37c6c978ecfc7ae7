//! Building the web parts and the server.

use anyhow::Result;
use clap::Args;

use crate::process::step;
use crate::project::{Profile, Project};
use crate::{setup, web};

#[derive(Args)]
pub(crate) struct Options {
    /// The binary to ship: `target/release/fanlight`, with the web parts and the demo inside and
    /// DuckDB's library beside it. Without this, everything that the tests need.
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    let profile = if options.release { Profile::Release } else { Profile::Debug };
    setup::for_build(project)?;
    web::build(project)?;
    server(project, profile)?;
    eprintln!("built {}", project.server_binary(profile).display());
    Ok(())
}

/// Compiles the server. The web parts must be built before: the release binary holds them.
pub(crate) fn server(project: &Project, profile: Profile) -> Result<()> {
    match profile {
        Profile::Release => step("build: server, release", || {
            project.cargo("build").args(["--release", "--package", "server"]).wait()
        }),
        // Binaries and tests of all packages at once: one set of features, so that every
        // dependency is compiled a single time for all of a test run.
        Profile::Debug => step("build: server and tests", || {
            project.cargo("build").args(["--workspace", "--bins", "--tests"]).wait()
        }),
    }
}
