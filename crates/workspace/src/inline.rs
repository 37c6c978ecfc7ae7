//! A whole workspace in one JSON document: `workspace.yaml` with the dashboards in it. What the
//! management API takes and exports.

use std::collections::{BTreeMap, BTreeSet};

use model::dashboard::Dashboard;
use model::declaration::{
    Declaration, DeclarationFault, DeclaredDashboard, DeclaredSchema, DeclaredSource,
};
use model::name::{DashboardName, EnvironmentName, SchemaName, SourceName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{LevelList, SchemaDocument, SourceDocument, WorkspaceDocument};

/// A whole workspace. Paths of files are absolute.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("unevaluatedProperties" = false))]
pub struct InlineWorkspace {
    #[serde(flatten)]
    workspace: WorkspaceDocument,
    /// The dashboards, each as in a file of `dashboards/`.
    #[serde(default)]
    dashboards: Vec<InlineDashboard>,
}

/// A dashboard and where its newest version is published.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("unevaluatedProperties" = false))]
pub struct InlineDashboard {
    #[serde(flatten)]
    pub definition: Dashboard,
    /// The environments to which the newest version is published.
    #[serde(default)]
    pub environments: BTreeSet<EnvironmentName>,
}

impl From<InlineDashboard> for DeclaredDashboard {
    fn from(InlineDashboard { definition, environments }: InlineDashboard) -> Self {
        Self { definition, environments }
    }
}

impl InlineWorkspace {
    /// The document that declares this.
    pub fn of(declaration: &Declaration) -> Self {
        let schemas = declaration.schemas.iter();
        let schemas = schemas.map(|(name, found)| (name.clone(), schema(declaration, name, found)));
        let dashboards = declaration.dashboards.values().map(|found| InlineDashboard {
            definition: found.definition.clone(),
            environments: found.environments.clone(),
        });
        Self {
            workspace: WorkspaceDocument {
                levels: declaration.levels.clone().map(LevelList),
                groups: declaration.groups.iter().cloned().collect(),
                tags: declaration.tags.clone(),
                environments: declaration.environments.iter().cloned().collect(),
                schemas: schemas.collect(),
            },
            dashboards: dashboards.collect(),
        }
    }

    /// What the document declares. Errs with everything that its form cannot express; references are
    /// checked by [`Declaration::check`]. Paths of faults are in the words of the document.
    pub fn declaration(&self) -> Result<Declaration, Vec<DeclarationFault>> {
        let mut faults = Faults(Vec::new());
        let workspace = &self.workspace;
        let mut declaration = Declaration {
            levels: workspace.levels.clone().map(|levels| levels.0),
            groups: faults.set("groups", &workspace.groups),
            tags: workspace.tags.clone(),
            environments: faults.set("environments", &workspace.environments),
            ..Declaration::default()
        };
        for (name, schema) in &workspace.schemas {
            declare_schema(&mut declaration, &mut faults, name, schema);
        }
        for (at, dashboard) in self.dashboards.iter().enumerate() {
            let name = dashboard.definition.name.clone();
            if declaration.dashboards.insert(name, dashboard.clone().into()).is_some() {
                let at = at.to_string();
                faults
                    .add(["dashboards", &at, "name"], "another dashboard has this name".to_owned());
            }
        }
        if faults.0.is_empty() { Ok(declaration) } else { Err(faults.0) }
    }

    /// The place in the document of a path into what it declares.
    pub fn place_of(&self, path: &[String]) -> Vec<String> {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        let found = match steps.as_slice() {
            ["sources", source, rest @ ..] => self
                .schema_of(source)
                .map(|schema| [&["schemas", schema.as_str(), "sources", *source], rest].concat()),
            ["dashboards", dashboard, rest @ ..] => {
                return self.place_in_dashboard(dashboard, rest);
            }
            _ => None,
        };
        found.unwrap_or(steps).into_iter().map(str::to_owned).collect()
    }

    fn schema_of(&self, source: &str) -> Option<&SchemaName> {
        let mut schemas = self.workspace.schemas.iter();
        schemas.find(|(_, schema)| schema.sources.contains_key(source)).map(|(name, _)| name)
    }

    fn place_in_dashboard(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let has_name = |it: &InlineDashboard| it.definition.name.as_str() == name;
        let at = self.dashboards.iter().position(has_name).unwrap_or_default();
        let start = ["dashboards".to_owned(), at.to_string()];
        start.into_iter().chain(rest.iter().map(|step| (*step).to_owned())).collect()
    }
}

impl InlineDashboard {
    pub fn name(&self) -> &DashboardName {
        &self.definition.name
    }
}

fn schema(
    declaration: &Declaration,
    name: &SchemaName,
    declared: &DeclaredSchema,
) -> SchemaDocument {
    let sources = declaration.sources.iter().filter(|(_, source)| source.schema == *name);
    let sources = sources.map(|(name, source)| {
        let document = SourceDocument {
            group: Some(source.group.clone()),
            isolated: source.isolated,
            connection: source.connection.without_secrets(),
        };
        (name.clone(), document)
    });
    SchemaDocument {
        default_source: declared.default_source.clone(),
        group_defaults: declared.group_defaults.clone(),
        sources: sources.collect::<BTreeMap<_, _>>(),
    }
}

fn declare_schema(
    declaration: &mut Declaration,
    faults: &mut Faults,
    name: &SchemaName,
    schema: &SchemaDocument,
) {
    for (source, document) in &schema.sources {
        declare_source(declaration, faults, name, source, document);
    }
    let declared = DeclaredSchema {
        default_source: schema.default_source.clone(),
        group_defaults: schema.group_defaults.clone(),
    };
    declaration.schemas.insert(name.clone(), declared);
}

fn declare_source(
    declaration: &mut Declaration,
    faults: &mut Faults,
    schema: &SchemaName,
    name: &SourceName,
    document: &SourceDocument,
) {
    let at = ["schemas", schema.as_str(), "sources", name.as_str()];
    let only = match declaration.groups.first() {
        Some(group) if declaration.groups.len() == 1 => Some(group.clone()),
        _ => None,
    };
    let Some(group) = document.group.clone().or(only) else {
        let message = "needs the key \"group\", because the workspace has several groups";
        return faults.add(at, message.to_owned());
    };
    let (isolated, connection) = (document.isolated, document.connection.clone());
    let source = DeclaredSource { schema: schema.clone(), group, isolated, connection };
    if declaration.sources.insert(name.clone(), source).is_some() {
        let message = "another schema has a data source of this name; names are unique";
        faults.add(at, message.to_owned());
    }
}

struct Faults(Vec<DeclarationFault>);

impl Faults {
    fn add<const N: usize>(&mut self, path: [&str; N], message: String) {
        let path = path.map(str::to_owned).to_vec();
        self.0.push(DeclarationFault { path, message });
    }

    /// A list of names as a set; a name that stands twice is a fault.
    fn set<T: Ord + Clone + AsRef<str>>(&mut self, list: &str, names: &[T]) -> BTreeSet<T> {
        let mut set = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            if !set.insert(name.clone()) {
                let message = format!("{:?} stands twice", name.as_ref());
                self.add([list, &at.to_string()], message);
            }
        }
        set
    }
}
