//! A store of a test's own, on either database.

use std::path::{Path, PathBuf};

use anyhow::Result;
use model::credential::Access;
use model::name::GroupName;
use model::{GroupScope, OperatorScope};
use store::{Ambient, Location, MasterKey, Store};
use tempfile::TempDir;

use crate::cluster::Cluster;

/// An open store with what it stands on. Dropping it removes everything.
pub struct TestStore {
    store: Store,
    ambient: Ambient,
    place: Place,
}

/// The database of a test store that nobody has open. Dropping it removes everything.
pub struct ClosedStore {
    place: Place,
}

enum Place {
    Sqlite(TempDir),
    Postgres(Cluster),
}

impl TestStore {
    /// The master key of all test stores.
    pub fn master_key() -> MasterKey {
        MasterKey::from_bytes([7; 32])
    }

    /// An empty store on SQLite, in a temporary directory: the one to take when the database does
    /// not matter.
    pub async fn sqlite() -> Result<Self> {
        Self::sqlite_with(Ambient::default()).await
    }

    pub async fn sqlite_with(ambient: Ambient) -> Result<Self> {
        Self::open(Place::Sqlite(tempfile::tempdir()?), ambient).await
    }

    /// An empty store on a PostgreSQL cluster of its own.
    pub async fn postgres() -> Result<Self> {
        Self::postgres_with(Ambient::default()).await
    }

    pub async fn postgres_with(ambient: Ambient) -> Result<Self> {
        Self::open(Place::Postgres(Cluster::start()?), ambient).await
    }

    async fn open(place: Place, ambient: Ambient) -> Result<Self> {
        let store = Store::open(place.location(), &Self::master_key(), ambient.clone()).await?;
        Ok(Self { store, ambient, place })
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A second store over the same database, as another process or node would open it.
    pub async fn another(&self) -> Result<Store> {
        let (location, ambient) = (self.location(), self.ambient.clone());
        Ok(Store::open(location, &Self::master_key(), ambient).await?)
    }

    /// Closes the store. On PostgreSQL the server notices a moment later.
    pub fn close(self) -> ClosedStore {
        ClosedStore { place: self.place }
    }

    pub fn location(&self) -> Location {
        self.place.location()
    }

    /// The data directory, on SQLite.
    pub fn data_dir(&self) -> Option<&Path> {
        match &self.place {
            Place::Sqlite(dir) => Some(dir.path()),
            Place::Postgres(_) => None,
        }
    }

    /// The cluster, on PostgreSQL.
    pub fn cluster(&self) -> Option<&Cluster> {
        match &self.place {
            Place::Sqlite(_) => None,
            Place::Postgres(cluster) => Some(cluster),
        }
    }

    /// Every byte that the database keeps: its files, or a dump.
    pub fn raw(&self) -> Result<Vec<u8>> {
        self.place.raw()
    }

    /// The scope of a fresh read-write token of a group, which is made when it is new.
    pub async fn group(&self, name: &str) -> Result<GroupScope> {
        self.group_with(name, Access::ReadWrite).await
    }

    /// As [`TestStore::group`], with the given access.
    pub async fn group_with(&self, name: &str, access: Access) -> Result<GroupScope> {
        let operator = OperatorScope::of_command_line();
        let name: GroupName = name.parse()?;
        match self.store.create_group(&operator, &name).await {
            Ok(_) | Err(store::StoreError::Taken(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
        let token = self.store.create_api_token(&operator, &name, access).await?;
        let scope = self.store.group_scope(&token).await?;
        scope.ok_or_else(|| anyhow::anyhow!("the new token has a scope"))
    }
}

impl ClosedStore {
    pub fn location(&self) -> Location {
        self.place.location()
    }

    /// As [`TestStore::raw`].
    pub fn raw(&self) -> Result<Vec<u8>> {
        self.place.raw()
    }
}

impl Place {
    fn raw(&self) -> Result<Vec<u8>> {
        let dir = match self {
            Self::Postgres(cluster) => return cluster.dump(),
            Self::Sqlite(dir) => dir,
        };
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(dir.path())? {
            bytes.extend(std::fs::read(entry?.path())?);
        }
        Ok(bytes)
    }

    fn location(&self) -> Location {
        match self {
            Self::Sqlite(dir) => Location::Sqlite(PathBuf::from(dir.path())),
            Self::Postgres(cluster) => {
                Location::Postgres { url: cluster.url(), password: None, connections: 16 }
            }
        }
    }
}
