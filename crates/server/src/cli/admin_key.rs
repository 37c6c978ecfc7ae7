//! `fanlight admin-key`: the operator's key.

use std::process::ExitCode;

use clap::Subcommand;

use super::{Place, complain, init, installation, print};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Put a new admin key in force and print it; the one before is dead at once
    Reset,
}

pub(super) async fn run(place: &Place, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Reset = command;
    let store = installation::open(&place.config(None)?).await?;
    let key = init::new_admin_key(&store).await?;
    complain("the new admin key follows; it is not shown again");
    print(key.expose())?;
    Ok(ExitCode::SUCCESS)
}
