//! The commands of the binary: what an operator types.
//!
//! What a command makes goes to stdout, so that scripts can take it; everything else goes to stderr.
//! A command ends with 0 when it did what was asked, with 1 when it did not and said why, and with 2
//! when its arguments cannot be understood.

mod admin_key;
mod apply;
mod backup;
mod check;
mod credentials;
mod demo;
mod health;
mod import;
mod init;
mod installation;
mod key;
mod new;
mod serve;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Flags};

/// Dashboards for the customers of your product, served from one binary.
#[derive(Parser)]
#[command(name = "fanlight", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where a command finds its configuration and its data.
#[derive(Args, Clone)]
struct Place {
    /// The configuration file [env: FANLIGHT_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the metadata and the master key [env: FANLIGHT_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a demo: New York's flights of 2013, airlines as customers
    Demo(demo::Options),
    /// Serve
    Serve(serve::Options),
    /// Ask the server of this configuration, on this machine, whether it answers
    Health,
    /// Make a new installation: its master key and its admin key, which is printed once
    Init,
    /// Declare groups, levels, tags, data sources and dashboards from a workspace's files
    Apply(apply::Options),
    /// Make API tokens
    #[command(subcommand)]
    Token(credentials::TokenCommand),
    /// Make embed secrets
    #[command(subcommand)]
    Secret(credentials::SecretCommand),
    /// Bring customers from another server
    #[command(subcommand)]
    Import(import::Command),
    /// Write a first workspace, from a Parquet or CSV file or with a few rows of its own
    New(new::Options),
    /// Look for faults in a workspace, and list on what ground each dataset answers; or look at every
    /// panel as a customer
    Check(check::Options),
    /// Copy the store into a file, also while it serves
    Backup(backup::BackupOptions),
    /// Put a backup into the data folder
    Restore(backup::RestoreOptions),
    /// Replace the master key
    #[command(subcommand)]
    Key(key::Command),
    /// Replace the admin key
    #[command(subcommand)]
    AdminKey(admin_key::Command),
    /// Run queries for the server, which starts this by itself
    #[command(hide = true)]
    Worker,
}

/// Runs the command that the arguments name; the first argument is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for and come here too; neither has anywhere to go when
            // the terminal is closed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if let Command::Worker = cli.command {
        return engine::worker::main();
    }
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = cli.place;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(options) => demo::run(&place, options).await,
            Command::Serve(options) => serve::run(&place, options).await,
            Command::Health => health::run(&place).await,
            Command::Init => init::run(&place).await,
            Command::Apply(options) => apply::run(&place, &options).await,
            Command::Token(command) => credentials::token(&place, command).await,
            Command::Secret(command) => credentials::secret(&place, command).await,
            Command::Import(command) => import::run(&place, command).await,
            Command::New(options) => new::run(options).await,
            Command::Check(options) => check::run(&place, &options).await,
            Command::Backup(options) => backup::back_up(&place, options).await,
            Command::Restore(options) => backup::restore(&place, options).await,
            Command::Key(command) => key::run(&place, command).await,
            Command::AdminKey(command) => admin_key::run(&place, command).await,
            Command::Worker => unreachable!("a worker runs without this runtime"),
        }
    })
}

impl Place {
    /// The configuration in force, where a command may add its own flags.
    fn config(&self, listen: Option<String>) -> anyhow::Result<Config> {
        let Self { config, data_dir } = self.clone();
        let flags = Flags { config, data_dir, listen };
        Ok(Config::read(&flags, config::environment)?)
    }
}

/// Writes a line to stdout. Errs when nobody can read it.
fn print(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// Writes a line to stderr.
fn complain(line: &str) {
    // Nothing is left to tell it to when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[track_caller]
    fn check(arguments: &[&str], fits: bool) {
        let arguments = ["fanlight"].iter().chain(arguments);
        assert_eq!(Cli::try_parse_from(arguments).is_ok(), fits);
    }

    #[test]
    fn commands_are_those_that_scripts_rely_on() {
        check(&["demo", "--listen", "127.0.0.1:0", "--data-dir", "d", "--json", "--public"], true);
        check(&["serve", "--config", "fanlight.toml", "--listen", ":0", "--data-dir", "d"], true);
        check(&["--data-dir", "d", "init"], true);
        check(&["init", "--data-dir", "d"], true);
        check(&["apply", "workspace", "--dry-run"], true);
        check(&["apply"], false);
        check(&["token", "create", "--group", "Production", "--access", "read-write"], true);
        check(&["token", "create", "--group", "Production", "--access", "read-only"], true);
        check(&["token", "create", "--group", "Production"], false);
        check(&["token", "create", "--group", "Production", "--access", "all"], false);
        check(&["secret", "create", "--group", "Production"], true);
        check(&["secret", "create"], false);
        let import = ["import", "explo", "--from", "https://api.explo.co"];
        check(
            &[&import[..], &["--token", "t", "--group", "Production", "--dry-run"]].concat(),
            true,
        );
        check(&[&import[..], &["--token-file", "t", "--mapping", "m", "--update"]].concat(), true);
        check(
            &[&import[..], &["--token", "t", "--mapping", "m", "--without-mapping"]].concat(),
            false,
        );
        check(&import, false);
        check(&["import", "explo", "--from", "api.explo.co", "--token", "t"], false);
        check(&["new", "first", "--from", "orders.parquet", "--tenant-column", "shop"], true);
        check(&["new", "first"], true);
        check(&["new", "first", "--tenant-column", "shop"], false);
        check(&["check"], true);
        check(&["check", "workspace"], true);
        check(&["check", "workspace", "--as", "UA", "--customers", "c.json", "--json"], true);
        check(&["check", "--as", "UA", "--stored", "--group", "g", "--dashboard", "d"], true);
        check(&["check", "workspace", "--as", "UA", "--stored"], false);
        check(&["check", "--stored"], false);
        check(&["check", "--json"], false);
        check(&["check", "--as", "UA", "--variable", "a=1", "--variable", "b=[2]"], true);
        check(&["check", "--as", "UA", "--variable", "a"], false);
        check(&["check", "--variable", "a=1"], false);
        check(&["backup", "monday.db"], true);
        check(&["backup"], false);
        check(&["restore", "monday.db", "--data-dir", "d", "--force"], true);
        check(&["restore"], false);
        check(&["key", "rotate"], true);
        check(&["admin-key", "reset"], true);
        check(&["health"], true);
        check(&["worker"], true);
        check(&[], false);
    }
}
