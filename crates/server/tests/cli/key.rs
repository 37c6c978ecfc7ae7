//! `fanlight key rotate` and `fanlight admin-key reset`.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use store::{Ambient, Location, MasterKey, Store};
use testkit::Cluster;

use crate::installation::{Acknowledged, Installation, Served};
use crate::storm::Storm;

async fn some_customers(served: &Served) -> Vec<Acknowledged> {
    let storm = Storm::start(&served.calls, "customer");
    storm.until_acknowledged(50).await;
    storm.stop().await.0
}

/// Rotates as soon as the database has noticed that the server before has ended.
fn rotate(installation: &Installation) -> crate::process::Ended {
    loop {
        let ended = installation.run(&["key", "rotate"]);
        if !ended.stderr.contains("another process has this metadata store open") {
            return ended;
        }
    }
}

async fn a_key_in_a_file_is_replaced(installation: &Installation) {
    let served = installation.serve();
    let customers = some_customers(&served).await;
    let refused = installation.run(&["key", "rotate"]).complained();
    assert!(refused.contains("such as `fanlight serve`; stop it"), "{refused}");
    served.server.kill();

    let file = installation.data_dir().join("master.key");
    let before = fs::read_to_string(&file).expect("the key");
    let rotated = rotate(installation);
    assert!(rotated.stderr.contains(" secrets with a new key, "), "{}", rotated.stderr);
    assert_eq!(rotated.printed(), "");
    let after = fs::read_to_string(&file).expect("the key");
    assert_ne!(before, after);
    let retired = retired_keys(installation);
    assert_eq!(retired.len(), 1);
    assert_eq!(fs::read_to_string(&retired[0]).expect("the key before"), before);
    installation.serve().calls.expect_all(&customers).await;

    fs::write(&file, &before).expect("the key before");
    let refused = installation.run(&["admin-key", "reset"]).complained();
    assert!(refused.contains("it was made with another key"), "{refused}");
}

fn retired_keys(installation: &Installation) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(installation.data_dir()).expect("files").flatten();
    files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "old"))
        .collect()
}

#[tokio::test]
async fn a_key_in_a_file_is_replaced_on_sqlite() {
    a_key_in_a_file_is_replaced(&Installation::new()).await;
}

#[tokio::test]
async fn a_key_in_a_file_is_replaced_on_postgres() {
    let cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    a_key_in_a_file_is_replaced(&installation).await;
}

#[tokio::test]
async fn a_key_from_the_environment_is_printed_once() {
    let before = "ab".repeat(32);
    let mut installation = Installation::with(&[("FANLIGHT_MASTER_KEY", &before)]);
    let customers = some_customers(&installation.serve()).await;
    let rotated = installation.run(&["key", "rotate"]);
    assert!(
        rotated.stderr.contains("; set FANLIGHT_MASTER_KEY, or the file"),
        "{}",
        rotated.stderr
    );
    let after = rotated.printed();
    assert_eq!(after.trim_end().len(), 64);
    assert!(!installation.data_dir().join("master.key").exists());
    let refused = installation.run(&["admin-key", "reset"]).complained();
    assert!(refused.contains("it was made with another key"), "{refused}");
    installation.set("FANLIGHT_MASTER_KEY", after.trim_end());
    installation.serve().calls.expect_all(&customers).await;
}

#[tokio::test]
async fn a_rotation_that_was_cut_off_is_ended_by_the_next_start() {
    let installation = Installation::new();
    let customers = some_customers(&installation.serve()).await;
    let (current, incoming) = (
        installation.data_dir().join("master.key"),
        installation.data_dir().join("master.key.new"),
    );
    let key = fs::read(&current).expect("the key");
    let check = async |expected: &[u8]| {
        installation.serve().calls.expect_all(&customers).await;
        assert_eq!(fs::read(&current).expect("the key"), expected);
        assert!(!incoming.exists());
    };
    let private = |path: &std::path::Path, content: &[u8]| {
        fs::copy(&current, path).expect("a private file");
        fs::write(path, content).expect("its content");
    };

    // Before the store took the new key, which may be half written.
    private(&incoming, "cd".repeat(32).as_bytes());
    check(&key).await;
    private(&incoming, b"cdcd");
    installation.serve().calls.expect_all(&customers).await;
    assert_eq!(fs::read(&current).expect("the key"), key);

    // After the store took it, before the file was renamed.
    rotate(&installation).printed();
    let rotated = fs::read(&current).expect("the key");
    private(&incoming, &rotated);
    fs::write(&current, &key).expect("the key before");
    check(&rotated).await;
}

#[tokio::test]
async fn a_rotation_killed_at_any_moment_leaves_a_store_that_opens() {
    let installation = Installation::new();
    let mut customers = Vec::new();
    for round in 0..8 {
        let served = installation.serve();
        served.calls.expect_all(&customers).await;
        customers.extend(some_more(&served, round).await);
        served.server.kill();
        let mut rotation = installation.command(&["key", "rotate"]);
        let mut rotation = rotation.stderr(Stdio::null()).spawn().expect("the binary runs");
        tokio::time::sleep(Duration::from_millis(15 * round)).await;
        rotation.kill().expect("killed or ended");
        rotation.wait().expect("ended");
    }
    installation.serve().calls.expect_all(&customers).await;
}

async fn some_more(served: &Served, round: u64) -> Vec<Acknowledged> {
    let storm = Storm::start(&served.calls, &format!("round-{round}"));
    storm.until_acknowledged(50).await;
    storm.stop().await.0
}

#[tokio::test]
async fn a_new_admin_key_is_the_only_one_in_force() {
    let installation = Installation::new();
    let first = installation.run(&["admin-key", "reset"]);
    assert!(first.stderr.contains("it is not shown again"), "{}", first.stderr);
    let (first, second) = (first.printed(), installation.run(&["admin-key", "reset"]).printed());
    let data_dir = installation.data_dir();
    let key = MasterKey::load(&data_dir, None).expect("the master key");
    let store = Store::open(Location::Sqlite(data_dir), &key, Ambient::default()).await;
    let store = store.expect("the store");
    let is_in_force = async |key: &str| {
        let key = key.trim_end().parse().expect("a key");
        store.operator_scope(&key).await.expect("an answer").is_some()
    };
    assert!(!is_in_force(&first).await);
    assert!(is_in_force(&second).await);
}
