//! Embed tokens against an independent library: the npm package `jose`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use server::embed_token::{EmbedTokenError, SealedToken};

use crate::support::Server;

/// Lets Node.js run one command of `tests/jose/tokens.mjs`.
fn jose(command: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jose");
    assert!(
        folder.join("node_modules/jose").exists(),
        "the npm package jose is missing: run `cargo xtask setup`"
    );
    let mut node = Command::new("node")
        .arg(folder.join("tokens.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js: run `cargo xtask setup`");
    let mut input = node.stdin.take().expect("piped");
    input.write_all(command.to_string().as_bytes()).expect("written");
    drop(input);
    let output = node.wait_with_output().expect("ends");
    assert!(output.status.success(), "tokens.mjs failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[tokio::test]
async fn another_library_opens_our_tokens() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "東京 支店"})).await;
    let body = json!({
        "provided_id": "東京 支店", "embed_id": server.embed_id, "expiration": "PT1H",
        "key_id": server.secret.id.as_str(), "embed_origin": "https://app.example.com/",
        "rb_allowed_features": ["core"], "disable_editable_section_editing": false,
    });
    let reply = server.post("/api/generate_jwt/", body).await;
    let opened = jose(&json!({"open": reply.body["jwt"], "key": server.secret.value.expose()}));
    let now = server.now().as_second();
    let header = json!({"alg": "dir", "enc": "A256GCM", "kid": server.secret.id.as_str()});
    let claims = json!({
        "cst": "東京 支店", "dsh": server.embed_id, "iat": now, "exp": now + 3600,
        "iss": "https://app.example.com/", "rbc": ["core"], "des": false,
    });
    assert_eq!(opened, json!({"header": header, "claims": claims}));
}

#[tokio::test]
async fn we_open_the_tokens_of_another_library() {
    let server = Server::start().await;
    let minted = |claims: Value, header: Value| {
        let command =
            json!({"mint": claims, "header": header, "key": server.secret.value.expose()});
        jose(&command)["token"].as_str().expect("a token").to_owned()
    };
    let now = server.now();
    let header = json!({"alg": "dir", "enc": "A256GCM", "kid": server.secret.id.as_str()});
    let exp = now.as_second() as f64 + 0.5;
    let claims =
        json!({"cst": "UA", "dsh": server.embed_id, "exp": exp, "iss": "https://a.example/"});

    let token = minted(claims.clone(), header.clone());
    let opened = SealedToken::parse(&token).expect("well formed").open(&server.secret, now);
    let opened = opened.expect("opens");
    assert_eq!(opened.customer.as_str(), "UA");
    assert_eq!(opened.expires.duration_since(now).as_millis(), 500);
    assert!(opened.allows_page(Some("https://a.example"), None));
    let sealed = SealedToken::parse(&token).expect("well formed");
    let other = sealed.open(&server.testing_secret, now);
    assert_eq!(other, Err(EmbedTokenError::Undecryptable));

    let mut shorter = header;
    shorter["enc"] = json!("A128CBC-HS256");
    let token = minted(claims, shorter);
    let error = SealedToken::parse(&token).expect_err("another encryption").to_string();
    assert!(error.contains("its enc must be \"A256GCM\""), "{error}");
}
