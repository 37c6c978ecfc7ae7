//! Many customers at once, and lists by cursor.

use std::collections::BTreeSet;

use model::GroupScope;
use model::customer::NewCustomer;
use model::name::ProvidedId;
use serde_json::json;
use store::audit::AuditFilter;
use store::{BatchOptions, ListFilter, ListPosition, Outcome, PutRow, Store, StoreError};
use testkit::{TestStore, customer, customer_below};

use crate::{find, flights, group, name, on_both, operator, told};

on_both!(
    rows_are_made_brought_to_their_state_or_left,
    parents_may_come_later_and_failures_stay_alone,
    an_atomic_batch_writes_all_or_nothing,
    a_dry_run_tells_and_writes_nothing,
    a_batch_is_held_to_the_same_rules_as_single_calls,
    batches_that_overlap_make_each_customer_once,
    a_batch_is_written_down_without_tokens,
    lists_go_on_where_they_stopped,
    what_has_changed_is_listed_in_the_order_of_change,
);

const PLAIN: BatchOptions = BatchOptions { atomic: false, dry_run: false };
const ATOMIC: BatchOptions = BatchOptions { atomic: true, dry_run: false };
const DRY: BatchOptions = BatchOptions { atomic: false, dry_run: true };

/// What became of each row, in words.
async fn put(
    store: &Store,
    scope: &GroupScope,
    rows: impl IntoIterator<Item = NewCustomer>,
    options: BatchOptions,
) -> Vec<String> {
    let rows: Vec<PutRow> = rows.into_iter().map(PutRow::from).collect();
    let outcomes = store.put_customers(scope, rows, options).await.expect("an answer");
    let word = |outcome: Result<Outcome, StoreError>| match outcome {
        Ok(outcome) => format!("{outcome:?}").to_lowercase(),
        Err(fault) => fault.to_string(),
    };
    outcomes.into_iter().map(word).collect()
}

fn tagged(id: &str, tags: &[&str]) -> NewCustomer {
    NewCustomer { tags: tags.iter().map(|tag| name(tag)).collect(), ..customer(id) }
}

async fn rows_are_made_brought_to_their_state_or_left(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let first = put(store, &scope, [customer("A"), customer("B")], PLAIN).await;
    assert_eq!(first, ["created", "created"]);
    let token = find(store, &scope, "A").await.expect("a customer").token;
    let mut changed = customer("A");
    changed.properties.insert("plan".to_owned(), json!("gold"));
    let second = [changed, customer("B"), customer("C")];
    assert_eq!(put(store, &scope, second, PLAIN).await, ["updated", "unchanged", "created"]);
    let record = find(store, &scope, "A").await.expect("a customer");
    assert_eq!(record.customer().properties["plan"], "gold");
    assert_eq!(record.token, token, "the token stays");
    assert_eq!(put(store, &scope, [], PLAIN).await, [""; 0]);
}

async fn parents_may_come_later_and_failures_stay_alone(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let rows = [
        customer_below("child", "parent"),
        tagged("bad tag", &["no such tag"]),
        customer_below("orphan", "nobody"),
        customer_below("below bad", "bad tag"),
        customer("parent"),
        customer("parent"),
    ];
    let outcomes = put(store, &scope, rows, PLAIN).await;
    assert_eq!(outcomes[0], "created");
    assert_eq!(outcomes[1], "group_tags: there is no group tag \"no such tag\"");
    assert_eq!(outcomes[2], "parent_provided_id: there is no customer \"nobody\"");
    assert_eq!(outcomes[3], "parent_provided_id: there is no customer \"bad tag\"");
    assert_eq!(outcomes[4], "created");
    assert_eq!(outcomes[5], "provided_id: is given twice, first in row 4");
    let child = find(store, &scope, "child").await.expect("a customer");
    assert_eq!(child.parent().map(|parent| parent.provided_id.as_str()), Some("parent"));
    assert!(find(store, &scope, "bad tag").await.is_none());
}

async fn an_atomic_batch_writes_all_or_nothing(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let rows = || [customer("A"), customer_below("X", "nobody")];
    let outcomes = put(store, &scope, rows(), ATOMIC).await;
    assert_eq!(outcomes[0], "not written, because another row of the batch failed");
    assert_eq!(outcomes[1], "parent_provided_id: there is no customer \"nobody\"");
    assert!(find(store, &scope, "A").await.is_none());
    assert_eq!(put(store, &scope, [customer("A")], ATOMIC).await, ["created"]);
}

async fn a_dry_run_tells_and_writes_nothing(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let rows = [customer_below("B", "A"), customer("A"), customer_below("X", "nobody")];
    let outcomes = put(store, &scope, rows, DRY).await;
    assert_eq!(outcomes[..2], ["created", "created"]);
    assert_eq!(outcomes[2], "parent_provided_id: there is no customer \"nobody\"");
    assert!(find(store, &scope, "A").await.is_none());
}

