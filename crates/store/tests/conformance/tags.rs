//! Group tags.

use std::collections::BTreeSet;

use model::customer::NewCustomer;
use testkit::{TestStore, customer};

use crate::{create, find, group, name, on_both, told};

on_both! {
    names_are_unique_on_the_server_and_list_in_creation_order,
    a_renamed_tag_stays_on_its_customers,
    a_deleted_tag_leaves_its_customers,
    a_tag_that_is_deleted_meanwhile_is_unknown,
}

async fn names_are_unique_on_the_server_and_list_in_creation_order(test: TestStore) {
    let store = test.store();
    let (production, testing) = (group(&test, "Production").await, group(&test, "Testing").await);
    for tag in ["sales", "Pilot", "pilot"] {
        store.create_tag(&production, &name(tag)).await.expect("a tag");
    }
    let twin = store.create_tag(&testing, &name("sales")).await;
    assert_eq!(told(twin), "this group tag is taken");
    let tags = store.tags(&testing).await.expect("tags");
    assert_eq!(tags, [name("sales"), name("Pilot"), name("pilot")]);
}

async fn a_renamed_tag_stays_on_its_customers(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    for tag in ["pilot", "sales"] {
        store.create_tag(&scope, &name(tag)).await.expect("a tag");
    }
    let tags = BTreeSet::from([name("pilot")]);
    create(store, &scope, NewCustomer { tags, ..customer("UA") }).await;
    let rename =
        async |from: &str, to: &str| told(store.rename_tag(&scope, &name(from), &name(to)).await);
    assert_eq!(rename("pilot", "early bird").await, "done");
    assert_eq!(rename("early bird", "early bird").await, "done");
    assert_eq!(rename("early bird", "sales").await, "this group tag is taken");
    assert_eq!(rename("pilot", "other").await, "there is no such group tag");
    let found = find(store, &scope, "UA").await.expect("the customer");
    assert_eq!(found.customer().tags, [name("early bird")]);
    assert_eq!(store.tags(&scope).await.expect("tags"), [name("early bird"), name("sales")]);
}

async fn a_deleted_tag_leaves_its_customers(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    for tag in ["pilot", "sales"] {
        store.create_tag(&scope, &name(tag)).await.expect("a tag");
    }
    let tags = BTreeSet::from([name("pilot"), name("sales")]);
    create(store, &scope, NewCustomer { tags, ..customer("UA") }).await;
    store.delete_tag(&scope, &name("pilot")).await.expect("deleted");
    let found = find(store, &scope, "UA").await.expect("the customer");
    assert_eq!(found.customer().tags, [name("sales")]);
    let again = store.delete_tag(&scope, &name("pilot")).await;
    assert_eq!(told(again), "there is no such group tag");
}

async fn a_tag_that_is_deleted_meanwhile_is_unknown(test: TestStore) {
    let scope = group(&test, "Production").await;
    let another = test.another().await.expect("a second node");
    for round in 0..20 {
        test.store().create_tag(&scope, &name("pilot")).await.expect("a tag");
        let id = format!("customer {round}");
        let tags = BTreeSet::from([name("pilot")]);
        let pilot = name("pilot");
        let (made, deleted) = tokio::join!(
            another.get_or_create_customer(&scope, NewCustomer { tags, ..customer(&id) }),
            test.store().delete_tag(&scope, &pilot),
        );
        deleted.expect("deleted");
        let outcome = told(made);
        assert!(["done", "group_tags: there is no group tag \"pilot\""].contains(&&*outcome));
        if let Some(found) = find(test.store(), &scope, &id).await {
            assert!(found.customer().tags.is_empty());
        }
    }
}
