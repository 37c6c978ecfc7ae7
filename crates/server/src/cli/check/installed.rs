//! Where dashboards, data sources and the customer come from: an installation, or one that is made of a
//! workspace's files for as long as the check takes.

use std::fs;
use std::sync::Arc;

use anyhow::{Context, bail};
use model::customer::{Mapping, NewCustomer, Properties};
use model::name::{EmbedId, GroupName, ProvidedId, SchemaName, SourceName};
use model::{GroupScope, OperatorScope, ViewerScope};
use serde::Deserialize;
use store::{Ambient, Definitions, Location, MasterKey, Store, SystemEntropy, Viewing};
use tempfile::TempDir;
use workspace::Workspace;

use super::AsCustomer;

pub(super) struct Installed {
    pub(super) store: Store,
    /// Where it is, when it ends with the check.
    _folder: Option<TempDir>,
}

/// A customer as a file of `--customers` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenCustomer {
    provided_id: String,
    /// The id when absent.
    name: Option<String>,
    /// The root level when absent.
    hierarchy_level_name: Option<String>,
    parent_provided_id: Option<String>,
    #[serde(default)]
    properties: Properties,
    /// Names of schemas and of data sources.
    #[serde(default)]
    mapping: std::collections::BTreeMap<SchemaName, SourceName>,
}

impl Installed {
    pub(super) fn of(store: Store) -> Self {
        Self { store, _folder: None }
    }

    /// What `apply` and the management API would make of these files.
    pub(super) async fn imagined(
        workspace: &Workspace,
        viewing: &AsCustomer,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("failed to make a temporary folder")?;
        let (location, key) =
            (Location::Sqlite(folder.path().to_owned()), MasterKey::draw(&SystemEntropy));
        let store = Store::open(location, &key, Ambient::default()).await?;
        store.apply(&OperatorScope::of_command_line(), workspace.declaration()).await?;
        let installed = Self { store, _folder: Some(folder) };
        let scope = installed.group(viewing.group.as_ref()).await?;
        let definitions = installed.store.definitions().await?;
        let customers: anyhow::Result<Vec<NewCustomer>> = given_customers(viewing)?
            .into_iter()
            .map(|given| {
                let id = given.provided_id.clone();
                given.resolve(&definitions).with_context(|| format!("customer {id:?}"))
            })
            .collect();
        installed
            .store
            .create_customers(&scope, customers?)
            .await
            .context("these customers cannot be made")?;
        Ok(installed)
    }

    /// What a customer may see of a dashboard.
    pub(super) async fn granted(
        &self,
        group: &GroupScope,
        customer: &ProvidedId,
        dashboard: &EmbedId,
    ) -> anyhow::Result<(ViewerScope, Arc<Definitions>)> {
        match self.store.viewer_in_group(group, customer, dashboard).await? {
            Viewing::Granted { scope, definitions } => Ok((scope, definitions)),
            Viewing::Unknown => bail!("group {} has no such customer", group.group_name()),
            Viewing::NoDashboard => bail!("the dashboard has just been deleted"),
        }
    }

    /// The group of this name, or the only one.
    pub(super) async fn group(&self, name: Option<&GroupName>) -> anyhow::Result<GroupScope> {
        let definitions = self.store.definitions().await?;
        let group = match (name, definitions.groups.as_slice()) {
            (Some(name), groups) => groups.iter().find(|group| group.name == *name),
            (None, [only]) => Some(only),
            (None, _) => bail!("there are several groups; name the customer's with --group"),
        };
        let group = group.context("there is no such group")?;
        let operator = OperatorScope::of_command_line();
        Ok(GroupScope::of_operator(&operator, group.id, group.name.clone()))
    }
}

fn given_customers(viewing: &AsCustomer) -> anyhow::Result<Vec<GivenCustomer>> {
    let Some(file) = &viewing.customers else {
        let provided_id = viewing.customer.to_string();
        return Ok(vec![GivenCustomer { provided_id, ..GivenCustomer::default() }]);
    };
    let told = || file.display().to_string();
    let text = fs::read(file).with_context(told)?;
    serde_json::from_slice(&text).with_context(told)
}

impl Default for GivenCustomer {
    fn default() -> Self {
        Self {
            provided_id: String::new(),
            name: None,
            hierarchy_level_name: None,
            parent_provided_id: None,
            properties: Properties::new(),
            mapping: Default::default(),
        }
    }
}

impl GivenCustomer {
    fn resolve(self, definitions: &Definitions) -> anyhow::Result<NewCustomer> {
        let mut mapping = Mapping::new();
        for (schema, source) in self.mapping {
            let found = definitions.schema_named(&schema);
            let found = found.with_context(|| format!("there is no schema {schema}"))?;
            let mut sources = definitions.sources.iter();
            let chosen = sources.find(|it| it.name == source && it.schema == found.id);
            let chosen =
                chosen.with_context(|| format!("schema {schema} has no data source {source}"))?;
            mapping.insert(found.id, chosen.id);
        }
        Ok(NewCustomer {
            name: self.name.as_ref().unwrap_or(&self.provided_id).parse()?,
            provided_id: self.provided_id.parse()?,
            level: self.hierarchy_level_name,
            parent: self.parent_provided_id.map(|parent| parent.parse()).transpose()?,
            properties: self.properties,
            mapping,
            emails: Vec::new(),
            tags: Default::default(),
            is_demo: false,
        })
    }
}
