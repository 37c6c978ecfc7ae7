//! What the store promises, on SQLite and on PostgreSQL.

mod audit;
mod batch;
mod credentials;
mod customers;
mod definitions;
mod health;
mod import;
mod management;
mod mapping;
mod recorded;
mod secrets;
mod tags;
mod tree;
mod upkeep;
mod usage;

use std::str::FromStr;

use model::credential::Access;
use model::customer::{CustomerRecord, NewCustomer};
use model::{GroupScope, OperatorScope};
use store::{Store, StoreError};
use testkit::TestStore;

/// Runs each test, an `async fn(TestStore)`, on an empty store of either kind.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(testkit::TestStore::sqlite().await.expect("a store")).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(testkit::TestStore::postgres().await.expect("a store")).await;
            })*
        }
    };
}
use on_both;

fn name<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

fn operator() -> OperatorScope {
    OperatorScope::of_command_line()
}

/// A store with the sample workspace applied, and the scope of group Production.
async fn flights(test: &TestStore) -> GroupScope {
    test.store().apply(&operator(), &testkit::flights()).await.expect("the workspace applies");
    group(test, "Production").await
}

async fn group(test: &TestStore, name: &str) -> GroupScope {
    test.group(name).await.expect("a group")
}

async fn reader(test: &TestStore, name: &str) -> GroupScope {
    test.group_with(name, Access::ReadOnly).await.expect("a group")
}

async fn create(store: &Store, scope: &GroupScope, new: NewCustomer) -> CustomerRecord {
    let (record, is_new) = store.get_or_create_customer(scope, new).await.expect("a customer");
    assert!(is_new);
    record
}

async fn find(store: &Store, scope: &GroupScope, id: &str) -> Option<CustomerRecord> {
    store.customer(scope, &name(id)).await.expect("an answer")
}

/// The message of the fault, without one: "done".
fn told<T>(outcome: Result<T, StoreError>) -> String {
    outcome.map_or_else(|fault| fault.to_string(), |_| "done".to_owned())
}
