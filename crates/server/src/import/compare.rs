//! What stands here already, compared with what shall.

use std::collections::BTreeSet;

use model::Levels;
use model::customer::CustomerRecord;
use model::name::TagName;

use super::plan::Row;

/// What an import has to do about one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// There is no such customer.
    Absent,
    Nothing,
    /// The fields that are not as the source has them.
    Fields(Vec<&'static str>),
}

/// Compares the customer of the row's id with the row.
pub(super) fn compare(found: Option<&CustomerRecord>, row: &Row, levels: &Levels) -> Difference {
    let Some(record) = found else { return Difference::Absent };
    let customer = record.customer();
    let wanted = &row.wanted;
    let root = levels.name(Levels::ROOT).map(|level| level.as_str());
    let parent = record.path.iter().rev().nth(1).map(|parent| &parent.provided_id);
    let tags: BTreeSet<&TagName> = customer.tags.iter().collect();
    let fields = [
        ("name", customer.name != wanted.name),
        ("hierarchy_level_name", Some(record.level.as_str()) != wanted.level.as_deref().or(root)),
        ("parent_provided_id", parent != wanted.parent.as_ref()),
        ("properties", customer.properties != wanted.properties),
        ("mapping", customer.mapping != wanted.mapping),
        ("emails", customer.emails != wanted.emails),
        ("group_tags", tags != wanted.tags.iter().collect()),
        ("is_demo_group", customer.is_demo != wanted.is_demo),
        ("token", record.token != row.token),
    ];
    let differing = fields.into_iter().filter(|(_, differs)| *differs);
    match differing.map(|(name, _)| name).collect::<Vec<_>>() {
        fields if fields.is_empty() => Difference::Nothing,
        fields => Difference::Fields(fields),
    }
}

#[cfg(test)]
mod tests {
    use model::Customer;
    use model::customer::NewCustomer;
    use model::level::Rank;
    use model::name::{CustomerKey, GroupId, ProvidedId};
    use serde_json::json;

    use super::*;

    fn id(text: &str) -> ProvidedId {
        text.parse().expect("an id")
    }

    fn row() -> Row {
        let wanted = NewCustomer {
            provided_id: id("x"),
            name: "X".parse().expect("a name"),
            level: Some("User".to_owned()),
            parent: Some(id("a")),
            properties: json!({"region": "north", "seats": 3}).as_object().expect("one").clone(),
            mapping: Default::default(),
            emails: vec!["ops@x.example".to_owned().try_into().expect("an address")],
            tags: ["pilot", "beta"].map(|tag| tag.parse().expect("a tag")).into(),
            is_demo: false,
        };
        Row { wanted, token: "ab".repeat(32).parse().expect("a token") }
    }

    /// The customer that the row makes.
    fn record() -> CustomerRecord {
        let Row { wanted, token } = row();
        let of = |key: i64, provided_id, rank, parent| Customer {
            key: CustomerKey(key),
            group: GroupId(1),
            provided_id,
            name: wanted.name.clone(),
            rank: Rank(rank),
            parent,
            properties: wanted.properties.clone(),
            mapping: wanted.mapping.clone(),
            emails: wanted.emails.clone(),
            tags: ["pilot", "beta"].map(|tag| tag.parse().expect("a tag")).into(),
            is_demo: false,
            created_at_us: 1,
            updated_at_us: 2,
        };
        let path = vec![of(1, id("a"), 0, None), of(2, id("x"), 1, Some(CustomerKey(1)))];
        CustomerRecord { path, level: "User".to_owned(), token }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Row), expected: &[&'static str]) {
        let mut row = row();
        change(&mut row);
        let found = compare(Some(&record()), &row, &Levels::default());
        let expected = match expected {
            [] => Difference::Nothing,
            fields => Difference::Fields(fields.to_vec()),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn every_field_counts_and_the_order_of_tags_and_keys_does_not() {
        check(|_| {}, &[]);
        check(|row| row.wanted.properties.sort_keys(), &[]);
        check(|row| row.wanted.name = "Y".parse().expect("a name"), &["name"]);
        check(|row| row.wanted.level = None, &["hierarchy_level_name"]);
        check(|row| row.wanted.parent = None, &["parent_provided_id"]);
        check(|row| row.wanted.parent = Some(id("b")), &["parent_provided_id"]);
        check(|row| drop(row.wanted.properties.insert("a".to_owned(), json!(1))), &["properties"]);
        check(
            |row| {
                let (schema, source) = (model::name::SchemaId(1), model::name::SourceId(1));
                row.wanted.mapping.insert(schema, source);
            },
            &["mapping"],
        );
        check(|row| row.wanted.emails.clear(), &["emails"]);
        check(|row| row.wanted.tags.clear(), &["group_tags"]);
        check(|row| row.wanted.is_demo = true, &["is_demo_group"]);
        check(|row| row.token = "cd".repeat(32).parse().expect("a token"), &["token"]);
    }

    #[test]
    fn nobody_is_not_somebody_else() {
        assert_eq!(compare(None, &row(), &Levels::default()), Difference::Absent);
    }
}
