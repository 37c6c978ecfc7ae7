//! Definitions: applied, cached, and flushed when anybody changes them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::customer::{Mapping, NewCustomer};
use model::declaration::{Declaration, plan};
use model::level::{LevelName, Levels};
use model::name::GroupName;
use store::{PurgeTarget, Store, StoreError, Viewing};
use testkit::{TestStore, customer, customer_below};

use crate::{create, find, flights, group, name, on_both, operator, told};

on_both! {
    applying_twice_changes_nothing,
    a_new_version_is_what_viewers_see_next,
    what_another_node_applies_is_seen_here,
    unchanged_definitions_are_read_once,
    a_change_of_levels_keeps_customers_on_theirs,
    a_change_of_levels_that_breaks_a_pair_is_refused,
    a_source_keeps_its_number_and_grows_its_revision,
    a_lost_connection_to_the_database_is_made_again,
    a_purge_is_a_new_number_on_every_node,
}

async fn applying_twice_changes_nothing(test: TestStore) {
    let (store, wanted) = (test.store(), testkit::flights());
    let first = store.apply(&operator(), &wanted).await.expect("applied");
    assert!(!first.is_empty());
    let generation = store.definitions().await.expect("definitions").generation;
    let second = store.apply(&operator(), &wanted).await.expect("applied");
    assert!(second.is_empty(), "{second}");
    assert_eq!(store.definitions().await.expect("definitions").generation, generation);
    let present = store.present(&operator()).await.expect("what stands");
    assert_eq!(plan(&present, &wanted).expect("a plan"), second);
    let definitions = store.definitions().await.expect("definitions");
    let flights = definitions.schema_named(&name("flights")).expect("the schema");
    let default = flights.default_source.expect("a default");
    assert_eq!(definitions.source(default).expect("a source").name, name("all-airlines"));
    assert_eq!(flights.group_defaults.len(), 1);
}

async fn a_new_version_is_what_viewers_see_next(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let token = create(store, &scope, customer("UA")).await.token;
    let embed_id = store.dashboards(&scope).await.expect("dashboards")[0].1.clone();
    let mut wanted = testkit::flights();
    let dashboard = wanted.dashboards.get_mut("on-time").expect("the dashboard");
    dashboard.definition.title = Some("On time".to_owned());
    dashboard.environments.clear();
    store.apply(&operator(), &wanted).await.expect("applied");
    let viewing = store.viewer_by_token(&token, &embed_id).await.expect("an answer");
    let Viewing::Granted { scope: viewer, definitions } = viewing else {
        panic!("the embed id stays: {viewing:?}")
    };
    let shown = |environment: Option<&str>| {
        let environment = environment.map(name);
        let shown = definitions.shown_to(&viewer, environment.as_ref()).expect("a dashboard");
        (shown.version, shown.definition.title.clone())
    };
    assert_eq!(shown(None), (2, Some("On time".to_owned())));
    assert_eq!(shown(Some("production")), (1, None));
}

