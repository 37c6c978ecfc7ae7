//! An installation: the master key and the metadata store that the configuration names.

use anyhow::Context;
use store::{Ambient, IncomingKey, Location, MasterKey, MasterKeyError, SoleStore};
use store::{Store, StoreError};

use crate::config::{Config, SecretText};

/// Opens the store of an existing installation.
pub(super) async fn open(config: &Config) -> anyhow::Result<Store> {
    let open = async |key: &MasterKey| open_limited(config, key).await;
    Ok(with_its_key(config, open).await?.0)
}

/// Opens the store of an existing installation for this process alone, and tells its key.
pub(super) async fn open_alone(config: &Config) -> anyhow::Result<(SoleStore, MasterKey)> {
    let open =
        async |key: &MasterKey| SoleStore::open(location(config), key, Ambient::default()).await;
    with_its_key(config, open).await
}

/// Opens a store with the installation's key. When the key was being rotated by a process that was
/// cut off, this ends the rotation: the key that the store is sealed with stays, the other one goes.
async fn with_its_key<S>(
    config: &Config,
    open: impl AsyncFn(&MasterKey) -> Result<S, StoreError>,
) -> anyhow::Result<(S, MasterKey)> {
    let given = given_key(config);
    let key = MasterKey::load(&config.data_dir, given)?;
    let incoming = match given {
        None => IncomingKey::left_behind(&config.data_dir)?,
        Some(_) => None,
    };
    match (open(&key).await, incoming) {
        (Err(StoreError::MasterKey(MasterKeyError::Wrong)), Some(incoming)) => {
            let store = open(incoming.key()).await.context(FAILED)?;
            let after = incoming.key().clone();
            incoming.adopt(&key)?;
            Ok((store, after))
        }
        (Ok(store), Some(incoming)) => {
            incoming.discard()?;
            Ok((store, key))
        }
        (opened, _) => Ok((opened.context(FAILED)?, key)),
    }
}

/// The master key that the configuration holds itself.
pub(super) fn given_key(config: &Config) -> Option<&str> {
    config.master_key.as_ref().map(SecretText::expose)
}

/// Opens the store of a new installation.
pub(super) async fn open_with(config: &Config, key: &MasterKey) -> anyhow::Result<Store> {
    open_limited(config, key).await.context(FAILED)
}

async fn open_limited(config: &Config, key: &MasterKey) -> Result<Store, StoreError> {
    let store = Store::open(location(config), key, Ambient::default()).await?;
    if let Some(most) = config.max_paid_customers {
        store.limit_paid_customers(most);
    }
    Ok(store)
}

fn location(config: &Config) -> Location {
    match &config.database_url {
        Some(url) => Location::Postgres {
            url: url.expose().to_owned(),
            password: config.database_password.as_ref().map(|text| text.expose().to_owned()),
            connections: config.database_connections,
        },
        None => Location::Sqlite(config.data_dir.clone()),
    }
}

const FAILED: &str = "failed to open the metadata store";
