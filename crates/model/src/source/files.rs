//! Files, read by the embedded engine.

use std::collections::BTreeMap;

use glob::Pattern;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::{Faults, Kind};
use super::secret::Secret;
use super::server::Server;
use super::storage::Storage;
use crate::name::TableName;

/// Files as tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Files {
    /// The tables that datasets may name, each made of one file or of many.
    pub tables: BTreeMap<TableName, FileTable>,
    /// Copy the files into the engine's memory when first used: about 2.5 times faster than reading
    /// Parquet for each query. Refreshed when a file changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub materialize: bool,
    /// Where the files are, if not on the server's own disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// One file, or all files of a folder, as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileTable {
    /// A file, a folder with all files of a known ending below it, or a pattern such as
    /// `sales/**/*.parquet`. A relative path starts at the workspace's folder and is stored absolute;
    /// in a store of objects it is a key, a prefix that ends with `/`, or a pattern.
    pub path: String,
    /// The files' format; by default told from their ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FileFormat>,
    /// The text that stands for a missing value in a CSV file, for example `NA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null_text: Option<String>,
    /// The character between the fields of a CSV file; by default found by looking at the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Whether the first line of a CSV file names its columns; by default found by looking at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// The types of columns of CSV files that would be guessed wrong, and of columns that stand for
    /// folders, which are texts otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, FileColumnType>,
    /// Whether folders named `column=value`, below the folder that `path` names, are columns; they
    /// are unless this is `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<bool>,
}

/// The formats that the embedded engine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    Parquet,
    Csv,
    /// An array of objects, or objects one after the other.
    Json,
}

/// The types that a column of files may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileColumnType {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    Timestamp,
}

impl FileTable {
    /// A path that is a pattern, in two: the folder before the first part that holds `*`, `?` or `[`,
    /// with its last slash, and the rest. `None` for the path of a file or folder.
    pub fn pattern(&self) -> Option<(&str, &str)> {
        let first = self.path.find(['*', '?', '['])?;
        let start = self.path[..first].rfind('/').map_or(0, |slash| slash + 1);
        Some(self.path.split_at(start))
    }
}

impl Kind for Files {
    fn check(&self, faults: &mut Faults) {
        if let Some(Storage::S3(store)) = &self.storage {
            store.check(faults);
        }
        for (name, table) in &self.tables {
            let path = self.fault_of_path(&table.path).map(str::to_owned);
            let path = path.or_else(|| fault_of_pattern(table.pattern()?.1));
            faults.add_at(&["tables", name.as_str(), "path"], path);
            let is_separator = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '"';
            let fits = table.delimiter.is_none_or(|c| is_separator(c) && !"\r\n\0".contains(c));
            let message = "must be a character such as ; or a tab".to_owned();
            let at = ["tables", name.as_str(), "delimiter"];
            faults.add_at(&at, (!fits).then_some(message));
        }
    }

    fn tables(&self) -> Option<Vec<&TableName>> {
        Some(self.tables.keys().collect())
    }

    /// The engine's workers take what the server's own limit says.
    fn connections(&self) -> Option<u16> {
        None
    }

    fn server(&self) -> Option<Server<'_>> {
        None
    }

    fn secret_mut(&mut self) -> Option<&mut Option<Secret>> {
        let Storage::S3(store) = self.storage.as_mut()?;
        Some(&mut store.secret_access_key)
    }
}

impl Files {
    fn fault_of_path(&self, path: &str) -> Option<&'static str> {
        let climbs = || path.split('/').any(|part| part == "." || part == "..");
        if path.contains('\0') {
            Some("must not contain a zero byte")
        } else if self.storage.is_none() {
            path.is_empty().then_some("must be the path of a file or folder")
        } else if path.starts_with('/') || path.contains("//") || climbs() {
            Some("must be a key, a prefix ending with / or a pattern, such as sales/2024/*.parquet")
        } else {
            None
        }
    }
}

/// Why files below a folder cannot match a pattern, whatever they are named.
fn fault_of_pattern(pattern: &str) -> Option<String> {
    let is_hidden =
        |part: &str| part.starts_with('.') || (part.starts_with('_') && !part.contains('='));
    if let Err(error) = Pattern::new(pattern) {
        Some(format!("must be a pattern: {} at character {}", error.msg, error.pos + 1))
    } else if pattern.ends_with('/') {
        Some("must name files after its last /, such as sales/*/*.parquet".to_owned())
    } else if pattern.split('/').any(|part| matches!(part, "" | "." | "..")) {
        Some("must not have the parts . and .. or empty ones in its pattern".to_owned())
    } else if pattern.split('/').any(is_hidden) {
        Some("matches nothing: names that begin with . or _ are no data".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_before_its_first_pattern() {
        let cases = [
            ("/data/sales", None),
            ("/data/sales/", None),
            ("/data/sales/*.csv", Some(("/data/sales/", "*.csv"))),
            ("/data/s*/a/b?.csv", Some(("/data/", "s*/a/b?.csv"))),
            ("*.csv", Some(("", "*.csv"))),
        ];
        for (path, expected) in cases {
            let table = FileTable { path: path.to_owned(), ..FileTable::default() };
            assert_eq!(table.pattern(), expected, "{path}");
        }
    }

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let table = FileTable { path: path.to_owned(), ..FileTable::default() };
        let tables = BTreeMap::from([("rows".parse().expect("a name"), table)]);
        let files = Files { tables, ..Files::default() };
        let faults = crate::source::Connection::Files(files).check();
        let place = ["tables", "rows", "path"].map(str::to_owned);
        assert!(faults.iter().all(|fault| fault.path == place), "{faults:?}");
        let message = faults.first().map(|fault| fault.message.as_str());
        match (message, expected) {
            (Some(message), Some(expected)) => assert!(message.contains(expected), "{message}"),
            (message, expected) => assert_eq!(message, expected, "{path}"),
        }
    }

    #[test]
    fn a_pattern_that_can_match_nothing_is_refused() {
        for path in ["/data/**/*.csv", "/data/[a-c]?/x.csv", "/data/../sales/*.csv", "*.csv"] {
            check(path, None);
        }
        check("/data/_region=*/*.csv", None);
        check("/data/a[.csv", Some("invalid range pattern"));
        check("/data/a**/x.csv", Some("must be a pattern"));
        check("/data/***/x.csv", Some("must be a pattern"));
        check("/data/*/", Some("after its last /"));
        check("/data/*/../x.csv", Some("must not have the parts"));
        check("/data/*//x.csv", Some("must not have the parts"));
        check("/data/*/_temporary/x.csv", Some("matches nothing"));
        check("/data/*/.x.csv", Some("matches nothing"));
        check("", Some("path of a file or folder"));
    }
}
