//! The texts that the demo's front page offers to copy; they work as they stand.

use model::Levels;
use model::customer::{Customer, CustomerRecord};
use model::name::ProvidedId;
use serde_json::{Map, Value, json};

use crate::demo::Demo;

/// The body of the call that makes this customer: its own fields, without those that are as they
/// are by default.
pub(super) fn create_body(record: &CustomerRecord, levels: &Levels) -> Map<String, Value> {
    let customer = record.customer();
    let level = levels.name(customer.rank).filter(|_| customer.rank != Levels::ROOT);
    let optional = [
        ("hierarchy_level_name", level.map(|level| json!(level.as_str()))),
        ("parent_provided_id", parent(record).map(|id| json!(id))),
        ("mapping", filled(mapping(customer))),
        ("properties", filled(json!(customer.properties))),
        ("group_tags", filled(json!(customer.tags))),
        ("emails", filled(json!(customer.emails))),
        ("is_demo_group", customer.is_demo.then_some(json!(true))),
    ];
    let mut body = Map::new();
    body.insert("provided_id".to_owned(), json!(customer.provided_id));
    body.insert("name".to_owned(), json!(customer.name));
    let given = optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    body.extend(given);
    body
}

pub(super) fn parent(record: &CustomerRecord) -> Option<&ProvidedId> {
    let above = record.path.len().checked_sub(2)?;
    record.path.get(above).map(|parent| &parent.provided_id)
}

fn mapping(customer: &Customer) -> Value {
    let entries = customer.mapping.iter();
    entries.map(|(schema, source)| (schema.to_string(), json!(source.to_string()))).collect()
}

fn filled(value: Value) -> Option<Value> {
    let is_empty = match &value {
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    (!is_empty).then_some(value)
}

pub(super) fn create_curl(record: &CustomerRecord, levels: &Levels, demo: &Demo) -> String {
    let body = Value::Object(create_body(record, levels));
    let body = format!("{body:#}").replace('\'', r"'\''");
    let (url, token) = (&demo.url, demo.api_token.expose());
    format!(
        "curl {url}/api/create_customer/ \\
  -H 'Explo-Authorization: Token {token}' \\
  -H 'Content-Type: application/json' \\
  -d '{body}'"
    )
}

pub(super) fn embed_html(jwt: &str, url: &str) -> String {
    format!(
        "<script src=\"{url}/bundle.js\"></script>
<fanlight-dashboard dash-jwt=\"{jwt}\"></fanlight-dashboard>"
    )
}

#[cfg(test)]
mod tests {
    use model::credential::{ApiToken, CustomerToken, EmbedSecret, KeyId, KeyValue};
    use model::level::Rank;
    use model::name::{CustomerKey, GroupId, SchemaId, SourceId};

    use super::*;

    fn customer(id: &str, name: &str) -> Customer {
        Customer {
            key: CustomerKey(1),
            group: GroupId(1),
            provided_id: id.parse().expect("an id"),
            name: name.parse().expect("a name"),
            rank: Rank(0),
            parent: None,
            properties: Map::new(),
            mapping: [(SchemaId(2), SourceId(7))].into(),
            emails: Vec::new(),
            tags: vec!["major".parse().expect("a tag")],
            is_demo: false,
            created_at_us: 0,
            updated_at_us: 0,
        }
    }

    fn record() -> CustomerRecord {
        let airline = customer("HA", "Hawaiian");
        let station = Customer {
            rank: Rank(1),
            parent: Some(CustomerKey(1)),
            properties: [("station".to_owned(), json!("JFK"))].into_iter().collect(),
            mapping: [].into(),
            tags: Vec::new(),
            is_demo: true,
            ..customer("HA-JFK", "O'Hare's friend")
        };
        let token = CustomerToken::from_random([1; 32]);
        CustomerRecord { path: vec![airline, station], level: "User".to_owned(), token }
    }

    #[test]
    fn the_body_holds_what_the_customer_carries_itself() {
        let levels = Levels::default();
        let body = create_body(&record(), &levels);
        let expected = json!({
            "provided_id": "HA-JFK", "name": "O'Hare's friend", "hierarchy_level_name": "User",
            "parent_provided_id": "HA", "properties": {"station": "JFK"}, "is_demo_group": true,
        });
        assert_eq!(Value::Object(body), expected);
        let mut root = record();
        root.path.pop();
        let expected = json!({
            "provided_id": "HA", "name": "Hawaiian", "mapping": {"2": "7"}, "group_tags": ["major"],
        });
        assert_eq!(Value::Object(create_body(&root, &levels)), expected);
    }

    #[test]
    fn the_curl_survives_the_shell() {
        let demo = Demo {
            api_token: ApiToken::from_random([1; 32]),
            embed_secret: EmbedSecret {
                id: KeyId::from_random([1; 16]),
                value: KeyValue::from_random([1; 32]),
            },
            url: "http://127.0.0.1:8080".to_owned(),
            is_public: false,
        };
        let curl = create_curl(&record(), &Levels::default(), &demo);
        assert!(curl.contains(r#""name": "O'\''Hare'\''s friend""#), "{curl}");
        assert!(curl.starts_with("curl http://127.0.0.1:8080/api/create_customer/ \\\n"), "{curl}");
    }
}
