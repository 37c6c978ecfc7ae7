//! Customers of another server, with their tokens.

use model::credential::CustomerToken;
use model::customer::NewCustomer;
use store::{AuditFilter, ImportRow, Outcome, Store, StoreError};
use testkit::{TestStore, customer, customer_below};

use crate::{create, find, flights, group, name, on_both, operator};

on_both! {
    customers_come_with_their_tokens,
    the_same_import_again_changes_nothing,
    a_customer_that_is_there_gets_the_given_token,
    a_token_of_another_customer_fails_its_row_alone,
    of_two_rows_with_one_token_the_first_has_it,
    an_unknown_group_takes_nobody,
}

fn token(digit: u8) -> CustomerToken {
    CustomerToken::from_random([digit; 32])
}

fn row(wanted: NewCustomer, digit: u8) -> ImportRow {
    ImportRow { wanted, token: token(digit) }
}

/// What became of each row, in words.
async fn import(store: &Store, rows: &[ImportRow]) -> Vec<String> {
    let outcomes = store.import_customers(&operator(), &name("Production"), rows.to_vec()).await;
    let told = |outcome: Result<Outcome, StoreError>| match outcome {
        Ok(outcome) => format!("{outcome:?}"),
        Err(fault) => fault.to_string(),
    };
    outcomes.expect("an answer").into_iter().map(told).collect()
}

async fn customers_come_with_their_tokens(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let rows = [row(customer("UA"), 1), row(customer_below("UA-JFK", "UA"), 2)];
    assert_eq!(import(store, &rows).await, ["Created", "Created"]);
    for ImportRow { wanted, token } in &rows {
        let found = store.customer_by_token(&scope, token).await.expect("an answer");
        let found = found.expect("a customer");
        assert_eq!(found.customer().provided_id, wanted.provided_id);
        assert_eq!(found.token, *token);
    }
    let logged = store.audit_entries(&operator(), &AuditFilter::default(), None, 10).await;
    let logged = logged.expect("entries");
    let of_import = logged.iter().filter(|entry| entry.kind == "customer");
    let actors: Vec<&str> = of_import.map(|entry| entry.actor.as_str()).collect();
    assert_eq!(actors, ["command_line", "command_line"]);
    assert!(!format!("{logged:?}").contains(token(1).expose()), "the log holds no token");
}

async fn the_same_import_again_changes_nothing(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let rows = [row(customer("UA"), 1), row(customer_below("UA-JFK", "UA"), 2)];
    import(store, &rows).await;
    let before = find(store, &scope, "UA-JFK").await;
    assert_eq!(import(store, &rows).await, ["Unchanged", "Unchanged"]);
    assert_eq!(find(store, &scope, "UA-JFK").await, before);
}

async fn a_customer_that_is_there_gets_the_given_token(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let drawn = create(store, &scope, customer("UA")).await.token;
    assert_eq!(import(store, &[row(customer("UA"), 1)]).await, ["Updated"]);
    assert_eq!(find(store, &scope, "UA").await.expect("the customer").token, token(1));
    let old = store.customer_by_token(&scope, &drawn).await.expect("an answer");
    assert_eq!(old, None);
    let filter = AuditFilter { action: Some("rotate".to_owned()), ..AuditFilter::default() };
    let logged = store.audit_entries(&operator(), &filter, None, 10).await.expect("entries");
    assert_eq!(logged.len(), 1);
}

async fn a_token_of_another_customer_fails_its_row_alone(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let testing = group(&test, "Testing").await;
    let elsewhere = create(store, &testing, customer("F9")).await.token;
    let here = create(store, &scope, customer("HA")).await.token;
    let rows = [
        ImportRow { wanted: customer("A"), token: elsewhere },
        ImportRow { wanted: customer("B"), token: here },
        row(customer("C"), 3),
        row(customer_below("D", "B"), 4),
    ];
    let taken = "token: another customer of this server has it";
    let orphan = "parent_provided_id: there is no customer \"B\"";
    assert_eq!(import(store, &rows).await, [taken, taken, "Created", orphan]);
    assert_eq!(find(store, &scope, "A").await, None);
    assert_eq!(find(store, &scope, "C").await.expect("the customer").token, token(3));
}

async fn of_two_rows_with_one_token_the_first_has_it(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let told = import(store, &[row(customer("UA"), 1), row(customer("DL"), 1)]).await;
    assert_eq!(told, ["Created", "token: another customer of this server has it"]);
    assert_eq!(find(store, &scope, "DL").await, None);
}

async fn an_unknown_group_takes_nobody(test: TestStore) {
    flights(&test).await;
    let rows = vec![row(customer("UA"), 1)];
    let refused = test.store().import_customers(&operator(), &name("Staging"), rows).await;
    assert_eq!(refused.expect_err("no group").to_string(), "there is no such group");
}
