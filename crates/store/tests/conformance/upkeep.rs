//! What an operator does to a store as a whole: the master key, and who has it open.

use std::time::Duration;

use model::GroupScope;
use model::credential::{CustomerToken, EmbedSecret};
use model::customer::CustomerRecord;
use sha2::{Digest, Sha256};
use store::audit::AuditFilter;
use store::{
    Ambient, Definitions, Kept, Location, MasterKey, Progress, Recorded, SoleStore, Store,
    StoreError, Ticket,
};
use testkit::{TestStore, customer, customer_below};

use crate::{create, find, flights, name, on_both, operator, told};

on_both! {
    a_new_master_key_opens_every_secret_and_the_one_before_none,
    a_key_is_not_rotated_under_those_who_have_the_store_open,
    nobody_opens_a_store_that_one_process_has_for_itself,
    a_node_that_lost_its_lock_while_the_key_was_rotated_changes_nothing,
}

fn new_key() -> MasterKey {
    MasterKey::from_bytes([9; 32])
}

async fn open(location: Location, key: &MasterKey) -> Result<Store, StoreError> {
    Store::open(location, key, Ambient::default()).await
}

/// Opens the store alone, as soon as PostgreSQL has noticed that those before have left.
async fn open_alone(location: Location) -> SoleStore {
    loop {
        let key = TestStore::master_key();
        match SoleStore::open(location.clone(), &key, Ambient::default()).await {
            Err(StoreError::InUse) => tokio::time::sleep(Duration::from_millis(5)).await,
            opened => return opened.expect("the store"),
        }
    }
}

/// All that is sealed in a store.
#[derive(Debug, PartialEq)]
struct Secrets {
    tokens: Vec<CustomerToken>,
    embed_secrets: Vec<EmbedSecret>,
    definitions: Definitions,
}

async fn secrets(store: &Store, scope: &GroupScope, ids: &[&str], made: &EmbedSecret) -> Secrets {
    let mut tokens = Vec::new();
    for id in ids {
        tokens.push(find(store, scope, id).await.expect("the customer").token);
    }
    let managed = store.managed_embed_secret(scope).await.expect("a secret");
    let found = store.embed_secret(&made.id).await.expect("an answer").expect("the secret");
    let definitions = (*store.definitions().await.expect("definitions")).clone();
    Secrets { tokens, embed_secrets: vec![managed, found], definitions }
}

async fn a_new_master_key_opens_every_secret_and_the_one_before_none(test: TestStore) {
    let scope = flights(&test).await;
    create(test.store(), &scope, customer("UA")).await;
    create(test.store(), &scope, customer_below("UA-JFK", "UA")).await;
    let made = test.store().create_embed_secret(&operator(), &name("Production")).await;
    let made = made.expect("a secret");
    let ids = ["UA", "UA-JFK"];
    let replies = [
        rotate_once(test.store(), &scope, "a").await,
        rotate_once(test.store(), &scope, "b").await,
    ];
    let before = secrets(test.store(), &scope, &ids, &made).await;

    let closed = test.close();
    let (tell, told) = std::sync::mpsc::channel();
    let sole = open_alone(closed.location()).await;
    let tell = move |progress| tell.send(progress).expect("the test listens");
    let sealed = sole.reseal(&operator(), &new_key(), tell).await;
    // Two customers, two embed secrets, four data sources, two replies.
    assert_eq!(sealed.expect("rotated"), 10);
    assert_eq!(told.iter().last(), Some(Progress { done: 10, total: 10 }));

    let Err(fault) = open(closed.location(), &TestStore::master_key()).await else {
        panic!("opened with the key before")
    };
    assert!(matches!(fault, StoreError::MasterKey(_)), "{fault}");
    let store = open(closed.location(), &new_key()).await.expect("the new key opens it");
    for (key, reply) in ["a", "b"].into_iter().zip(replies) {
        assert_eq!(rotate_once(&store, &scope, key).await, reply);
    }
    assert_eq!(secrets(&store, &scope, &ids, &made).await, before);
    let noted = store.audit_entries(&operator(), &AuditFilter::default(), None, 1).await;
    let noted = &noted.expect("entries")[0];
    let who_and_what = (noted.actor.as_str(), noted.action.as_str(), noted.kind.as_str());
    assert_eq!(who_and_what, ("command_line", "rotate", "master_key"));
    let kept = closed.raw().expect("the database");
    assert!(is_sealed_in(&kept, &new_key()), "the search finds what is sealed");
    assert!(!is_sealed_in(&kept, &TestStore::master_key()), "a column was forgotten");
}

