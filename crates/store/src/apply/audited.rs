//! One change of a plan, as the audit log tells it.

use model::declaration::{Change, Declaration, DeclaredSource, Present};
use model::level::LevelName;
use model::name::{DashboardName, EnvironmentName, GroupName, SchemaName, SourceName};
use serde_json::{Value, json};

use crate::audit::{self, Action, Kind};

pub(super) fn entry<'a>(
    change: &'a Change,
    present: &Present,
    wanted: &'a Declaration,
) -> audit::Change<'a> {
    let created = |kind, name: &'a str| audit::Change::created(kind, name, json!({"name": name}));
    match change {
        Change::SetLevels { from, to } => {
            let (before, after) = (names(from.names()), names(to.names()));
            audit::Change::updated(Kind::Levels, "levels", before, after)
        }
        Change::CreateGroup(name) => created(Kind::Group, name.as_str()).in_group(name),
        Change::CreateTag(name) => created(Kind::Tag, name.as_str()),
        Change::CreateEnvironment(name) => created(Kind::Environment, name.as_str()),
        Change::CreateSchema(name) => created(Kind::Schema, name.as_str()),
        Change::CreateSource { name, group, .. } => {
            let after = wanted.sources.get(name).map_or(Value::Null, source_state);
            audit::Change::created(Kind::DataSource, name.as_str(), after).in_group(group)
        }
        Change::UpdateSource { name, .. } => update_source(name, present, wanted),
        Change::SetDefaultSource { schema, source } => {
            let before = present.schemas.get(schema).and_then(|it| it.default_source.as_ref());
            let state = |source: Option<&SourceName>| json!({"default_source": text(source)});
            let (before, after) = (state(before), state(source.as_ref()));
            audit::Change::updated(Kind::Schema, schema.as_str(), before, after)
        }
        Change::SetGroupDefault { schema, group, source } => {
            set_group_default(schema, group, source.as_ref(), present)
        }
        Change::CreateDashboard(name) => {
            audit::Change::created(Kind::Dashboard, name.as_str(), json!({"version": 1}))
        }
        Change::CreateVersion { dashboard, version } => {
            let (before, after) = (json!({"version": version - 1}), json!({"version": version}));
            audit::Change::updated(Kind::Dashboard, dashboard.as_str(), before, after)
        }
        Change::Publish { dashboard, environment, version } => {
            let shown = present.dashboards.get(dashboard);
            let before = shown.and_then(|shown| shown.published.get(environment).copied());
            published(dashboard, environment, before, Some(*version))
        }
    }
}

/// An environment shows another version of a dashboard, or none.
pub(crate) fn published<'a>(
    dashboard: &'a DashboardName,
    environment: &EnvironmentName,
    before: Option<i64>,
    after: Option<i64>,
) -> audit::Change<'a> {
    let state = |version| json!({"environment": environment.as_str(), "version": version});
    let (before, after) = (state(before), state(after));
    audit::Change::updated(Kind::Dashboard, dashboard.as_str(), before, after)
        .with_action(Action::Publish)
}

/// A data source without the secrets of its connection.
pub(crate) fn source_state(source: &DeclaredSource) -> Value {
    json!({
        "schema": source.schema.as_str(),
        "group": source.group.as_str(),
        "isolated": source.isolated,
        "connection": source.connection.without_secrets(),
    })
}

fn names(levels: &[LevelName]) -> Value {
    json!({"levels": levels.iter().map(LevelName::as_str).collect::<Vec<_>>()})
}

fn text(source: Option<&SourceName>) -> Option<&str> {
    source.map(SourceName::as_str)
}

fn update_source<'a>(
    name: &'a SourceName,
    present: &Present,
    wanted: &'a Declaration,
) -> audit::Change<'a> {
    let state = |source: Option<&DeclaredSource>| source.map_or(Value::Null, source_state);
    let after = wanted.sources.get(name);
    let (before, told) = (state(present.sources.get(name)), state(after));
    let change = audit::Change::updated(Kind::DataSource, name.as_str(), before, told);
    audit::Change { group: after.map(|source| &source.group), ..change }
}

fn set_group_default<'a>(
    schema: &'a SchemaName,
    group: &'a GroupName,
    source: Option<&SourceName>,
    present: &Present,
) -> audit::Change<'a> {
    let found = present.schemas.get(schema);
    let before = found.and_then(|found| found.group_defaults.get(group));
    let state = |source| json!({"group": group.as_str(), "default_source": text(source)});
    let (before, after) = (state(before), state(source));
    audit::Change::updated(Kind::Schema, schema.as_str(), before, after).in_group(group)
}
