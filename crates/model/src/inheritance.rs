//! What a customer inherits: properties and mapping of its ancestors, the nearest wins.
//!
//! Computed when read, from the path that runs from the root down to the customer, so a change at
//! the root shows at once in every descendant and costs one row.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::customer::{Customer, Mapping, Properties};
use crate::level::Levels;
use crate::name::{ProvidedId, SchemaId, SourceId};

/// A value in force for a customer, with the customer on its path that gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inherited<'a, T> {
    pub value: T,
    pub from: &'a ProvidedId,
}

/// The properties in force at the end of `path`: per key, the nearest customer's value as a whole
/// (objects are not merged).
pub fn computed_properties(path: &[Customer]) -> Properties {
    let mut computed = Properties::new();
    for customer in path {
        for (key, value) in &customer.properties {
            computed.insert(key.clone(), value.clone());
        }
    }
    computed
}

/// One of the [`computed_properties`], without computing the others.
pub fn property<'a>(path: &'a [Customer], key: &str) -> Option<&'a Value> {
    path.iter().rev().find_map(|customer| customer.properties.get(key))
}

/// As [`computed_properties`], with the provenance of each key.
pub fn property_provenance(path: &[Customer]) -> BTreeMap<&str, Inherited<'_, &Value>> {
    let mut computed = BTreeMap::new();
    for customer in path {
        for (key, value) in &customer.properties {
            computed.insert(key.as_str(), Inherited { value, from: &customer.provided_id });
        }
    }
    computed
}

/// The mapping in force at the end of `path`: per schema, the nearest customer's entry.
pub fn computed_mapping(path: &[Customer]) -> Mapping {
    path.iter().flat_map(|customer| customer.mapping.iter().map(|(k, v)| (*k, *v))).collect()
}

/// As [`computed_mapping`], with the provenance of each entry.
pub fn mapping_provenance(path: &[Customer]) -> BTreeMap<SchemaId, Inherited<'_, SourceId>> {
    let mut computed = BTreeMap::new();
    for customer in path {
        for (schema, source) in &customer.mapping {
            computed.insert(*schema, Inherited { value: *source, from: &customer.provided_id });
        }
    }
    computed
}

/// Whether panels carry the demo watermark: the customer or an ancestor is a demo customer.
pub fn shows_watermark(path: &[Customer]) -> bool {
    path.iter().any(|customer| customer.is_demo)
}

/// The archetype variables of a path: `<level>_id` and `<level>_name` for the customer and each of
/// its ancestors. A skipped level gives none.
pub fn level_variables(levels: &Levels, path: &[Customer]) -> BTreeMap<String, String> {
    let variables = level_variable_provenance(levels, path).into_iter();
    variables.map(|(name, inherited)| (name, inherited.value.to_owned())).collect()
}

/// As [`level_variables`], with the customer that each speaks of.
pub fn level_variable_provenance<'a>(
    levels: &Levels,
    path: &'a [Customer],
) -> BTreeMap<String, Inherited<'a, &'a str>> {
    let mut variables = BTreeMap::new();
    for customer in path {
        let Some(level) = levels.name(customer.rank) else { continue };
        let (prefix, from) = (level.variable_prefix(), &customer.provided_id);
        variables.insert(format!("{prefix}_id"), Inherited { value: from.as_str(), from });
        let value = customer.name.as_str();
        variables.insert(format!("{prefix}_name"), Inherited { value, from });
    }
    variables
}
