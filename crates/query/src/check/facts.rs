//! What is known of schemas and data sources when a dashboard is checked.

use model::name::{SchemaName, SourceName};
use model::source::Connection;

use crate::dialect::{self, Dialect, EMBEDDED_ENGINE};

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
    pub connection: Connection,
}

/// What decides how a dataset's SQL is read on a source.
pub(super) struct Reader<'a> {
    pub(super) dialect: &'static dyn Dialect,
    /// The tables that may be named; `None` when only the database knows.
    pub(super) tables: Option<Vec<&'a str>>,
}

impl SchemaFacts {
    /// The different ways in which the schema's sources read SQL; that of the embedded engine when it
    /// has no source yet.
    pub(super) fn readers(&self) -> Vec<Reader<'_>> {
        let mut seen = Vec::new();
        let mut readers = Vec::new();
        for source in &self.sources {
            let tables = source.connection.tables();
            let tables: Option<Vec<&str>> =
                tables.map(|tables| tables.into_iter().map(|table| table.as_str()).collect());
            let reading = (std::mem::discriminant(&source.connection), tables.clone());
            if !seen.contains(&reading) {
                seen.push(reading);
                readers.push(Reader { dialect: dialect::of(&source.connection), tables });
            }
        }
        if readers.is_empty() {
            readers.push(Reader { dialect: EMBEDDED_ENGINE, tables: None });
        }
        readers
    }
}
