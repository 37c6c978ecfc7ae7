//! A customer as the source lists it.

use std::collections::{BTreeMap, BTreeSet};

use model::credential::CustomerToken;
use model::customer::Properties;
use model::name::{CustomerName, EmailAddress, ProvidedId, TagName};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::field_path::FieldPath;
use crate::json::{self, Fields};

/// One page of the source's list.
#[derive(Deserialize)]
pub(super) struct Page {
    /// How many customers match, on this page or not.
    #[serde(alias = "totalCount", alias = "count")]
    pub(super) total_count: u64,
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    /// Not read at once, so that one customer who cannot be read does not spoil the page.
    customers: Vec<Box<RawValue>>,
}

impl Page {
    pub(super) fn customers(&self) -> impl Iterator<Item = Listed> {
        self.results.customers.iter().map(|customer| Listed::read(customer.get()))
    }

    /// How many pages there are when this is the first. A server may have smaller ones than it was
    /// asked for.
    pub(super) fn pages(&self) -> u64 {
        match self.results.customers.len() as u64 {
            0 => 1,
            length => self.total_count.div_ceil(length),
        }
    }
}

/// A customer of the source, as far as it can be placed in the tree, and what it carries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    /// As written there. Empty when there is none that could be read.
    pub(super) id: String,
    /// `None`: the root level.
    pub(super) level: Option<String>,
    /// The name of its group there.
    pub(super) group: Option<String>,
    /// Whether it has properties that are not its own, so that it must have a parent.
    pub(super) inherits: bool,
    /// What it carries, or why it cannot be taken over.
    pub(super) content: Result<Content, String>,
}

/// What a customer carries, in this server's words but for its mapping, whose ids are the source's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Content {
    pub(super) provided_id: ProvidedId,
    pub(super) name: CustomerName,
    pub(super) token: CustomerToken,
    pub(super) is_demo: bool,
    pub(super) emails: Vec<EmailAddress>,
    /// Texts among its e-mail addresses that are none.
    pub(super) no_emails: Vec<String>,
    pub(super) tags: BTreeSet<TagName>,
    pub(super) properties: Properties,
    /// Schema ids to data source ids.
    pub(super) mapping: BTreeMap<String, String>,
}

impl Listed {
    fn read(text: &str) -> Self {
        match json::read(text.as_bytes()) {
            Ok(Value::Object(map)) => Self::of(in_snake_case(map)),
            Ok(other) => Self::unreadable(text, format!("it is {}", json::kind_of(&other))),
            Err(fault) => Self::unreadable(text, fault.to_string()),
        }
    }

    fn of(map: Map<String, Value>) -> Self {
        let mut fields = Fields::new(map);
        let id = fields.id("provided_id");
        let level = fields.text("hierarchy_level");
        let group = fields.text("access_group");
        let computed = fields.object("computed_properties").unwrap_or_default();
        let properties = fields.object("properties").unwrap_or_default();
        let inherits = computed.keys().any(|key| !properties.contains_key(key));
        let content = Content::read(fields, id.clone(), properties);
        Self { id: id.unwrap_or_default(), level, group, inherits, content }
    }

    /// Keeps the id and the level, so that its children are not taken for roots.
    fn unreadable(text: &str, reason: String) -> Self {
        #[derive(Default, Deserialize)]
        struct Place {
            #[serde(alias = "providedId")]
            provided_id: String,
            #[serde(alias = "hierarchyLevel")]
            hierarchy_level: Option<String>,
        }
        let place: Place = serde_json::from_str(text).unwrap_or_default();
        let (id, level) = (place.provided_id, place.hierarchy_level);
        Self { id, level, group: None, inherits: false, content: Err(reason) }
    }
}

impl Content {
    fn read(
        mut fields: Fields,
        id: Option<String>,
        properties: Properties,
    ) -> Result<Self, String> {
        let texts = fields.texts("emails").unwrap_or_default();
        let (emails, no_emails) = emails(texts);
        let mapping = fields.ids_by_id("parent_schema_datasource_mapping").unwrap_or_default();
        let is_demo = fields.flag("is_demo_group").unwrap_or(false);
        let tags = fields.texts("group_tags").unwrap_or_default();
        let tags = tags.into_iter().enumerate().filter_map(|(at, tag)| {
            fields.faults.note(FieldPath::from("group_tags").index(at), TagName::try_from(tag))
        });
        let tags = tags.collect();
        let id = fields.required("provided_id", id);
        let provided_id =
            id.and_then(|id| fields.faults.note("provided_id", ProvidedId::try_from(id)));
        let name = fields.text("name");
        let name = fields.required("name", name);
        let name = name.and_then(|name| fields.faults.note("name", CustomerName::try_from(name)));
        let token = fields.text("token");
        let token = fields.required("token", token);
        let token = token.and_then(|token| fields.faults.note("token", token.parse()));
        let content = provided_id.zip(name).zip(token).map(|((provided_id, name), token)| Self {
            provided_id,
            name,
            token,
            is_demo,
            emails,
            no_emails,
            tags,
            properties,
            mapping: mapping.into_iter().collect(),
        });
        fields.finish(content).map_err(|error| error.to_string())
    }
}

