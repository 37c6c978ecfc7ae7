//! PostgreSQL that is killed, gone for a while, and back.

use reqwest::StatusCode;
use testkit::Cluster;

use crate::installation::{Installation, Refusal};
use crate::storm::Storm;

#[track_caller]
fn check(refusal: &Refusal) {
    assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE, "{refusal:?}");
    assert_eq!(refusal.body["error"], "the metadata store is not available");
}

#[tokio::test]
async fn a_database_that_is_killed_and_comes_back_loses_nothing() {
    let mut cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    for _ in 0..3 {
        storm.until_acknowledged(100).await;
        cluster.crash();
        check(&storm.until_refused(50).await);
        assert_eq!(served.calls.status("/healthz").await, StatusCode::OK);
        let read = served.calls.read(&storm.acknowledged()[0].id).await.expect("an answer");
        check(&read.expect_err("there is no database"));
        cluster.resume().expect("PostgreSQL starts again");
    }
    storm.until_acknowledged(100).await;
    let (acknowledged, refused) = storm.stop().await;
    refused.iter().for_each(check);
    served.calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_database_whose_processes_are_killed_amid_a_storm_loses_nothing() {
    let cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    for _ in 0..3 {
        storm.until_acknowledged(100).await;
        cluster.kill_processes().expect("killed");
    }
    storm.until_acknowledged(100).await;
    let (acknowledged, refused) = storm.stop().await;
    refused.iter().for_each(check);
    served.calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_database_that_becomes_read_only_refuses_writes_and_answers_reads() {
    let cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    storm.until_acknowledged(50).await;
    let becomes = |state: &str| {
        let sql = "ALTER DATABASE postgres SET default_transaction_read_only =";
        cluster.execute(&format!("SET transaction_read_only = off; {sql} {state}")).expect(state);
        cluster.cut_connections().expect("cut");
    };
    becomes("on");
    let sentence = "the metadata store cannot be written: it is read-only";
    loop {
        let refusal = storm.until_refused(1).await;
        assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE);
        if refusal.body["error"] == sentence {
            break;
        }
    }
    served.calls.expect_all(&storm.acknowledged()).await;
    becomes("off");
    storm.until_acknowledged(50).await;
    served.calls.expect_all(&storm.stop().await.0).await;
}

#[tokio::test]
async fn a_server_does_not_start_without_its_database_and_says_so() {
    let mut cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    cluster.crash();
    let refused = installation.run(&["serve", "--listen", "127.0.0.1:0"]).complained();
    assert!(refused.contains("failed to open the metadata store"), "{refused}");
    cluster.resume().expect("PostgreSQL starts again");
    installation.serve().calls.create("first").await.expect("an answer").expect("made");
}

#[tokio::test]
async fn connections_that_are_cut_amid_a_storm_cost_nothing_that_was_acknowledged() {
    let cluster = Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    for _ in 0..5 {
        storm.until_acknowledged(50).await;
        cluster.cut_connections().expect("cut");
    }
    storm.until_acknowledged(50).await;
    let (acknowledged, refused) = storm.stop().await;
    refused.iter().for_each(check);
    served.calls.expect_all(&acknowledged).await;
}
