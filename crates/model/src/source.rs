//! Schemas and data sources: where a customer's data is, and who may read it.

mod clickhouse;
mod connection;
mod files;
mod mysql;
mod postgres;
mod row_security;
mod secret;
mod server;
mod sqlite;
mod storage;

pub use clickhouse::ClickHouse;
pub use connection::{Connection, ConnectionFault};
pub use files::{FileColumnType, FileFormat, FileTable, Files};
pub use mysql::MySql;
pub use postgres::Postgres;
pub use row_security::RowSecurity;
pub use secret::Secret;
pub use server::{Server, Tls, TlsMode};
pub use sqlite::Sqlite;
pub use storage::{S3, Storage};

use std::collections::BTreeMap;

use crate::name::{GroupId, SchemaId, SchemaName, SourceId, SourceName};

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
