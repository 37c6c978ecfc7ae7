//! Groups, credentials and definitions as records: made, rotated, renamed and deleted.

use std::sync::Arc;

use model::credential::Access;
use model::customer::{Mapping, NewCustomer};
use model::declaration::Change;
use model::name::SourceName;
use store::{After, Ambient, NewApiToken, Store, StoreError, SystemEntropy, Viewing};
use testkit::{ManualClock, TestStore, customer};

use crate::{create, flights, group, name, on_both, operator, told};

on_both! {
    a_group_is_renamed_and_deleted_only_when_empty,
    an_api_token_is_listed_rotated_and_revoked_by_its_id,
    credentials_are_listed_page_by_page,
    what_is_declared_is_amended_by_the_rules_of_apply,
    an_environment_is_renamed_and_deleted_when_it_shows_nothing,
    a_data_source_and_its_schema_go_when_nothing_needs_them,
    a_dashboard_shows_any_of_its_versions_and_goes_with_all,
}

async fn a_group_is_renamed_and_deleted_only_when_empty(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    create(store, &scope, customer("UA")).await;
    let delete = async |group: &str| told(store.delete_group(&operator(), &name(group)).await);
    let expected = "the group is in use by 1 customer, 3 data sources, 1 API token; move or delete \
                    them first";
    assert_eq!(delete("Production").await, expected);
    store.create_group(&operator(), &name("Staging")).await.expect("a group");
    let rename = async |from: &str, to: &str| {
        told(store.rename_group(&operator(), &name(from), &name(to)).await)
    };
    assert_eq!(rename("Staging", "Production").await, "this group name is taken");
    assert_eq!(rename("Staging", "Preview").await, "done");
    assert_eq!(rename("Staging", "Preview").await, "there is no such group");
    assert_eq!(delete("Preview").await, "done");
    let definitions = store.definitions().await.expect("definitions");
    assert!(definitions.groups.iter().all(|group| group.name != name("Preview")));
}

async fn an_api_token_is_listed_rotated_and_revoked_by_its_id(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    store.create_group(&operator, &name("Production")).await.expect("a group");
    let new = NewApiToken {
        name: Some(name("back end")),
        group: name("Production"),
        access: Access::ReadOnly,
    };
    let (record, first) = store.issue_api_token(&operator, new).await.expect("a token");
    let listed = store.api_tokens(&operator, None, None, 10).await.expect("a list");
    assert_eq!(listed, std::slice::from_ref(&record));
    let (same, second) = store.rotate_api_token(&operator, &record.id).await.expect("rotated");
    assert_eq!(same, record);
    assert_eq!(store.group_scope(&first).await.expect("an answer"), None);
    let scope = store.group_scope(&second).await.expect("an answer").expect("a scope");
    assert_eq!(scope.caller().actor.to_string(), format!("api_token:{}", record.id));
    store.revoke_api_token(&operator, &record.id).await.expect("revoked");
    assert_eq!(store.group_scope(&second).await.expect("an answer"), None);
    let again = store.rotate_api_token(&operator, &record.id).await;
    assert_eq!(told(again), "there is no such API token");
}

async fn credentials_are_listed_page_by_page(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    for group in ["Production", "Testing"] {
        store.create_group(&operator, &name(group)).await.expect("a group");
        for _ in 0..3 {
            let made = store.create_api_token(&operator, &name(group), Access::ReadOnly).await;
            made.expect("a token");
            store.create_embed_secret(&operator, &name(group)).await.expect("a secret");
        }
    }
    let all = store.api_tokens(&operator, None, None, 10).await.expect("a list");
    let after = After { created_at_us: all[3].created_at_us, id: all[3].id.to_string() };
    let rest = store.api_tokens(&operator, None, Some(&after), 10).await.expect("a list");
    assert_eq!((all.len(), rest.as_slice()), (6, &all[4..]));
    let testing = name("Testing");
    let of_testing = store.api_tokens(&operator, Some(&testing), None, 10).await.expect("a list");
    assert_eq!(of_testing, all[3..]);
    let secrets = store.embed_secrets(&operator, Some(&testing), None, 2).await.expect("a list");
    let after = After { created_at_us: secrets[1].created_at_us, id: secrets[1].id.to_string() };
    let rest = store.embed_secrets(&operator, Some(&testing), Some(&after), 2).await;
    assert_eq!((secrets.len(), rest.expect("a list").len()), (2, 1));
}

async fn what_is_declared_is_amended_by_the_rules_of_apply(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let operator = operator();
    let hawaiian: SourceName = name("hawaiian");
    let source = async || {
        let definitions = store.definitions().await.expect("definitions");
        let found = definitions.sources.iter().find(|found| found.name == name("hawaiian"));
        Arc::clone(found.expect("the source"))
    };
    let before = source().await;
    let mapping = Mapping::from([(before.schema, before.id)]);
    create(store, &scope, NewCustomer { mapping, ..customer("HA") }).await;
    let changes = store.amend(&operator, |wanted| {
        wanted.sources.get_mut("hawaiian").expect("the source").isolated = false;
        Ok(())
    });
    let changes = changes.await.expect("amended").changes;
    assert!(matches!(&changes[..], [Change::UpdateSource { name, .. }] if *name == hawaiian));
    let after = source().await;
    assert_eq!((after.isolated, after.revision), (false, before.revision + 1));
    let moved = store.amend(&operator, |wanted| {
        wanted.sources.get_mut("hawaiian").expect("the source").group = name("Testing");
        Ok(())
    });
    assert!(told(moved.await).contains("1 customers are mapped to it"));
    let taken = store.amend(&operator, |_| Err(StoreError::Taken("data source name")));
    assert_eq!(told(taken.await), "this data source name is taken");
}

