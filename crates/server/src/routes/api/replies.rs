//! What the façade answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::Json;
use model::GroupScope;
use model::customer::{CustomerRecord, Mapping, Properties};
use model::inheritance::{computed_mapping, computed_properties};
use model::name::{EmailAddress, TagName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;

// With the members of `content` beside `success`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Reply")]
pub(super) struct Success<T> {
    /// Always 1.
    success: u8,
    #[serde(flatten)]
    content: T,
}

/// What stands beside `success`. It borrows what it shows; `Form` is the same for signatures, where
/// nothing can be borrowed.
pub(super) trait Content: Serialize {
    type Form: JsonSchema;
}

/// A reply with `success` and nothing else.
pub(super) fn done() -> Done {
    success(&Nothing {})
}

pub(super) type Done = Answer<Success<Nothing>>;

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploDone")]
pub(super) struct Nothing {}

impl Content for Nothing {
    type Form = Self;
}

/// A reply with `success` and the members of `content`.
pub(super) fn success<T: Content>(content: &T) -> Answer<Success<T::Form>> {
    Answer::new(Json(Success { success: 1, content }))
}

/// A customer, as all calls show it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExploCustomer")]
pub(super) struct Customer<'a> {
    /// Opens embeds for this customer.
    token: &'a str,
    name: &'a str,
    /// The client's own id of the customer.
    provided_id: &'a str,
    /// Whether panels carry a watermark; such customers are not counted.
    is_demo_group: bool,
    emails: &'a [EmailAddress],
    group_tags: &'a [TagName],
    properties: &'a Properties,
    /// With what ancestors give; the nearest wins.
    computed_properties: Cow<'a, Properties>,
    /// The data visibility group.
    access_group: &'a str,
    /// Schema ids to data source ids.
    parent_schema_datasource_mapping: WireMapping,
    /// With what ancestors give; the nearest wins.
    computed_parent_schema_datasource_mapping: WireMapping,
    hierarchy_level: &'a str,
}

/// Schema ids to data source ids, both as text.
type WireMapping = BTreeMap<String, String>;

impl<'a> Customer<'a> {
    pub(super) fn of(record: &'a CustomerRecord, scope: &'a GroupScope) -> Self {
        let customer = record.customer();
        let inherits = record.path.len() > 1;
        Self {
            token: record.token.expose(),
            name: customer.name.as_str(),
            provided_id: customer.provided_id.as_str(),
            is_demo_group: customer.is_demo,
            emails: &customer.emails,
            group_tags: &customer.tags,
            properties: &customer.properties,
            computed_properties: match inherits {
                true => Cow::Owned(computed_properties(&record.path)),
                false => Cow::Borrowed(&customer.properties),
            },
            access_group: scope.group_name().as_str(),
            parent_schema_datasource_mapping: wire_mapping(&customer.mapping),
            computed_parent_schema_datasource_mapping: match inherits {
                true => wire_mapping(&computed_mapping(&record.path)),
                false => wire_mapping(&customer.mapping),
            },
            hierarchy_level: &record.level,
        }
    }
}

fn wire_mapping(mapping: &Mapping) -> WireMapping {
    mapping.iter().map(|(schema, source)| (schema.to_string(), source.to_string())).collect()
}
