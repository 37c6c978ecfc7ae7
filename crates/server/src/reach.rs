//! What a data source may reach that is declared over HTTP.
//!
//! Who holds the admin key is not who runs the machine: without this, a connection could read any
//! file that the server can. The command line may declare what it likes. A connector that goes over
//! the network asks here for its hosts.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use model::source::{Connection, FileTable, Files, S3, Storage};

use crate::api_error::FieldFault;
use crate::field_path::FieldPath;

/// The places that connections may name.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    folders: Vec<PathBuf>,
    hosts: Vec<Host>,
}

/// Servers that connections may name: `db.example.com`, `*.example.com`, `10.0.0.7:5432`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// In lower case; `*.` before it stands for any names before it.
    name: String,
    /// Any port when absent.
    port: Option<u16>,
}

/// An absolute folder.
pub(crate) struct Folder(PathBuf);

impl FromStr for Folder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        if path.is_absolute() {
            Ok(Self(path))
        } else {
            Err("must be absolute folders such as /srv/data".to_owned())
        }
    }
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || "must be hosts such as db.example.com, *.example.com or 10.0.0.7:5432";
        let address = text.trim_start_matches('[').trim_end_matches(']');
        let (name, port) = match text.rsplit_once(':') {
            // An address of IPv6 without a port.
            _ if address.parse::<std::net::Ipv6Addr>().is_ok() => (address, None),
            Some((name, port)) => (name, Some(port.parse().map_err(|_| fault())?)),
            None => (text, None),
        };
        let name = name.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '/');
        let is_plain = !name.strip_prefix("*.").unwrap_or(&name).contains('*');
        if is_name && is_plain { Ok(Self { name, port }) } else { Err(fault().to_owned()) }
    }
}

impl Host {
    fn is(&self, host: &str, port: u16) -> bool {
        let host = host.to_ascii_lowercase();
        let fits = match self.name.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == self.name,
        };
        fits && self.port.is_none_or(|allowed| allowed == port)
    }
}

impl Reach {
    pub(crate) fn new(folders: Vec<Folder>, hosts: Vec<Host>) -> Self {
        Self { folders: folders.into_iter().map(|folder| folder.0).collect(), hosts }
    }

    /// Every part of a connection that leads elsewhere, told from within the connection.
    pub(crate) fn faults(&self, connection: &Connection) -> Vec<FieldFault> {
        match connection {
            Connection::Files(files) => match &files.storage {
                Some(Storage::S3(s3)) => self.faults_of_store(s3),
                None => self.faults_of_files(files),
            },
            Connection::Sqlite(file) if self.holds_file(Path::new(&file.path)) => Vec::new(),
            Connection::Sqlite(_) => vec![self.fault_of_file(FieldPath::from("path"))],
            Connection::Postgres(_) | Connection::MySql(_) | Connection::ClickHouse(_) => {
                let server = connection.server().into_iter();
                server.flat_map(|it| self.faults_of_host(it.host, it.port)).collect()
            }
        }
    }

    fn faults_of_files(&self, files: &Files) -> Vec<FieldFault> {
        // All that a pattern can match lies below its folder.
        let is_inside = |table: &FileTable| match table.pattern() {
            Some((folder, pattern)) => !climbs(pattern) && self.holds(Path::new(folder)),
            None => self.holds(Path::new(&table.path)),
        };
        let outside = files.tables.iter().filter(|(_, table)| !is_inside(table));
        let field = |name: &str| FieldPath::from("tables").key(name).key("path");
        outside.map(|(name, _)| self.fault_of_file(field(name.as_str()))).collect()
    }

    /// Whether a file or folder is there, in one of the folders, whatever links lead to it.
    fn holds(&self, path: &Path) -> bool {
        if !path.is_absolute() {
            return false;
        }
        let Ok(path) = path.canonicalize() else { return false };
        let folders = self.folders.iter().filter_map(|folder| folder.canonicalize().ok());
        let is_data = path.is_file() || path.is_dir();
        is_data && folders.into_iter().any(|folder| path.starts_with(folder))
    }

    fn holds_file(&self, path: &Path) -> bool {
        path.is_file() && self.holds(path)
    }

    /// Says the same of a file that is missing and of one that is out of reach.
    fn fault_of_file(&self, field: FieldPath) -> FieldFault {
        let detail = if self.folders.is_empty() {
            "cannot be set over HTTP, because the setting data_source_folders names no folder"
        } else {
            "must be the absolute path of a file or folder in one of the folders of data_source_folders"
        };
        FieldFault { field, detail: detail.to_owned() }
    }

    fn faults_of_store(&self, s3: &S3) -> Vec<FieldFault> {
        let field = FieldPath::from("storage").key("endpoint");
        match s3.host() {
            Some((host, port)) => self.faults_of_host_at(field, &host, port),
            // The connection's own check says what it is not.
            None => Vec::new(),
        }
    }

    fn faults_of_host(&self, host: &str, port: u16) -> Vec<FieldFault> {
        self.faults_of_host_at(FieldPath::from("host"), host, port)
    }

