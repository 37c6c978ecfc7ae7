//! How a data source is reached.

use std::collections::BTreeMap;
use std::mem::discriminant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clickhouse::ClickHouse;
use super::files::Files;
use super::mysql::MySql;
use super::postgres::Postgres;
use super::row_security::RowSecurity;
use super::secret::Secret;
use super::server::{Server, fault_of_host, fault_of_word};
use super::sqlite::Sqlite;
use super::storage::Storage;
use crate::name::TableName;
use crate::nearest::unknown;

/// How to reach a data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Connection {
    /// Files read by the embedded engine.
    Files(Files),
    /// PostgreSQL, and what speaks its protocol: Redshift, CockroachDB, Citus, Supabase.
    Postgres(Postgres),
    /// MySQL or MariaDB.
    #[serde(rename = "mysql")]
    MySql(MySql),
    /// A file of SQLite.
    Sqlite(Sqlite),
    /// ClickHouse, over HTTP.
    #[serde(rename = "clickhouse")]
    ClickHouse(ClickHouse),
}

/// What is wrong with one field of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFault {
    /// The way to the field within the connection, for example `["settings", "jit"]`.
    pub path: Vec<String>,
    /// Completes "`field`: …".
    pub message: String,
}

/// What each kind of connection says of itself.
pub(super) trait Kind {
    /// What its values break, whatever their types allow.
    fn check(&self, faults: &mut Faults);

    /// The tables that datasets may name; `None`: all that the database shows.
    fn tables(&self) -> Option<Vec<&TableName>>;

    /// Queries that run at once, where the connection says so.
    fn connections(&self) -> Option<u16>;

    /// The database server that it speaks to, if it speaks to one.
    fn server(&self) -> Option<Server<'_>>;

    /// The one secret that it may have.
    fn secret_mut(&mut self) -> Option<&mut Option<Secret>>;

    /// The row security of the database itself, where a query relies on it.
    fn row_security(&self) -> Option<&RowSecurity> {
        None
    }
}

impl Connection {
    /// What its values break, whatever the type allows.
    pub fn check(&self) -> Vec<ConnectionFault> {
        let mut faults = Faults::default();
        self.kind().check(&mut faults);
        faults.0
    }

    /// The tables that datasets may name; `None`: all that the database shows.
    pub fn tables(&self) -> Option<Vec<&TableName>> {
        self.kind().tables()
    }

    /// The row security of the database itself, where a query relies on it.
    pub fn row_security(&self) -> Option<&RowSecurity> {
        self.kind().row_security()
    }

    /// Queries that run at once, where the connection says so.
    pub fn connections(&self) -> Option<u16> {
        self.kind().connections()
    }

    /// The database server that is asked, if one is.
    pub fn server(&self) -> Option<Server<'_>> {
        self.kind().server()
    }

    /// What may be shown of it: all but secrets.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut shown = self.clone();
        if let Some(secret) = shown.kind_mut().secret_mut() {
            *secret = None;
        }
        shown
    }

    /// A connection that names no secret keeps the present one's, as long as the same user asks the
    /// same server in the same way: else whoever may change a connection could have the secret sent
    /// elsewhere, or so that others can read it on its way.
    #[must_use]
    pub fn with_secrets_of(mut self, present: &Self) -> Self {
        let is_same = self.is_same_login(present);
        if let Some(secret @ None) = self.kind_mut().secret_mut()
            && is_same
        {
            *secret = present.clone().kind_mut().secret_mut().and_then(|secret| secret.take());
        }
        self
    }

    fn is_same_login(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Files(one), Self::Files(other)) => match (&one.storage, &other.storage) {
                (Some(Storage::S3(one)), Some(Storage::S3(other))) => one.is_same_login(other),
                _ => false,
            },
            _ => discriminant(self) == discriminant(other) && self.server() == other.server(),
        }
    }

    fn kind(&self) -> &dyn Kind {
        match self {
            Self::Files(it) => it,
            Self::Postgres(it) => it,
            Self::MySql(it) => it,
            Self::Sqlite(it) => it,
            Self::ClickHouse(it) => it,
        }
    }

    fn kind_mut(&mut self) -> &mut dyn Kind {
        match self {
            Self::Files(it) => it,
            Self::Postgres(it) => it,
            Self::MySql(it) => it,
            Self::Sqlite(it) => it,
            Self::ClickHouse(it) => it,
        }
    }
}

/// Faults of one connection as they are found.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<ConnectionFault>);

impl Faults {
    pub(super) fn add(&mut self, field: &str, message: Option<String>) {
        self.add_at(&[field], message);
    }

    pub(super) fn add_below(&mut self, field: &str, part: &str, message: Option<String>) {
        self.add_at(&[field, part], message);
    }

    pub(super) fn add_host(&mut self, host: &str) {
        self.add("host", fault_of_host(host, false));
    }

    pub(super) fn add_host_or_socket(&mut self, host: &str) {
        self.add("host", fault_of_host(host, true));
    }

    pub(super) fn add_login(&mut self, port: u16, database: &str, user: &str) {
        self.add("port", (port == 0).then(|| "must be 1 to 65535".to_owned()));
        self.add("database", fault_of_word(database));
        self.add("user", fault_of_word(user));
    }

    pub(super) fn add_connections(&mut self, connections: Option<u16>) {
        let fits = connections.is_none_or(|most| (1..=100).contains(&most));
        self.add("connections", (!fits).then(|| "must be 1 to 100".to_owned()));
    }

