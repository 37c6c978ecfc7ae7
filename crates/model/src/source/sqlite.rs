//! A file of SQLite.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{Faults, Kind};
use super::secret::Secret;
use super::server::Server;
use crate::name::TableName;

/// A database file of SQLite, opened for reading only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Sqlite {
    /// The file's path. A relative path starts at the workspace's folder; it is stored absolute.
    pub path: String,
    /// The tables and views that datasets may name; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableName>>,
    /// Queries that run at once, 1 to 100; the server's own limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub connections: Option<u16>,
}

impl Kind for Sqlite {
    fn check(&self, faults: &mut Faults) {
        let fits = !self.path.is_empty() && !self.path.contains('\0');
        faults.add("path", (!fits).then(|| "must be the path of a file".to_owned()));
        faults.add_connections(self.connections);
    }

    fn tables(&self) -> Option<Vec<&TableName>> {
        self.tables.as_ref().map(|tables| tables.iter().collect())
    }

    fn connections(&self) -> Option<u16> {
        self.connections
    }

    fn server(&self) -> Option<Server<'_>> {
        None
    }

    fn secret_mut(&mut self) -> Option<&mut Option<Secret>> {
        None
    }
}
