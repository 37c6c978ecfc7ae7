//! Every operation of Explo's API × every caller who must not do it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Server;

/// What a caller of another kind gets: a status, and the sentence of a failure.
type Outcome = (u16, &'static str);

const FINE: Outcome = (200, "");
const NOT_HERE: Outcome = (404, "there is no such customer");
const READ_ONLY: Outcome = (403, "this API token is read-only");
const NOT_OFFERED: Outcome = (403, "not offered");

struct Operation {
    method: &'static str,
    path: &'static str,
    body: Value,
    /// For a read-write token of another group, acting on our customer.
    other_group: Outcome,
    /// For a read-only token of our group.
    read_only: Outcome,
}

fn operation(
    call: &'static str,
    body: Value,
    other_group: Outcome,
    read_only: Outcome,
) -> Operation {
    let (method, path) = call.split_once(' ').expect("a method and a path");
    Operation { method, path, body, other_group, read_only }
}

/// All operations, on the customer UA of Production.
fn operations(server: &Server, customer: &Value) -> Vec<Operation> {
    let token = json!({"current_token": customer["token"]});
    let id = json!({"provided_id": "UA"});
    let jwt = json!({"provided_id": "UA", "embed_id": server.embed_id});
    let named_jwt = {
        let mut jwt = jwt.clone();
        jwt["key_id"] = json!(server.secret.id.as_str());
        jwt
    };
    let portal = json!({
        "provided_id": "UA", "dashboard_embed_id": server.embed_id, "emails": ["ana@x.example"],
    });
    // Dashboards belong to no group.
    let publication = json!({
        "embed_id": server.embed_id, "resource_type": "dashboard", "environment": "production",
        "version_number": 1,
    });
    let new = json!({"provided_id": "new", "name": "New"});
    let renamed = json!({"provided_id": "UA", "name": "Renamed"});
    let new_group = json!({"user_group_id": "new2", "name": "New"});
    let group = json!({"user_group_id": "UA", "name": "Renamed"});
    let tag = |name: &str| json!({ "name": name });
    vec![
        operation("GET /v2/api/customers/", json!(null), FINE, FINE),
        operation("GET /api/customers/", json!(null), FINE, FINE),
        operation("POST /api/get_customer/", id.clone(), NOT_HERE, FINE),
        operation("POST /api/create_customer/", id, (400, "name: is required"), FINE),
        operation("POST /api/create_customer/", new, FINE, READ_ONLY),
        operation("POST /api/update_customer/", renamed, NOT_HERE, READ_ONLY),
        operation("POST /api/update_customer/", token.clone(), NOT_HERE, READ_ONLY),
        operation("DELETE /api/delete_customer/", token.clone(), NOT_HERE, READ_ONLY),
        operation("POST /api/refresh_customer_token/", token.clone(), NOT_HERE, READ_ONLY),
        operation("POST /api/configure_customer_portal/", portal, NOT_HERE, READ_ONLY),
        operation("POST /api/publish/", publication, FINE, READ_ONLY),
        operation("POST /api/generate_jwt/", jwt, NOT_HERE, READ_ONLY),
        operation("POST /api/generate_jwt/", named_jwt, NOT_HERE, FINE),
        operation("GET /api/dashboard/", json!(null), FINE, FINE),
        operation("GET /api/reports/", json!(null), FINE, FINE),
        operation("GET /api/group_tags/", json!(null), FINE, FINE),
        operation("POST /api/create_group_tag/", tag("theirs"), FINE, READ_ONLY),
        operation(
            "POST /api/rename_group_tag/",
            json!({"name": "theirs", "new_name": "theirs too"}),
            FINE,
            READ_ONLY,
        ),
        operation("POST /api/delete_group_tag/", tag("theirs too"), FINE, READ_ONLY),
        operation("POST /api/create_user_group/", new_group, FINE, READ_ONLY),
        operation("POST /api/update_user_group/", group, NOT_HERE, READ_ONLY),
        operation("DELETE /api/delete_user_group/", token.clone(), NOT_HERE, READ_ONLY),
        operation("POST /api/refresh_user_group_token/", token, NOT_HERE, READ_ONLY),
        operation("POST /api/create_end_user/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("POST /api/update_end_user/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("DELETE /api/delete_end_user/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("POST /api/create_blueprint/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("POST /api/update_blueprint/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("POST /api/get_customer_blueprints/", json!({}), NOT_OFFERED, NOT_OFFERED),
        operation("POST /api/partners/connect/", json!({}), NOT_OFFERED, NOT_OFFERED),
    ]
}

async fn check(server: &Server, caller: &str, operation: &Operation, expected: Outcome) {
    let body = if operation.body.is_null() { String::new() } else { operation.body.to_string() };
    let reply = server.call(caller, operation.method, operation.path, &body).await;
    let (status, sentence) = expected;
    let error = reply.body["error"].as_str().unwrap_or_default();
    let case = format!("{} {} {body}: {reply:?}", operation.method, operation.path);
    assert_eq!(reply.status, status, "{case}");
    assert!(error.contains(sentence), "{case}");
    assert!(!reply.body.to_string().contains("United"), "discloses the name: {case}");
}

#[tokio::test]
async fn every_operation_has_its_rows() {
    let server = Server::start().await;
    let customer = server.create(json!({"provided_id": "UA"})).await;
    let operations = operations(&server, &customer);
    let call = |operation: &Operation| format!("{} {}", operation.method, operation.path);
    let covered: BTreeSet<String> = operations.iter().map(call).collect();
    let is_facade = |call: &String| call.contains(" /api/") || call.contains(" /v2/api/");
    let offered: BTreeSet<String> =
        server::operation_calls().into_iter().filter(is_facade).collect();
    assert_eq!(covered, offered);
}

#[tokio::test]
async fn nobody_touches_a_customer_of_another_group_or_beyond_its_access() {
    let server = Server::start().await;
    let secret_name =
        json!({"provided_id": "UA", "name": "United", "emails": ["ua@united.example"]});
    let customer = server.create(secret_name).await;
    let theirs = server.testing.clone();
    let wrong_kinds = [
        "0".repeat(64),
        customer["token"].as_str().expect("a token").to_owned(),
        server.secret.value.expose().to_owned(),
    ];
    for operation in operations(&server, &customer) {
        check_without_header(&server, &operation).await;
        for caller in &wrong_kinds {
            check(&server, caller, &operation, (401, "there is no such API token")).await;
        }
        check(&server, &theirs, &operation, operation.other_group).await;
        check_read_only(&server, &operation).await;
    }
    assert_eq!(server.customer("UA").await, customer);
    let list = server.get("/api/customers/").await;
    assert_eq!(list.body["customers"], json!([customer]));
}

async fn check_without_header(server: &Server, operation: &Operation) {
    let request = axum::http::Request::builder()
        .method(operation.method)
        .uri(operation.path)
        .body(operation.body.to_string().into())
        .expect("a request");
    server.send(request).await.assert_fails(401, "is missing");
}

async fn check_read_only(server: &Server, operation: &Operation) {
    let body = if operation.body.is_null() { String::new() } else { operation.body.to_string() };
    let reply = server.call(&server.read_only, operation.method, operation.path, &body).await;
    let (status, sentence) = operation.read_only;
    assert_eq!(reply.status, status, "{} {body}: {reply:?}", operation.path);
    assert!(reply.body["error"].as_str().unwrap_or_default().contains(sentence), "{reply:?}");
}

#[tokio::test]
async fn two_groups_may_use_the_same_id() {
    let server = Server::start().await;
    let ours = server.create(json!({"provided_id": "UA", "name": "Ours"})).await;
    let body = json!({"provided_id": "UA", "name": "Theirs"}).to_string();
    let theirs = server.call(&server.testing, "POST", "/api/create_customer/", &body).await;
    assert_eq!(theirs.body["new_customer"], true);
    assert_eq!(theirs.body["customer"]["access_group"], "Testing");
    assert_ne!(theirs.body["customer"]["token"], ours["token"]);
    assert_eq!(server.customer("UA").await, ours);
}

#[tokio::test]
async fn a_read_only_token_needs_no_new_key_to_mint() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let jwt = json!({"provided_id": "UA", "embed_id": server.embed_id});
    let call = || server.call(&server.read_only, "POST", "/api/generate_jwt/", "");
    assert_eq!(call().await.status, 400);
    let mint = |caller: String| {
        let (server, body) = (&server, jwt.to_string());
        async move { server.call(&caller, "POST", "/api/generate_jwt/", &body).await }
    };
    mint(server.read_only.clone()).await.assert_fails(403, "this API token is read-only");
    mint(server.token.clone()).await.assert_done();
    mint(server.read_only.clone()).await.assert_done();
}