async fn a_batch_is_held_to_the_same_rules_as_single_calls(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let testing = group(&test, "Testing").await;
    put(store, &testing, [customer("theirs")], PLAIN).await;
    put(store, &scope, [customer("top"), customer_below("low", "top")], PLAIN).await;
    let lowered = NewCustomer { level: Some("User".to_owned()), ..customer("top") };
    let rows = [
        lowered,
        customer_below("X", "low"),
        customer_below("Y", "theirs"),
        NewCustomer { level: Some("Nothing".to_owned()), ..tagged("Z", &["none"]) },
    ];
    let outcomes = put(store, &scope, rows, PLAIN).await;
    assert!(outcomes[0].contains("a child stands on level \"User\""), "{outcomes:?}");
    assert!(outcomes[1].contains("the parent is on level \"User\""), "{outcomes:?}");
    assert_eq!(outcomes[2], "parent_provided_id: there is no customer \"theirs\"");
    let both = "group_tags: there is no group tag \"none\"; \
                hierarchy_level_name: there is no hierarchy level \"Nothing\"; \
                levels are Customer, User";
    assert_eq!(outcomes[3], both);
    let reader = crate::reader(&test, "Production").await;
    let refused = store.put_customers(&reader, vec![customer("R").into()], PLAIN).await;
    assert_eq!(told(refused), "this API token is read-only");
}

async fn batches_that_overlap_make_each_customer_once(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let another = test.another().await.expect("the same store once more");
    let forward: Vec<NewCustomer> = (0..60).map(|at| customer(&format!("c{at}"))).collect();
    let backward: Vec<NewCustomer> = forward.iter().rev().cloned().collect();
    let (first, second) =
        tokio::join!(put(store, &scope, forward, PLAIN), put(&another, &scope, backward, PLAIN));
    let count = |outcomes: &[String], word| outcomes.iter().filter(|it| *it == word).count();
    assert_eq!(count(&first, "created") + count(&second, "created"), 60);
    assert_eq!(count(&first, "unchanged") + count(&second, "unchanged"), 60);
}

async fn a_batch_is_written_down_without_tokens(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    put(store, &scope, [customer_below("low", "top"), customer("top")], PLAIN).await;
    put(store, &scope, [NewCustomer { name: name("New"), ..customer("top") }], PLAIN).await;
    let filter = AuditFilter { kind: Some("customer".to_owned()), ..AuditFilter::default() };
    let entries = store.audit_entries(&operator(), &filter, None, 10).await.expect("entries");
    let told: Vec<_> =
        entries.iter().map(|entry| (entry.action.as_str(), entry.subject.as_str())).collect();
    assert_eq!(told, [("update", "top"), ("create", "low"), ("create", "top")]);
    let (before, after) = (entries[0].before.as_ref(), entries[0].after.as_ref());
    assert_ne!(before.expect("before")["name"], "New");
    assert_eq!(after.expect("after")["name"], "New");
    assert_eq!(entries[1].after.as_ref().expect("after")["parent_provided_id"], "top");
    assert!(entries[0].actor.starts_with("api_token:"), "{entries:?}");
    let token = find(store, &scope, "top").await.expect("a customer").token;
    assert!(!format!("{entries:?}").contains(token.expose()));
}

/// The ids of the whole list, read in pages of two.
async fn listed(store: &Store, scope: &GroupScope, filter: &ListFilter) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_customers(scope, filter, after, 2).await.expect("a page");
        let Some(last) = page.last() else { return ids };
        after = Some(ListPosition::of(last.customer()));
        ids.extend(page.iter().map(|record| record.customer().provided_id.to_string()));
    }
}

async fn lists_go_on_where_they_stopped(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let tag = store.tags(&scope).await.expect("tags").first().cloned().expect("a tag");
    let with_tag = |id| NewCustomer { tags: BTreeSet::from([tag.clone()]), ..customer(id) };
    let rows = [
        with_tag("a"),
        customer_below("a1", "a"),
        customer("b"),
        customer_below("a2", "a"),
        with_tag("c"),
        customer_below("a3", "a"),
    ];
    put(store, &scope, rows, PLAIN).await;
    let all = listed(store, &scope, &ListFilter::default()).await;
    assert_eq!(all, ["a", "a1", "b", "a2", "c", "a3"]);
    let parent = ListFilter { parent: Some("a".to_owned()), ..ListFilter::default() };
    assert_eq!(listed(store, &scope, &parent).await, ["a1", "a2", "a3"]);
    let level = ListFilter { level: Some("Customer".to_owned()), ..ListFilter::default() };
    assert_eq!(listed(store, &scope, &level).await, ["a", "b", "c"]);
    let tagged = ListFilter { tag: Some(tag.to_string()), ..ListFilter::default() };
    assert_eq!(listed(store, &scope, &tagged).await, ["a", "c"]);
    let none = ListFilter { level: Some("User".to_owned()), ..tagged };
    assert_eq!(listed(store, &scope, &none).await, [""; 0]);
    let testing = group(&test, "Testing").await;
    assert_eq!(listed(store, &testing, &ListFilter::default()).await, [""; 0]);
}

async fn what_has_changed_is_listed_in_the_order_of_change(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    for id in ["a", "b", "c"] {
        put(store, &scope, [customer(id)], PLAIN).await;
    }
    let id: ProvidedId = name("b");
    let before = find(store, &scope, "b").await.expect("a customer").customer().updated_at_us;
    put(store, &scope, [NewCustomer { name: name("New"), ..customer("a") }], PLAIN).await;
    let since = |moment| ListFilter { updated_after_us: Some(moment), ..ListFilter::default() };
    assert_eq!(listed(store, &scope, &since(before)).await, ["c", "a"]);
    assert_eq!(listed(store, &scope, &since(0)).await, [id.as_str(), "c", "a"]);
}
