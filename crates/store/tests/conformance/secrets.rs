//! Secrets at rest.

use model::credential::{Access, AdminKey};
use store::{Ambient, Location, MasterKey, Store, StoreError};
use testkit::{TestStore, customer};

use crate::{create, find, group, name, on_both, operator};

on_both! {
    the_database_holds_no_secret_in_clear,
    another_master_key_is_refused_at_open,
    a_backup_opens_as_a_store_of_its_own,
}

async fn the_database_holds_no_secret_in_clear(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let made = create(store, &scope, customer("UA")).await;
    let refreshed = store.refresh_customer_token(&scope, &made.token).await.expect("a token");
    let secret = store.managed_embed_secret(&scope).await.expect("a secret");
    let api = store.create_api_token(&operator(), &name("Production"), Access::ReadOnly).await;
    let api = api.expect("a token");
    let admin = AdminKey::from_random([0x5a; 32]);
    store.set_admin_key(&operator(), &admin).await.expect("set");
    let raw = test.raw().expect("the database");
    assert!(contains(&raw, b"The UA company"), "the search finds what is in clear");
    for token in [made.token.expose(), refreshed.token.expose(), api.expose(), admin.expose()] {
        let bytes: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&token[2 * at..2 * at + 2], 16).expect("hex"))
            .collect();
        assert!(!contains(&raw, token.as_bytes()));
        assert!(!contains(&raw, &bytes));
    }
    assert!(!contains(&raw, secret.value.expose().as_bytes()));
    let hex: String = secret.value.expose().bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!contains(&raw, hex.as_bytes()));
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

async fn another_master_key_is_refused_at_open(test: TestStore) {
    let wrong = MasterKey::from_bytes([8; 32]);
    let opened = Store::open(test.location(), &wrong, Ambient::default()).await;
    let Err(fault) = opened else { panic!("opened with another key") };
    assert!(matches!(fault, StoreError::MasterKey(_)));
    assert!(fault.to_string().contains("was made with another key"), "{fault}");
    test.another().await.expect("the right key still opens it");
}

async fn a_backup_opens_as_a_store_of_its_own(test: TestStore) {
    let (store, scope) = (test.store(), group(&test, "Production").await);
    let made = create(store, &scope, customer("UA")).await;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("fanlight.db");
    let copied = store.back_up(&operator(), &file).await;
    if test.cluster().is_some() {
        assert!(matches!(copied, Err(StoreError::UsePgDump)));
        return;
    }
    copied.expect("a copy");
    create(store, &scope, customer("AA")).await;
    assert!(store.back_up(&operator(), &file).await.is_err(), "nothing is overwritten");
    let location = Location::Sqlite(dir.path().to_owned());
    let copy = Store::open(location, &TestStore::master_key(), Ambient::default()).await;
    let copy = copy.expect("a store");
    assert_eq!(find(&copy, &scope, "UA").await, Some(made));
    assert_eq!(find(&copy, &scope, "AA").await, None);
}
