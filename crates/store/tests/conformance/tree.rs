//! The tree: the strict-level rule, also when many change it at once.

use model::customer::{CustomerChange, CustomerRecord, LevelChange, NewCustomer, ParentChange};
use model::declaration::Declaration;
use model::level::{LevelName, Levels};
use model::{GroupScope, OperatorScope};
use store::{CustomerFilter, Page, Store};
use testkit::{TestStore, customer, customer_below};

use crate::{create, find, flights, group, name, on_both, told};

on_both! {
    a_parent_stands_on_a_strictly_higher_level,
    levels_may_be_skipped,
    a_change_of_level_is_checked_against_parent_and_children,
    a_customer_with_children_is_not_deleted,
    a_customer_is_moved_and_detached,
    the_rule_holds_under_concurrent_moves,
    a_parent_is_not_deleted_under_a_child_that_is_being_made,
    a_path_has_up_to_eight_customers,
    levels_do_not_turn_under_a_child_that_is_being_made,
}

async fn a_parent_stands_on_a_strictly_higher_level(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let rule = |parent: &str, child: &str| {
        format!(
            "parent_provided_id: the parent is on level \"{parent}\", which is not above \
             \"{child}\": a parent must stand on a strictly higher level"
        )
    };
    let parent = Some(name("UA"));
    let on_root = NewCustomer { parent, ..customer("X") };
    let outcome = store.get_or_create_customer(&scope, on_root).await;
    assert_eq!(told(outcome), rule("Customer", "Customer"));
    let outcome = store.get_or_create_customer(&scope, customer_below("X", "UA-JFK")).await;
    assert_eq!(told(outcome), rule("User", "User"));
    assert_eq!(find(store, &scope, "X").await, None);
    let own = store.update_customer(&scope, &name("UA"), attach("UA")).await;
    assert_eq!(told(own), "parent_provided_id: a customer cannot be its own parent");
    let cycle = store.update_customer(&scope, &name("UA"), attach("UA-JFK")).await;
    assert_eq!(told(cycle), rule("User", "Customer"));
}

async fn levels_may_be_skipped(test: TestStore) {
    let store = test.store();
    set_levels(store, &["Alliance", "Customer", "User"]).await;
    let scope = group(&test, "Production").await;
    let top = create(store, &scope, customer("star")).await;
    assert_eq!(top.customer().rank, Levels::ROOT);
    create(store, &scope, customer_below("agent", "star")).await;
    let middle = NewCustomer {
        level: Some("Customer".to_owned()),
        parent: Some(name("star")),
        ..customer("UA")
    };
    create(store, &scope, middle).await;
    let deep = create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let path: Vec<&str> = deep.path.iter().map(|customer| customer.provided_id.as_str()).collect();
    assert_eq!(path, ["star", "UA", "UA-JFK"]);
}

async fn a_change_of_level_is_checked_against_parent_and_children(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let down = store.update_customer(&scope, &name("UA"), level("User")).await;
    let fault = "hierarchy_level_name: a child stands on level \"User\", which would not be below \
                 \"User\"";
    assert_eq!(told(down), fault);
    let up = store.update_customer(&scope, &name("UA-JFK"), level("Customer")).await;
    assert!(told(up).starts_with("parent_provided_id: the parent is on level \"Customer\""));
    // Level and parent are one final state.
    let both = CustomerChange { parent: Some(ParentChange::Detach), ..level("Customer") };
    let moved = store.update_customer(&scope, &name("UA-JFK"), both).await.expect("moved");
    assert_eq!((moved.path.len(), moved.customer().rank), (1, Levels::ROOT));
    store.update_customer(&scope, &name("UA"), level("User")).await.expect("no children any more");
}

async fn a_customer_with_children_is_not_deleted(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let parent = create(store, &scope, customer("UA")).await;
    for id in ["a", "b"] {
        create(store, &scope, customer_below(id, "UA")).await;
    }
    let outcome = told(store.delete_customer_by_token(&scope, &parent.token).await);
    assert_eq!(outcome, "the customer has 2 child customers; delete or detach them first");
    for id in ["a", "b"] {
        store.update_customer(&scope, &name(id), detach()).await.expect("detached");
    }
    store.delete_customer_by_token(&scope, &parent.token).await.expect("deleted");
}

async fn a_customer_is_moved_and_detached(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    for id in ["UA", "AA"] {
        create(store, &scope, customer(id)).await;
    }
    create(store, &scope, customer_below("JFK", "UA")).await;
    let moved = store.update_customer(&scope, &name("JFK"), attach("AA")).await.expect("moved");
    assert_eq!(moved.path[0].provided_id, name("AA"));
    let kept = store.update_customer(&scope, &name("JFK"), CustomerChange::default()).await;
    assert_eq!(kept.expect("unchanged").path.len(), 2);
    let unknown = store.update_customer(&scope, &name("JFK"), attach("XX")).await;
    assert_eq!(told(unknown), "parent_provided_id: there is no customer \"XX\"");
    let alone = store.update_customer(&scope, &name("JFK"), detach()).await.expect("detached");
    assert_eq!(alone.path.len(), 1);
}

