//! What the façade answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use model::GroupScope;
use model::customer::{CustomerRecord, Mapping, Properties};
use model::inheritance::{computed_mapping, computed_properties};
use model::name::{EmailAddress, TagName};
use serde::Serialize;

/// `{"success": 1}` with the members of `content` behind it.
#[derive(Serialize)]
struct Success<T> {
    success: u8,
    #[serde(flatten)]
    content: T,
}

/// A reply with `success` and nothing else.
pub(super) fn done() -> Response {
    #[derive(Serialize)]
    struct Nothing {}
    success(&Nothing {})
}

/// A reply with `success` and the members of `content`.
pub(super) fn success<T: Serialize>(content: &T) -> Response {
    Json(Success { success: 1, content }).into_response()
}

/// A customer, as all calls show it.
#[derive(Serialize)]
pub(super) struct Customer<'a> {
    token: &'a str,
    name: &'a str,
    provided_id: &'a str,
    is_demo_group: bool,
    emails: &'a [EmailAddress],
    group_tags: &'a [TagName],
    properties: &'a Properties,
    computed_properties: Cow<'a, Properties>,
    access_group: &'a str,
    parent_schema_datasource_mapping: WireMapping,
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
