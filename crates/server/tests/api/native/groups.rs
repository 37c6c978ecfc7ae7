//! Groups.

use serde_json::{Value, json};

use crate::support::Server;

#[tokio::test]
async fn a_group_is_made_once() {
    let server = Server::start().await;
    let made = server.operate("POST /v1/groups", &json!({"name": "Staging"})).await;
    assert_eq!((made.status, &made.body), (201, &json!({"name": "Staging"})));
    let again = server.operate("POST /v1/groups", &json!({"name": "Staging"})).await;
    again.assert_problem(409, "conflict", "this group name is taken");
    let list = server.operate("GET /v1/groups", &Value::Null).await;
    let names: Vec<&Value> = list.body["data"].as_array().expect("a list").iter().collect();
    assert!(names.contains(&&json!({"name": "Staging"})), "{list:?}");
}

#[tokio::test]
async fn every_fault_is_told_with_its_place() {
    let server = Server::start().await;
    let reply = server.operate("POST /v1/groups", &json!({"nam": "x", "name": 7})).await;
    reply.assert_problem(400, "invalid_request", "name: must be text, not a number");
    let mut pointers = reply.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/nam", "/name"]);
    let missing = server.operate("POST /v1/groups", &json!({})).await;
    missing.assert_problem(400, "invalid_request", "name: is required");
}
