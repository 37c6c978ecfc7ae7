//! A customer as the native API shows it.

use std::collections::BTreeMap;

use model::GroupScope;
use model::customer::{CustomerRecord, Mapping, Properties};
use model::inheritance::{
    computed_mapping, computed_properties, mapping_provenance, property_provenance,
};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::Outcome;

use super::tag::HasTag;
use crate::time::Time;

/// A customer: a tenant, or any node of the tenant tree.
#[derive(Serialize, JsonSchema)]
pub(super) struct Customer {
    #[serde(flatten)]
    state: State,
    created_at: Time,
    updated_at: Time,
}

/// Everything of a customer but its times: what its `ETag` stands for.
#[derive(Serialize, JsonSchema)]
struct State {
    /// The product's own id of the customer, unique in its group.
    provided_id: String,
    name: String,
    hierarchy_level_name: String,
    parent_provided_id: Option<String>,
    /// The customer's own choice of data sources: schema ids to data source ids.
    mapping: BTreeMap<String, String>,
    /// The mapping with what is inherited from ancestors; the nearest wins.
    computed_mapping: BTreeMap<String, String>,
    /// The customer's own properties.
    properties: Properties,
    /// The properties with what is inherited from ancestors; the nearest wins.
    computed_properties: Properties,
    provenance: Provenance,
    emails: Vec<String>,
    group_tags: Vec<String>,
    is_demo_group: bool,
    /// The customer's group.
    access_group: String,
    /// Opens the customer's dashboards.
    token: String,
}

/// Which customer of the path each computed value comes from, by provided id.
#[derive(Serialize, JsonSchema)]
struct Provenance {
    /// By key of `computed_properties`.
    properties: BTreeMap<String, String>,
    /// By schema id of `computed_mapping`.
    mapping: BTreeMap<String, String>,
}

impl Customer {
    pub(super) fn of(record: &CustomerRecord, scope: &GroupScope) -> Self {
        let customer = record.customer();
        let state = State {
            provided_id: customer.provided_id.to_string(),
            name: customer.name.to_string(),
            hierarchy_level_name: record.level.clone(),
            parent_provided_id: record.parent().map(|parent| parent.provided_id.to_string()),
            mapping: shown(&customer.mapping),
            computed_mapping: shown(&computed_mapping(&record.path)),
            properties: customer.properties.clone(),
            computed_properties: computed_properties(&record.path),
            provenance: Provenance::of(record),
            emails: customer.emails.iter().map(|email| email.as_str().to_owned()).collect(),
            group_tags: customer.tags.iter().map(ToString::to_string).collect(),
            is_demo_group: customer.is_demo,
            access_group: scope.group_name().to_string(),
            token: record.token.expose().to_owned(),
        };
        let created_at = Time::from_us(customer.created_at_us);
        let updated_at = Time::from_us(customer.updated_at_us);
        Self { state, created_at, updated_at }
    }
}

impl Provenance {
    fn of(record: &CustomerRecord) -> Self {
        let properties = property_provenance(&record.path).into_iter();
        let mapping = mapping_provenance(&record.path).into_iter();
        Self {
            properties: properties
                .map(|(key, inherited)| (key.to_owned(), inherited.from.to_string()))
                .collect(),
            mapping: mapping
                .map(|(schema, inherited)| (schema.to_string(), inherited.from.to_string()))
                .collect(),
        }
    }
}

fn shown(mapping: &Mapping) -> BTreeMap<String, String> {
    mapping.iter().map(|(schema, source)| (schema.to_string(), source.to_string())).collect()
}

impl HasTag for Customer {
    /// Also an ancestor's change alters it, since computed fields are part of the state.
    fn tag(&self) -> String {
        let state = serde_json::to_vec(&self.state)
            .unwrap_or_else(|_| unreachable!("text and JSON values always serialise"));
        let hash: [u8; 32] = Sha256::digest(state).into();
        format!("\"{}\"", hex::encode(&hash[..16]))
    }
}

/// A customer with what became of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct PutCustomer {
    outcome: OutcomeWord,
    #[serde(flatten)]
    customer: Customer,
}

/// What became of a customer that was put.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeWord {
    Created,
    Updated,
    /// It was as wanted; nothing was written.
    Unchanged,
    /// Nothing was written.
    Failed,
}

impl From<Outcome> for OutcomeWord {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Created => Self::Created,
            Outcome::Updated => Self::Updated,
            Outcome::Unchanged => Self::Unchanged,
        }
    }
}

impl PutCustomer {
    pub(super) fn of(customer: Customer, outcome: Outcome) -> Self {
        Self { outcome: outcome.into(), customer }
    }
}

impl HasTag for PutCustomer {
    fn tag(&self) -> String {
        self.customer.tag()
    }
}
