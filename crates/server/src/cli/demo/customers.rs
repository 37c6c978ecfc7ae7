//! The demo's customers: sixteen airlines, and the stations they fly from.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use model::customer::{Mapping, NewCustomer};
use model::name::{CustomerName, ProvidedId, SchemaName, SourceName, TagName};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{Definitions, Store};

use super::files;

/// A customer as a client would write it, with names where a client has ids.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    provided_id: ProvidedId,
    name: CustomerName,
    hierarchy_level_name: Option<String>,
    parent_provided_id: Option<ProvidedId>,
    #[serde(default)]
    properties: Map<String, Value>,
    #[serde(default)]
    mapping: BTreeMap<SchemaName, SourceName>,
    #[serde(default)]
    group_tags: BTreeSet<TagName>,
    #[serde(default)]
    is_demo_group: bool,
}

/// Creates those that are not there, all in one transaction. Others stay as they are.
pub(super) async fn create(store: &Store, api_token: &str) -> anyhow::Result<()> {
    let scope = store.group_scope(&api_token.parse()?).await?;
    let scope = scope.context("demo.json and the store do not belong together")?;
    let wanted: Vec<Wanted> =
        serde_json::from_slice(&files::customers()).context("the demo's customers")?;
    let definitions = store.definitions().await?;
    let new: Result<Vec<NewCustomer>, _> =
        wanted.into_iter().map(|wanted| wanted.resolve(&definitions)).collect();
    store.create_customers(&scope, new?).await?;
    Ok(())
}

impl Wanted {
    fn resolve(self, definitions: &Definitions) -> anyhow::Result<NewCustomer> {
        Ok(NewCustomer {
            mapping: mapping(&self.mapping, definitions)?,
            provided_id: self.provided_id,
            name: self.name,
            level: self.hierarchy_level_name,
            parent: self.parent_provided_id,
            properties: self.properties,
            emails: Vec::new(),
            tags: self.group_tags,
            is_demo: self.is_demo_group,
        })
    }
}

fn mapping(
    names: &BTreeMap<SchemaName, SourceName>,
    definitions: &Definitions,
) -> anyhow::Result<Mapping> {
    let entry = |(schema, source): (&SchemaName, &SourceName)| {
        let found = definitions.schema_named(schema).map(|schema| schema.id);
        let schema_id = found.with_context(|| format!("there is no schema {schema}"))?;
        let source_id = definitions.sources.iter().find(|found| found.name == *source);
        let source_id = source_id.with_context(|| format!("there is no data source {source}"))?.id;
        Ok((schema_id, source_id))
    };
    names.iter().map(entry).collect()
}
