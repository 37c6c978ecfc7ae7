//! The whole wanted state of a customer, as a client sends it.

use std::collections::BTreeMap;

use model::customer::{NewCustomer, Properties};
use model::name::{CustomerName, GroupId, ProvidedId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Definitions;

use crate::api_error::ApiError;
use crate::json::Faults;
use crate::routes::customer_fields::{check_properties, emails, tags};
use crate::routes::mapping::MappingFields;

/// The whole wanted state of a customer: what is absent has its default.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WantedCustomer {
    /// The product's own id of the customer. In a call for one customer it stands in the path and
    /// may be repeated here.
    #[schemars(length(min = 1, max = 255))]
    #[serde(skip_serializing_if = "Option::is_none")]
    provided_id: Option<String>,
    /// The display name.
    #[schemars(length(min = 1, max = 255))]
    name: String,
    /// The root level by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    hierarchy_level_name: Option<String>,
    /// A customer on a strictly higher level. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_provided_id: Option<String>,
    /// Schema ids to data sources, by id or name. Empty by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<BTreeMap<String, Id>>,
    /// Any JSON values, at most 64 KiB. Empty by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    /// None by default.
    #[schemars(length(max = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    emails: Option<Vec<String>>,
    /// Names of tags that exist. None by default.
    #[schemars(length(max = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    group_tags: Option<Vec<String>>,
    /// Panels carry a watermark, and the customer does not count as paid. `false` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_demo_group: Option<bool>,
}

/// An id: text, or a number.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Id {
    Text(String),
    Number(i64),
}

impl Id {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// A mapping's entries as the façade sends them, too.
pub(super) fn entries(mapping: BTreeMap<String, Id>) -> MappingFields {
    let entries = mapping.into_iter().map(|(schema, source)| (schema, source.into_text()));
    MappingFields { entries: Some(entries.collect()), ..MappingFields::default() }
}

impl WantedCustomer {
    /// The state as the store takes it. `id` is that of the path, `None` in a batch. Lists every
    /// fault.
    pub(super) fn into_new(
        self,
        id: Option<ProvidedId>,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<NewCustomer, ApiError> {
        let mut faults = Faults::default();
        let id = provided_id(id, self.provided_id, &mut faults);
        let name = faults.note("name", CustomerName::try_from(self.name));
        let parent = self.parent_provided_id.map(ProvidedId::try_from).transpose();
        let parent = faults.note("parent_provided_id", parent);
        let mapping = self.mapping.map(entries).unwrap_or_default();
        let mapping = mapping.resolve(definitions, group, &mut faults).unwrap_or_default();
        let properties = check_properties(self.properties.unwrap_or_default(), &mut faults);
        let emails = emails(self.emails.unwrap_or_default(), &mut faults);
        let tags = tags(self.group_tags.unwrap_or_default(), &mut faults);
        let new = id.zip(name).zip(parent).map(|((provided_id, name), parent)| NewCustomer {
            provided_id,
            name,
            level: self.hierarchy_level_name,
            parent,
            properties,
            mapping,
            emails,
            tags: tags.into_iter().collect(),
            is_demo: self.is_demo_group.unwrap_or(false),
        });
        faults.finish(new)
    }
}

fn provided_id(
    of_path: Option<ProvidedId>,
    of_body: Option<String>,
    faults: &mut Faults,
) -> Option<ProvidedId> {
    match (of_path, of_body) {
        (Some(id), Some(other)) if id.as_str() != other => {
            faults.add("provided_id", "must be the id of the path, or be absent");
            None
        }
        (Some(id), _) => Some(id),
        (None, Some(id)) => faults.note("provided_id", ProvidedId::try_from(id)),
        (None, None) => {
            faults.add("provided_id", "is required");
            None
        }
    }
}
