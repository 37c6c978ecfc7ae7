//! Schemas and data sources: where a customer's data is, and who may read it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::{GroupId, SchemaId, SchemaName, SourceId, SourceName, TableName};

/// A folder of interchangeable data sources with the same tables. Datasets name a schema, never a
/// data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    pub id: SchemaId,
    pub name: SchemaName,
    /// The source for viewers whose mapping and group say nothing.
    pub default_source: Option<SourceId>,
    /// Per group, the source for that group's viewers whose mapping says nothing.
    pub group_defaults: BTreeMap<GroupId, SourceId>,
}

/// One connection to customers' data.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    pub id: SourceId,
    pub name: SourceName,
    pub schema: SchemaId,
    pub group: GroupId,
    /// Holds one customer's data only, so a dataset without a filter may answer the customers whose
    /// own or inherited mapping chose it.
    pub isolated: bool,
    pub connection: Connection,
    /// Grows with every change of the source; part of every cache key.
    pub revision: i64,
}

/// How to reach a data source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Connection {
    /// Files read by the embedded engine.
    Files {
        /// The tables that datasets may name, each a Parquet or CSV file. A relative path starts at
        /// the workspace's folder; it is stored absolute.
        tables: BTreeMap<TableName, FileTable>,
        /// Copy the files into the engine's memory when first used: about 2.5 times faster than
        /// reading Parquet for each query. Refreshed when a file changes.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        materialize: bool,
    },
}

impl Connection {
    /// What may be shown of it: all but secrets, of which files have none.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        match self {
            Self::Files { .. } => self.clone(),
        }
    }
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

/// How a data source came to stand in for a schema; tells whether isolation may rest on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// The viewer's own or inherited mapping.
    Mapping,
    /// The default of the viewer's group.
    GroupDefault,
    /// The default of the schema.
    SchemaDefault,
}

/// The source that answers for `schema`, given a computed mapping: the mapped one, else the default
/// of the group, else the default of the schema.
///
/// Defaults are resolved here, at query time, and never written into a mapping.
pub fn choose_source(
    schema: &Schema,
    group: GroupId,
    computed_mapping: &BTreeMap<SchemaId, SourceId>,
) -> Option<(SourceId, ChosenBy)> {
    let mapped = computed_mapping.get(&schema.id).map(|id| (*id, ChosenBy::Mapping));
    let of_group = schema.group_defaults.get(&group).map(|id| (*id, ChosenBy::GroupDefault));
    let of_schema = schema.default_source.map(|id| (id, ChosenBy::SchemaDefault));
    mapped.or(of_group).or(of_schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        mapped: Option<i64>,
        of_group: Option<i64>,
        of_schema: Option<i64>,
        expected: Option<(i64, ChosenBy)>,
    ) {
        let group = GroupId(1);
        let schema = Schema {
            id: SchemaId(3),
            name: "flights".parse().expect("a schema name"),
            default_source: of_schema.map(SourceId),
            group_defaults: of_group.map(|id| (group, SourceId(id))).into_iter().collect(),
        };
        let mapping = mapped.map(|id| (SchemaId(3), SourceId(id))).into_iter().collect();
        let chosen = choose_source(&schema, group, &mapping).map(|(id, by)| (id.0, by));
        assert_eq!(chosen, expected);
    }

    #[test]
    fn the_mapping_comes_before_the_groups_default_before_the_schemas() {
        check(Some(1), Some(2), Some(3), Some((1, ChosenBy::Mapping)));
        check(None, Some(2), Some(3), Some((2, ChosenBy::GroupDefault)));
        check(None, None, Some(3), Some((3, ChosenBy::SchemaDefault)));
        check(None, None, None, None);
    }
}
