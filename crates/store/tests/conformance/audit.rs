//! The audit log: an entry for every change, in the transaction that makes it, and no secret in it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use model::credential::{Access, AdminKey};
use store::{Ambient, AuditEntry, AuditFilter, Store, SystemEntropy};
use testkit::{ManualClock, TestStore, customer};

use crate::{create, flights, group, name, on_both, operator, told};

on_both! {
    every_change_leaves_an_entry_and_none_holds_a_secret,
    an_entry_tells_who_and_from_where,
    applying_leaves_an_entry_for_each_change,
    what_failed_leaves_no_entry,
    entries_are_found_by_what_they_tell,
}

async fn entries(store: &Store, filter: &AuditFilter) -> Vec<AuditEntry> {
    let found = store.audit_entries(&operator(), filter, None, 1000).await;
    let mut found = found.expect("entries");
    found.reverse();
    found
}

/// `action kind subject` of each entry, the oldest first.
async fn told_entries(store: &Store) -> Vec<String> {
    let told = |entry: &AuditEntry| format!("{} {} {}", entry.action, entry.kind, entry.subject);
    entries(store, &AuditFilter::default()).await.iter().map(told).collect()
}

async fn every_change_leaves_an_entry_and_none_holds_a_secret(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    let (production, staging) = (name("Production"), name("Staging"));
    store.create_group(&operator, &staging).await.expect("a group");
    store.rename_group(&operator, &staging, &production).await.expect("renamed");
    let admin = AdminKey::from_random([0x5a; 32]);
    store.set_admin_key(&operator, &admin).await.expect("set");
    let made = store.create_api_token(&operator, &production, Access::ReadWrite).await;
    let first = made.expect("a token");
    let scope = store.group_scope(&first).await.expect("an answer").expect("a scope");
    let listed = store.api_tokens(&operator, None, None, 1).await.expect("a list");
    let token = &listed[0].id;
    let (_, second) = store.rotate_api_token(&operator, token).await.expect("rotated");
    store.create_tag(&scope, &name("pilot")).await.expect("a tag");
    store.rename_tag(&scope, &name("pilot"), &name("early")).await.expect("renamed");
    store.delete_tag(&scope, &name("early")).await.expect("deleted");
    let secret = store.create_embed_secret(&operator, &production).await.expect("a secret");
    let rotated = store.rotate_embed_secret(&operator, &secret.id, 1).await.expect("rotated");
    store.delete_embed_secret(&operator, &secret.id).await.expect("deleted");
    let managed = store.managed_embed_secret(&scope).await.expect("a secret");
    let made = create(store, &scope, customer("UA")).await;
    let refreshed = store.refresh_customer_token(&scope, &made.token).await.expect("a token");
    store.revoke_api_token(&operator, token).await.expect("revoked");
    let admin_id = entries(store, &AuditFilter::default()).await[2].subject.clone();
    let expected = [
        "create group Staging".to_owned(),
        "update group Staging".to_owned(),
        format!("create admin_key {admin_id}"),
        format!("create api_token {token}"),
        format!("rotate api_token {token}"),
        "create group_tag pilot".to_owned(),
        "update group_tag pilot".to_owned(),
        "delete group_tag early".to_owned(),
        format!("create embed_secret {}", secret.id),
        format!("rotate embed_secret {}", secret.id),
        format!("create embed_secret {}", rotated.secret.id),
        format!("delete embed_secret {}", secret.id),
        format!("create embed_secret {}", managed.id),
        "create customer UA".to_owned(),
        "rotate customer UA".to_owned(),
        format!("delete api_token {token}"),
    ];
    assert_eq!(told_entries(store).await, expected);
    let log = format!("{:?}", entries(store, &AuditFilter::default()).await);
    let secrets = [
        admin.expose(),
        first.expose(),
        second.expose(),
        secret.value.expose(),
        rotated.secret.value.expose(),
        managed.value.expose(),
        made.token.expose(),
        refreshed.token.expose(),
    ];
    let raw = test.raw().expect("the database");
    for secret in secrets {
        assert!(!log.contains(secret));
        assert!(!raw.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

async fn an_entry_tells_who_and_from_where(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    let seen = scope.clone().seen_from(address, "request 1".to_owned());
    store.create_tag(&seen, &name("pilot")).await.expect("a tag");
    let entry = entries(store, &AuditFilter::default()).await.pop().expect("an entry");
    assert_eq!(entry.actor, scope.caller().actor.to_string());
    assert_eq!(entry.address.as_deref(), Some("192.0.2.7"));
    assert_eq!(entry.request_id.as_deref(), Some("request 1"));
    assert_eq!(entry.after, Some(serde_json::json!({"name": "pilot"})));
}

async fn applying_leaves_an_entry_for_each_change(test: TestStore) {
    let store = test.store();
    flights(&test).await;
    let told = told_entries(store).await;
    for expected in [
        "create environment production",
        "create data_source hawaiian",
        "update schema flights",
        "create dashboard on-time",
        "publish dashboard on-time",
    ] {
        assert!(told.iter().any(|entry| entry == expected), "{expected} in {told:#?}");
    }
    let before = told.len();
    store.apply(&operator(), &testkit::flights()).await.expect("applies");
    assert_eq!(told_entries(store).await.len(), before, "nothing changed");
    let mut wanted = testkit::flights();
    wanted.sources.get_mut("hawaiian").expect("the source").isolated = false;
    store.apply(&operator(), &wanted).await.expect("applies");
    let entry = entries(store, &AuditFilter::default()).await.pop().expect("an entry");
    let isolated =
        |state: &Option<serde_json::Value>| state.as_ref().expect("a state")["isolated"].clone();
    assert_eq!((isolated(&entry.before), isolated(&entry.after)), (true.into(), false.into()));
}

async fn what_failed_leaves_no_entry(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    store.create_tag(&scope, &name("pilot")).await.expect("a tag");
    let before = told_entries(store).await;
    assert_eq!(told(store.create_tag(&scope, &name("pilot")).await), "this group tag is taken");
    store.rename_tag(&scope, &name("pilot"), &name("pilot")).await.expect("as it was");
    let used = store.delete_group(&operator(), &name("Production")).await;
    assert!(told(used).contains("1 API token"));
    assert_eq!(told_entries(store).await, before);
}

async fn entries_are_found_by_what_they_tell(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    for tag in ["pilot", "sales"] {
        store.create_tag(&scope, &name(tag)).await.expect("a tag");
    }
    store.delete_tag(&scope, &name("pilot")).await.expect("deleted");
    let find = async |filter: AuditFilter| entries(store, &filter).await.len();
    let text = |text: &str| Some(text.to_owned());
    let none = AuditFilter::default();
    assert_eq!(find(AuditFilter { kind: text("group_tag"), ..none.clone() }).await, 3);
    assert_eq!(find(AuditFilter { subject: text("pilot"), ..none.clone() }).await, 2);
    let deleted = AuditFilter { action: text("delete"), subject: text("pilot"), ..none.clone() };
    assert_eq!(find(deleted).await, 1);
    let actor = Some(scope.caller().actor.to_string());
    assert_eq!(find(AuditFilter { actor, ..none.clone() }).await, 3);
    assert_eq!(find(AuditFilter { group: text("Production"), ..none.clone() }).await, 2);
    assert_eq!(find(AuditFilter { until_us: Some(0), ..none }).await, 0);
}

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn old_entries_are_forgotten() {
    let clock = Arc::new(ManualClock::at_us(0));
    let ambient = Ambient { clock: Arc::clone(&clock) as _, entropy: Arc::new(SystemEntropy) };
    let test = TestStore::sqlite_with(ambient).await.expect("a store");
    let store = test.store();
    for group in ["a", "b", "c"] {
        store.create_group(&operator(), &name(group)).await.expect("a group");
        clock.advance_us(MINUTE);
    }
    assert_eq!(store.prune_audit_log(&operator(), 2 * MINUTE).await.expect("pruned"), 2);
    assert_eq!(told_entries(store).await, ["create group c"]);
    assert_eq!(store.prune_audit_log(&operator(), 2 * MINUTE).await.expect("pruned"), 0);
}
