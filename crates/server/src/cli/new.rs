//! `fanlight new`: a first workspace.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use workspace::FirstWorkspace;

use super::{complain, print};

#[derive(Args)]
pub(super) struct Options {
    /// The workspace's folder, missing or empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// A Parquet or CSV file to start from; it stays where it is
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The file's column that holds your customers' ids; guessed from the names when absent
    #[arg(long, value_name = "NAME", requires = "from")]
    tenant_column: Option<String>,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let first = FirstWorkspace::sample();
    first.write(&options.folder)?;
    let folder = options.folder.display();
    print(&format!("made the workspace {folder}; next: fanlight check {folder}"))?;
    if !first.tenant_column_was_named {
        complain(&format!(
            "guessed that the column {:?} holds your customers' ids; look at \
             {folder}/dashboards/overview.yaml before customers see it",
            first.tenant_column.as_str()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
