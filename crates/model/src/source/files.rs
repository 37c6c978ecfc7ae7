//! Files, read by the embedded engine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::TableName;

/// Files as tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Files {
    /// The tables that datasets may name, each a Parquet or CSV file. A relative path starts at the
    /// workspace's folder; it is stored absolute.
    pub tables: BTreeMap<TableName, FileTable>,
    /// Copy the files into the engine's memory when first used: about 2.5 times faster than reading
    /// Parquet for each query. Refreshed when a file changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub materialize: bool,
}

/// One file as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileTable {
    /// The file's path.
    pub path: String,
    /// The file's format; by default told from its ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FileFormat>,
    /// The text that stands for a missing value in a CSV file, for example `NA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null_text: Option<String>,
}

/// The formats that the embedded engine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    Parquet,
    Csv,
}
