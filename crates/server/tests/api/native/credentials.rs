//! API tokens and embed secrets.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::Server;

#[tokio::test]
async fn an_api_token_is_shown_when_it_is_made_and_when_it_is_rotated() {
    let server = Server::start().await;
    let new = json!({"name": "back end", "group": "Production", "access": "read-only"});
    let made = server.operate("POST /v1/api-tokens", &new).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (id, first) = (text(&made.body["id"]), text(&made.body["token"]));
    assert_eq!(server.native(first, "GET /v1/customers", &Value::Null).await.status, 200);
    let rotate = format!("POST /v1/api-tokens/{id}/token:rotate");
    let rotated = server.operate(&rotate, &Value::Null).await;
    assert_eq!((rotated.status, text(&rotated.body["id"])), (200, id));
    let second = text(&rotated.body["token"]);
    assert_eq!(server.native(first, "GET /v1/customers", &Value::Null).await.status, 401);
    assert_eq!(server.native(second, "GET /v1/customers", &Value::Null).await.status, 200);
    let list = server.operate("GET /v1/api-tokens?group=Production&limit=1000", &Value::Null).await;
    let listed = list.body["data"].as_array().expect("a list").iter().find(|it| it["id"] == id);
    let listed = listed.expect("the token");
    assert_eq!((&listed["name"], &listed["access"]), (&json!("back end"), &json!("read-only")));
    assert!(!list.body.to_string().contains(second), "a list shows no secret");
    let revoke = format!("DELETE /v1/api-tokens/{id}");
    assert_eq!(server.operate(&revoke, &Value::Null).await.status, 204);
    assert_eq!(server.native(second, "GET /v1/customers", &Value::Null).await.status, 401);
}

#[tokio::test]
async fn a_call_that_is_sent_again_makes_one_token() {
    let server = Server::start().await;
    let new = json!({"group": "Production", "access": "read-write"});
    let key = [("Idempotency-Key", "k1")];
    let send = || server.native_with(&server.admin_key, "POST /v1/api-tokens", &new, &key);
    let (first, second) = (send().await, send().await);
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("Idempotency-Replayed"), Some("true"));
}

#[tokio::test]
async fn lists_of_credentials_are_read_page_by_page() {
    let server = Server::start().await;
    let first = server.operate("GET /v1/api-tokens?limit=2", &Value::Null).await;
    assert_eq!((&first.body["has_more"], count(&first.body)), (&json!(true), 2));
    let cursor = text(&first.body["next_cursor"]);
    let rest = server.operate(&format!("GET /v1/api-tokens?cursor={cursor}"), &Value::Null).await;
    assert_eq!((&rest.body["has_more"], count(&rest.body)), (&json!(false), 1));
    let too_many = server.operate("GET /v1/api-tokens?limit=1001", &Value::Null).await;
    too_many.assert_problem(400, "invalid_request", "limit: must be at most 1000");
}

#[tokio::test]
async fn every_fault_of_a_new_token_is_told() {
    let server = Server::start().await;
    let wrong = json!({"group": "", "access": "all", "nam": "x"});
    let reply = server.operate("POST /v1/api-tokens", &wrong).await;
    let mut pointers = reply.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/access", "/nam"]);
    let unknown = json!({"group": "Nowhere", "access": "read-only"});
    let reply = server.operate("POST /v1/api-tokens", &unknown).await;
    reply.assert_problem(400, "invalid_request", "group: there is no such group");
}

#[tokio::test]
async fn a_rotated_secret_opens_tokens_until_its_overlap_ends() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let jwt = mint(&server).await;
    assert_eq!(opens(&server, &jwt).await, 200);
    let managed = managed(&server).await;
    let rotate = format!("POST /v1/embed-secrets/{managed}/value:rotate");
    let rotated = server.operate(&rotate, &Value::Null).await;
    assert_eq!((rotated.status, &rotated.body["value"]), (201, &Value::Null), "{rotated:?}");
    assert_eq!(rotated.body["replaces"]["id"], managed);
    assert!(rotated.body["replaces"]["retires_at"].is_string(), "a day from now");
    assert_eq!(opens(&server, &jwt).await, 200, "the old one opens for a day");
    let again = server.operate(&rotate, &Value::Null).await;
    again.assert_problem(409, "conflict", "was rotated before");

    let jwt = mint(&server).await;
    let next = text(&rotated.body["id"]);
    let at_once = format!("POST /v1/embed-secrets/{next}/value:rotate?overlap=P0D");
    assert_eq!(server.operate(&at_once, &Value::Null).await.status, 201);
    assert_eq!(opens(&server, &jwt).await, 401, "without an overlap it is dead at once");
    assert_eq!(opens(&server, &mint(&server).await).await, 200);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_revoked_for_good() {
    let server = Server::start().await;
    let made = server.operate("POST /v1/embed-secrets", &json!({"group": "Production"})).await;
    let (id, value) = (text(&made.body["id"]), text(&made.body["value"]));
    assert_eq!((made.status, value.len()), (201, 32));
    let list = server.operate("GET /v1/embed-secrets", &Value::Null).await;
    assert!(list.body.to_string().contains(id) && !list.body.to_string().contains(value));
    let long = format!("POST /v1/embed-secrets/{id}/value:rotate?overlap=P401D");
    let long = server.operate(&long, &Value::Null).await;
    long.assert_problem(400, "invalid_request", "overlap: must be from P0D to P400D");
    let delete = format!("DELETE /v1/embed-secrets/{id}");
    assert_eq!(server.operate(&delete, &Value::Null).await.status, 204);
    assert_eq!(server.operate(&delete, &Value::Null).await.status, 404);
}

/// A token for UA, made by the secret that the server manages.
async fn mint(server: &Server) -> String {
    let body = json!({"provided_id": "UA", "embed_id": server.embed_id});
    let reply = server.post("/api/generate_jwt/", body).await;
    text(&reply.body["jwt"]).to_owned()
}

async fn opens(server: &Server, jwt: &str) -> u16 {
    let request = Request::builder()
        .uri("/embed/v1/dashboard")
        .header("Authorization", format!("Bearer {jwt}"));
    server.send(request.body(Body::empty()).expect("a request")).await.status
}

async fn managed(server: &Server) -> String {
    let list = server.operate("GET /v1/embed-secrets", &Value::Null).await;
    let all = list.body["data"].as_array().expect("a list");
    let managed = all.iter().find(|secret| secret["managed"] == true);
    text(&managed.expect("a managed secret")["id"]).to_owned()
}

fn count(list: &Value) -> usize {
    list["data"].as_array().expect("a list").len()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is text"))
}
