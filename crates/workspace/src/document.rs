//! The two files of a workspace as documents, and their JSON schemas for editors.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::dashboard::Dashboard;
use model::level::{LevelName, Levels};
use model::name::{EnvironmentName, GroupName, SchemaName, SourceName, TagName};
use model::source::Connection;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a workspace declares beside its dashboards: the file `workspace.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Fanlight workspace")]
pub(crate) struct WorkspaceDocument {
    /// The levels of the customer tree, the root level first: one to eight. Each gives datasets the
    /// variables `<level>_id` and `<level>_name`. When absent the server keeps its levels, at first
    /// Customer above User.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) levels: Option<LevelList>,
    /// Data visibility groups, for example Production and Testing. An API token, a customer, a data
    /// source and an embed secret each belong to one.
    pub(crate) groups: Vec<GroupName>,
    /// Labels that customers may carry.
    #[serde(default)]
    pub(crate) tags: Vec<TagName>,
    /// Environments that dashboards may be published to, for example production.
    #[serde(default)]
    pub(crate) environments: Vec<EnvironmentName>,
    /// Folders of interchangeable data sources, by name. Datasets name a schema, and the viewer
    /// decides which of its data sources answers.
    #[serde(default)]
    pub(crate) schemas: BTreeMap<SchemaName, SchemaDocument>,
}

/// A schema and its data sources, which all have the same tables.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchemaDocument {
    /// The data source for viewers whose customer is mapped to none. When absent such viewers see
    /// an error, and nobody's data.
    #[serde(default)]
    pub(crate) default_source: Option<SourceName>,
    /// Per group, the data source that comes before `default_source` for this group's customers.
    #[serde(default)]
    pub(crate) group_defaults: BTreeMap<GroupName, SourceName>,
    /// The data sources, by name. Names are unique on the server.
    #[serde(default)]
    pub(crate) sources: BTreeMap<SourceName, SourceDocument>,
}

/// A data source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceDocument {
    /// The group whose customers may be mapped to this data source. May be left out when the
    /// workspace has only one group.
    #[serde(default)]
    pub(crate) group: Option<GroupName>,
    /// Holds one customer's rows only, so that a dataset without a filter may answer the customers
    /// that are mapped to it. Never a default.
    #[serde(default)]
    pub(crate) isolated: bool,
    /// Where the rows are.
    pub(crate) connection: Connection,
}

/// Names of levels that make a valid tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
#[schemars(with = "Vec<String>")]
pub(crate) struct LevelList(pub(crate) Levels);

impl TryFrom<Vec<String>> for LevelList {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        let names: Result<Vec<LevelName>, _> = names.into_iter().map(LevelName::try_from).collect();
        let names = names.map_err(|error| format!("a level's name {error}"))?;
        Levels::new(names).map(Self).map_err(|error| error.to_string())
    }
}

impl From<LevelList> for Vec<String> {
    fn from(LevelList(levels): LevelList) -> Self {
        levels.names().iter().map(ToString::to_string).collect()
    }
}

/// The JSON schema of `workspace.yaml`.
pub fn workspace_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema_for!(WorkspaceDocument).to_value());
    &SCHEMA
}

/// The JSON schema of a file in `dashboards/`: a dashboard, and where it is published.
pub fn dashboard_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        let mut schema = schema_for!(Dashboard).to_value();
        schema["title"] = json!("Fanlight dashboard");
        schema["properties"][ENVIRONMENTS] = json!({
            "description": "The environments to which the newest version is published, declared in \
                            workspace.yaml.",
            "type": "array",
            "items": {"$ref": "#/$defs/EnvironmentName"},
            "default": [],
        });
        schema["$defs"]["EnvironmentName"] = schema_for!(EnvironmentName).to_value();
        if let Some(name) = schema["$defs"]["EnvironmentName"].as_object_mut() {
            name.remove("$schema");
            name.remove("title");
        }
        schema
    });
    &SCHEMA
}

/// The key of a dashboard's file that is no part of the dashboard's definition.
pub(crate) const ENVIRONMENTS: &str = "environments";
