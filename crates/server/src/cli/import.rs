//! `fanlight import explo`: customers with their tokens from another server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use model::name::GroupName;

use super::{Place, complain, installation, print};
use crate::clock::Clock;
use crate::import::{Address, MappingTable, Progress, Report, Source, Wishes, import};

/// Most failures and conflicts that are told; the report holds all.
const MOST_TOLD: usize = 20;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Bring customers with their tokens from Explo, or from another server that speaks its API
    Explo(Options),
}

#[derive(Args)]
pub(super) struct Options {
    /// The address of the API, for example https://api.explo.co
    #[arg(long, value_name = "URL")]
    from: Address,
    /// An API token of the source. Others on this machine may see it in the list of processes;
    /// better use --token-file or the environment
    #[arg(
        long,
        value_name = "TOKEN",
        env = "FANLIGHT_IMPORT_TOKEN",
        hide_env_values = true,
        required_unless_present = "token_file"
    )]
    token: Option<String>,
    /// A file that holds the API token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The group that customers come to [default: the one that has the source's name]
    #[arg(long, value_name = "NAME")]
    group: Option<GroupName>,
    /// A TOML file that tells which schemas and data sources here stand for the source's
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Import customers without their mapping
    #[arg(long, conflicts_with = "mapping")]
    without_mapping: bool,
    /// Make customers that are here already as the source has them
    #[arg(long)]
    update: bool,
    /// Tell what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what was done to a file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Send the source at most so many requests a minute; 0: as many as it takes. Explo takes 180
    /// from one address, your product's own included
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    requests_per_minute: u32,
}

pub(super) async fn run(place: &Place, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Explo(options) = command;
    let config = place.config(None)?;
    let wishes = Wishes {
        group: options.group.clone(),
        mapping: options.mapping_table()?,
        update: options.update,
        dry_run: options.dry_run,
        data_dir: config.data_dir.clone(),
    };
    if options.from.is_open_to_others() {
        let from = options.from.as_str();
        complain(&format!("warning: {from} is not encrypted; others may read customers' tokens"));
    }
    let token = options.token()?;
    let source = Source::new(options.from, &token, options.requests_per_minute)?;
    let store = installation::open(&config).await?;
    let (progress, now) = (Progress::on_stderr(), Clock::system().now());
    let report = import(&store, &source, &wishes, now, &progress).await;
    progress.end();
    let report = report?;
    if let Some(path) = &options.report {
        write(&report, path)?;
    }
    tell(&report);
    print(&report.to_string())?;
    Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Options {
    /// A file wins over a token that the environment may hold for other times.
    fn token(&self) -> anyhow::Result<String> {
        match (&self.token_file, &self.token) {
            (Some(file), _) => {
                let text = fs::read_to_string(file);
                Ok(text.with_context(|| format!("{}", file.display()))?.trim().to_owned())
            }
            (None, Some(token)) => Ok(token.clone()),
            (None, None) => bail!("a token of the source is needed"),
        }
    }

    fn mapping_table(&self) -> anyhow::Result<Option<MappingTable>> {
        let Some(file) = &self.mapping else {
            return Ok((!self.without_mapping).then(MappingTable::default));
        };
        let name = || format!("{}", file.display());
        let text = fs::read_to_string(file).with_context(name)?;
        Ok(Some(toml::from_str(&text).with_context(name)?))
    }
}

fn write(report: &Report, path: &Path) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// Tells what was not imported.
fn tell(report: &Report) {
    let failures =
        report.failures.iter().map(|one| format!("{:?}: {}", one.provided_id, one.reason));
    let conflicts = report.conflicts.iter().map(|one| {
        let fields = one.fields.join(", ");
        format!("{:?}: is here with another {fields}; --update takes the source's", one.provided_id)
    });
    let lines: Vec<String> = failures.chain(conflicts).collect();
    for line in lines.iter().take(MOST_TOLD) {
        complain(&format!("error: {line}"));
    }
    if lines.len() > MOST_TOLD {
        let more = lines.len() - MOST_TOLD;
        complain(&format!("error: and {more} more customers; --report FILE lists all"));
    }
}