/// An address that is none is left out: the customer's dashboards do not depend on it.
fn emails(texts: Vec<String>) -> (Vec<EmailAddress>, Vec<String>) {
    let (mut emails, mut others) = (Vec::new(), Vec::new());
    for text in texts {
        match EmailAddress::try_from(text.clone()) {
            Ok(email) => emails.push(email),
            Err(_) => others.push(text),
        }
    }
    (emails, others)
}

/// Older servers wrote `providedId`.
fn in_snake_case(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter().map(|(key, value)| (snake_case(&key), value)).collect()
}

fn snake_case(key: &str) -> String {
    let spelled = |c: char| match c.is_ascii_uppercase() {
        true => format!("_{}", c.to_ascii_lowercase()),
        false => c.to_string(),
    };
    key.chars().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";

    fn read(value: &Value) -> Listed {
        Listed::read(&value.to_string())
    }

    fn least() -> Value {
        json!({"provided_id": "acme", "name": "Acme", "token": TOKEN})
    }

    fn with(key: &str, value: Value) -> Value {
        let mut customer = least();
        customer[key] = value;
        customer
    }

    #[test]
    fn everything_that_a_customer_carries_is_read() {
        let listed = read(&json!({
            "token": TOKEN, "name": "Acme North", "provided_id": "acme/north ü",
            "is_demo_group": true, "emails": ["ops@acme.example", "ops@acme.example", "nobody"],
            "group_tags": ["pilot", "pilot"], "properties": {"region": "north"},
            "computed_properties": {"plan": "gold", "region": "north"},
            "access_group": "Production", "parent_schema_datasource_mapping": {"3": "17", "5": 21},
            "computed_parent_schema_datasource_mapping": {"3": "17"}, "hierarchy_level": "User",
            "something_new": 1,
        }));
        assert_eq!((listed.id.as_str(), listed.level.as_deref()), ("acme/north ü", Some("User")));
        assert_eq!(listed.group.as_deref(), Some("Production"));
        assert!(listed.inherits);
        let content = listed.content.expect("a customer");
        assert_eq!(content.token.expose(), TOKEN);
        assert_eq!(content.emails.len(), 2);
        assert_eq!(content.no_emails, ["nobody"]);
        assert_eq!(content.tags.len(), 1);
        assert_eq!(content.mapping["5"], "21");
        assert!(content.is_demo);
    }

    #[test]
    fn what_is_absent_or_null_is_empty() {
        let expected = read(&least());
        assert!(expected.content.is_ok() && !expected.inherits);
        for key in ["emails", "group_tags", "properties", "is_demo_group", "hierarchy_level"] {
            assert_eq!(read(&with(key, Value::Null)), expected, "{key}");
        }
    }

    #[test]
    fn older_servers_write_camel_case() {
        let listed = read(&json!({
            "token": TOKEN, "name": "Acme", "providedId": "acme", "isDemoGroup": true,
            "hierarchyLevel": "User", "parentSchemaDatasourceMapping": {"3": "17"},
        }));
        assert_eq!((listed.id.as_str(), listed.level.as_deref()), ("acme", Some("User")));
        assert_eq!(listed.content.expect("a customer").mapping["3"], "17");
    }

    #[test]
    fn the_first_page_tells_how_many_there_are() {
        let check = |total: u64, length: usize, expected: u64| {
            let customers = vec![least(); length];
            let page = json!({"total_count": total, "results": {"customers": customers}});
            let page: Page = serde_json::from_value(page).expect("a page");
            assert_eq!(page.pages(), expected);
        };
        check(0, 0, 1);
        check(3, 3, 1);
        check(7, 3, 3);
        check(7, 0, 1);
    }

    #[track_caller]
    fn check_fault(customer: &Value, id: &str, expected: &str) {
        let listed = read(customer);
        assert_eq!((listed.id.as_str(), listed.content.err().as_deref()), (id, Some(expected)));
    }

    #[test]
    fn a_customer_that_cannot_be_taken_over_says_why_and_keeps_its_place() {
        let token = "token: must be 64 lowercase hexadecimal digits";
        check_fault(&with("token", json!("5F")), "acme", token);
        check_fault(&with("name", json!("")), "acme", "name: must not be empty");
        check_fault(&json!({"provided_id": "a", "token": TOKEN}), "a", "name: is required");
        let properties = "properties: must be an object, not text";
        check_fault(&with("properties", json!("x")), "acme", properties);
        let large = with("properties", json!({"n": 18_446_744_073_709_551_615_u64}));
        let told = "properties.n: is a number beyond 64 bits; send it as text";
        check_fault(&large, "acme", told);
        check_fault(&json!({"name": "x", "token": TOKEN}), "", "provided_id: is required");
        check_fault(&json!(7), "", "it is a number");
    }
}