/// Many callers move few customers about on three levels; whatever succeeds, no pair may break the
/// rule.
async fn the_rule_holds_under_concurrent_moves(test: TestStore) {
    set_levels(test.store(), &["One", "Two", "Three"]).await;
    let scope = group(&test, "Production").await;
    for at in 0..6 {
        create(test.store(), &scope, customer(&at.to_string())).await;
    }
    let another = test.another().await.expect("a second node");
    let movers = (0..8u64).map(|seed| {
        let store = if seed % 2 == 0 { test.store().clone() } else { another.clone() };
        tokio::spawn(move_about(store, scope.clone(), seed))
    });
    for mover in movers.collect::<Vec<_>>() {
        mover.await.expect("no panic");
    }
    let all = test.store().customers(&scope, &CustomerFilter::default(), Page::All).await;
    for record in all.expect("a list").records {
        assert_rising(&record);
    }
}

async fn move_about(store: Store, scope: GroupScope, seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut choose = |count: u64| {
        // xorshift: any scattered sequence will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % count
    };
    for _ in 0..40 {
        let (id, parent) = (choose(6).to_string(), choose(6).to_string());
        let level = ["One", "Two", "Three"][usize::try_from(choose(3)).expect("small")];
        let parent = match choose(4) {
            0 => Some(ParentChange::Detach),
            1 => None,
            _ => Some(ParentChange::Attach(name(&parent))),
        };
        let level = (choose(3) > 0).then(|| level.to_owned());
        let change = CustomerChange {
            level: level.map(LevelChange::Named),
            parent,
            ..CustomerChange::default()
        };
        let outcome = told(store.update_customer(&scope, &name(&id), change).await);
        let expected = ["done", "parent_provided_id:", "hierarchy_level_name:"];
        assert!(expected.iter().any(|start| outcome.starts_with(start)), "{outcome}");
    }
}

#[track_caller]
fn assert_rising(record: &CustomerRecord) {
    let rising = record.path.windows(2).all(|pair| pair[0].rank < pair[1].rank);
    let linked = record.path.windows(2).all(|pair| pair[1].parent == Some(pair[0].key));
    assert!(rising && linked && record.path[0].parent.is_none(), "{:?}", record.path);
}

async fn a_parent_is_not_deleted_under_a_child_that_is_being_made(test: TestStore) {
    let scope = flights(&test).await;
    let another = test.another().await.expect("a second node");
    for round in 0..20 {
        let id = format!("parent {round}");
        let parent = create(test.store(), &scope, customer(&id)).await;
        let child = customer_below(&format!("child {round}"), &id);
        let (made, deleted) = tokio::join!(
            another.get_or_create_customer(&scope, child),
            test.store().delete_customer_by_token(&scope, &parent.token),
        );
        assert_ne!(made.is_ok(), deleted.is_ok(), "exactly one wins");
    }
}

async fn a_path_has_up_to_eight_customers(test: TestStore) {
    let store = test.store();
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    set_levels(store, &names).await;
    let scope = group(&test, "Production").await;
    for (at, level) in names.into_iter().enumerate() {
        let parent = at.checked_sub(1).map(|above| name(&format!("customer {above}")));
        let level = Some(level.to_owned());
        create(store, &scope, NewCustomer { level, parent, ..customer(&format!("customer {at}")) })
            .await;
    }
    let deepest = find(store, &scope, "customer 7").await.expect("the customer");
    let path: Vec<&str> = deepest.path.iter().map(|found| found.provided_id.as_str()).collect();
    let expected: Vec<String> = (0..8).map(|at| format!("customer {at}")).collect();
    assert_eq!(path, expected);
    let filter = CustomerFilter { level: Some("H".to_owned()), ..CustomerFilter::default() };
    let listed = store.customers(&scope, &filter, Page::All).await.expect("a list");
    assert_eq!(listed.records, [deepest]);
}

async fn levels_do_not_turn_under_a_child_that_is_being_made(test: TestStore) {
    let scope = group(&test, "Production").await;
    let another = test.another().await.expect("a second node");
    create(test.store(), &scope, customer("UA")).await;
    let turned = levels(&["User", "Customer"]);
    let operator = OperatorScope::of_command_line();
    let (made, applied) = tokio::join!(
        another.get_or_create_customer(&scope, customer_below("UA-JFK", "UA")),
        test.store().apply(&operator, &turned),
    );
    assert_ne!(made.is_ok(), applied.is_ok(), "exactly one wins");
    for id in ["UA", "UA-JFK"] {
        find(test.store(), &scope, id).await.iter().for_each(assert_rising);
    }
}

fn attach(parent: &str) -> CustomerChange {
    let parent = Some(ParentChange::Attach(name(parent)));
    CustomerChange { parent, ..CustomerChange::default() }
}

fn detach() -> CustomerChange {
    CustomerChange { parent: Some(ParentChange::Detach), ..CustomerChange::default() }
}

fn level(name: &str) -> CustomerChange {
    CustomerChange { level: Some(LevelChange::Named(name.to_owned())), ..CustomerChange::default() }
}

async fn set_levels(store: &Store, names: &[&str]) {
    store.apply(&OperatorScope::of_command_line(), &levels(names)).await.expect("levels");
}

fn levels(names: &[&str]) -> Declaration {
    let names = names.iter().map(|name| LevelName::try_from((*name).to_owned()));
    let names = names.collect::<Result<_, _>>().expect("level names");
    let levels = Some(Levels::new(names).expect("levels"));
    Declaration { levels, ..Declaration::default() }
}
