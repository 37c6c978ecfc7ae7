//! On what ground each dataset answers a viewer, told at its place in the files.

use model::name::{DashboardName, DatasetName, PanelId, SchemaName};
use model::{Declaration, Levels};
use query::{Finding, Ground, SchemaFacts, Severity, SourceFacts, check_dashboard, check_sharing};

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

/// What the query compiler says of one dataset of a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetFinding {
    pub dashboard: DashboardName,
    pub finding: Finding,
}

impl DatasetFinding {
    /// Where the SQL is, as a path into the declaration.
    pub fn path(&self) -> Vec<String> {
        let dataset = self.finding.dataset.as_str();
        let path = ["dashboards", self.dashboard.as_str(), "datasets", dataset, "sql"];
        path.map(str::to_owned).to_vec()
    }
}

/// What the compiler says of every dataset, dashboard by dashboard. `present` are the levels in
/// force when the declaration has none.
///
/// A declaration with a finding of [`Severity::Error`] must not be applied: a dataset in it answers
/// nobody, or cannot be shown to keep customers apart.
pub fn assess(declaration: &Declaration, present: &Levels) -> Vec<DatasetFinding> {
    let levels = declaration.levels.as_ref().unwrap_or(present);
    let schemas = schema_facts(declaration);
    let dashboards = declaration.dashboards.iter();
    let dashboards = dashboards.map(|(name, dashboard)| (name, &dashboard.definition));
    let alone = dashboards.clone().flat_map(|(name, definition)| {
        let findings = check_dashboard(definition, levels, &schemas).into_iter();
        findings.map(|finding| (name.clone(), finding))
    });
    let together = check_sharing(dashboards.clone(), levels, &schemas);
    let found = alone.chain(together);
    found.map(|(dashboard, finding)| DatasetFinding { dashboard, finding }).collect()
}

impl Workspace {
    /// What [`assess`] says, told at its places in the files.
    pub fn assess(&self, present: &Levels) -> Vec<Assessment> {
        let found = assess(self.declaration(), present).into_iter();
        found.map(|found| self.assessment(found)).collect()
    }

    /// A fault of a panel, told at its place in the files. `pointer`: the key in the panel.
    pub fn fault_of_panel(
        &self,
        dashboard: &DashboardName,
        panel: &PanelId,
        pointer: &str,
        message: &str,
    ) -> Fault {
        let declared = self.declaration().dashboards.get(dashboard);
        let panels = declared.into_iter().flat_map(|declared| &declared.definition.panels);
        let at = panels.take_while(|other| other.id != *panel).count().to_string();
        let keys = pointer.split('/').skip(1);
        let path = ["dashboards", dashboard.as_str(), "panels", &at].into_iter().chain(keys);
        let path: Vec<String> = path.map(str::to_owned).collect();
        self.files.fault(&path, &format!("panel {:?}: {message}", panel.as_str()))
    }

    fn assessment(&self, found: DatasetFinding) -> Assessment {
        let fault = self.files.fault(&found.path(), &found.finding.message);
        let DatasetFinding { dashboard, finding } = found;
        let Finding { dataset, severity, ground, .. } = finding;
        Assessment { dashboard, dataset, severity, ground, fault }
    }
}

fn schema_facts(declaration: &Declaration) -> Vec<SchemaFacts> {
    let names = declaration.schemas.keys();
    names
        .map(|name| SchemaFacts { name: name.clone(), sources: source_facts(declaration, name) })
        .collect()
}

fn source_facts(declaration: &Declaration, schema: &SchemaName) -> Vec<SourceFacts> {
    let of_schema = declaration.sources.iter().filter(|(_, source)| source.schema == *schema);
    of_schema
        .map(|(name, source)| {
            let connection = source.connection.without_secrets();
            SourceFacts { name: name.clone(), isolated: source.isolated, connection }
        })
        .collect()
}
