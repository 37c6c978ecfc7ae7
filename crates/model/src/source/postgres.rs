//! PostgreSQL and what speaks its protocol: Redshift, CockroachDB, Citus, Supabase.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{Faults, Kind};
use super::row_security::RowSecurity;
use super::secret::Secret;
use super::server::{Server, Tls, fault_of_word};
use crate::name::TableName;

/// A database of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Postgres {
    /// A host name, an IP address, or the folder of a Unix socket.
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
    /// Where the tables are that datasets name, `public` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The tables and views that datasets may name; all that the user may read when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableName>>,
    /// A role that the user takes on before it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_security: Option<RowSecurity>,
    /// Settings of each session, of those that cannot harm: `work_mem`, `jit`, `random_page_cost` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Queries that run at once, and so connections, 1 to 100; the server's own limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub connections: Option<u16>,
}

/// What a session may be told. None of them loads code, reads a file or changes who is asked.
const SETTINGS: [&str; 10] = [
    "effective_cache_size",
    "enable_hashagg",
    "enable_nestloop",
    "enable_seqscan",
    "jit",
    "max_parallel_workers_per_gather",
    "plan_cache_mode",
    "random_page_cost",
    "temp_buffers",
    "work_mem",
];

fn port() -> u16 {
    5432
}

fn is_port(port: &u16) -> bool {
    *port == self::port()
}

impl Kind for Postgres {
    fn check(&self, faults: &mut Faults) {
        faults.add_host_or_socket(&self.host);
        faults.add_login(self.port, &self.database, &self.user);
        faults.add("schema", self.schema.as_deref().and_then(fault_of_word));
        faults.add("role", self.role.as_deref().and_then(fault_of_word));
        let row_security = self.row_security.as_ref().and_then(RowSecurity::fault);
        faults.add_below("row_security", "setting", row_security);
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

    fn row_security(&self) -> Option<&RowSecurity> {
        self.row_security.as_ref()
    }
}
