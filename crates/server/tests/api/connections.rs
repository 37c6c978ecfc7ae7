//! What needs real connections.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{Listening, Server};

fn client() -> Client {
    server::outgoing::client_builder().build().expect("a client")
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_creates_of_one_id_make_one_customer() {
    let listening = Listening::start(Server::start().await).await;
    let client = client();
    let body = json!({"provided_id": "UA", "name": "United"}).to_string();
    let calls = (0..32).map(|_| async {
        let reply = listening.create(&client, body.clone()).await;
        assert_eq!(reply.status(), 200);
        reply.json::<Value>().await.expect("JSON")
    });
    let replies = futures_util::future::join_all(calls).await;
    let made = replies.iter().filter(|reply| reply["new_customer"] == true).count();
    assert_eq!(made, 1);
    let tokens: BTreeSet<&str> =
        replies.iter().map(|reply| reply["customer"]["token"].as_str().expect("a token")).collect();
    assert_eq!(tokens.len(), 1);
    let list = listening.server.get("/v2/api/customers/").await;
    assert_eq!(list.body["total_count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_too_much_reads_the_answer() {
    let listening = Listening::start(Server::start().await).await;
    let client = client();
    for size in [1_100_000, 10_000_000] {
        let reply = listening.create(&client, "x".repeat(size)).await;
        assert_eq!(reply.status(), 413);
        let body: Value = reply.json().await.expect("JSON");
        assert_eq!(body["success"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_client_learns_when_to_come_again() {
    let server = Server::start_with(|config| config.rate_limit_per_minute = 180).await;
    let listening = Listening::start(server).await;
    let client = client();
    let body = json!({"provided_id": "UA", "name": "United"}).to_string();
    for _ in 0..180 {
        assert_eq!(listening.create(&client, body.clone()).await.status(), 200);
    }
    let limited = listening.create(&client, body.clone()).await;
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "60");
    listening.server.clock.advance(60);
    assert_eq!(listening.create(&client, body).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_ends_its_connections_and_returns() {
    let server = Server::start_with(|config| config.connections.shutdown_delay = Duration::ZERO);
    let listening = Listening::start(server.await).await;
    let client = client();
    let body = json!({"provided_id": "UA", "name": "United"}).to_string();
    assert_eq!(listening.create(&client, body).await.status(), 200);
    listening.stop.send(()).expect("still serving");
    listening.ended.await.expect("ends in order");
    assert!(client.get(format!("http://{}/healthz", listening.address)).send().await.is_err());
}
