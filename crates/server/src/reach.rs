//! What a data source may reach that is declared over HTTP.
//!
//! Who holds the admin key is not who runs the machine: without this, a connection could read any
//! file that the server can. The command line may declare what it likes. A connector that goes over
//! the network asks here for its hosts.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use model::source::Connection;

use crate::api_error::FieldFault;
use crate::field_path::FieldPath;

/// The places that connections may name.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    folders: Vec<PathBuf>,
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

impl Reach {
    pub(crate) fn new(folders: Vec<Folder>) -> Self {
        Self { folders: folders.into_iter().map(|folder| folder.0).collect() }
    }

    /// Every part of a connection that leads elsewhere, told from within the connection.
    pub(crate) fn faults(&self, connection: &Connection) -> Vec<FieldFault> {
        match connection {
            Connection::Files { tables, .. } => {
                let outside =
                    tables.iter().filter(|(_, table)| !self.holds(Path::new(&table.path)));
                outside.map(|(name, _)| self.fault_of_file(name.as_str())).collect()
            }
        }
    }

    /// Whether a file is there, in one of the folders, whatever links lead to it.
    fn holds(&self, file: &Path) -> bool {
        if !file.is_absolute() {
            return false;
        }
        let Ok(file) = file.canonicalize() else { return false };
        let folders = self.folders.iter().filter_map(|folder| folder.canonicalize().ok());
        file.is_file() && folders.into_iter().any(|folder| file.starts_with(folder))
    }

    /// Says the same of a file that is missing and of one that is out of reach.
    fn fault_of_file(&self, table: &str) -> FieldFault {
        let field = FieldPath::from("tables").key(table).key("path");
        let detail = if self.folders.is_empty() {
            "cannot be set over HTTP, because the setting data_source_folders names no folder"
        } else {
            "must be the absolute path of a file in one of the folders of data_source_folders"
        };
        FieldFault { field, detail: detail.to_owned() }
    }
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
        let reach = Reach { folders: vec![inside.clone()] };
        check(&reach, &inside.join("rows.csv"), true);
        check(&reach, &inside.join("missing.csv"), false);
        check(&reach, &inside, false);
        check(&reach, &outside.join("rows.csv"), false);
        check(&reach, &inside.join("../out/rows.csv"), false);
        check(&reach, &link, false);
        check(&reach, Path::new("rows.csv"), false);
        check(&Reach::default(), &inside.join("rows.csv"), false);
    }
}
