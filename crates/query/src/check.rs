//! What an author hears before a dashboard is published.

use std::collections::BTreeSet;
use std::fmt;

use model::name::{DatasetName, SchemaName, SourceName, TableName};
use model::{Dashboard, Levels};

/// What is known of a schema when a dashboard is checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaFacts {
    pub name: SchemaName,
    pub sources: Vec<SourceFacts>,
}

/// What is known of a data source when a dashboard is checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFacts {
    pub name: SourceName,
    pub isolated: bool,
    /// The tables it declares; `None` when only the database knows.
    pub tables: Option<BTreeSet<TableName>>,
}

/// Why a dataset may answer a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Every SELECT that reads a table compares a column with a level's id.
    Filtered,
    /// It reads no table.
    ReadsNothing,
    /// Its `tenant_column` keeps the viewer's rows only.
    TenantColumn,
    /// The viewer's mapping chose an isolated data source.
    Isolated,
    /// The author shares it with every viewer.
    Shared,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Filtered => "filtered by a level's id",
            Self::ReadsNothing => "reads no table",
            Self::TenantColumn => "kept to the viewer's rows by tenant_column",
            Self::Isolated => "read from an isolated data source",
            Self::Shared => "shared with every viewer",
        })
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to do.
    Note,
    /// It works, at least for some viewers.
    Warning,
    /// It cannot answer.
    Error,
}

/// Something an author should know about a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub dataset: DatasetName,
    pub severity: Severity,
    pub message: String,
    /// On what ground the dataset answers, when it does.
    pub ground: Option<Ground>,
}

/// Every dataset's faults, and the ground on which each may answer.
pub fn check_dashboard(
    dashboard: &Dashboard,
    _levels: &Levels,
    schemas: &[SchemaFacts],
) -> Vec<Finding> {
    let known = |name: &SchemaName| schemas.iter().any(|schema| schema.name == *name);
    let unknown = dashboard.datasets.iter().filter(|(_, dataset)| !known(&dataset.schema));
    unknown
        .map(|(name, dataset)| Finding {
            dataset: name.clone(),
            severity: Severity::Error,
            message: format!("no schema {:?}", dataset.schema.as_str()),
            ground: None,
        })
        .collect()
}
