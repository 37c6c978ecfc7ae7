//! Customers: get or create, read, change, delete, list.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::customer::{CustomerChange, NewCustomer};
use serde_json::json;
use store::{Ambient, CustomerFilter, Page, Store, StoreError};
use testkit::{ManualClock, TestStore, customer, customer_below};

use crate::{create, find, flights, group, name, on_both, reader, told};

on_both! {
    a_customer_is_made_once_and_then_returned_untouched,
    what_is_unknown_is_rejected_and_nothing_is_written,
    simultaneous_creates_of_one_id_make_one_customer,
    ids_are_unique_in_a_group_and_case_sensitive,
    every_field_comes_back_as_it_was_sent,
    properties_keep_the_order_of_their_keys,
    only_supplied_fields_change,
    a_renamed_customer_keeps_its_token_and_children,
    a_rejected_change_changes_nothing,
    a_read_only_scope_reads_and_never_writes,
    a_refreshed_token_replaces_the_old_one,
    a_deleted_customer_is_gone_with_its_token,
    lists_are_in_creation_order_and_page_stably,
    many_customers_are_made_together_or_not_at_all,
    another_groups_customer_is_absent,
    one_of_two_renames_to_one_id_wins,
    the_time_is_the_clocks,
}

async fn a_customer_is_made_once_and_then_returned_untouched(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let first = create(store, &scope, customer("UA")).await;
    let other = NewCustomer {
        name: name("Another name"),
        level: Some("No such level".to_owned()),
        parent: Some(name("nobody")),
        tags: BTreeSet::from([name("no such tag")]),
        ..customer("UA")
    };
    let (second, is_new) = store.get_or_create_customer(&scope, other).await.expect("the customer");
    assert!(!is_new);
    assert_eq!(second, first);
}

async fn what_is_unknown_is_rejected_and_nothing_is_written(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let cases = [
        (
            NewCustomer { level: Some("user".to_owned()), ..customer("X") },
            "hierarchy_level_name: there is no hierarchy level \"user\"; levels are Customer, User",
        ),
        (customer_below("X", "nobody"), "parent_provided_id: there is no customer \"nobody\""),
        (
            NewCustomer { tags: BTreeSet::from([name("pilot"), name("vip")]), ..customer("X") },
            "group_tags: there is no group tag \"vip\"",
        ),
    ];
    for (new, expected) in cases {
        assert_eq!(told(store.get_or_create_customer(&scope, new).await), expected);
        assert_eq!(find(store, &scope, "X").await, None);
    }
}

async fn simultaneous_creates_of_one_id_make_one_customer(test: TestStore) {
    let scope = group(&test, "Production").await;
    let another = test.another().await.expect("a second node");
    let calls = (0..32).map(|at| {
        let store = if at % 2 == 0 { test.store().clone() } else { another.clone() };
        let (scope, name) = (scope.clone(), name(&format!("name {at}")));
        tokio::spawn(async move {
            let new = NewCustomer { name, ..customer("UA") };
            store.get_or_create_customer(&scope, new).await.expect("a customer")
        })
    });
    let mut made = 0;
    let mut tokens = BTreeSet::new();
    for call in calls.collect::<Vec<_>>() {
        let (record, is_new) = call.await.expect("no panic");
        made += u32::from(is_new);
        tokens.insert(record.token.expose().to_owned());
    }
    assert_eq!((made, tokens.len()), (1, 1));
    let all = test.store().customers(&scope, &CustomerFilter::default(), Page::All).await;
    assert_eq!(all.expect("a list").total, 1);
}

async fn ids_are_unique_in_a_group_and_case_sensitive(test: TestStore) {
    let store = test.store();
    let (production, testing) = (group(&test, "Production").await, group(&test, "Testing").await);
    let upper = create(store, &production, customer("UA")).await;
    let lower = create(store, &production, customer("ua")).await;
    let other = create(store, &testing, customer("UA")).await;
    assert_ne!(upper.token, lower.token);
    assert_ne!(upper.token, other.token);
    assert_eq!(find(store, &testing, "ua").await, None);
}

