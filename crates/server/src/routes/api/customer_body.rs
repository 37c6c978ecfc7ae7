//! What a client says about a customer.
//!
//! Types are checked when the body is read. References and rules are checked when the customer is
//! made or changed: a call that only fetches must not fail because a tag was renamed since.

use model::customer::{
    CustomerChange, LevelChange, MappingChange, NewCustomer, ParentChange, Properties,
    PropertiesChange,
};
use model::name::{CustomerName, GroupId, ProvidedId};
use store::Definitions;

use crate::api_error::ApiError;
use crate::json::{Faults, Fields};
use crate::routes::customer_fields::{check_properties, emails, tags};
use crate::routes::mapping::MappingFields;

/// The fields of a customer's body, their types checked.
pub(super) struct CustomerBody {
    pub(super) provided_id: ProvidedId,
    new_provided_id: Option<String>,
    name: Option<String>,
    mapping: MappingFields,
    is_demo: Option<bool>,
    emails: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    level: Option<String>,
    parent: Parent,
    properties: Option<Properties>,
}

/// What the body says about the parent. `null` is not the same as absent here: it detaches.
enum Parent {
    Unsaid,
    None,
    Named(String),
}

impl CustomerBody {
    /// Reads the body of a call for customers.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let new_provided_id = fields.id("new_provided_id");
        let emails = fields.texts("emails");
        let tags = fields.texts("group_tags");
        let level = fields.text("hierarchy_level_name");
        let parent = parent(&mut fields);
        let body = Self::read_common(fields, "provided_id")?;
        Ok(Self { new_provided_id, emails, tags, level, parent, ..body })
    }

    /// Reads the body of a call for user groups, as customers were called before they had tags,
    /// levels and e-mail addresses.
    pub(super) fn read_user_group(fields: Fields) -> Result<Self, ApiError> {
        Self::read_common(fields, "user_group_id")
    }

    fn read_common(mut fields: Fields, id_field: &str) -> Result<Self, ApiError> {
        let mapping = MappingFields {
            entries: fields.ids_by_id("mapping"),
            source_id: fields.id("data_source_id"),
            source_name: fields.text("data_source_provided_id"),
        };
        let (name, is_demo) = (fields.text("name"), fields.flag("is_demo_group"));
        let properties = fields.object("properties");
        let provided_id = read_id(&mut fields, id_field);
        let provided_id = fields.finish(provided_id)?;
        Ok(Self {
            provided_id,
            new_provided_id: None,
            name,
            mapping,
            is_demo,
            emails: None,
            tags: None,
            level: None,
            parent: Parent::Unsaid,
            properties,
        })
    }

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

    /// The change to be made to the customer that the body selects. Lists every rule that is broken.
    pub(super) fn into_change(
        self,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<(ProvidedId, CustomerChange), ApiError> {
        let mut faults = Faults::default();
        let new_id = |id| faults.note("new_provided_id", ProvidedId::try_from(id));
        let provided_id = self.new_provided_id.and_then(new_id);
        let name = self.name.and_then(|name| faults.note("name", CustomerName::try_from(name)));
        let parent = match self.parent {
            Parent::Unsaid => None,
            Parent::None => Some(ParentChange::Detach),
            Parent::Named(id) => faults
                .note("parent_provided_id", ProvidedId::try_from(id))
                .map(ParentChange::Attach),
        };
        let change = CustomerChange {
            provided_id,
            name,
            level: self.level.map(LevelChange::Named),
            parent,
            properties: self
                .properties
                .map(|it| PropertiesChange::Replace(check_properties(it, &mut faults))),
            mapping: self
                .mapping
                .resolve(definitions, group, &mut faults)
                .map(MappingChange::Replace),
            emails: self.emails.map(|texts| emails(texts, &mut faults)),
            tags: self.tags.map(|texts| tags(texts, &mut faults).into_iter().collect()),
            is_demo: self.is_demo,
        };
        faults.finish(Some((self.provided_id, change)))
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
