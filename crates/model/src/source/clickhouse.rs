//! ClickHouse, over HTTP.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{Faults, Kind};
use super::secret::Secret;
use super::server::{Server, Tls, TlsMode};
use crate::name::TableName;

/// A database of ClickHouse, asked by its HTTP interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ClickHouse {
    /// A host name or an IP address.
    pub host: String,
    /// The port of the HTTP interface; 8123, or 8443 with TLS, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    #[serde(default = "default", skip_serializing_if = "is_default")]
    pub database: String,
    #[serde(default = "default", skip_serializing_if = "is_default")]
    pub user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Tls::is_default")]
    pub tls: Tls,
    /// The tables and views that datasets may name; all that the user may read when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableName>>,
    /// Settings of each query, of those that cannot harm: `max_threads`, `max_memory_usage` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
    /// Queries that run at once, 1 to 100; the server's own limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub connections: Option<u16>,
}

/// What a query may be told. None of them loads code, reads a file or changes how SQL is read.
const SETTINGS: [&str; 7] = [
    "distributed_product_mode",
    "max_bytes_before_external_group_by",
    "max_bytes_before_external_sort",
    "max_memory_usage",
    "max_threads",
    "optimize_skip_unused_shards",
    "priority",
];

fn default() -> String {
    "default".to_owned()
}

fn is_default(text: &str) -> bool {
    text == "default"
}

impl ClickHouse {
    /// The port that is asked.
    pub fn port(&self) -> u16 {
        let of_mode = match self.tls.mode_for(&self.host) {
            TlsMode::Off => 8123,
            TlsMode::Require | TlsMode::VerifyFull => 8443,
        };
        self.port.unwrap_or(of_mode)
    }
}

impl Kind for ClickHouse {
    fn check(&self, faults: &mut Faults) {
        faults.add_host(&self.host);
        faults.add_login(self.port(), &self.database, &self.user);
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
        Some(Server { host: &self.host, port: self.port(), user: &self.user, tls: &self.tls })
    }

    fn secret_mut(&mut self) -> Option<&mut Option<Secret>> {
        Some(&mut self.password)
    }
}
