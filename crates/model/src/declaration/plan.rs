//! What applying a declaration would change, and why it may be refused.

use std::fmt;

use super::{Declaration, DeclarationFault, DeclaredDashboard, DeclaredSource, Present};
use crate::level::{LevelName, Levels};
use crate::name::{DashboardName, EnvironmentName, GroupName, SchemaName, SourceName, TagName};

/// What applying a declaration does, in an order in which each step finds what it refers to.
///
/// `Display` is one line per change, then what is left alone; for people, not for programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub changes: Vec<Change>,
    pub left_alone: Vec<LeftAlone>,
}

/// One step. The values to write stand in the declaration under the same names.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Customers stay on the level of the same name, whatever its rank becomes.
    SetLevels {
        from: Levels,
        to: Levels,
    },
    CreateGroup(GroupName),
    CreateTag(TagName),
    CreateEnvironment(EnvironmentName),
    CreateSchema(SchemaName),
    CreateSource {
        name: SourceName,
        schema: SchemaName,
        group: GroupName,
    },
    /// The source's revision grows by one, once for all the fields together.
    UpdateSource {
        name: SourceName,
        fields: Vec<SourceField>,
    },
    /// `None`: the schema has no default any more.
    SetDefaultSource {
        schema: SchemaName,
        source: Option<SourceName>,
    },
    /// `None`: the group's viewers fall back on the schema's default.
    SetGroupDefault {
        schema: SchemaName,
        group: GroupName,
        source: Option<SourceName>,
    },
    /// Version 1.
    CreateDashboard(DashboardName),
    CreateVersion {
        dashboard: DashboardName,
        version: i64,
    },
    Publish {
        dashboard: DashboardName,
        environment: EnvironmentName,
        version: i64,
    },
}

/// What may differ in a data source that keeps its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceField {
    Schema,
    Group,
    Isolated,
    Connection,
}

/// What stands on the server and in no file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftAlone {
    Group(GroupName),
    Tag(TagName),
    Environment(EnvironmentName),
    Schema(SchemaName),
    Source(SourceName),
    Dashboard(DashboardName),
    /// The dashboard's file does not name an environment in which it is published.
    Published {
        dashboard: DashboardName,
        environment: EnvironmentName,
        version: i64,
    },
}

/// Why a declaration cannot be applied. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Fault(#[from] DeclarationFault),
    #[error(
        "level {level:?} cannot go: {customers} customers stand on it; move them to another level \
         first"
    )]
    LevelInUse { level: String, customers: u64 },
    #[error(
        "level {parent:?} must stay above level {child:?}: some customers on {child:?} have a \
         parent on {parent:?}"
    )]
    LevelsTurned { parent: String, child: String },
    #[error(
        "data source {source_name:?} cannot move to another {field}: {customers} customers are \
         mapped to it; declare a new data source and map them to that"
    )]
    SourceInUse { source_name: String, field: SourceField, customers: u64 },
}

impl Plan {
    /// Whether applying would change nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// What applying `wanted` to what is `present` would do. Errs with every reason at once.
///
/// A new version of a dashboard is made only when its definition differs from the newest version.
pub fn plan(present: &Present, wanted: &Declaration) -> Result<Plan, Vec<Refusal>> {
    let refusals = refusals(present, wanted);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut changes = Vec::new();
    plan_levels(&mut changes, present, wanted);
    plan_names(&mut changes, present, wanted);
    plan_sources(&mut changes, present, wanted);
    plan_defaults(&mut changes, present, wanted);
    for (name, dashboard) in &wanted.dashboards {
        plan_dashboard(&mut changes, present, name, dashboard);
    }
    Ok(Plan { changes, left_alone: left_alone(present, wanted) })
}

fn refusals(present: &Present, wanted: &Declaration) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = wanted.check().into_iter().map(Refusal::from).collect();
    if let Some(levels) = &wanted.levels {
        refuse_levels(&mut refusals, present, levels);
    }
    for (name, source) in &wanted.sources {
        refuse_source(&mut refusals, present, name, source);
    }
    refusals
}

