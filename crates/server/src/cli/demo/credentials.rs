//! The demo's credentials: made once, and kept in `demo.json`, because tokens cannot be read back
//! from the store.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;

use anyhow::Context;
use model::OperatorScope;
use model::credential::{Access, EmbedSecret};
use model::name::GroupName;
use serde::{Deserialize, Serialize};
use store::Store;

use super::Line;
use crate::cli::init;

/// Everything that opens the demo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Credentials {
    pub(super) admin_key: String,
    /// Read-write, in the group Production.
    pub(super) api_token: String,
    /// Read-only, in the group Production.
    pub(super) read_only_token: String,
    /// Read-write, in the group Testing.
    pub(super) testing_token: String,
    /// Of the group Production.
    pub(super) embed_secret: Secret,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Secret {
    id: String,
    value: String,
}

impl Secret {
    pub(super) fn parse(&self) -> anyhow::Result<EmbedSecret> {
        Ok(EmbedSecret { id: self.id.parse()?, value: self.value.parse()? })
    }
}

const FILE: &str = "demo.json";

/// Those of an earlier start, if there was one.
pub(super) fn read(folder: &Path) -> anyhow::Result<Option<Credentials>> {
    let path = folder.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let line: Line = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(Some(line.credentials))
}

/// Draws new ones for the demo's groups.
pub(super) async fn make(store: &Store) -> anyhow::Result<Credentials> {
    let operator = OperatorScope::of_command_line();
    let production = GroupName::from_str("Production")?;
    let testing = GroupName::from_str("Testing")?;
    let token = async |group: &GroupName, access: Access| {
        let token = store.create_api_token(&operator, group, access).await?;
        anyhow::Ok(token.expose().to_owned())
    };
    let secret = store.create_embed_secret(&operator, &production).await?;
    Ok(Credentials {
        admin_key: init::new_admin_key(store).await?.expose().to_owned(),
        api_token: token(&production, Access::ReadWrite).await?,
        read_only_token: token(&production, Access::ReadOnly).await?,
        testing_token: token(&testing, Access::ReadWrite).await?,
        embed_secret: Secret {
            id: secret.id.as_str().to_owned(),
            value: secret.value.expose().to_owned(),
        },
    })
}

/// Keeps the line for the next start, readable by its owner only. The file is whole at any moment.
pub(super) fn write(folder: &Path, line: &Line) -> anyhow::Result<()> {
    let path = folder.join(FILE);
    let text = serde_json::to_string(line)? + "\n";
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    let new = folder.join("demo.json.new");
    // One that an interrupted start left could have another mode.
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path).with_context(|| path.display().to_string())
}
