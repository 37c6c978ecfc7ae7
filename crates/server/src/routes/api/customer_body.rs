//! What a client says about a customer.
//!
//! Types are checked when the body is read. References and rules are checked when the customer is
//! made or changed: a call that only fetches must not fail because a tag was renamed since.

use model::customer::{
    CustomerChange, LevelChange, MappingChange, NewCustomer, ParentChange, Properties,
    PropertiesChange,
};
use model::name::{CustomerName, GroupId, ProvidedId};
use schemars::JsonSchema;
use store::Definitions;

use crate::api_error::ApiError;
use crate::json::{Faults, Fields};
use crate::reading::{FromFields, Id};
use crate::routes::customer_fields::{check_properties, emails, tags};
use crate::routes::mapping::MappingFields;

/// A customer, its types checked.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerBody")]
pub(crate) struct CustomerBody {
    /// The client's own id of the customer.
    #[schemars(with = "Id")]
    pub(super) provided_id: ProvidedId,
    /// Required to create a customer.
    name: Option<String>,
    #[schemars(flatten)]
    mapping: MappingFields,
    #[schemars(rename = "is_demo_group")]
    is_demo: Option<bool>,
    emails: Option<Vec<String>>,
    /// Names of tags, which must exist.
    #[schemars(rename = "group_tags")]
    tags: Option<Vec<String>>,
    /// The root level when absent.
    #[schemars(rename = "hierarchy_level_name")]
    level: Option<String>,
    /// A customer on a higher level. In an update, `null` detaches.
    #[schemars(rename = "parent_provided_id", with = "Option<Id>")]
    parent: Parent,
    properties: Option<Properties>,
}

/// A change of a customer: what is absent stays.
#[derive(JsonSchema)]
#[schemars(rename = "ExploCustomerUpdate")]
pub(crate) struct CustomerUpdate {
    #[schemars(flatten)]
    customer: CustomerBody,
    /// Replaces `provided_id`.
    #[schemars(with = "Option<Id>")]
    new_provided_id: Option<String>,
}

/// A customer as it was described before there were tags, levels and e-mail addresses.
#[derive(JsonSchema)]
#[schemars(rename = "ExploUserGroupBody")]
pub(crate) struct UserGroupBody {
    #[schemars(with = "Id")]
    user_group_id: ProvidedId,
    /// Required to create a user group.
    name: Option<String>,
    #[schemars(flatten)]
    mapping: MappingFields,
    #[schemars(rename = "is_demo_group")]
    is_demo: Option<bool>,
    properties: Option<Properties>,
}

/// What the body says about the parent. `null` is not the same as absent here: it detaches.
enum Parent {
    Unsaid,
    None,
    Named(String),
}

impl FromFields for CustomerBody {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (name, mapping) = (fields.text("name"), MappingFields::take(fields));
        let (is_demo, emails) = (fields.flag("is_demo_group"), fields.texts("emails"));
        let (tags, level) = (fields.texts("group_tags"), fields.text("hierarchy_level_name"));
        let (parent, properties) = (parent(fields), fields.object("properties"));
        let provided_id = read_id(fields, "provided_id")?;
        Some(Self { provided_id, name, mapping, is_demo, emails, tags, level, parent, properties })
    }
}

impl FromFields for CustomerUpdate {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let new_provided_id = fields.id("new_provided_id");
        Some(Self { customer: CustomerBody::from_fields(fields)?, new_provided_id })
    }
}

impl FromFields for UserGroupBody {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (name, mapping) = (fields.text("name"), MappingFields::take(fields));
        let (is_demo, properties) = (fields.flag("is_demo_group"), fields.object("properties"));
        let user_group_id = read_id(fields, "user_group_id")?;
        Some(Self { user_group_id, name, mapping, is_demo, properties })
    }
}

impl From<UserGroupBody> for CustomerBody {
    fn from(body: UserGroupBody) -> Self {
        let UserGroupBody { user_group_id, name, mapping, is_demo, properties } = body;
        Self {
            provided_id: user_group_id,
            name,
            mapping,
            is_demo,
            emails: None,
            tags: None,
            level: None,
            parent: Parent::Unsaid,
            properties,
        }
    }
}

impl From<UserGroupBody> for CustomerUpdate {
    fn from(body: UserGroupBody) -> Self {
        Self { customer: body.into(), new_provided_id: None }
    }
}

impl CustomerBody {
    /// The customer to be made. Lists every rule that is broken.
    pub(super) fn into_new(
        self,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<NewCustomer, ApiError> {
        let mut faults = Faults::default();
        if self.name.is_none() {
            faults.add("name", "is required to create a customer");
        }
        let name = self.name.and_then(|name| faults.note("name", CustomerName::try_from(name)));
        let parent = match self.parent {
            Parent::Named(id) => faults.note("parent_provided_id", ProvidedId::try_from(id)),
            Parent::None | Parent::Unsaid => None,
        };
        let properties = check_properties(self.properties.unwrap_or_default(), &mut faults);
        let mapping = self.mapping.resolve(definitions, group, &mut faults).unwrap_or_default();
        let emails = self.emails.map(|texts| emails(texts, &mut faults)).unwrap_or_default();
        let tags = self.tags.map(|texts| tags(texts, &mut faults)).unwrap_or_default();
        let new = name.map(|name| NewCustomer {
            provided_id: self.provided_id,
            name,
            level: self.level,
            parent,
            properties,
            mapping,
            emails,
            tags: tags.into_iter().collect(),
            is_demo: self.is_demo.unwrap_or(false),
        });
        faults.finish(new)
    }
}

impl CustomerUpdate {
    /// The change to be made to the customer that the body selects. Lists every rule that is broken.
    pub(super) fn into_change(
        self,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<(ProvidedId, CustomerChange), ApiError> {
        let Self { customer, new_provided_id } = self;
        let mut faults = Faults::default();
        let new_id = |id| faults.note("new_provided_id", ProvidedId::try_from(id));
        let provided_id = new_provided_id.and_then(new_id);
        let name = customer.name.and_then(|name| faults.note("name", CustomerName::try_from(name)));
        let parent = match customer.parent {
            Parent::Unsaid => None,
            Parent::None => Some(ParentChange::Detach),
            Parent::Named(id) => faults
                .note("parent_provided_id", ProvidedId::try_from(id))
                .map(ParentChange::Attach),
        };
        let change = CustomerChange {
            provided_id,
            name,
            level: customer.level.map(LevelChange::Named),
            parent,
            properties: customer
                .properties
                .map(|it| PropertiesChange::Replace(check_properties(it, &mut faults))),
            mapping: customer
                .mapping
                .resolve(definitions, group, &mut faults)
                .map(MappingChange::Replace),
            emails: customer.emails.map(|texts| emails(texts, &mut faults)),
            tags: customer.tags.map(|texts| tags(texts, &mut faults).into_iter().collect()),
            is_demo: customer.is_demo,
        };
        faults.finish(Some((customer.provided_id, change)))
    }
}

/// A required id of a customer; a number is taken for its text.
pub(super) fn read_id(fields: &mut Fields, field: &str) -> Option<ProvidedId> {
    let id = fields.id(field);
    let id = fields.required(field, id)?;
    fields.faults.note(field, ProvidedId::try_from(id))
}

fn parent(fields: &mut Fields) -> Parent {
    const FIELD: &str = "parent_provided_id";
    let is_given = fields.contains(FIELD);
    match fields.id(FIELD) {
        Some(id) if !id.is_empty() => Parent::Named(id),
        _ if is_given => Parent::None,
        _ => Parent::Unsaid,
    }
}
