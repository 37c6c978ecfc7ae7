//! A customer's mapping: which data source stands in for a schema.

use model::customer::{CustomerChange, Mapping, MappingChange, NewCustomer};
use model::name::{SchemaId, SourceId};
use store::Store;
use testkit::{TestStore, customer};

use crate::{create, find, flights, group, name, on_both, told};

on_both! {
    an_entry_names_a_source_of_the_schema_and_of_the_group,
    a_mapping_is_replaced_whole,
}

async fn ids(store: &Store, schema: &str, source: &str) -> (SchemaId, SourceId) {
    let definitions = store.definitions().await.expect("definitions");
    let schema = definitions.schema_named(&name(schema)).expect("the schema").id;
    let found = definitions.sources.iter().find(|found| found.name == name(source));
    (schema, found.expect("the source").id)
}

async fn an_entry_names_a_source_of_the_schema_and_of_the_group(test: TestStore) {
    let (store, production) = (test.store(), flights(&test).await);
    let testing = group(&test, "Testing").await;
    let (flights, hawaiian) = ids(store, "flights", "hawaiian").await;
    let (fleet, planes) = ids(store, "fleet", "planes").await;
    let cases = [
        (SchemaId(999), hawaiian, "mapping: there is no schema 999".to_owned()),
        (flights, SourceId(999), "mapping: there is no data source 999 in this group".to_owned()),
        (
            flights,
            planes,
            format!("mapping: data source {planes} does not belong to schema {flights}"),
        ),
    ];
    for (schema, source, expected) in cases {
        let mapping = Mapping::from([(schema, source)]);
        let new = NewCustomer { mapping, ..customer("HA") };
        assert_eq!(told(store.get_or_create_customer(&production, new).await), expected);
        assert_eq!(find(store, &production, "HA").await, None);
    }
    let mapping = Mapping::from([(flights, hawaiian), (fleet, planes)]);
    let new = NewCustomer { mapping: mapping.clone(), ..customer("HA") };
    let only_hawaiian = Mapping::from([(flights, hawaiian)]);
    let other = NewCustomer { mapping: only_hawaiian, ..new.clone() };
    let other = store.get_or_create_customer(&testing, other).await;
    let expected = format!("mapping: there is no data source {hawaiian} in this group");
    assert_eq!(told(other), expected);
    create(store, &production, new).await;
    let found = find(store, &production, "HA").await.expect("the customer");
    assert_eq!(found.customer().mapping, mapping);
}

async fn a_mapping_is_replaced_whole(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let first = Mapping::from([ids(store, "flights", "hawaiian").await]);
    let second = Mapping::from([ids(store, "fleet", "planes").await]);
    create(store, &scope, NewCustomer { mapping: first, ..customer("HA") }).await;
    for mapping in [second, Mapping::new()] {
        let change = CustomerChange {
            mapping: Some(MappingChange::Replace(mapping.clone())),
            ..CustomerChange::default()
        };
        store.update_customer(&scope, &name("HA"), change).await.expect("changed");
        let found = find(store, &scope, "HA").await.expect("the customer");
        assert_eq!(found.customer().mapping, mapping);
    }
}