fn refuse_levels(refusals: &mut Vec<Refusal>, present: &Present, levels: &Levels) {
    for (level, &customers) in &present.customers_by_level {
        if customers > 0 && levels.rank(level.as_str()).is_none() {
            refusals.push(Refusal::LevelInUse { level: level.to_string(), customers });
        }
    }
    for (parent, child) in &present.level_pairs {
        let (above, below) = (levels.rank(parent.as_str()), levels.rank(child.as_str()));
        if above.is_some() && below.is_some() && above >= below {
            let (parent, child) = (parent.to_string(), child.to_string());
            refusals.push(Refusal::LevelsTurned { parent, child });
        }
    }
}

/// A mapping names a source of its schema and of the customer's group, so neither may change under
/// it.
fn refuse_source(
    refusals: &mut Vec<Refusal>,
    present: &Present,
    name: &SourceName,
    wanted: &DeclaredSource,
) {
    let customers = present.customers_by_source.get(name).copied().unwrap_or(0);
    let Some(found) = present.sources.get(name).filter(|_| customers > 0) else { return };
    for field in changed_fields(found, wanted) {
        if matches!(field, SourceField::Schema | SourceField::Group) {
            let source_name = name.to_string();
            refusals.push(Refusal::SourceInUse { source_name, field, customers });
        }
    }
}

fn plan_levels(changes: &mut Vec<Change>, present: &Present, wanted: &Declaration) {
    let levels = wanted.levels.as_ref().filter(|levels| **levels != present.levels);
    changes.extend(
        levels.map(|to| Change::SetLevels { from: present.levels.clone(), to: to.clone() }),
    );
}

fn plan_names(changes: &mut Vec<Change>, present: &Present, wanted: &Declaration) {
    let groups = wanted.groups.difference(&present.groups).cloned();
    changes.extend(groups.map(Change::CreateGroup));
    let tags = wanted.tags.iter().filter(|tag| !present.tags.contains(*tag)).cloned();
    changes.extend(tags.map(Change::CreateTag));
    let environments = wanted.environments.difference(&present.environments).cloned();
    changes.extend(environments.map(Change::CreateEnvironment));
    let schemas = wanted.schemas.keys().filter(|name| !present.schemas.contains_key(*name));
    changes.extend(schemas.cloned().map(Change::CreateSchema));
}

fn plan_sources(changes: &mut Vec<Change>, present: &Present, wanted: &Declaration) {
    for (name, source) in &wanted.sources {
        let Some(found) = present.sources.get(name) else {
            let (schema, group) = (source.schema.clone(), source.group.clone());
            changes.push(Change::CreateSource { name: name.clone(), schema, group });
            continue;
        };
        let fields = changed_fields(found, source);
        if !fields.is_empty() {
            changes.push(Change::UpdateSource { name: name.clone(), fields });
        }
    }
}

fn changed_fields(found: &DeclaredSource, wanted: &DeclaredSource) -> Vec<SourceField> {
    let differs = [
        (found.schema != wanted.schema, SourceField::Schema),
        (found.group != wanted.group, SourceField::Group),
        (found.isolated != wanted.isolated, SourceField::Isolated),
        (found.connection != wanted.connection, SourceField::Connection),
    ];
    differs.into_iter().filter_map(|(differs, field)| differs.then_some(field)).collect()
}

/// Defaults of schemas that the declaration names: those it sets, and those it no longer sets.
fn plan_defaults(changes: &mut Vec<Change>, present: &Present, wanted: &Declaration) {
    for (name, schema) in &wanted.schemas {
        let found = present.schemas.get(name).cloned().unwrap_or_default();
        if found.default_source != schema.default_source {
            let source = schema.default_source.clone();
            changes.push(Change::SetDefaultSource { schema: name.clone(), source });
        }
        for (group, source) in &schema.group_defaults {
            if found.group_defaults.get(group) != Some(source) {
                let (group, source) = (group.clone(), Some(source.clone()));
                changes.push(Change::SetGroupDefault { schema: name.clone(), group, source });
            }
        }
        for group in found.group_defaults.keys() {
            if !schema.group_defaults.contains_key(group) {
                let group = group.clone();
                changes.push(Change::SetGroupDefault { schema: name.clone(), group, source: None });
            }
        }
    }
}

