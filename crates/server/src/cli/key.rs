//! `fanlight key`: the master key, which seals every secret at rest.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use model::OperatorScope;
use store::{IncomingKey, MasterKey, Progress, SoleStore, SystemEntropy};

use super::{Place, complain, installation, print};
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a new master key and seal every secret with it; no server may run meanwhile
    Rotate,
}

pub(super) async fn run(place: &Place, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Rotate = command;
    let config = place.config(None)?;
    let (store, key) = installation::open_alone(&config).await?;
    match installation::given_key(&config) {
        Some(_) => rotate_given(store).await?,
        None => rotate_file(&config, store, &key).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The key is in a file of ours.
async fn rotate_file(config: &Config, store: SoleStore, before: &MasterKey) -> anyhow::Result<()> {
    let incoming = IncomingKey::create(&config.data_dir, &SystemEntropy)?;
    let sealed = reseal(store, incoming.key()).await?;
    let kept = incoming.adopt(before)?;
    let current = config.data_dir.join("master.key");
    complain(&format!("sealed {} secrets with a new key, {}", sealed, current.display()));
    complain(&format!(
        "keep a copy of it apart from the database. The key before is kept as {}: backups made \
         until now need it",
        kept.display()
    ));
    if config.database_url.is_some() {
        complain("every other server of this database needs the same file before it starts again");
    }
    Ok(())
}

/// The operator keeps the key. It is printed before it is in force, because a key that got lost on
/// its way to the operator would take every secret with it.
async fn rotate_given(store: SoleStore) -> anyhow::Result<()> {
    let key = MasterKey::draw(&SystemEntropy);
    complain("the new master key follows; it is not shown again");
    print(&key.expose())?;
    let sealed = reseal(store, &key).await.context(
        "the new key is not in force, unless the database was lost at the very end: when the key \
         before is refused, use the new one",
    )?;
    complain(&format!(
        "sealed {sealed} secrets with it; set FANLIGHT_MASTER_KEY, or the file that \
         FANLIGHT_MASTER_KEY_FILE names, to it for every server and command. Backups made until now \
         need the key before"
    ));
    Ok(())
}

async fn reseal(store: SoleStore, key: &MasterKey) -> anyhow::Result<HumanCount> {
    let bar = ProgressBar::new(0).with_style(ProgressStyle::default_bar());
    let shown = bar.clone();
    let tell = move |Progress { done, total }| {
        shown.set_length(total);
        shown.set_position(done);
    };
    let sealed = store.reseal(&OperatorScope::of_command_line(), key, tell).await;
    bar.finish_and_clear();
    Ok(HumanCount(sealed.context("failed to rotate the master key")?))
}