async fn every_field_comes_back_as_it_was_sent(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    create(store, &scope, customer("UA")).await;
    let new = NewCustomer {
        name: name("東京 支店 'quoted\" \\ 🛩"),
        properties: json!({"a": {"b": [1, 2.5, null, "\u{0}"]}}).as_object().cloned().expect("map"),
        emails: vec!["ana@example.com".to_owned().try_into().expect("an address")],
        tags: BTreeSet::from([name("sales"), name("pilot")]),
        is_demo: true,
        ..customer_below("UA-JFK", "UA")
    };
    let made = create(store, &scope, new.clone()).await;
    let found = find(store, &scope, "UA-JFK").await.expect("the customer");
    assert_eq!(found, made);
    let own = found.customer();
    assert_eq!(
        (&own.name, &own.properties, &own.emails),
        (&new.name, &new.properties, &new.emails)
    );
    assert!(own.is_demo);
    // In the order in which the tags were made.
    assert_eq!(own.tags, [name("pilot"), name("sales")]);
    assert_eq!(found.path[0].provided_id, name("UA"));
    assert_eq!(own.parent, Some(found.path[0].key));
    let by_token = store.customer_by_token(&scope, &made.token).await.expect("an answer");
    assert_eq!(by_token, Some(made));
}

async fn properties_keep_the_order_of_their_keys(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let text = r#"{"zebra":1,"apple":{"y":2,"x":3},"mango":[]}"#;
    let properties = serde_json::from_str(text).expect("an object");
    create(store, &scope, NewCustomer { properties, ..customer("UA") }).await;
    let found = find(store, &scope, "UA").await.expect("the customer");
    assert_eq!(serde_json::to_string(&found.customer().properties).expect("JSON"), text);
}

async fn only_supplied_fields_change(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let new = NewCustomer {
        is_demo: true,
        tags: BTreeSet::from([name("pilot")]),
        properties: json!({"plan": "gold"}).as_object().cloned().expect("an object"),
        ..customer("UA")
    };
    let before = create(store, &scope, new).await;
    let change = CustomerChange { name: Some(name("United")), ..CustomerChange::default() };
    let after = store.update_customer(&scope, &name("UA"), change).await.expect("the customer");
    let (was, is) = (before.customer(), after.customer());
    assert_eq!(is.name, name("United"));
    assert_eq!((&is.tags, &is.properties, is.is_demo), (&was.tags, &was.properties, true));
    assert_eq!((&after.token, is.created_at_us), (&before.token, was.created_at_us));
    let change = CustomerChange { tags: Some(BTreeSet::new()), ..CustomerChange::default() };
    let after = store.update_customer(&scope, &name("UA"), change).await.expect("the customer");
    assert!(after.customer().tags.is_empty());
    assert_eq!(after.customer().name, name("United"));
}

async fn a_renamed_customer_keeps_its_token_and_children(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let before = create(store, &scope, customer("UA")).await;
    create(store, &scope, customer_below("UA-JFK", "UA")).await;
    create(store, &scope, customer("AA")).await;
    let to = |id| CustomerChange { provided_id: Some(name(id)), ..CustomerChange::default() };
    let taken = store.update_customer(&scope, &name("UA"), to("AA")).await;
    assert!(matches!(taken, Err(StoreError::Taken(_))));
    let after = store.update_customer(&scope, &name("UA"), to("United")).await.expect("renamed");
    assert_eq!(after.token, before.token);
    assert_eq!(find(store, &scope, "UA").await, None);
    let child = find(store, &scope, "UA-JFK").await.expect("the child");
    assert_eq!(child.path[0].provided_id, name("United"));
}

async fn a_rejected_change_changes_nothing(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let before = create(store, &scope, customer("UA")).await;
    let change = CustomerChange {
        name: Some(name("United")),
        tags: Some(BTreeSet::from([name("no such tag")])),
        ..CustomerChange::default()
    };
    let rejected = told(store.update_customer(&scope, &name("UA"), change).await);
    assert_eq!(rejected, "group_tags: there is no group tag \"no such tag\"");
    assert_eq!(find(store, &scope, "UA").await, Some(before));
    let unknown = store.update_customer(&scope, &name("XX"), CustomerChange::default()).await;
    assert_eq!(told(unknown), "there is no such customer");
}

