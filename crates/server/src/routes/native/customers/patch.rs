//! A JSON Merge Patch (RFC 7396) of a customer: absent leaves, `null` brings back the default.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::customer::{
    CustomerChange, LevelChange, Mapping, MappingChange, ParentChange, Properties, PropertiesChange,
};
use model::name::{CustomerName, GroupId, ProvidedId, SchemaId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use store::Definitions;

use super::body::{Id, entries};
use crate::api_error::ApiError;
use crate::json::Faults;
use crate::routes::customer_fields::{check_properties, emails, tags};
use crate::routes::mapping::MappingFields;

/// What shall become of one field.
#[derive(Default)]
enum Patch<T> {
    #[default]
    Keep,
    Reset,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Reset, Self::Set))
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

impl<T> Patch<T> {
    /// The new value, `None` when the field stays.
    fn or_default(self, default: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Reset => Some(default()),
            Self::Set(value) => Some(value),
        }
    }
}

/// A JSON Merge Patch of a customer. `null` brings a field back to its default; inside `properties`
/// and `mapping` it removes the key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct CustomerPatch {
    /// Another id; the customer's children and token stay.
    #[schemars(length(min = 1, max = 255))]
    provided_id: Option<String>,
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    hierarchy_level_name: Patch<String>,
    parent_provided_id: Patch<String>,
    mapping: Patch<BTreeMap<String, Option<Id>>>,
    /// Merged into the present properties, objects into objects.
    properties: Patch<Properties>,
    emails: Patch<Vec<String>>,
    group_tags: Patch<Vec<String>>,
    is_demo_group: Patch<bool>,
}

impl CustomerPatch {
    /// The change as the store takes it. Lists every fault.
    pub(super) fn into_change(
        self,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<CustomerChange, ApiError> {
        let mut faults = Faults::default();
        let provided_id = self.provided_id.map(ProvidedId::try_from).transpose();
        let name = self.name.map(CustomerName::try_from).transpose();
        let properties = match self.properties {
            Patch::Keep => None,
            Patch::Reset => Some(PropertiesChange::Replace(Properties::new())),
            Patch::Set(patch) => {
                Some(PropertiesChange::Merge(check_properties(patch, &mut faults)))
            }
        };
        let change = CustomerChange {
            provided_id: faults.note("provided_id", provided_id).flatten(),
            name: faults.note("name", name).flatten(),
            level: match self.hierarchy_level_name {
                Patch::Keep => None,
                Patch::Reset => Some(LevelChange::Root),
                Patch::Set(name) => Some(LevelChange::Named(name)),
            },
            parent: parent(self.parent_provided_id, &mut faults),
            properties,
            mapping: mapping(self.mapping, definitions, group, &mut faults),
            emails: self.emails.or_default(Vec::new).map(|texts| emails(texts, &mut faults)),
            tags: self
                .group_tags
                .or_default(Vec::new)
                .map(|texts| tags(texts, &mut faults).into_iter().collect()),
            is_demo: self.is_demo_group.or_default(|| false),
        };
        faults.finish(Some(change))
    }
}

fn parent(patch: Patch<String>, faults: &mut Faults) -> Option<ParentChange> {
    match patch {
        Patch::Keep => None,
        Patch::Reset => Some(ParentChange::Detach),
        Patch::Set(id) => {
            let id = faults.note("parent_provided_id", ProvidedId::try_from(id));
            id.map(ParentChange::Attach)
        }
    }
}

fn mapping(
    patch: Patch<BTreeMap<String, Option<Id>>>,
    definitions: &Definitions,
    group: GroupId,
    faults: &mut Faults,
) -> Option<MappingChange> {
    let patch = match patch {
        Patch::Keep => return None,
        Patch::Reset => return Some(MappingChange::Replace(Mapping::new())),
        Patch::Set(patch) => patch,
    };
    let (mut set, mut merged) = (BTreeMap::new(), BTreeMap::new());
    for (schema, source) in patch {
        match source {
            Some(source) => {
                set.insert(schema, source);
            }
            None => {
                // A schema that is not there has no entry to remove.
                let removed = schema.parse().map(SchemaId).ok();
                merged.extend(removed.map(|schema| (schema, None)));
            }
        }
    }
    let set: MappingFields = entries(set);
    let set = set.resolve(definitions, group, faults).unwrap_or_default();
    merged.extend(set.into_iter().map(|(schema, source)| (schema, Some(source))));
    Some(MappingChange::Merge(merged))
}
