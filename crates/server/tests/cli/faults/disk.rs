//! A disk that is full, read-only, stuck or broken under a server with SQLite.

use reqwest::StatusCode;

use super::shim::{Disk, State};
use crate::installation::{Installation, Refusal};
use crate::storm::Storm;

fn on_failing_disk() -> (Installation, Disk) {
    let mut installation = Installation::new();
    let disk = Disk::below(&installation.data_dir());
    for (name, value) in disk.environment() {
        installation.set(name, value.to_str().expect("UTF-8"));
    }
    (installation, disk)
}

#[track_caller]
fn check(refusal: &Refusal, expected: &str) {
    assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refusal.body["error"], format!("the metadata store cannot be written: {expected}"));
}

/// A disk that fails amid a storm, and is well again.
async fn nothing_is_lost(state: State, sentence: &str) {
    let (installation, disk) = on_failing_disk();
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    storm.until_acknowledged(100).await;
    disk.set(state);
    check(&storm.until_refused(50).await, sentence);
    // All callers have been refused by now, and what was acknowledged can be read.
    let before = storm.acknowledged();
    assert_eq!(served.calls.status("/healthz").await, StatusCode::OK);
    served.calls.expect_all(&before).await;

    disk.set(State::Healthy);
    storm.until_acknowledged(100).await;
    let (acknowledged, refused) = storm.stop().await;
    refused.iter().for_each(|refusal| check(refusal, sentence));
    served.calls.expect_all(&acknowledged).await;
    served.server.kill();
    installation.serve().calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    nothing_is_lost(State::Full, "its disk is full").await;
}

#[tokio::test]
async fn a_read_only_disk_refuses_writes_and_loses_nothing() {
    nothing_is_lost(State::ReadOnly, "its disk refuses to be written").await;
}

#[tokio::test]
async fn a_disk_that_cannot_flush_acknowledges_nothing_and_loses_nothing() {
    nothing_is_lost(State::Broken, "its disk refuses to be written").await;
}

#[tokio::test]
async fn a_server_killed_on_a_full_disk_starts_when_there_is_room() {
    let (installation, disk) = on_failing_disk();
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    storm.until_acknowledged(100).await;
    disk.set(State::Full);
    storm.until_refused(20).await;
    served.server.kill();
    let (acknowledged, _) = storm.stop().await;
    let refused = installation.run(&["admin-key", "reset"]).complained();
    assert!(refused.contains("the metadata store cannot be written"), "{refused}");
    disk.set(State::Healthy);
    installation.serve().calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_server_does_not_start_on_a_read_only_disk_and_says_so() {
    let (installation, disk) = on_failing_disk();
    disk.set(State::ReadOnly);
    let refused = installation.run(&["serve", "--listen", "127.0.0.1:0"]).complained();
    assert!(refused.contains("Read-only file system"), "{refused}");
    disk.set(State::Healthy);
    installation.serve().calls.create("first").await.expect("an answer").expect("made");
}

#[tokio::test]
async fn a_stuck_disk_holds_writes_and_nothing_else() {
    let (installation, disk) = on_failing_disk();
    let served = installation.serve();
    let first = served.calls.create("first").await.expect("an answer").expect("made");
    disk.set(State::Stuck);
    let storm = Storm::start(&served.calls, "held");
    // Each of these answers comes while the disk keeps every change waiting.
    for _ in 0..20 {
        assert_eq!(served.calls.status("/healthz").await, StatusCode::OK);
        served.calls.expect_all(std::slice::from_ref(&first)).await;
    }
    assert_eq!(storm.acknowledged(), []);
    disk.set(State::Healthy);
    storm.until_acknowledged(50).await;
    let (acknowledged, refused) = storm.stop().await;
    assert!(refused.is_empty(), "{refused:?}");
    served.calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_change_that_the_disk_holds_is_not_acknowledged_by_a_server_that_is_killed() {
    let (installation, disk) = on_failing_disk();
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    storm.until_acknowledged(100).await;
    disk.set(State::Stuck);
    let counted = storm.acknowledged().len();
    assert_eq!(served.calls.status("/healthz").await, StatusCode::OK);
    served.server.kill();
    let (acknowledged, _) = storm.stop().await;
    assert!(acknowledged.len() >= counted);
    disk.set(State::Healthy);
    installation.serve().calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_backup_that_finds_no_room_leaves_no_file() {
    let (installation, disk) = on_failing_disk();
    let file = installation.data_dir().join("monday.db");
    let file = file.to_str().expect("UTF-8");
    let served = installation.serve();
    let customer = served.calls.create("kept").await.expect("an answer").expect("made");
    disk.set(State::Full);
    let refused = installation.run(&["backup", file]).complained();
    assert!(refused.contains("No space left on device"), "{refused}");
    disk.set(State::Healthy);
    installation.run(&["backup", file]).printed();
    served.calls.expect_all(&[customer]).await;
}