/// Gives UA a new token, once for a key; the reply that is kept.
async fn rotate_once(store: &Store, scope: &GroupScope, key: &str) -> Kept {
    let ticket = Ticket {
        credential: "api_token:1".to_owned(),
        route: "POST /v1/rotate".to_owned(),
        key: key.to_owned(),
        payload_hash: [1; 32],
    };
    let render =
        |made: &CustomerRecord| Kept { status: 200, body: made.token.expose().as_bytes().to_vec() };
    let recorded = store.rotate_customer_token(scope, &name("UA")).recorded(ticket, render).await;
    match recorded.expect("made once") {
        Recorded::Done(kept) | Recorded::Replayed(kept) => kept,
    }
}

/// Whether anything begins as a secret sealed with this key does: its version, and the key's id. A
/// dump has hexadecimal digits.
fn is_sealed_in(bytes: &[u8], key: &MasterKey) -> bool {
    let key = hex::decode(key.expose()).expect("hex");
    let id = Sha256::new().chain_update(b"fanlight key id").chain_update(key).finalize();
    let begin = [1, id[0], id[1], id[2], id[3]];
    let digits = hex::encode(begin);
    let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    holds(&begin) || holds(digits.as_bytes())
}

async fn a_key_is_not_rotated_under_those_who_have_the_store_open(test: TestStore) {
    let scope = flights(&test).await;
    let sole = SoleStore::open(test.location(), &TestStore::master_key(), Ambient::default()).await;
    let refused = told(sole);
    assert!(refused.starts_with("another process has this metadata store open"), "{refused}");
    create(test.store(), &scope, customer("UA")).await;
    // Also under one that has not written yet, and under the last of several.
    let another = test.another().await.expect("a second process");
    let closed = test.close();
    let sole =
        SoleStore::open(closed.location(), &TestStore::master_key(), Ambient::default()).await;
    assert!(matches!(sole, Err(StoreError::InUse)));
    drop(another);
    open_alone(closed.location()).await;
}

async fn nobody_opens_a_store_that_one_process_has_for_itself(test: TestStore) {
    let scope = flights(&test).await;
    create(test.store(), &scope, customer("UA")).await;
    let closed = test.close();
    let sole = open_alone(closed.location()).await;
    let location = closed.location();
    let opened_meanwhile = std::sync::Arc::new(std::sync::Mutex::new(None));
    let (answer, runtime) = (opened_meanwhile.clone(), tokio::runtime::Handle::current());
    let try_to_open = move |_| {
        let (location, runtime) = (location.clone(), runtime.clone());
        let opened = std::thread::spawn(move || {
            runtime.block_on(async { told(open(location, &TestStore::master_key()).await) })
        });
        *answer.lock().expect("no panic") = Some(opened.join().expect("an answer"));
    };
    sole.reseal(&operator(), &new_key(), try_to_open).await.expect("rotated");
    let answer = opened_meanwhile.lock().expect("no panic").clone().expect("an attempt");
    assert!(answer.starts_with("the metadata store is closed while another process"), "{answer}");
    open(closed.location(), &new_key()).await.expect("it is open again");
}

/// PostgreSQL's lock goes with its connection; SQLite's stays until the process ends.
async fn a_node_that_lost_its_lock_while_the_key_was_rotated_changes_nothing(test: TestStore) {
    let scope = flights(&test).await;
    let Some(cluster) = test.cluster() else {
        let key = TestStore::master_key();
        let sole = SoleStore::open(test.location(), &key, Ambient::default()).await;
        return assert!(matches!(sole, Err(StoreError::InUse)));
    };
    let sole = loop {
        cluster.cut_connections().expect("cut");
        let key = TestStore::master_key();
        match SoleStore::open(test.location(), &key, Ambient::default()).await {
            Err(StoreError::InUse) => {}
            opened => break opened.expect("the store"),
        }
    };
    sole.reseal(&operator(), &new_key(), |_| {}).await.expect("rotated");
    for _ in 0..2 {
        let made = test.store().get_or_create_customer(&scope, customer("UA")).await;
        assert!(matches!(made, Err(StoreError::MasterKey(_))), "{made:?}");
        // The second time after the node has found its way back, with the wrong key.
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    let store = open(test.location(), &new_key()).await.expect("the new key opens it");
    assert_eq!(find(&store, &scope, "UA").await, None);
}
