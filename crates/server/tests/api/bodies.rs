use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::{Reply, Server};

async fn create(server: &Server, content_type: Option<&str>, body: impl Into<Body>) -> Reply {
    let token = format!("Token {}", server.token);
    let mut request = Request::post("/api/create_customer/").header("Explo-Authorization", token);
    if let Some(content_type) = content_type {
        request = request.header("Content-Type", content_type);
    }
    server.send(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn a_body_that_is_no_sound_json_is_refused_with_the_place() {
    let server = Server::start().await;
    let deep = format!(
        r#"{{"provided_id":"new","name":"N","properties":{}1{}}}"#,
        r#"{"a":"#.repeat(40),
        "}".repeat(40)
    );
    for (body, sentence) in [
        ("", "the body must be a JSON object, but is empty"),
        ("[]", "the body must be a JSON object, not a list"),
        ("\"new\"", "the body must be a JSON object, not text"),
        ("null", "the body must be a JSON object, not null"),
        ("{\"provided_id\":\"new\"", "the body is not valid JSON"),
        ("{'provided_id':'new'}", "the body is not valid JSON"),
        ("provided_id=new&name=N", "the body is not valid JSON"),
        (r#"{"provided_id":"new","name":"N","name":"M"}"#, "name: is given twice"),
        (r#"{"provided_id":"new","name":"N","properties":{"a":{"b":1,"b":2}}}"#, {
            "properties.a.b: is given twice"
        }),
        (r#"{"provided_id":"new","name":"N","emails":["a@b.c\u0000"]}"#, {
            "emails[0]: must not contain the character U+0000"
        }),
        (r#"{"provided_id":"new","name":"N","properties":{"a":["\u0000"]}}"#, {
            "properties.a[0]: must not contain the character U+0000"
        }),
        (r#"{"provided_id":"n\ud800ew","name":"N"}"#, "provided_id"),
        (r#"{"provided_id":"new","name":"N","properties":{"n":1e400}}"#, "properties.n"),
        (r#"{"provided_id":"new","name":"N","properties":{"n":123456789012345678901234}}"#, {
            "properties.n"
        }),
        (r#"{"provided_id":"new","name":"N","properties":{"n":01}}"#, "is not valid JSON"),
        (r#"{"provided_id":"new","name":"N","properties":{"n":NaN}}"#, "properties.n"),
        (&deep, "is nested deeper than 32 levels"),
        (&"[".repeat(100_000), "is nested deeper than 32 levels"),
    ] {
        let reply = create(&server, Some("application/json"), body.to_owned()).await;
        reply.assert_fails(400, sentence);
    }
    let latin1 = b"{\"provided_id\":\"new\",\"name\":\"caf\xe9\"}".to_vec();
    create(&server, None, latin1).await.assert_fails(400, "name: is not valid JSON");
    assert!(!server.exists("new").await);
}

#[tokio::test]
async fn a_body_is_json_in_utf_8_or_says_nothing_of_its_type() {
    let server = Server::start().await;
    let body = json!({"provided_id": "UA", "name": "United"}).to_string();
    for content_type in [None, Some("application/json"), Some("Application/Json; charset=UTF-8")] {
        create(&server, content_type, body.clone()).await.assert_done();
    }
    for content_type in
        ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin1"]
    {
        create(&server, Some(content_type), body.clone())
            .await
            .assert_fails(415, "the content type must be application/json");
    }
}

#[tokio::test]
async fn a_body_beyond_one_mebibyte_is_too_large() {
    let server = Server::start().await;
    for size in [1024 * 1024 + 1, 10 * 1024 * 1024] {
        let body = format!(
            r#"{{"provided_id":"new","name":"N","properties":{{"a":"{}"}}}}"#,
            "x".repeat(size)
        );
        create(&server, Some("application/json"), body.clone())
            .await
            .assert_fails(413, "the body is larger than 1048576 bytes");
        let pieces = body.into_bytes().chunks(60_000).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let stream = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
        create(&server, Some("application/json"), Body::from_stream(stream))
            .await
            .assert_fails(413, "the body is larger than 1048576 bytes");
    }
    assert!(!server.exists("new").await);
}

#[tokio::test]
async fn a_body_may_arrive_in_pieces() {
    let server = Server::start().await;
    let pieces = [r#"{"provided_id":"#, "", r#""UA","name":"#, r#""Unit"#, r#"ed"}"#];
    let stream = futures_util::stream::iter(pieces.map(Ok::<_, std::io::Error>));
    create(&server, Some("application/json"), Body::from_stream(stream)).await.assert_done();
}
