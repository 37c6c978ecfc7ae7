//! MySQL and MariaDB.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{Faults, Kind};
use super::secret::Secret;
use super::server::{Server, Tls};
use crate::name::TableName;

/// A database of MySQL or MariaDB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MySql {
    /// A host name, an IP address, or the path of a Unix socket.
    pub host: String,
    #[serde(default = "port", skip_serializing_if = "is_port")]
    #[schemars(range(min = 1))]
    pub port: u16,
    pub database: String,
    /// Best one that may read what datasets read, and nothing else.
    pub user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Tls::is_default")]
    pub tls: Tls,
    /// The tables and views that datasets may name; all that the user may read when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableName>>,
    /// Settings of each session, of those that cannot harm: `group_concat_max_len`, `sort_buffer_size` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Queries that run at once, and so connections, 1 to 100; the server's own limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub connections: Option<u16>,
}

/// What a session may be told. None of them loads code, reads a file or changes how SQL is read.
const SETTINGS: [&str; 6] = [
    "group_concat_max_len",
    "join_buffer_size",
    "max_heap_table_size",
    "sort_buffer_size",
    "tmp_table_size",
    "wait_timeout",
];

fn port() -> u16 {
    3306
}

fn is_port(port: &u16) -> bool {
    *port == self::port()
}

impl Kind for MySql {
    fn check(&self, faults: &mut Faults) {
        faults.add_host_or_socket(&self.host);
        faults.add_login(self.port, &self.database, &self.user);
        faults.add_settings(&self.settings, &SETTINGS);
        faults.add_connections(self.connections);
    }

    fn tables(&self) -> Option<Vec<&TableName>> {
        self.tables.as_ref().map(|tables| tables.iter().collect())
    }

    fn connections(&self) -> Option<u16> {
        self.connections
    }

    fn server(&self) -> Option<Server<'_>> {
        let Self { host, port, user, tls, .. } = self;
        Some(Server { host, port: *port, user, tls })
    }

    fn secret_mut(&mut self) -> Option<&mut Option<Secret>> {
        Some(&mut self.password)
    }
}
