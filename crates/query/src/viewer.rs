//! What a query may know about a viewer.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::inheritance;
use model::source::{ChosenBy, DataSource, Schema, choose_source};
use model::{Customer, Levels, ViewerScope};

use crate::template::VariableName;
use crate::variables::{Subject, subject};

/// The customer for whom a query runs, with its ancestors and the data sources that may stand in for
/// a schema. Built once per request from a verified scope.
#[derive(Clone, Debug)]
pub struct Viewer<'a> {
    scope: &'a ViewerScope,
    schemas: &'a [Schema],
    sources: &'a [Arc<DataSource>],
    level_variables: BTreeMap<String, String>,
}

impl<'a> Viewer<'a> {
    /// `sources` in the order of their ids is found fastest; any order works.
    pub fn new(
        scope: &'a ViewerScope,
        schemas: &'a [Schema],
        sources: &'a [Arc<DataSource>],
    ) -> Self {
        let level_variables = inheritance::level_variables(scope.levels(), scope.path());
        Self { scope, schemas, sources, level_variables }
    }

    pub(crate) fn levels(&self) -> &Levels {
        self.scope.levels()
    }

    /// The customer the credential speaks for.
    pub(crate) fn customer(&self) -> &Customer {
        self.scope.customer()
    }

    /// From the root down to the customer.
    pub(crate) fn path(&self) -> &[Customer] {
        self.scope.path()
    }

    /// `<level>_id` and `<level>_name` of the viewer and its ancestors.
    pub(crate) fn level_variables(&self) -> &BTreeMap<String, String> {
        &self.level_variables
    }

    /// The id that a variable such as `customer_id` stands for. The outer `None` says that the name
    /// is no level's id, the inner one that neither the viewer nor an ancestor is of that level.
    pub(crate) fn level_id(&self, variable: &str) -> Option<Option<String>> {
        let name = VariableName::parse(variable)?;
        match subject(&name, self.levels()) {
            Ok(Subject::LevelId) => Some(self.level_variables.get(variable).cloned()),
            Ok(Subject::ViewerId) => Some(Some(self.customer().provided_id.to_string())),
            _ => None,
        }
    }

    /// The property in force, the nearest customer's on the path, or what these keys reach in it.
    pub(crate) fn property(&self, keys: &[&str]) -> Option<&serde_json::Value> {
        let (key, rest) = keys.split_first()?;
        let property = inheritance::property(self.scope.path(), key)?;
        rest.iter().try_fold(property, |json, key| json.get(key))
    }

    /// The data source that answers for a schema, and how it was chosen.
    ///
    /// A mapping to a source of another group or another schema is no choice at all: the store
    /// refuses to write one, and what slipped past must not open a neighbour's data.
    pub(crate) fn source(&self, schema: &str) -> Option<(&'a Arc<DataSource>, ChosenBy)> {
        let schema = self.schemas.iter().find(|candidate| candidate.name.as_str() == schema)?;
        let mapping = inheritance::computed_mapping(self.scope.path());
        let (id, chosen_by) = choose_source(schema, self.scope.group(), &mapping)?;
        let source = match self.sources.binary_search_by_key(&id, |source| source.id) {
            Ok(at) => &self.sources[at],
            Err(_) => self.sources.iter().find(|source| source.id == id)?,
        };
        let of_own_group = chosen_by != ChosenBy::Mapping || source.group == self.scope.group();
        (source.schema == schema.id && of_own_group).then_some((source, chosen_by))
    }
}
