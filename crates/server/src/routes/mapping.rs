//! Which data sources a client maps a customer to.

use std::collections::BTreeMap;

use model::customer::Mapping;
use model::name::{GroupId, SchemaId, SourceId};
use model::source::{DataSource, Schema};
use schemars::JsonSchema;
use store::Definitions;

use crate::field_path::FieldPath;
use crate::json::{Faults, Fields};
use crate::reading::Id;

/// Most entries of one mapping.
const MAX_ENTRIES: usize = 1000;

/// What a client says about data sources, its types checked.
#[derive(Debug, Default, JsonSchema)]
pub(crate) struct MappingFields {
    /// Schema ids to data sources, by id or by name.
    #[schemars(rename = "mapping", with = "Option<BTreeMap<String, Id>>")]
    pub(crate) entries: Option<Vec<(String, String)>>,
    /// From before mappings: the entry of the schema the source belongs to.
    #[schemars(rename = "data_source_id", with = "Option<Id>")]
    pub(crate) source_id: Option<String>,
    /// As `data_source_id`, by name.
    #[schemars(rename = "data_source_provided_id")]
    pub(crate) source_name: Option<String>,
}

impl MappingFields {
    pub(crate) fn take(fields: &mut Fields) -> Self {
        Self {
            entries: fields.ids_by_id("mapping"),
            source_id: fields.id("data_source_id"),
            source_name: fields.text("data_source_provided_id"),
        }
    }

    /// The mapping, `None` when the client says nothing about it. What does not exist, or belongs to
    /// another group, is noted as a fault.
    pub(crate) fn resolve(
        &self,
        definitions: &Definitions,
        group: GroupId,
        faults: &mut Faults,
    ) -> Option<Mapping> {
        let known = Known { definitions, group };
        let mut mapping = None;
        for (field, source) in
            [("data_source_id", &self.source_id), ("data_source_provided_id", &self.source_name)]
        {
            let Some(text) = source else { continue };
            if let Some(source) = faults.note(field, known.source(text)) {
                mapping.get_or_insert_with(Mapping::new).insert(source.schema, source.id);
            }
        }
        if let Some(entries) = &self.entries {
            let mapping = mapping.get_or_insert_with(Mapping::new);
            known.resolve_entries(entries, mapping, faults);
        }
        mapping
    }
}

struct Known<'a> {
    definitions: &'a Definitions,
    group: GroupId,
}

impl Known<'_> {
    fn resolve_entries(
        &self,
        entries: &[(String, String)],
        mapping: &mut Mapping,
        faults: &mut Faults,
    ) {
        if entries.len() > MAX_ENTRIES {
            let found = entries.len();
            faults.add("mapping", format!("must have at most {MAX_ENTRIES} entries, not {found}"));
            return;
        }
        for (schema, source) in entries {
            let field = || FieldPath::from("mapping").key(schema.as_str());
            let Some(schema) = faults.note(field(), self.schema(schema)) else { continue };
            if let Some(source) = faults.note(field(), self.source_of(schema, source)) {
                mapping.insert(schema.id, source.id);
            }
        }
    }

    fn schema(&self, text: &str) -> Result<&Schema, String> {
        let schemas = &self.definitions.schemas;
        let found = canonical(text).and_then(|id| schemas.iter().find(|it| it.id == SchemaId(id)));
        found.ok_or_else(|| {
            let known: Vec<String> =
                schemas.iter().map(|schema| format!("{} ({})", schema.id, schema.name)).collect();
            format!("there is no schema {text:?}; schema ids are {}", known.join(", "))
        })
    }

    /// A source of the group by id, or by name, which is its provided id.
    fn source(&self, text: &str) -> Result<&DataSource, String> {
        let id = canonical(text).map(SourceId);
        let mut sources = self.definitions.sources.iter().filter(|it| it.group == self.group);
        let found = sources
            .clone()
            .find(|source| Some(source.id) == id)
            .or_else(|| sources.find(|source| source.name.as_str() == text));
        let unknown = || format!("there is no data source {text:?} in this data visibility group");
        found.map(|source| &**source).ok_or_else(unknown)
    }

    fn source_of(&self, schema: &Schema, text: &str) -> Result<&DataSource, String> {
        let source = self.source(text)?;
        if source.schema == schema.id {
            return Ok(source);
        }
        Err(format!("data source {text:?} does not belong to schema {}", schema.id))
    }
}

/// A number in its usual spelling, so that two keys cannot mean one schema.
fn canonical(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}
