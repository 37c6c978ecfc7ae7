//! Many customers in one call, and calls that are sent again.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

async fn batch(server: &Server, query: &str, rows: &Value) -> Reply {
    server.native(&server.token, &format!("POST /v1/customers:batch{query}"), rows).await
}

fn outcomes(reply: &Reply) -> Vec<&str> {
    let results = reply.body["results"].as_array().expect("results");
    results.iter().map(|row| row["outcome"].as_str().expect("an outcome")).collect()
}

#[tokio::test]
async fn each_row_has_its_result_in_order() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "B", "name": "B"})).await;
    let rows = json!([
        {"provided_id": "crew", "name": "Crew", "hierarchy_level_name": "User", "parent_provided_id": "A"},
        {"provided_id": "A", "name": "A"},
        {"provided_id": "B", "name": "B"},
        {"provided_id": "bad", "name": 7, "emails": ["x"]},
        {"name": "No id"},
        "no object",
    ]);
    let reply = batch(&server, "", &rows).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let expected = ["created", "created", "unchanged", "failed", "failed", "failed"];
    assert_eq!(outcomes(&reply), expected);
    let counts = ["created", "updated", "unchanged", "failed"].map(|key| reply.body[key].clone());
    assert_eq!(counts, [json!(2), json!(0), json!(1), json!(3)]);
    let bad = &reply.body["results"][3];
    assert_eq!((&bad["index"], &bad["provided_id"]), (&json!(3), &json!("bad")));
    assert_eq!(bad["error"]["code"], "invalid_request");
    assert_eq!(bad["error"]["errors"][0]["pointer"], "/name");
    assert_eq!(reply.body["results"][4]["error"]["errors"][0]["pointer"], "/provided_id");
    assert_eq!(reply.body["results"][0]["error"], Value::Null);
    assert!(server.exists("crew").await && !server.exists("bad").await);
}

#[tokio::test]
async fn an_atomic_batch_with_one_bad_row_writes_nothing() {
    let server = Server::start().await;
    let unreadable = json!([{"provided_id": "A", "name": "A"}, {"provided_id": "B", "name": 7}]);
    let unplaced = json!([
        {"provided_id": "A", "name": "A"},
        {"provided_id": "B", "name": "B", "parent_provided_id": "nobody", "hierarchy_level_name": "User"},
    ]);
    for rows in [unreadable, unplaced] {
        let reply = batch(&server, "?atomic=true", &rows).await;
        assert_eq!(outcomes(&reply), ["failed", "failed"]);
        let why = reply.body["results"][0]["error"]["detail"].as_str().expect("a sentence");
        assert!(why.contains("another row of the batch failed"), "{why}");
        assert!(!server.exists("A").await);
    }
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let server = Server::start().await;
    let reply = batch(&server, "?dry_run=true", &json!([{"provided_id": "A", "name": "A"}])).await;
    assert_eq!(outcomes(&reply), ["created"]);
    assert!(!server.exists("A").await);
}

async fn lines(server: &Server, body: String) -> Reply {
    let request = Request::post("/v1/customers:batch")
        .header("Authorization", format!("Bearer {}", server.token))
        .header("Content-Type", "application/x-ndjson")
        .body(Body::from(body))
        .expect("a request");
    server.send(request).await
}

#[tokio::test]
async fn lines_of_json_are_a_batch_too() {
    let server = Server::start().await;
    let body = "{\"provided_id\":\"A\",\"name\":\"A\"}\n{broken\n\n{\"provided_id\":\"B\",\"name\":\"B\"}\r\n";
    let reply = lines(&server, body.to_owned()).await;
    assert_eq!(outcomes(&reply), ["created", "failed", "created"]);
    assert_eq!(reply.body["results"][1]["provided_id"], Value::Null);
}

#[tokio::test]
async fn a_batch_has_at_most_ten_thousand_rows() {
    let server = Server::start().await;
    let row = |at: usize| format!("{{\"provided_id\":\"c{at}\",\"name\":\"C\"}}\n");
    let most: String = (0..10_000).map(row).collect();
    let reply = lines(&server, most.clone()).await;
    assert_eq!((reply.status, &reply.body["created"]), (200, &json!(10_000)));
    let reply = lines(&server, format!("{most}{}", row(10_000))).await;
    reply.assert_problem(400, "invalid_request", "must have at most 10000 rows, not 10001");
    let wrong = batch(&server, "", &json!({"rows": []})).await;
    wrong.assert_problem(400, "invalid_request", "must be a list of customers, not an object");
}

#[tokio::test]
async fn the_same_call_with_the_same_key_is_made_once() {
    let server = Server::start().await;
    let rows = json!([{"provided_id": "A", "name": "A"}]);
    let call = "POST /v1/customers:batch";
    let send = |rows: Value, bearer: String, key: &'static str| {
        let server = &server;
        async move { server.native_with(&bearer, call, &rows, &[("Idempotency-Key", key)]).await }
    };
    let token = || server.token.clone();
    let first = send(rows.clone(), token(), "k1").await;
    assert_eq!(outcomes(&first), ["created"]);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = send(rows.clone(), token(), "k1").await;
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    let fresh = send(rows.clone(), token(), "k2").await;
    assert_eq!(outcomes(&fresh), ["unchanged"]);
    let other = send(json!([{"provided_id": "B", "name": "B"}]), token(), "k1").await;
    other.assert_problem(422, "idempotency_key_reused", "was used for another call");
    let theirs = send(rows.clone(), server.testing.clone(), "k1").await;
    assert_eq!(outcomes(&theirs), ["created"], "keys of two credentials never meet");
    let long = send(rows, token(), "a b").await;
    assert_eq!((long.status, long.pointers()), (400, vec!["/Idempotency-Key"]));
}

#[tokio::test]
async fn a_rotated_token_is_shown_again_to_the_same_call_for_a_day() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let call = "POST /v1/customers/UA/token:rotate";
    let key = [("Idempotency-Key", "k")];
    let rotate = || server.native_with(&server.token, call, &Value::Null, &key);
    let first = rotate().await;
    assert_eq!(rotate().await.body, first.body);
    let raw = server.store.raw().expect("the store's files");
    let token = first.body["token"].as_str().expect("a token").as_bytes().to_owned();
    assert!(!raw.windows(token.len()).any(|bytes| bytes == token), "the kept reply is sealed");
}

#[tokio::test]
async fn a_call_that_failed_may_be_corrected_under_its_key() {
    let server = Server::start().await;
    let call = "POST /v1/customers/UA/token:rotate";
    let key = [("Idempotency-Key", "k")];
    let rotate = || server.native_with(&server.token, call, &Value::Null, &key);
    rotate().await.assert_problem(404, "not_found", "customer");
    server.create(json!({"provided_id": "UA"})).await;
    assert_eq!(rotate().await.status, 200);
}
