use axum::body::Body;
use axum::http::Request;

use crate::support::{Reply, Server};

/// Asks for the tags with these headers.
async fn ask(server: &Server, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get("/api/group_tags/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn only_a_known_token_in_the_right_header_is_a_credential() {
    let server = Server::start().await;
    let token = server.token.clone();
    let unknown = "0".repeat(64);
    let customer = customer_token(&server).await;
    let with = |scheme: &str, token: &str| format!("{scheme} {token}");
    for (name, value, sentence) in [
        ("Other", "x".to_owned(), "is missing"),
        ("Authorization", with("Token", &token), "Explo-Authorization, not Authorization"),
        ("Explo-Authorization", with("Bearer", &token), "must be \"Token <API token>\""),
        ("Explo-Authorization", token.clone(), "must be \"Token <API token>\""),
        ("Explo-Authorization", "Token".to_owned(), "must be \"Token <API token>\""),
        ("Explo-Authorization", with("Token", &unknown), "there is no such API token"),
        ("Explo-Authorization", with("Token", &token.to_uppercase()), "no such API token"),
        ("Explo-Authorization", with("Token", &token[..63]), "no such API token"),
        ("Explo-Authorization", with("Token", &format!("{token} x")), "no such API token"),
        ("Explo-Authorization", with("Token", "x"), "there is no such API token"),
        ("Explo-Authorization", with("Token", &customer), "there is no such API token"),
        ("Explo-Authorization", with("Token", server.secret.value.expose()), "no such API token"),
    ] {
        let reply = ask(&server, &[(name, &value)]).await;
        reply.assert_fails(401, sentence);
        assert_eq!(reply.header("www-authenticate"), Some("Token"));
    }
}

async fn customer_token(server: &Server) -> String {
    let customer = server.create(serde_json::json!({"provided_id": "UA"})).await;
    customer["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn header_name_and_scheme_are_read_generously() {
    let server = Server::start().await;
    for (name, scheme) in [
        ("Explo-Authorization", "Token "),
        ("EXPLO-AUTHORIZATION", "Token "),
        ("explo-authorization", "token "),
        ("Explo-Authorization", "TOKEN    "),
    ] {
        let value = format!("{scheme}{}", server.token);
        ask(&server, &[(name, &value)]).await.assert_done();
    }
}

#[tokio::test]
async fn a_revoked_token_is_dead_at_once() {
    let server = Server::start().await;
    server.get("/api/group_tags/").await.assert_done();
    let operator = model::OperatorScope::of_command_line();
    let token = server.token.parse().expect("a token");
    server.store.store().delete_api_token(&operator, &token).await.expect("revoked");
    server.get("/api/group_tags/").await.assert_fails(401, "there is no such API token");
}
