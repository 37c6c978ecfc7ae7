//! A customer as the audit log tells it: its own fields in the words of the API, without its token.

use model::Customer;
use model::customer::{CustomerRecord, Mapping, Properties};
use model::name::{EmailAddress, ProvidedId, TagName};
use serde::Serialize;

use crate::audit::State;
use crate::error::StoreError;

#[derive(Serialize)]
struct Told<'a> {
    provided_id: &'a str,
    name: &'a str,
    hierarchy_level_name: &'a str,
    parent_provided_id: Option<&'a str>,
    properties: &'a Properties,
    mapping: &'a Mapping,
    emails: &'a [EmailAddress],
    group_tags: &'a [TagName],
    is_demo_group: bool,
}

/// The state of a customer on a level, below the parent of an id.
pub(super) fn state(
    customer: &Customer,
    level: &str,
    parent: Option<&ProvidedId>,
) -> Result<State, StoreError> {
    State::of(&Told {
        provided_id: customer.provided_id.as_str(),
        name: customer.name.as_str(),
        hierarchy_level_name: level,
        parent_provided_id: parent.map(ProvidedId::as_str),
        properties: &customer.properties,
        mapping: &customer.mapping,
        emails: &customer.emails,
        group_tags: &customer.tags,
        is_demo_group: customer.is_demo,
    })
}

/// The state of a customer that was read with its path.
pub(super) fn state_of(record: &CustomerRecord) -> Result<State, StoreError> {
    state(record.customer(), &record.level, record.parent().map(|parent| &parent.provided_id))
}
