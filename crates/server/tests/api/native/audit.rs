//! The audit log over HTTP.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

fn entries(reply: &Reply) -> &Vec<Value> {
    reply.body["data"].as_array().unwrap_or_else(|| panic!("a list: {reply:?}"))
}

#[tokio::test]
async fn changes_of_every_way_in_are_told() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let made = server.operate("POST /v1/groups", &json!({"name": "Staging"})).await;
    let read =
        async |query: &str| server.operate(&format!("GET /v1/audit?{query}"), &Value::Null).await;
    let facade = read("kind=customer&subject=UA").await;
    assert_eq!(entries(&facade)[0]["actor"].as_str().map(|it| &it[..10]), Some("api_token:"));
    assert_eq!(entries(&facade)[0]["address"], "127.0.0.1");
    let native = read("kind=group&subject=Staging").await;
    let entry = &entries(&native)[0];
    assert_eq!(entry["request_id"].as_str(), made.header("x-request-id"));
    assert_eq!(entry["actor"].as_str().map(|it| &it[..10]), Some("admin_key:"));
    assert_eq!((&entry["before"], &entry["after"]), (&Value::Null, &json!({"name": "Staging"})));
    let applied = read("actor=command_line&kind=dashboard").await;
    assert_eq!(entries(&applied).len(), 2, "made and published");
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_exported_whole() {
    let server = Server::start().await;
    let first = server.operate("GET /v1/audit?limit=3", &Value::Null).await;
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let second =
        server.operate(&format!("GET /v1/audit?limit=3&cursor={cursor}"), &Value::Null).await;
    let all = server.operate("GET /v1/audit?limit=1000", &Value::Null).await;
    assert_eq!(entries(&all)[..3], entries(&first)[..]);
    assert_eq!(entries(&all)[3..6], entries(&second)[..]);
    let export = server.operate("GET /v1/audit:export", &Value::Null).await;
    let text = export.body.as_str().expect("lines");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(&lines, entries(&all));
    let tags = server.operate("GET /v1/audit:export?kind=group_tag", &Value::Null).await;
    assert_eq!(tags.body.as_str().expect("lines").lines().count(), 2);
}

#[tokio::test]
async fn an_export_that_is_longer_than_one_step_has_every_entry_once() {
    let server = Server::start().await;
    let rows: Vec<Value> = (0..1200)
        .map(|at| json!({"provided_id": format!("c{at}"), "name": "A customer"}))
        .collect();
    let made = server.native(&server.token, "POST /v1/customers:batch", &json!(rows)).await;
    assert_eq!(made.body["created"], 1200, "{:?}", made.status);
    let export = server.operate("GET /v1/audit:export?kind=customer", &Value::Null).await;
    let text = export.body.as_str().expect("lines");
    let ids = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let ids: std::collections::BTreeSet<i64> = ids.filter_map(|it| it["id"].as_i64()).collect();
    assert_eq!((ids.len(), text.lines().count()), (1200, 1200));
}

#[tokio::test]
async fn wrong_words_are_told() {
    let server = Server::start().await;
    let reply = server.operate("GET /v1/audit?kind=customers", &Value::Null).await;
    reply.assert_problem(400, "invalid_request", "kind: must be one of admin_key");
    let reply = server.operate("GET /v1/audit?from=yesterday", &Value::Null).await;
    assert_eq!((reply.status, reply.pointers()), (400, vec!["/from"]));
}

#[tokio::test]
async fn no_secret_is_in_the_log_or_in_the_database() {
    let server = Server::start().await;
    let key = [("Idempotency-Key", "k1")];
    let make = async |call: &str, body: Value| {
        server.native_with(&server.admin_key, call, &body, &key).await.body
    };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let new = json!({"group": "Production", "access": "read-only"});
    let token = make("POST /v1/api-tokens", new).await;
    let rotate = format!("POST /v1/api-tokens/{}/token:rotate", text(&token["id"]));
    let rotated = make(&rotate, Value::Null).await;
    let secret = make("POST /v1/embed-secrets", json!({"group": "Production"})).await;
    let rotate = format!("POST /v1/embed-secrets/{}/value:rotate", text(&secret["id"]));
    let next = make(&rotate, Value::Null).await;
    let customer = server.create(json!({"provided_id": "UA"})).await;
    let secrets = [&token["token"], &rotated["token"], &secret["value"], &next["value"]];
    let secrets: Vec<String> = secrets.into_iter().chain([&customer["token"]]).map(text).collect();
    let export = server.operate("GET /v1/audit:export", &Value::Null).await;
    let (log, raw) = (text(&export.body), server.store.raw().expect("the database"));
    assert!(log.contains(&text(&secret["id"])), "the log tells of the secret by its id");
    for secret in secrets.iter().chain([&server.admin_key, &server.token]) {
        assert!(!log.contains(secret.as_str()));
        assert!(!raw.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}
