//! What the log holds, and what it must not.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::Server;

/// A log that stays in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
    }
}

fn start() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .finish();
    (lines.clone(), tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn the_log_has_every_request_and_no_secret() {
    let server = Server::start().await;
    let (lines, _guard) = start();
    let properties = json!({"plan": "hush"});
    let made = server.create(json!({"provided_id": "UA", "properties": properties})).await;
    let token = made["token"].as_str().expect("a token").to_owned();
    let jwt = json!({"provided_id": "UA", "embed_id": server.embed_id});
    let jwt = server.post("/api/generate_jwt/", jwt).await.body["jwt"].clone();
    let jwt = jwt.as_str().expect("a token").to_owned();
    server.post("/api/update_customer/", json!({"provided_id": "UA", "emails": ["hush"]})).await;
    for path in [
        format!("/iframe/{jwt}"),
        format!("/iframe/{}/{token}/production", server.embed_id),
        format!("/api/customers/?parent_provided_id={token}"),
        format!("/v2/api/customers/?{token}"),
    ] {
        server.get(&path).await;
    }
    let failed = server.get("/api/nothing/").await;
    let log = lines.text();
    for secret in [&server.token, &token, &jwt, "hush@", "\"plan\"", server.secret.value.expose()] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert_eq!(log.lines().filter(|line| line.contains("duration_us=")).count(), 8, "{log}");
    let id = failed.header("x-request-id").expect("an id");
    let line = log.lines().find(|line| line.contains(id)).expect("a line");
    for part in [
        "surface=\"facade\"",
        "method=GET",
        "path=\"/api/nothing/\"",
        "route=\"none\"",
        "status=404",
        "client=127.0.0.1",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("key="), "nobody was verified: {line}");
}

#[tokio::test]
async fn a_token_from_a_web_page_is_reported() {
    let server = Server::start().await;
    let (lines, _guard) = start();
    let request = Request::get("/api/customers/")
        .header("Explo-Authorization", format!("Token {}", server.token))
        .header("Origin", "https://app.example.com")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(server.send(request).await.status, 200);
    let log = lines.text();
    let line = log.lines().find(|line| line.contains("has probably leaked")).expect("a line");
    for part in ["WARN", "group=Production", "https://app.example.com"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!log.contains(&server.token));
}

#[tokio::test]
async fn a_request_is_logged_with_whose_it_was_and_never_with_the_credential() {
    let server = Server::start().await;
    let made = server.create(json!({"provided_id": "UA"})).await;
    let customer_token = made["token"].as_str().expect("a token").to_owned();
    let jwt = server.jwt("UA").await;
    let (lines, _guard) = start();
    let mut ids = Vec::new();
    for (path, name, value) in [
        ("/api/customers/", "Explo-Authorization", format!("Token {}", server.token)),
        ("/embed/v1/dashboard", "Authorization", format!("Bearer {jwt}")),
        ("/embed/v1/dashboard", "Fanlight-Customer-Token", {
            format!("{}:{customer_token}", server.embed_id)
        }),
        ("/api/customers/", "Explo-Authorization", format!("Token {}", "0".repeat(64))),
    ] {
        let request = Request::get(path).header(name, value).body(Body::empty());
        let reply = server.send(request.expect("a request")).await;
        ids.push(reply.header("x-request-id").expect("an id").to_owned());
    }
    let log = lines.text();
    for secret in [&server.token, &customer_token, &jwt, server.secret.value.expose()] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let line = |id: &str| log.lines().find(|line| line.contains(id)).expect("a line");
    assert!(line(&ids[0]).contains("key=\"api_token:"), "{}", line(&ids[0]));
    assert!(line(&ids[0]).contains("route=\"/api/customers\""), "{}", line(&ids[0]));
    assert!(line(&ids[1]).contains("key=\"embed_secret:"), "{}", line(&ids[1]));
    assert!(line(&ids[2]).contains("key=\"customer_token\""), "{}", line(&ids[2]));
    assert!(!line(&ids[3]).contains("key="), "{}", line(&ids[3]));
}