async fn a_read_only_scope_reads_and_never_writes(test: TestStore) {
    let (store, writer) = (test.store(), flights(&test).await);
    let reader = reader(&test, "Production").await;
    let made = create(store, &writer, customer("UA")).await;
    let pulled = store.get_or_create_customer(&reader, customer("UA")).await.expect("a pull");
    assert_eq!(pulled, (made.clone(), false));
    let no_change = CustomerChange::default();
    let refusals = [
        told(store.get_or_create_customer(&reader, customer("AA")).await),
        told(store.create_customers(&reader, Vec::new()).await),
        told(store.update_customer(&reader, &name("UA"), no_change).await),
        told(store.refresh_customer_token(&reader, &made.token).await),
        told(store.delete_customer_by_token(&reader, &made.token).await),
        told(store.create_tag(&reader, &name("new")).await),
        told(store.rename_tag(&reader, &name("pilot"), &name("new")).await),
        told(store.delete_tag(&reader, &name("pilot")).await),
    ];
    for refusal in refusals {
        assert_eq!(refusal, "this API token is read-only");
    }
    assert_eq!(find(store, &reader, "UA").await, Some(made));
    assert_eq!(find(store, &reader, "AA").await, None);
}

async fn a_refreshed_token_replaces_the_old_one(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let old = create(store, &scope, customer("UA")).await;
    let new = store.refresh_customer_token(&scope, &old.token).await.expect("a token");
    assert_ne!(new.token, old.token);
    assert_eq!(new.customer().key, old.customer().key);
    assert_eq!(store.customer_by_token(&scope, &old.token).await.expect("an answer"), None);
    let again = store.refresh_customer_token(&scope, &old.token).await;
    assert_eq!(told(again), "there is no such customer");
    assert_eq!(find(store, &scope, "UA").await, Some(new));
}

async fn a_deleted_customer_is_gone_with_its_token(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let tags = BTreeSet::from([name("pilot")]);
    let first = create(store, &scope, NewCustomer { tags, ..customer("UA") }).await;
    store.delete_customer_by_token(&scope, &first.token).await.expect("deleted");
    assert_eq!(find(store, &scope, "UA").await, None);
    assert_eq!(
        told(store.delete_customer_by_token(&scope, &first.token).await),
        "there is no such customer"
    );
    // A customer of the same id is another customer: its key is new, and so is its token.
    let second = create(store, &scope, customer("UA")).await;
    assert_ne!(second.customer().key, first.customer().key);
    assert_ne!(second.token, first.token);
    assert!(second.customer().tags.is_empty());
}

async fn lists_are_in_creation_order_and_page_stably(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let other = group(&test, "Testing").await;
    for id in ["b", "a", "C"] {
        create(store, &scope, customer(id)).await;
        create(store, &other, customer(id)).await;
        for station in ["2", "1"] {
            create(store, &scope, customer_below(&format!("{id}-{station}"), id)).await;
        }
    }
    let list = async |parent: Option<&str>, level: Option<&str>, page: Page| {
        let (parent, level) = (parent.map(str::to_owned), level.map(str::to_owned));
        let filter = CustomerFilter { parent, level };
        let found = store.customers(&scope, &filter, page).await.expect("a list");
        let ids = found.records.iter().map(|record| record.customer().provided_id.to_string());
        (ids.collect::<Vec<_>>().join(" "), found.total)
    };
    let slice = |offset, limit| Page::Slice { offset, limit };
    let all = "b b-2 b-1 a a-2 a-1 C C-2 C-1";
    let cases = [
        (None, None, Page::All, all, 9),
        (None, None, slice(0, 4), "b b-2 b-1 a", 9),
        (None, None, slice(4, 4), "a-2 a-1 C C-2", 9),
        (None, None, slice(9, 4), "", 9),
        (None, None, slice(u64::MAX, u64::MAX), "", 9),
        (Some("a"), None, Page::All, "a-2 a-1", 2),
        (Some("a"), None, slice(1, 4), "a-1", 2),
        (Some("nobody"), None, slice(0, 4), "", 0),
        (None, Some("Customer"), slice(1, 1), "a", 3),
        (None, Some("customer"), slice(0, 9), "", 0),
        (Some("C"), Some("User"), slice(0, 9), "C-2 C-1", 2),
        (Some("C"), Some("Customer"), slice(0, 9), "", 0),
    ];
    for (parent, level, page, ids, total) in cases {
        assert_eq!(
            list(parent, level, page).await,
            (ids.to_owned(), total),
            "{parent:?} {level:?}"
        );
    }
    let page = store.customers(&scope, &CustomerFilter::default(), slice(1, 1)).await;
    let listed = page.expect("a page").records.remove(0);
    assert_eq!(Some(listed), find(store, &scope, "b-2").await, "a listed customer has its path");
}

