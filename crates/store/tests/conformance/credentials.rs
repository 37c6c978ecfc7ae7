//! Credentials and the scopes they give.

use model::credential::{Access, AdminKey, ApiToken, CustomerToken, EmbedSecret, KeyId};
use model::name::EmbedId;
use store::{StoreError, Viewing};
use testkit::{TestStore, customer, customer_below};

use crate::{create, flights, group, name, on_both, operator, reader, told};

on_both! {
    an_api_token_opens_its_group_until_it_is_revoked,
    the_last_admin_key_is_the_one_in_force,
    an_embed_secret_belongs_to_one_group,
    the_managed_secret_is_made_once,
    a_viewer_is_a_customer_with_a_dashboard,
}

async fn an_api_token_opens_its_group_until_it_is_revoked(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    let unknown = store.create_api_token(&operator, &name("Nowhere"), Access::ReadOnly).await;
    assert_eq!(told(unknown), "there is no such group");
    store.create_group(&operator, &name("Production")).await.expect("a group");
    let twin = store.create_group(&operator, &name("Production")).await;
    assert!(matches!(twin, Err(StoreError::Taken(_))));
    for access in [Access::ReadOnly, Access::ReadWrite] {
        let token = store.create_api_token(&operator, &name("Production"), access).await;
        let token = token.expect("a token");
        let scope = store.group_scope(&token).await.expect("an answer").expect("a scope");
        assert_eq!((scope.access(), scope.group_name()), (access, &name("Production")));
        // Revoked on another node, it is dead on this one at once.
        let another = test.another().await.expect("a second node");
        another.delete_api_token(&operator, &token).await.expect("revoked");
        assert_eq!(store.group_scope(&token).await.expect("an answer"), None);
        let again = store.delete_api_token(&operator, &token).await;
        assert_eq!(told(again), "there is no such API token");
    }
    let never = ApiToken::from_random([1; 32]);
    assert_eq!(store.group_scope(&never).await.expect("an answer"), None);
}

async fn the_last_admin_key_is_the_one_in_force(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    let [first, second] = [AdminKey::from_random([1; 32]), AdminKey::from_random([2; 32])];
    assert_eq!(store.operator_scope(&first).await.expect("an answer"), None);
    assert!(!store.has_admin_key(&operator).await.expect("an answer"));
    store.set_admin_key(&operator, &first).await.expect("set");
    assert!(store.has_admin_key(&operator).await.expect("an answer"));
    assert!(store.operator_scope(&first).await.expect("an answer").is_some());
    store.set_admin_key(&operator, &second).await.expect("set");
    assert!(store.operator_scope(&second).await.expect("an answer").is_some());
    assert_eq!(store.operator_scope(&first).await.expect("an answer"), None);
}

async fn an_embed_secret_belongs_to_one_group(test: TestStore) {
    let (store, operator) = (test.store(), operator());
    let (production, testing) = (group(&test, "Production").await, group(&test, "Testing").await);
    let made = store.create_embed_secret(&operator, &name("Production")).await.expect("a secret");
    let found = store.embed_secret(&made.id).await.expect("an answer").expect("the secret");
    assert_eq!(found, made);
    let of = async |scope| store.embed_secret_of(scope, &made.id).await.expect("an answer");
    assert_eq!(of(&production).await, Some(made.clone()));
    assert_eq!(of(&testing).await, None);
    store.delete_embed_secret(&operator, &made.id).await.expect("revoked");
    assert!(store.embed_secret(&made.id).await.expect("an answer").is_none());
    let again = store.delete_embed_secret(&operator, &made.id).await;
    assert_eq!(told(again), "there is no such embed secret");
    let never = KeyId::from_random([1; 16]);
    assert!(store.embed_secret(&never).await.expect("an answer").is_none());
}

async fn the_managed_secret_is_made_once(test: TestStore) {
    let store = test.store();
    let (production, testing) = (group(&test, "Production").await, group(&test, "Testing").await);
    let reader = reader(&test, "Production").await;
    let too_early = store.managed_embed_secret(&reader).await;
    assert_eq!(told(too_early), "this API token is read-only");
    let another = test.another().await.expect("a second node");
    let (first, second) = tokio::join!(
        store.managed_embed_secret(&production),
        another.managed_embed_secret(&production),
    );
    let first = first.expect("a secret");
    assert_eq!(second.expect("a secret"), first);
    assert_eq!(store.managed_embed_secret(&reader).await.expect("a secret"), first);
    assert_ne!(store.managed_embed_secret(&testing).await.expect("a secret"), first);
    let found = store.embed_secret_of(&production, &first.id).await.expect("an answer");
    assert_eq!(found, Some(first));
}

async fn a_viewer_is_a_customer_with_a_dashboard(test: TestStore) {
    let (store, scope) = (test.store(), flights(&test).await);
    create(store, &scope, customer("UA")).await;
    let child = create(store, &scope, customer_below("UA-JFK", "UA")).await;
    let listed = store.dashboards(&scope).await.expect("dashboards");
    let [(dashboard, embed_id)] = listed.as_slice() else { panic!("one dashboard: {listed:?}") };
    assert_eq!(*dashboard, name("on-time"));

    let secret = store.managed_embed_secret(&scope).await.expect("a secret");
    let view = async |secret: &EmbedSecret, id: &str, dashboard: &EmbedId| {
        let open = |found: &EmbedSecret| {
            assert_eq!(found, secret);
            Ok::<_, StoreError>((name(id), dashboard.clone()))
        };
        store.viewer_by_jwt(&secret.id, open).await.expect("an answer")
    };
    let granted = view(&secret, "UA-JFK", embed_id).await;
    let Viewing::Granted { scope: viewer, definitions } = &granted else {
        panic!("granted: {granted:?}")
    };
    assert_eq!(viewer.path(), child.path);
    let shown = definitions.shown_to(viewer, Some(&name("production")));
    assert_eq!(shown.expect("published").version, 1);
    assert_eq!(definitions.shown_to(viewer, Some(&name("staging"))), None);

    let by_token = store.viewer_by_token(&child.token, embed_id).await.expect("an answer");
    assert_eq!(by_token, granted);
    let no_dashboard = name("noSuchPage");
    assert_eq!(view(&secret, "UA", &no_dashboard).await, Viewing::NoDashboard);
    assert_eq!(view(&secret, "XX", &no_dashboard).await, Viewing::Unknown);
    let never = CustomerToken::from_random([1; 32]);
    let unknown = store.viewer_by_token(&never, embed_id).await.expect("an answer");
    assert_eq!(unknown, Viewing::Unknown);
    // The other group's secret does not speak for this customer.
    let testing = group(&test, "Testing").await;
    let other = store.managed_embed_secret(&testing).await.expect("a secret");
    assert_eq!(view(&other, "UA", embed_id).await, Viewing::Unknown);
}