fn plan_dashboard(
    changes: &mut Vec<Change>,
    present: &Present,
    name: &DashboardName,
    wanted: &DeclaredDashboard,
) {
    let found = present.dashboards.get(name);
    let version = match found {
        None => {
            changes.push(Change::CreateDashboard(name.clone()));
            1
        }
        Some(found) if found.definition == wanted.definition => found.version,
        Some(found) => {
            let version = found.version + 1;
            changes.push(Change::CreateVersion { dashboard: name.clone(), version });
            version
        }
    };
    for environment in &wanted.environments {
        let shown = found.and_then(|found| found.published.get(environment));
        if shown != Some(&version) {
            let (dashboard, environment) = (name.clone(), environment.clone());
            changes.push(Change::Publish { dashboard, environment, version });
        }
    }
}

fn left_alone(present: &Present, wanted: &Declaration) -> Vec<LeftAlone> {
    let mut left = Vec::new();
    left.extend(present.groups.difference(&wanted.groups).cloned().map(LeftAlone::Group));
    let tags = present.tags.iter().filter(|tag| !wanted.tags.contains(tag)).cloned();
    left.extend(tags.map(LeftAlone::Tag));
    let environments = present.environments.difference(&wanted.environments).cloned();
    left.extend(environments.map(LeftAlone::Environment));
    let schemas = present.schemas.keys().filter(|name| !wanted.schemas.contains_key(*name));
    left.extend(schemas.cloned().map(LeftAlone::Schema));
    let sources = present.sources.keys().filter(|name| !wanted.sources.contains_key(*name));
    left.extend(sources.cloned().map(LeftAlone::Source));
    for (name, found) in &present.dashboards {
        let Some(dashboard) = wanted.dashboards.get(name) else {
            left.push(LeftAlone::Dashboard(name.clone()));
            continue;
        };
        for (environment, &version) in &found.published {
            if !dashboard.environments.contains(environment) {
                let (dashboard, environment) = (name.clone(), environment.clone());
                left.push(LeftAlone::Published { dashboard, environment, version });
            }
        }
    }
    left
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            writeln!(f, "nothing to change")?;
        }
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        for left in &self.left_alone {
            writeln!(f, "left alone: {left}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetLevels { from, to } => {
                write!(f, "change levels from {} to {}", chain(from), chain(to))
            }
            Self::CreateGroup(name) => write!(f, "create group {name}"),
            Self::CreateTag(name) => write!(f, "create tag {name}"),
            Self::CreateEnvironment(name) => write!(f, "create environment {name}"),
            Self::CreateSchema(name) => write!(f, "create schema {name}"),
            Self::CreateSource { name, schema, group } => {
                write!(f, "create data source {name} in schema {schema}, group {group}")
            }
            Self::UpdateSource { name, fields } => {
                let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
                write!(f, "change {} of data source {name}", fields.join(", "))
            }
            Self::SetDefaultSource { schema, source: Some(source) } => {
                write!(f, "make {source} the default of schema {schema}")
            }
            Self::SetDefaultSource { schema, source: None } => {
                write!(f, "remove the default of schema {schema}")
            }
            Self::SetGroupDefault { schema, group, source: Some(source) } => {
                write!(f, "make {source} the default of schema {schema} for group {group}")
            }
            Self::SetGroupDefault { schema, group, source: None } => {
                write!(f, "remove the default of schema {schema} for group {group}")
            }
            Self::CreateDashboard(name) => write!(f, "create dashboard {name}"),
            Self::CreateVersion { dashboard, version } => {
                write!(f, "create version {version} of dashboard {dashboard}")
            }
            Self::Publish { dashboard, environment, version } => {
                write!(f, "publish version {version} of dashboard {dashboard} to {environment}")
            }
        }
    }
}

fn chain(levels: &Levels) -> String {
    levels.names().iter().map(LevelName::as_str).collect::<Vec<_>>().join(" > ")
}

impl fmt::Display for SourceField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Schema => "schema",
            Self::Group => "group",
            Self::Isolated => "isolated",
            Self::Connection => "connection",
        })
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(name) => write!(f, "group {name}"),
            Self::Tag(name) => write!(f, "tag {name}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Schema(name) => write!(f, "schema {name}"),
            Self::Source(name) => write!(f, "data source {name}"),
            Self::Dashboard(name) => write!(f, "dashboard {name}"),
            Self::Published { dashboard, environment, version } => {
                write!(f, "version {version} of dashboard {dashboard} in {environment}")
            }
        }
    }
}
