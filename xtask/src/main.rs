//! The index of the project's commands: `cargo xtask <command>`.
//!
//! Everything that continuous integration does is one of these; there are no shell scripts with
//! logic. Progress goes to stderr; stdout belongs to the programs that are started.

mod api_contract;
mod bench;
mod build;
mod ci;
mod demo;
mod dependencies;
mod fix;
mod fuzz;
mod package;
mod process;
mod project;
mod setup;
mod snapshots;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Fanlight's commands", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetches what the build and the tests need and cargo does not bring
    Setup,
    /// Builds everything and serves the demo: New York's flights of 2013
    Demo(demo::Options),
    /// Builds the web parts and the server
    Build(build::Options),
    /// Makes the archive to release in target/package, and checks it
    Package,
    /// Runs every test: Rust, web, the API against its document, and the stories in a real browser
    Test(test::Options),
    /// Runs what continuous integration runs: the tests, then every check
    Ci(ci::Options),
    /// Measures the performance figures next to their floors and prints them as a table
    Bench(bench::Options),
    /// Runs generated cases, as many as wanted
    Fuzz(fuzz::Options),
    /// Builds the web parts, or runs one of their npm scripts
    Web(web::Options),
    /// Repairs what tools can repair: formatting, lints with a known remedy
    Fix,
    /// Accepts the present output as the new snapshots and deletes unused ones
    Snap(snapshots::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let project = Project::find()?;
    match command {
        Command::Setup => setup::everything(&project),
        Command::Demo(options) => demo::run(&project, options),
        Command::Build(options) => build::run(&project, options),
        Command::Package => package::run(&project),
        Command::Test(options) => test::run(&project, options),
        Command::Ci(options) => ci::run(&project, options),
        Command::Bench(options) => bench::run(&project, options),
        Command::Fuzz(options) => fuzz::run(&project, options),
        Command::Web(options) => web::run(&project, options),
        Command::Fix => fix::run(&project),
        Command::Snap(options) => snapshots::accept(&project, options),
    }
}
