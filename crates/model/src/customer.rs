//! A customer: a tenant, or any node of the tenant tree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::credential::CustomerToken;
use crate::level::Rank;
use crate::merge_patch::merged;
use crate::name::{
    CustomerKey, CustomerName, EmailAddress, GroupId, ProvidedId, SchemaId, SourceId, TagName,
};

/// A customer's key/value pairs, any JSON values, in the order the client wrote them.
pub type Properties = Map<String, Value>;

/// Most bytes of one customer's own properties, as compact JSON.
pub const MAX_PROPERTIES_BYTES: usize = 64 * 1024;

/// Which data source stands in for a schema: at most one per schema.
pub type Mapping = BTreeMap<SchemaId, SourceId>;

/// What one customer carries itself. What it inherits is computed from its path
/// ([`crate::inheritance`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    pub key: CustomerKey,
    pub group: GroupId,
    pub provided_id: ProvidedId,
    pub name: CustomerName,
    pub rank: Rank,
    pub parent: Option<CustomerKey>,
    pub properties: Properties,
    pub mapping: Mapping,
    pub emails: Vec<EmailAddress>,
    /// In the order in which the tags were created, without repetition.
    pub tags: Vec<TagName>,
    /// Panels carry a watermark; not counted among paid customers.
    pub is_demo: bool,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at_us: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub updated_at_us: i64,
}

/// A customer with what a management client may see of it: its token, its own fields, and the
/// ancestors that its computed fields come from.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerRecord {
    /// From the root down to the customer itself, never empty.
    pub path: Vec<Customer>,
    /// The name of the customer's own level at the moment of reading.
    pub level: String,
    pub token: CustomerToken,
}

impl CustomerRecord {
    /// The customer itself: the last of its path.
    pub fn customer(&self) -> &Customer {
        self.path.last().unwrap_or_else(|| unreachable!("a path ends with the customer itself"))
    }

    /// The customer directly above, if any.
    pub fn parent(&self) -> Option<&Customer> {
        self.path.iter().rev().nth(1)
    }
}

/// The whole wanted state of a customer: of one to be made, or of one to be brought to it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCustomer {
    pub provided_id: ProvidedId,
    pub name: CustomerName,
    /// `None`: the root level.
    pub level: Option<String>,
    pub parent: Option<ProvidedId>,
    pub properties: Properties,
    pub mapping: Mapping,
    pub emails: Vec<EmailAddress>,
    pub tags: BTreeSet<TagName>,
    pub is_demo: bool,
}

/// A change of some of a customer's fields: `None` leaves a field as it is, a value replaces it
/// whole, unless it says how it merges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerChange {
    pub provided_id: Option<ProvidedId>,
    pub name: Option<CustomerName>,
    /// The name of the wanted level.
    pub level: Option<LevelChange>,
    pub parent: Option<ParentChange>,
    pub properties: Option<PropertiesChange>,
    pub mapping: Option<MappingChange>,
    pub emails: Option<Vec<EmailAddress>>,
    pub tags: Option<BTreeSet<TagName>>,
    pub is_demo: Option<bool>,
}

/// What becomes of a customer's level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LevelChange {
    /// To the root level.
    Root,
    Named(String),
}

impl LevelChange {
    /// The level's name, `None` for the root level.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::Named(name) => Some(name),
        }
    }
}

/// What becomes of a customer's parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParentChange {
    Detach,
    Attach(ProvidedId),
}

/// What becomes of a customer's own properties.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertiesChange {
    Replace(Properties),
    /// A JSON Merge Patch.
    Merge(Properties),
}

impl PropertiesChange {
    /// The properties after the change.
    pub fn apply(&self, present: &Properties) -> Properties {
        match self {
            Self::Replace(properties) => properties.clone(),
            Self::Merge(patch) => merged(present, patch),
        }
    }
}

/// What becomes of a customer's own mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingChange {
    Replace(Mapping),
    /// Per schema, the new source; `None` removes the entry.
    Merge(BTreeMap<SchemaId, Option<SourceId>>),
}

impl MappingChange {
    /// The mapping after the change.
    pub fn apply(&self, present: &Mapping) -> Mapping {
        match self {
            Self::Replace(mapping) => mapping.clone(),
            Self::Merge(patch) => {
                let mut mapping = present.clone();
                for (schema, source) in patch {
                    match source {
                        Some(source) => mapping.insert(*schema, *source),
                        None => mapping.remove(schema),
                    };
                }
                mapping
            }
        }
    }
}