    pub(super) fn add_settings(&mut self, settings: &BTreeMap<String, String>, allowed: &[&str]) {
        for (name, value) in settings {
            let message = if !allowed.contains(&name.as_str()) {
                Some(unknown("setting", name, allowed))
            } else if value.len() > 100 || value.chars().any(char::is_control) {
                Some("must have at most 100 bytes and no control characters".to_owned())
            } else {
                None
            };
            self.add_below("settings", name, message);
        }
    }

    pub(super) fn add_at(&mut self, path: &[&str], message: Option<String>) {
        let path = || path.iter().map(|part| (*part).to_owned()).collect();
        self.0.extend(message.map(|message| ConnectionFault { path: path(), message }));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn connection(json: serde_json::Value) -> Connection {
        serde_json::from_value(json).expect("a connection")
    }

    fn postgres() -> serde_json::Value {
        json!({
            "type": "postgres", "host": "db", "database": "sales", "user": "fanlight",
            "password": "hunter2",
        })
    }

    #[track_caller]
    fn check(change: serde_json::Value, expected: &[&str]) {
        let mut json = postgres();
        let changes = change.as_object().expect("an object").clone();
        json.as_object_mut().expect("an object").extend(changes);
        let found: Vec<String> = connection(json)
            .check()
            .into_iter()
            .map(|fault| format!("{}: {}", fault.path.join("."), fault.message))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn only_values_that_cannot_lead_astray_are_taken() {
        check(json!({}), &[]);
        check(json!({"host": "db host=evil", "port": 0}), &["host: must be", "port: must be"]);
        check(json!({"settings": {"jit": "off"}}), &[]);
        check(
            json!({"settings": {"local_preload_libraries": "x"}}),
            &["settings.local_preload_libraries: there is no setting"],
        );
        check(json!({"settings": {"jit": "a\u{0}b"}}), &["settings.jit: must have"]);
        check(json!({"connections": 0}), &["connections: must be 1 to 100"]);
        let row_security =
            |setting| json!({"row_security": {"setting": setting, "equals": "customer_id"}});
        check(row_security("app.customer_id"), &[]);
        for setting in ["role", "session_authorization", "a.b.c", "app.", "app.x y"] {
            check(row_security(setting), &["row_security.setting: must be two words"]);
        }
    }

    #[test]
    fn a_field_that_is_not_known_is_refused() {
        let mut json = postgres();
        json["socketFactory"] = json!("evil.Class");
        assert!(serde_json::from_value::<Connection>(json).is_err());
    }

    fn bucket() -> serde_json::Value {
        json!({
            "type": "files",
            "tables": {"sales": {"path": "sales/"}},
            "storage": {
                "type": "s3", "endpoint": "https://objects.example.com", "bucket": "reports",
                "access_key_id": "reader", "secret_access_key": "hunter2",
            },
        })
    }

    #[test]
    fn the_key_of_a_store_goes_nowhere_else() {
        let whole = connection(bucket());
        assert!(!format!("{whole:?}").contains("hunter2"));
        let shown = whole.without_secrets();
        assert!(!serde_json::to_string(&shown).expect("JSON").contains("hunter2"));
        assert_eq!(shown.clone().with_secrets_of(&whole), whole);
        for (field, value) in [("endpoint", "https://evil.example"), ("access_key_id", "root")] {
            let mut json = serde_json::to_value(&shown).expect("JSON");
            json["storage"][field] = json!(value);
            let elsewhere = connection(json);
            assert_eq!(elsewhere.clone().with_secrets_of(&whole), elsewhere, "{field}");
        }
    }

    #[test]
    fn a_store_has_an_address_and_its_tables_stay_within_the_bucket() {
        let faults = |change: fn(&mut serde_json::Value)| -> Vec<String> {
            let mut json = bucket();
            change(&mut json);
            let faults = connection(json).check();
            faults.into_iter().map(|fault| fault.path.join(".")).collect()
        };
        assert!(faults(|_| {}).is_empty());
        assert!(faults(|it| it["storage"]["endpoint"] = json!("http://[::1]:9000")).is_empty());
        for endpoint in
            ["objects", "ftp://a", "https://a/b", "https://a@b", "http://a:0", "http://"]
        {
            let mut json = bucket();
            json["storage"]["endpoint"] = json!(endpoint);
            assert_eq!(connection(json).check().len(), 1, "{endpoint}");
        }
        assert_eq!(faults(|it| it["storage"]["bucket"] = json!("../x")), ["storage.bucket"]);
        assert_eq!(faults(|it| it["storage"]["region"] = json!("a/b")), ["storage.region"]);
        for path in ["/sales/", "a/../b", "a//b"] {
            let mut json = bucket();
            json["tables"]["sales"]["path"] = json!(path);
            assert_eq!(connection(json).check().len(), 1, "{path}");
        }
        let letter = faults(|it| it["tables"]["sales"]["delimiter"] = json!("x"));
        assert_eq!(letter, ["tables.sales.delimiter"]);
    }

    #[test]
    fn a_secret_is_neither_shown_nor_sent_elsewhere() {
        let whole = connection(postgres());
        assert!(!format!("{whole:?}").contains("hunter2"));
        let shown = whole.without_secrets();
        let text = serde_json::to_string(&shown).expect("JSON");
        assert!(!text.contains("password"), "{text}");
        assert_eq!(shown.clone().with_secrets_of(&whole), whole);
        let changes = [
            ("host", json!("evil")),
            ("user", json!("root")),
            ("port", json!(5433)),
            ("tls", json!({"mode": "off"})),
            ("type", json!("mysql")),
        ];
        for (field, value) in changes {
            let mut json = serde_json::to_value(&shown).expect("JSON");
            json[field] = value;
            let elsewhere = connection(json);
            assert_eq!(elsewhere.clone().with_secrets_of(&whole), elsewhere, "{field}");
        }
    }
}
