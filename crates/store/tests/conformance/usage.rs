//! Customers counted, and the most that may be paid.

use std::sync::Arc;

use model::customer::{CustomerChange, NewCustomer};
use store::{Ambient, Clock, CustomerCount, Store, StoreError};
use testkit::{ManualClock, TestStore, customer};

use crate::{create, group, name, on_both, operator};

on_both! {
    each_group_has_its_own_count,
    counts_for_metrics_are_at_most_five_seconds_old,
    of_many_at_once_no_more_are_made_than_may_be,
    a_demo_customer_becomes_paid_only_where_there_is_room,
}

fn count(group: &str, paid: u64, demo: u64) -> CustomerCount {
    CustomerCount { group: name(group), paid, demo }
}

async fn each_group_has_its_own_count(test: TestStore) {
    let (store, production) = (test.store(), group(&test, "Production").await);
    let testing = group(&test, "Testing").await;
    create(store, &production, customer("UA")).await;
    create(store, &production, NewCustomer { is_demo: true, ..customer("F9") }).await;
    let usage = store.usage(&operator()).await.expect("counts");
    assert_eq!(usage, [count("Production", 1, 1), count("Testing", 0, 0)]);
    let of_production = store.usage_of_group(&production).await.expect("a count");
    assert_eq!(of_production, count("Production", 1, 1));
    let of_testing = store.usage_of_group(&testing).await.expect("a count");
    assert_eq!(of_testing, count("Testing", 0, 0));
}

async fn counts_for_metrics_are_at_most_five_seconds_old(test: TestStore) {
    let clock = Arc::new(ManualClock::at_us(1_900_000_000_000_000));
    let ambient = Ambient { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..Ambient::default() };
    let store = Store::open(test.location(), &TestStore::master_key(), ambient).await;
    let (store, scope) = (&store.expect("a store"), group(&test, "Production").await);
    let paid = async || store.customer_counts(&operator()).await.expect("counts")[0].paid;
    assert_eq!(paid().await, 0);
    create(store, &scope, customer("UA")).await;
    assert_eq!(paid().await, 0);
    clock.advance_us(5_000_000);
    assert_eq!(paid().await, 1);
}

async fn of_many_at_once_no_more_are_made_than_may_be(test: TestStore) {
    let (store, scope) = (test.store().clone(), group(&test, "Production").await);
    store.limit_paid_customers(5);
    let scope = Arc::new(scope);
    let creates = (0..20).map(|at| {
        let (store, scope) = (store.clone(), Arc::clone(&scope));
        tokio::spawn(async move {
            let new = customer(&format!("C{at}"));
            store.get_or_create_customer(&scope, new).await
        })
    });
    let mut made = 0;
    for create in creates.collect::<Vec<_>>() {
        match create.await.expect("no panic") {
            Ok((_, new)) => made += u32::from(new),
            Err(StoreError::TooManyCustomers { most }) => assert_eq!(most, 5),
            Err(other) => panic!("{other}"),
        }
    }
    let usage = store.usage_of_group(&scope).await.expect("a count");
    assert_eq!((made, usage.paid), (5, 5));
}

async fn a_demo_customer_becomes_paid_only_where_there_is_room(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    create(store, &scope, NewCustomer { is_demo: true, ..customer("F9") }).await;
    store.limit_paid_customers(1);
    let turn = async |id: &str, is_demo: bool| {
        let change = CustomerChange { is_demo: Some(is_demo), ..CustomerChange::default() };
        store.update_customer(&scope, &name(id), change).await.map(drop)
    };
    let full = turn("F9", false).await;
    assert!(matches!(full, Err(StoreError::TooManyCustomers { most: 1 })), "{full:?}");
    turn("UA", true).await.expect("a demo customer");
    turn("F9", false).await.expect("a paid customer");
}