async fn many_customers_are_made_together_or_not_at_all(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let wanted = vec![customer("UA"), customer_below("UA-JFK", "UA")];
    let made = store.create_customers(&scope, wanted.clone()).await.expect("two customers");
    assert!(made.iter().all(|(_, is_new)| *is_new));
    let again = store.create_customers(&scope, wanted).await.expect("the same two");
    assert!(again.iter().all(|(_, is_new)| !is_new));
    let broken = vec![customer("AA"), customer_below("AA-JFK", "nobody")];
    let rejected = told(store.create_customers(&scope, broken).await);
    assert_eq!(rejected, "parent_provided_id: there is no customer \"nobody\"");
    assert_eq!(find(store, &scope, "AA").await, None);
}

async fn another_groups_customer_is_absent(test: TestStore) {
    let store = test.store();
    let (production, testing) = (group(&test, "Production").await, group(&test, "Testing").await);
    let made = create(store, &production, customer("UA")).await;
    let absent = "there is no such customer";
    let change = CustomerChange::default();
    assert_eq!(find(store, &testing, "UA").await, None);
    assert_eq!(store.customer_by_token(&testing, &made.token).await.expect("an answer"), None);
    assert_eq!(told(store.update_customer(&testing, &name("UA"), change).await), absent);
    assert_eq!(told(store.delete_customer_by_token(&testing, &made.token).await), absent);
    assert_eq!(told(store.refresh_customer_token(&testing, &made.token).await), absent);
    let below = store.get_or_create_customer(&testing, customer_below("UA-JFK", "UA")).await;
    assert_eq!(told(below), "parent_provided_id: there is no customer \"UA\"");
    assert_eq!(find(store, &production, "UA").await, Some(made));
}

async fn one_of_two_renames_to_one_id_wins(test: TestStore) {
    let scope = group(&test, "Production").await;
    let another = test.another().await.expect("a second node");
    for id in ["a", "b"] {
        create(test.store(), &scope, customer(id)).await;
    }
    let to_c = || CustomerChange { provided_id: Some(name("c")), ..CustomerChange::default() };
    let (a, b) = (name("a"), name("b"));
    let (first, second) = tokio::join!(
        test.store().update_customer(&scope, &a, to_c()),
        another.update_customer(&scope, &b, to_c()),
    );
    let outcomes = [told(first), told(second)];
    assert!(outcomes.contains(&"done".to_owned()), "{outcomes:?}");
    assert!(outcomes.contains(&"this provided_id is taken".to_owned()), "{outcomes:?}");
}

async fn the_time_is_the_clocks(test: TestStore) {
    let clock = Arc::new(ManualClock::at_us(1_000));
    let ambient = Ambient { clock: clock.clone(), ..Ambient::default() };
    let store = Store::open(test.location(), &TestStore::master_key(), ambient).await;
    let store = store.expect("a store");
    let scope = group(&test, "Production").await;
    create(&store, &scope, customer("UA")).await;
    clock.advance_us(50);
    let rename = CustomerChange { name: Some(name("United")), ..CustomerChange::default() };
    let changed = store.update_customer(&scope, &name("UA"), rename.clone()).await;
    let changed = changed.expect("the customer");
    let times = (changed.customer().created_at_us, changed.customer().updated_at_us);
    assert_eq!(times, (1_000, 1_050));
    clock.advance_us(50);
    let again = store.update_customer(&scope, &name("UA"), rename).await.expect("the customer");
    assert_eq!(again.customer().updated_at_us, 1_050, "nothing has changed");
}
