//! Calls that are sent again.

use std::sync::Arc;

use model::customer::CustomerRecord;
use store::{Ambient, Kept, Recorded, Store, StoreError, Ticket};
use testkit::{ManualClock, TestStore, customer};

use crate::{create, find, group, name, on_both, told};

on_both!(
    the_reply_commits_with_the_effect_and_is_given_again,
    a_key_stands_for_one_call_of_one_caller,
    a_call_that_failed_is_not_kept,
    the_same_call_at_once_is_made_once,
    a_reply_is_kept_for_a_day,
);

fn ticket(key: &str, payload: u8) -> Ticket {
    Ticket {
        credential: "api_token:1".to_owned(),
        route: "POST /v1/rotate".to_owned(),
        key: key.to_owned(),
        payload_hash: [payload; 32],
    }
}

fn show(record: &CustomerRecord) -> Kept {
    Kept { status: 200, body: record.token.expose().as_bytes().to_owned() }
}

/// Replaces the token of UA, once for a ticket.
async fn rotate(
    store: &Store,
    scope: &model::GroupScope,
    ticket: Ticket,
) -> Result<Recorded, StoreError> {
    store.rotate_customer_token(scope, &name("UA")).recorded(ticket, show).await
}

async fn the_reply_commits_with_the_effect_and_is_given_again(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    let first = rotate(store, &scope, ticket("k", 1)).await.expect("made");
    let Recorded::Done(kept) = first else { panic!("{first:?}") };
    let another = test.another().await.expect("the same store once more");
    let again = rotate(&another, &scope, ticket("k", 1)).await.expect("known");
    assert_eq!(again, Recorded::Replayed(kept.clone()));
    let token = find(store, &scope, "UA").await.expect("a customer").token;
    assert_eq!(token.expose().as_bytes(), kept.body, "it was not replaced twice");
}

async fn a_key_stands_for_one_call_of_one_caller(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    rotate(store, &scope, ticket("k", 1)).await.expect("made");
    let other = told(rotate(store, &scope, ticket("k", 2)).await);
    assert_eq!(other, "this idempotency key was used for another call");
    let elsewhere = Ticket { route: "POST /v1/other".to_owned(), ..ticket("k", 2) };
    let theirs = Ticket { credential: "api_token:2".to_owned(), ..ticket("k", 2) };
    for ticket in [elsewhere, theirs] {
        let made = rotate(store, &scope, ticket).await.expect("made");
        assert!(matches!(made, Recorded::Done(_)), "{made:?}");
    }
}

async fn a_call_that_failed_is_not_kept(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    assert_eq!(told(rotate(store, &scope, ticket("k", 1)).await), "there is no such customer");
    create(store, &scope, customer("UA")).await;
    let made = rotate(store, &scope, ticket("k", 2)).await.expect("made");
    assert!(matches!(made, Recorded::Done(_)), "{made:?}");
}

async fn the_same_call_at_once_is_made_once(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let another = test.another().await.expect("the same store once more");
    create(store, &scope, customer("UA")).await;
    let calls = (0..16).map(|at| {
        let store = if at % 2 == 0 { store.clone() } else { another.clone() };
        let scope = scope.clone();
        tokio::spawn(async move { rotate(&store, &scope, ticket("k", 1)).await })
    });
    let mut made = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.expect("no panic") {
            Ok(Recorded::Done(_)) => made += 1,
            Ok(Recorded::Replayed(_)) | Err(StoreError::KeyInUse) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(made, 1);
}

async fn a_reply_is_kept_for_a_day(test: TestStore) {
    let clock = Arc::new(ManualClock::at_us(1_000_000));
    let ambient = Ambient { clock: clock.clone(), ..Ambient::default() };
    let store = Store::open(test.location(), &TestStore::master_key(), ambient).await;
    let store = store.expect("a store");
    let scope = group(&test, "Production").await;
    create(&store, &scope, customer("UA")).await;
    rotate(&store, &scope, ticket("k", 1)).await.expect("made");
    clock.advance_us(24 * 60 * 60 * 1_000_000);
    let within = rotate(&store, &scope, ticket("k", 1)).await.expect("known");
    assert!(matches!(within, Recorded::Replayed(_)), "{within:?}");
    clock.advance_us(1);
    let after = rotate(&store, &scope, ticket("k", 2)).await.expect("made");
    assert!(matches!(after, Recorded::Done(_)), "{after:?}");
}