    fn faults_of_host_at(&self, field: FieldPath, host: &str, port: u16) -> Vec<FieldFault> {
        if self.hosts.iter().any(|allowed| allowed.is(host, port)) {
            return Vec::new();
        }
        let detail = if self.hosts.is_empty() {
            "cannot be set over HTTP, because the setting data_source_hosts names no host"
        } else {
            "must be one of the hosts of data_source_hosts"
        };
        vec![FieldFault { field, detail: detail.to_owned() }]
    }
}

/// A pattern that says `..` would match nothing, and says what was meant.
fn climbs(pattern: &str) -> bool {
    pattern.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(path: &Path) -> Connection {
        let json = serde_json::json!({"type": "files", "tables": {"rows": {"path": path}}});
        serde_json::from_value(json).expect("a connection")
    }

    #[track_caller]
    fn check(reach: &Reach, path: &Path, fits: bool) {
        let faults = reach.faults(&connection(path));
        assert_eq!(faults.is_empty(), fits, "{path:?}: {faults:?}");
        assert!(faults.iter().all(|fault| fault.field.pointer() == "/tables/rows/path"));
    }

    #[test]
    fn a_file_is_reached_only_in_an_allowed_folder() {
        let dir = tempfile::tempdir().expect("a folder");
        let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
        for folder in [&inside, &outside] {
            std::fs::create_dir(folder).expect("a folder");
            std::fs::write(folder.join("rows.csv"), "a\n1\n").expect("a file");
        }
        let link = inside.join("link.csv");
        std::os::unix::fs::symlink(outside.join("rows.csv"), &link).expect("a link");
        let reach = Reach { folders: vec![inside.clone()], hosts: Vec::new() };
        check(&reach, &inside.join("rows.csv"), true);
        check(&reach, &inside.join("missing.csv"), false);
        check(&reach, &inside, true);
        check(&reach, &inside.join("**/*.csv"), true);
        check(&reach, &inside.join("*/../../out/*.csv"), false);
        check(&reach, &outside.join("*.csv"), false);
        check(&reach, &inside.join("../out/*.csv"), false);
        check(&reach, &dir.path().join("*/rows.csv"), false);
        check(&reach, dir.path(), false);
        check(&reach, Path::new("in/*.csv"), false);
        check(&reach, &outside.join("rows.csv"), false);
        check(&reach, &inside.join("../out/rows.csv"), false);
        check(&reach, &link, false);
        check(&reach, Path::new("rows.csv"), false);
        check(&Reach::default(), &inside.join("rows.csv"), false);
    }

    #[test]
    fn a_store_is_reached_like_a_server() {
        let hosts = vec!["objects.example.com:9000".parse().expect("a host")];
        let reach = Reach::new(Vec::new(), hosts);
        let cases = [
            (Some("https://objects.example.com:9000"), true),
            (Some("https://objects.example.com"), false),
            (Some("http://169.254.169.254"), false),
            (None, false),
        ];
        for (endpoint, fits) in cases {
            let json = serde_json::json!({
                "type": "files", "tables": {"rows": {"path": "rows/"}},
                "storage": {"type": "s3", "bucket": "reports", "endpoint": endpoint},
            });
            let faults = reach.faults(&serde_json::from_value(json).expect("a connection"));
            assert_eq!(faults.is_empty(), fits, "{endpoint:?}");
            assert!(faults.iter().all(|fault| fault.field.pointer() == "/storage/endpoint"));
        }
    }

    #[test]
    fn a_server_is_reached_only_by_an_allowed_name() {
        let hosts = ["db.example.com", "*.internal", "10.0.0.7:5433", "[::1]:5432"];
        let hosts = hosts.iter().map(|host| host.parse().expect("a host")).collect();
        let reach = Reach::new(Vec::new(), hosts);
        let cases = [
            ("db.example.com", 5432, true),
            ("DB.example.com", 1, true),
            ("evil-db.example.com", 5432, false),
            ("db.example.com.evil", 5432, false),
            ("a.internal", 5432, true),
            ("internal", 5432, false),
            ("evilinternal", 5432, false),
            ("10.0.0.7", 5433, true),
            ("10.0.0.7", 5432, false),
            ("::1", 5432, true),
            ("169.254.169.254", 80, false),
            ("/run/postgresql", 5432, false),
        ];
        for (host, port, fits) in cases {
            let json = serde_json::json!({
                "type": "postgres", "host": host, "port": port, "database": "d", "user": "u",
            });
            let connection = serde_json::from_value(json).expect("a connection");
            let faults = reach.faults(&connection);
            assert_eq!(faults.is_empty(), fits, "{host}:{port}");
            assert!(faults.iter().all(|fault| fault.field.pointer() == "/host"));
        }
        for text in ["", "a b", "http://db", "db:x", "*", "a*.b", "*.*.b"] {
            assert!(text.parse::<Host>().is_err(), "{text}");
        }
    }
}
