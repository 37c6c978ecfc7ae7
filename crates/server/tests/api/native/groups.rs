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

#[tokio::test]
async fn a_group_is_renamed_and_deleted_when_it_is_empty() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let full = server.operate("DELETE /v1/groups/Production", &Value::Null).await;
    full.assert_problem(409, "in_use", "in use by 1 customer, 3 data sources, 2 API tokens");
    let renamed = server.operate("PATCH /v1/groups/Production", &json!({"name": "Live"})).await;
    assert_eq!((renamed.status, &renamed.body["name"]), (200, &json!("Live")));
    assert!(server.exists("UA").await, "the group's token still opens it");
    server.operate("POST /v1/groups", &json!({"name": "Staging"})).await;
    let deleted = server.operate("DELETE /v1/groups/Staging", &Value::Null).await;
    assert_eq!(deleted.status, 204);
    let gone = server.operate("GET /v1/groups/Staging", &Value::Null).await;
    gone.assert_problem(404, "not_found", "there is no such group");
}