async fn a_purge_is_a_new_number_on_every_node(test: TestStore) {
    let (store, _) = (test.store(), flights(&test).await);
    let another = test.another().await.expect("a second node");
    let number = async |source: &str| {
        let seen = another.definitions().await.expect("definitions");
        let source = seen.sources.iter().find(|found| found.name == name(source)).expect("it");
        seen.purges.number(source.id, seen.dashboards[0].key)
    };
    let purge = async |target| {
        store.purge_cache(&operator(), target).await.expect("purged");
        let wanted = store.definitions().await.expect("definitions").generation;
        let deadline = Instant::now() + Duration::from_secs(10);
        while another.definitions().await.expect("definitions").generation < wanted {
            assert!(Instant::now() < deadline, "the other node never hears of it");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        [number("all-airlines").await, number("planes").await]
    };
    let first = [number("all-airlines").await, number("planes").await];
    let second = purge(PurgeTarget::Source(name("planes"))).await;
    assert!(second[0] == first[0] && second[1] > first[1]);
    let third = purge(PurgeTarget::Dashboard(name("on-time"))).await;
    assert!(third[0] > second[0] && third[1] > second[1]);
    let fourth = purge(PurgeTarget::Everything).await;
    assert!(fourth[0] > third[0] && fourth[1] > third[1]);
    let unknown = PurgeTarget::Source(name("nothing"));
    assert_eq!(told(store.purge_cache(&operator(), unknown).await), "there is no such data source");
}

async fn what_another_node_applies_is_seen_here(test: TestStore) {
    let store = test.store();
    assert!(store.definitions().await.expect("definitions").dashboards.is_empty());
    let another = test.another().await.expect("a second node");
    another.apply(&operator(), &testkit::flights()).await.expect("applied");
    assert_eq!(another.definitions().await.expect("definitions").dashboards.len(), 1);
    eventually(store, |groups| groups.len() == 2).await;
}

/// PostgreSQL tells its nodes within moments, not at once.
async fn eventually(store: &Store, holds: impl Fn(&[GroupName]) -> bool) {
    let started = Instant::now();
    loop {
        let definitions = store.definitions().await.expect("definitions");
        let groups: Vec<_> = definitions.groups.iter().map(|group| group.name.clone()).collect();
        if holds(&groups) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "never seen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn unchanged_definitions_are_read_once(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let first = store.definitions().await.expect("definitions");
    // A customer is no definition.
    create(store, &scope, customer("UA")).await;
    let second = store.definitions().await.expect("definitions");
    assert!(Arc::ptr_eq(&first, &second));
}

fn levels(names: &[&str]) -> Declaration {
    let names = names.iter().map(|name| LevelName::try_from((*name).to_owned()));
    let names = names.collect::<Result<_, _>>().expect("level names");
    let levels = Some(Levels::new(names).expect("levels"));
    Declaration { levels, ..Declaration::default() }
}

async fn a_change_of_levels_keeps_customers_on_theirs(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let wanted = levels(&["Alliance", "Customer", "Team", "User"]);
    store.apply(&operator(), &wanted).await.expect("applied");
    let found = find(store, &scope, "UA-JFK").await.expect("the customer");
    let definitions = store.definitions().await.expect("definitions");
    let names = found.path.iter().map(|customer| definitions.levels.name(customer.rank));
    let names: Vec<_> = names.flatten().map(LevelName::as_str).collect();
    assert_eq!(names, ["Customer", "User"]);
    let root = create(store, &scope, customer("star")).await;
    assert_eq!(root.customer().rank, Levels::ROOT);
}

async fn a_change_of_levels_that_breaks_a_pair_is_refused(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    create(store, &scope, customer("UA")).await;
    create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let before = store.definitions().await.expect("definitions");
    for wanted in [levels(&["User", "Customer"]), levels(&["Customer", "Station"])] {
        let refused = store.apply(&operator(), &wanted).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{}", told(refused));
    }
    assert_eq!(store.definitions().await.expect("definitions").levels, before.levels);
}

async fn a_source_keeps_its_number_and_grows_its_revision(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let source = async || {
        let definitions = store.definitions().await.expect("definitions");
        let found = definitions.sources.iter().find(|found| found.name == name("hawaiian"));
        Arc::clone(found.expect("the source"))
    };
    let before = source().await;
    let mapping = Mapping::from([(before.schema, before.id)]);
    create(store, &scope, NewCustomer { mapping, ..customer("HA") }).await;
    let mut wanted = testkit::flights();
    wanted.sources.get_mut("hawaiian").expect("the source").isolated = false;
    store.apply(&operator(), &wanted).await.expect("applied");
    let after = source().await;
    assert_eq!((after.id, after.isolated), (before.id, false));
    assert_eq!(after.revision, before.revision + 1);
    wanted.sources.get_mut("hawaiian").expect("the source").group = name("Testing");
    let refused = store.apply(&operator(), &wanted).await;
    assert!(told(refused).contains("1 customers are mapped to it"));
}

async fn a_lost_connection_to_the_database_is_made_again(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    store.definitions().await.expect("definitions");
    if let Some(cluster) = test.cluster() {
        cluster.cut_connections().expect("cut");
    }
    let another = test.another().await.expect("a second node");
    another.create_group(&operator(), &name("Later")).await.expect("a group");
    eventually(store, |groups| groups.contains(&name("Later"))).await;
    create(store, &scope, customer("UA")).await;
}
