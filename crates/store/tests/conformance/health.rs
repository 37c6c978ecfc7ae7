//! What the store tells of itself.

use std::time::{Duration, Instant};

use testkit::{TestStore, customer};

use crate::{create, flights, on_both, told};

on_both! {
    a_sound_store_answers_and_takes_changes,
    what_the_store_does_is_counted,
}

async fn a_sound_store_answers_and_takes_changes(test: TestStore) {
    let store = test.store();
    let version = store.schema_version().await.expect("an answer");
    assert_eq!(version.found, version.known);
    assert!(version.known >= 1);
    for _ in 0..2 {
        store.try_writing().await.expect("a write");
    }
    match test.cluster() {
        None => assert_eq!(store.hears_changes(), None),
        Some(_) => wait_until(|| store.hears_changes() == Some(true)).await,
    }
}

async fn what_the_store_does_is_counted(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let activity = store.activity();
    let (done, commits) = (activity.changes_done.value(), activity.commits.value());
    let refusals = activity.changes_refused.value();
    create(store, &scope, customer("UA")).await;
    let again = store.get_or_create_customer(&scope, customer("UA")).await;
    assert!(!again.expect("a customer").1, "it is there, and nothing is written");
    assert_eq!(activity.changes_done.value() - done, 1);
    assert_eq!(activity.commits.value() - commits, 1);
    assert_eq!(activity.commit_duration.snapshot().count(), activity.commits.value());
    assert_eq!(activity.changes_per_commit.snapshot().count(), activity.commits.value());
    assert!(activity.change_wait.snapshot().count() >= activity.changes_done.value());
    assert_eq!(activity.changes_waiting.value(), 0);
    let orphan = testkit::customer_below("UA-JFK", "nobody");
    let refused = told(store.get_or_create_customer(&scope, orphan).await);
    assert!(refused.contains("parent_provided_id"), "{refused}");
    assert_eq!(activity.changes_refused.value() - refusals, 1);
    assert_eq!(activity.changes_failed.value(), 0);
    assert_eq!(activity.statements_failed.value(), 0);
    let loads = activity.definitions_loads.value();
    let generation = store.definitions().await.expect("definitions").generation;
    assert_eq!(store.definitions_generation(), Some(generation));
    store.definitions().await.expect("definitions");
    assert!(activity.definitions_loads.value() <= loads + 1);
    assert_eq!(store.pool_use().is_some(), test.cluster().is_some());
}

async fn wait_until(holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < patience, "it never came to hold");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
