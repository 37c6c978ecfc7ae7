//! On what ground each dataset answers a viewer, told at its place in the files.

use std::collections::BTreeSet;

use model::Levels;
use model::name::{DashboardName, DatasetName, SchemaName};
use model::source::Connection;
use query::{Finding, Ground, SchemaFacts, Severity, SourceFacts, check_dashboard};

use crate::Workspace;
use crate::fault::Fault;

/// What the query compiler says of one dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    pub dashboard: DashboardName,
    pub dataset: DatasetName,
    pub severity: Severity,
    /// On what ground the dataset answers, when it does.
    pub ground: Option<Ground>,
    /// The compiler's words, at the place of the SQL.
    pub fault: Fault,
}

impl Workspace {
    /// What the compiler says of every dataset, dashboard by dashboard. `present` are the levels in
    /// force when the workspace declares none.
    ///
    /// A workspace with an assessment of [`Severity::Error`] must not be applied: a dataset in it
    /// answers nobody, or cannot be shown to keep customers apart.
    pub fn assess(&self, present: &Levels) -> Vec<Assessment> {
        let levels = self.declaration().levels.as_ref().unwrap_or(present);
        let schemas = self.schema_facts();
        let dashboards = self.declaration().dashboards.iter();
        dashboards
            .flat_map(|(name, dashboard)| {
                let findings = check_dashboard(&dashboard.definition, levels, &schemas);
                findings.into_iter().map(|finding| self.assessment(name, finding))
            })
            .collect()
    }

    fn assessment(&self, dashboard: &DashboardName, finding: Finding) -> Assessment {
        let dataset = finding.dataset.as_str();
        let path = ["dashboards", dashboard.as_str(), "datasets", dataset, "sql"];
        let fault = self.files.fault(&path.map(str::to_owned), &finding.message);
        Assessment {
            dashboard: dashboard.clone(),
            dataset: finding.dataset,
            severity: finding.severity,
            ground: finding.ground,
            fault,
        }
    }

    fn schema_facts(&self) -> Vec<SchemaFacts> {
        let names = self.declaration().schemas.keys();
        names
            .map(|name| SchemaFacts { name: name.clone(), sources: self.source_facts(name) })
            .collect()
    }

    fn source_facts(&self, schema: &SchemaName) -> Vec<SourceFacts> {
        let sources = self.declaration().sources.iter();
        let of_schema = sources.filter(|(_, source)| source.schema == *schema);
        of_schema
            .map(|(name, source)| {
                let Connection::Files { tables, .. } = &source.connection;
                let tables: BTreeSet<_> = tables.keys().cloned().collect();
                SourceFacts { name: name.clone(), isolated: source.isolated, tables: Some(tables) }
            })
            .collect()
    }
}
