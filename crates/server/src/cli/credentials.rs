//! `fanlight token` and `fanlight secret`: what a product's back end needs.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use model::OperatorScope;
use model::credential::Access;
use model::name::GroupName;
use serde_json::json;
use store::StoreError;

use super::{Place, installation, print};

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Make an API token and print it; it is not shown again
    Create(NewToken),
}

#[derive(Args)]
pub(super) struct NewToken {
    /// The data visibility group that the token opens
    #[arg(long, value_name = "NAME")]
    group: GroupName,
    /// What the token allows: read-write or read-only
    #[arg(long, value_name = "ACCESS")]
    access: Access,
}

#[derive(Subcommand)]
pub(super) enum SecretCommand {
    /// Make an embed secret and print it as JSON: {"id":"…","value":"…"}
    Create(NewSecret),
}

#[derive(Args)]
pub(super) struct NewSecret {
    /// The data visibility group whose customers the secret speaks for
    #[arg(long, value_name = "NAME")]
    group: GroupName,
}

pub(super) async fn token(place: &Place, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let TokenCommand::Create(NewToken { group, access }) = command;
    let store = installation::open(&place.config(None)?).await?;
    let made = store.create_api_token(&OperatorScope::of_command_line(), &group, access).await;
    print(made.map_err(|error| in_group(error, &group))?.expose())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn secret(place: &Place, command: SecretCommand) -> anyhow::Result<ExitCode> {
    let SecretCommand::Create(NewSecret { group }) = command;
    let store = installation::open(&place.config(None)?).await?;
    let made = store.create_embed_secret(&OperatorScope::of_command_line(), &group).await;
    let secret = made.map_err(|error| in_group(error, &group))?;
    print(&json!({"id": secret.id.as_str(), "value": secret.value.expose()}).to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Names the group that is not there.
fn in_group(error: StoreError, group: &GroupName) -> anyhow::Error {
    match error {
        StoreError::NotFound("group") => anyhow::anyhow!(
            "there is no group {:?}; groups are declared in workspace.yaml and made by fanlight apply",
            group.as_str()
        ),
        error => error.into(),
    }
}
