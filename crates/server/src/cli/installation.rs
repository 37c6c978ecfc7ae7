//! An installation: the master key and the metadata store that the configuration names.

use anyhow::Context;
use store::{Ambient, Location, MasterKey, Store};

use crate::config::{Config, SecretText};

/// Opens the store of an existing installation.
pub(super) async fn open(config: &Config) -> anyhow::Result<Store> {
    let key = MasterKey::load(&config.data_dir, given_key(config))?;
    open_with(config, &key).await
}

/// The master key that the configuration holds itself.
pub(super) fn given_key(config: &Config) -> Option<&str> {
    config.master_key.as_ref().map(SecretText::expose)
}

pub(super) async fn open_with(config: &Config, key: &MasterKey) -> anyhow::Result<Store> {
    let location = match &config.database_url {
        Some(url) => Location::Postgres {
            url: url.expose().to_owned(),
            password: config.database_password.as_ref().map(|text| text.expose().to_owned()),
            connections: config.database_connections,
        },
        None => Location::Sqlite(config.data_dir.clone()),
    };
    Store::open(location, key, Ambient::default())
        .await
        .context("failed to open the metadata store")
}
