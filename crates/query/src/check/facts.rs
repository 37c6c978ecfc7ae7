//! What is known of schemas and data sources when a dashboard is checked.

use std::collections::BTreeSet;

use model::name::{SchemaName, SourceName, TableName};

/// What is known of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaFacts {
    pub name: SchemaName,
    pub sources: Vec<SourceFacts>,
}

/// What is known of a data source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFacts {
    pub name: SourceName,
    pub isolated: bool,
    /// The tables it declares; `None` when only the database knows.
    pub tables: Option<BTreeSet<TableName>>,
}
