//! Every operation below `/embed/v1` × every credential that must not open it.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use model::OperatorScope;
use model::credential::EmbedSecret;
use serde_json::{Value, json};
use server::embed_token::{Claims, mint};

use crate::support::{Reply, Server};

/// An operation as the document has it, with a call of it on the demo's dashboard.
const ROWS: [(&str, &str, &str); 4] = [
    ("GET /embed/v1/dashboard", "/embed/v1/dashboard", ""),
    ("POST /embed/v1/panels/{id}/data", "/embed/v1/panels/flights/data", "{}"),
    ("POST /embed/v1/elements/{id}/options", "/embed/v1/elements/origin/options", "{}"),
    (
        "POST /embed/v1/panels/{id}/export",
        "/embed/v1/panels/flights/export",
        r#"{"format": "csv"}"#,
    ),
];

#[test]
fn every_operation_has_its_row() {
    let covered: BTreeSet<&str> = ROWS.iter().map(|(operation, ..)| *operation).collect();
    let calls = server::operation_calls();
    let embed = calls.iter().filter(|call| call.contains(" /embed/v1/"));
    assert_eq!(covered, embed.map(String::as_str).collect());
}

async fn call(server: &Server, row: (&str, &str, &str), header: (&str, &str)) -> Reply {
    let (operation, path, body) = row;
    let request = Request::builder()
        .method(operation.split_once(' ').expect("a method").0)
        .uri(path)
        .header("Content-Type", "application/json")
        .header(header.0, header.1)
        .body(Body::from(body.to_owned()));
    server.send(request.expect("a request")).await
}

/// A token for UA on the demo's dashboard, which says so under another group's secret or its own.
fn minted(server: &Server, secret: &EmbedSecret) -> String {
    let claims = Claims {
        customer: "UA".parse().expect("an id"),
        dashboard: server.embed_id.parse().expect("an id"),
        expires: server.clock.now() + jiff::SignedDuration::from_hours(1),
        issuer: None,
        features: None,
        disables_editing: None,
        chart: None,
    };
    mint(&claims, secret, server.clock.now(), [7; 12])
}

#[tokio::test]
async fn nobody_looks_without_a_credential_that_opens_this_very_dashboard() {
    let server = Server::start().await;
    let customer = server.create(json!({"provided_id": "UA"})).await;
    let operator = OperatorScope::of_command_line();
    let testing = "Testing".parse().expect("a name");
    let of_testing = server.store.store().create_embed_secret(&operator, &testing).await;
    let of_testing = of_testing.expect("a secret");
    let token = customer["token"].as_str().expect("a token");
    let own = minted(&server, &server.secret);
    let unopened = [
        ("X-None", "none".to_owned(), "unauthenticated"),
        ("Authorization", format!("Bearer {}", server.token), "invalid"),
        ("Authorization", format!("Bearer {token}"), "invalid"),
        ("Authorization", format!("Bearer {}", minted(&server, &of_testing)), "invalid"),
        ("Fanlight-Customer-Token", format!("{}:{}", server.embed_id, server.token), "invalid"),
    ];
    for row in ROWS {
        for (name, value, code) in &unopened {
            let reply = call(&server, row, (*name, value)).await;
            assert_eq!((reply.status, &reply.body["code"]), (401, &json!(code)), "{row:?} {name}");
        }
        let elsewhere = format!("ABCDEFGHIJ:{token}");
        let reply = call(&server, row, ("Fanlight-Customer-Token", &elsewhere)).await;
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!("not_found")), "{row:?}");
        let reply = call(&server, row, ("Authorization", &format!("Bearer {own}"))).await;
        assert_eq!((reply.status, &reply.body["code"]), (200, &Value::Null), "{row:?}");
    }
}
