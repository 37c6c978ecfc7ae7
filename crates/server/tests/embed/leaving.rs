//! A viewer that goes away takes its query with it.

use std::time::Duration;

use serde_json::json;
use server::serve::serve;
use sources::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::support::Server;

/// A query that would run for as long as it may, and one that is done at once.
const ENDLESS: &str = r#"{
    "name": "endless",
    "cache": "off",
    "datasets": {
        "endless": {"schema": "flights",
                    "sql": "select a.range as n from range(100000000) a, range(100000) b"},
        "quick": {"schema": "flights", "sql": "select 1 as n"}
    },
    "panels": [
        {"id": "endless", "type": "kpi", "title": "Endless", "dataset": "endless",
         "measures": [{"name": "n", "aggregate": "sum", "column": "n"}]},
        {"id": "quick", "type": "kpi", "title": "Quick", "dataset": "quick",
         "measures": [{"name": "n", "aggregate": "count"}]}
    ]
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_connection_stops_its_query_in_the_engine() {
    // One query at a time: the next gets its turn only when the first has ended, and the first would
    // run for longer than the next waits.
    let limits = Limits { queries_per_source: 1, ..Limits::default() };
    assert!(limits.statement_timeout > limits.queue_timeout);
    let server = Server::with_limits(ENDLESS, limits).await;
    server.create(json!({"provided_id": "UA"})).await;
    let jwt = server.jwt("UA").await;
    assert_eq!(server.panel(&jwt, "quick", json!({})).await.status, 200, "the worker is there");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, server.frame.clone(), std::future::pending()));
    let mut viewer = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "POST /embed/v1/panels/endless/data HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {jwt}\r\nContent-Length: 0\r\n\r\n"
    );
    viewer.write_all(request.as_bytes()).await.expect("sent");
    // Long enough for the query to begin; if it has not, the test holds without showing anything.
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(viewer);

    let reply = server.panel(&jwt, "quick", json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}