async fn an_environment_is_renamed_and_deleted_when_it_shows_nothing(test: TestStore) {
    let (store, _) = (test.store(), flights(&test).await);
    let operator = operator();
    let delete = async |environment: &str| {
        told(store.delete_environment(&operator, &name(environment)).await)
    };
    let expected = "the environment is in use by 1 dashboard; move or delete them first";
    assert_eq!(delete("production").await, expected);
    store.rename_environment(&operator, &name("production"), &name("live")).await.expect("renamed");
    let definitions = store.definitions().await.expect("definitions");
    assert_eq!(definitions.environments, [name("live")]);
    assert_eq!(
        definitions.dashboards[0].published[&name::<model::name::EnvironmentName>("live")],
        1
    );
    let unpublished = store.show_dashboard(&operator, &name("on-time"), &name("live"), None).await;
    unpublished.expect("unpublished");
    assert_eq!(delete("live").await, "done");
    assert_eq!(delete("live").await, "there is no such environment");
}

async fn a_data_source_and_its_schema_go_when_nothing_needs_them(test: TestStore) {
    let (store, _) = (test.store(), flights(&test).await);
    let source =
        async |source: &str| told(store.delete_data_source(&operator(), &name(source)).await);
    let schema = async |schema: &str| told(store.delete_schema(&operator(), &name(schema)).await);
    let expected = "the data source is in use by 1 schema; move or delete them first";
    assert_eq!(source("all-airlines").await, expected);
    let expected = "the data source is in use by 1 group default; move or delete them first";
    assert_eq!(source("test-flights").await, expected);
    let expected = "the schema is in use by 3 data sources, 1 dashboard; move or delete them first";
    assert_eq!(schema("flights").await, expected);
    let expected = "the schema is in use by 1 data source; move or delete them first";
    assert_eq!(schema("fleet").await, expected);
    assert_eq!(source("planes").await, "done");
    assert_eq!(source("planes").await, "there is no such data source");
    assert_eq!(schema("fleet").await, "done");
    assert_eq!(schema("fleet").await, "there is no such schema");
}

async fn a_dashboard_shows_any_of_its_versions_and_goes_with_all(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    let operator = operator();
    let mut wanted = testkit::flights();
    let dashboard = wanted.dashboards.get_mut("on-time").expect("the dashboard");
    dashboard.definition.title = Some("On time".to_owned());
    store.apply(&operator, &wanted).await.expect("applied");
    let versions = store.dashboard_versions(&operator, &name("on-time"), None, 10).await;
    let numbers: Vec<i64> = versions.expect("versions").iter().map(|it| it.version).collect();
    assert_eq!(numbers, [2, 1]);
    let older = store.dashboard_versions(&operator, &name("on-time"), Some(2), 10).await;
    assert_eq!(older.expect("versions")[0].definition.title, None);
    let show = async |version| {
        told(store.show_dashboard(&operator, &name("on-time"), &name("production"), version).await)
    };
    assert_eq!(show(Some(3)).await, "version: the dashboard has no such version");
    assert_eq!(show(Some(1)).await, "done");
    let definitions = store.definitions().await.expect("definitions");
    let production = name("production");
    let shown = definitions.dashboards[0].shown(Some(&production)).expect("shown");
    assert_eq!(shown.version, 1);
    let token = create(store, &scope, customer("UA")).await.token;
    store.delete_dashboard(&operator, &name("on-time")).await.expect("deleted");
    let viewing = store.viewer_by_token(&token, &shown.embed_id).await.expect("an answer");
    assert_eq!(viewing, Viewing::NoDashboard);
}

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_opens_until_its_overlap_ends() {
    for on_postgres in [false, true] {
        let clock = Arc::new(ManualClock::at_us(1_000_000));
        let ambient = Ambient { clock: Arc::clone(&clock) as _, entropy: Arc::new(SystemEntropy) };
        let test = match on_postgres {
            false => TestStore::sqlite_with(ambient).await,
            true => TestStore::postgres_with(ambient).await,
        };
        rotates_with_overlap(&test.expect("a store"), &clock).await;
    }
}

async fn rotates_with_overlap(test: &TestStore, clock: &ManualClock) {
    let (store, scope) = (test.store(), group(test, "Production").await);
    let managed = store.managed_embed_secret(&scope).await.expect("a secret");
    let opens =
        async |store: &Store, id| store.embed_secret(id).await.expect("an answer").is_some();
    let rotated = store.rotate_embed_secret(&operator(), &managed.id, MINUTE).await;
    let rotated = rotated.expect("rotated");
    assert_eq!(rotated.replaced.retires_at_us, Some(1_000_000 + MINUTE));
    assert_eq!(store.managed_embed_secret(&scope).await.expect("a secret"), rotated.secret);
    let for_new = store.embed_secret_of(&scope, &managed.id).await.expect("an answer");
    assert_eq!(for_new, None, "a secret that retires makes no tokens");
    assert!(opens(store, &managed.id).await && opens(store, &rotated.secret.id).await);
    let again = store.rotate_embed_secret(&operator(), &managed.id, MINUTE).await;
    assert!(matches!(again, Err(StoreError::RotatedBefore)));
    clock.advance_us(MINUTE - 1);
    assert!(opens(store, &managed.id).await);
    clock.advance_us(1);
    assert!(!opens(store, &managed.id).await);
    let at_once = store.rotate_embed_secret(&operator(), &rotated.secret.id, 0).await;
    assert!(at_once.expect("rotated").record.managed);
    assert!(!opens(store, &rotated.secret.id).await);
    let listed = store.embed_secrets(&operator(), None, None, 10).await.expect("a list");
    assert_eq!(listed.iter().filter(|secret| secret.managed).count(), 1);
}
