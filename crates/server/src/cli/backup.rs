//! `fanlight backup` and `fanlight restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{HumanBytes, HumanCount};
use model::OperatorScope;
use store::{Ambient, Contents, MasterKey, Present, StoreError};

use super::{Place, complain, init, installation};

#[derive(Args)]
pub(super) struct BackupOptions {
    /// The file to write; it must not exist
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct RestoreOptions {
    /// A file that `fanlight backup` has written
    file: PathBuf,
    /// Replace the store that is there, and keep it beside the new one
    #[arg(long)]
    force: bool,
}

pub(super) async fn back_up(place: &Place, options: BackupOptions) -> anyhow::Result<ExitCode> {
    let config = place.config(None)?;
    let store = installation::open(&config).await?;
    let contents = store.back_up(&OperatorScope::of_command_line(), &options.file).await?;
    let file = options.file.display();
    complain(&format!("backed up {} to {file}, and read it again", told(contents)));
    complain(
        "the master key is not in it: keep a copy of master.key, or of FANLIGHT_MASTER_KEY, in \
         another place; a backup cannot be restored without it",
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(place: &Place, options: RestoreOptions) -> anyhow::Result<ExitCode> {
    let config = place.config(None)?;
    if config.database_url.is_some() {
        return Err(StoreError::UsePgDump.into());
    }
    init::make_private_folder(&config.data_dir)?;
    let key = MasterKey::load(&config.data_dir, installation::given_key(&config))?;
    let present = if options.force { Present::Replace } else { Present::Keep };
    let restored =
        store::restore(&options.file, &config.data_dir, &key, present, &Ambient::default());
    let restored = match restored {
        Err(StoreError::Exists { file }) => bail!(
            "{} holds a store already; --force replaces it, and keeps the old one beside it",
            file.display()
        ),
        restored => {
            restored.with_context(|| format!("failed to restore {}", options.file.display()))?
        }
    };
    let folder = config.data_dir.display();
    complain(&format!("restored {} into {folder}", told(restored.contents)));
    if let Some(replaced) = restored.replaced {
        complain(&format!("the store that was there is kept as {}", replaced.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(Contents { bytes, customers, dashboards }: Contents) -> String {
    let (customers, dashboards) = (HumanCount(customers), HumanCount(dashboards));
    format!("{customers} customers and {dashboards} dashboards ({})", HumanBytes(bytes))
}
