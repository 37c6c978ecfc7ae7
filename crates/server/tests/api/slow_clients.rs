//! Clients that take their time, or more than their share.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use server::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::{Listening, Server};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// As short as a limit may be without hitting those who are quick.
const SOON: Duration = Duration::from_millis(300);

async fn listening(configure: impl FnOnce(&mut Config)) -> Listening {
    Listening::start(Server::start_with(configure).await).await
}

/// A connection on which `text` was sent.
async fn sent(listening: &Listening, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(listening.address).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("sent");
    stream
}

/// What comes until the server closes the connection.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut received = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut received)).await;
    // A reset is an end, too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&received).into_owned()
}

/// What comes until `end` has come.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut received = String::new();
    let mut piece = [0; 4096];
    while !received.contains(end) {
        let read = timeout(PATIENCE, stream.read(&mut piece)).await.expect("in time");
        let bytes = read.expect("an open connection");
        assert!(bytes > 0, "closed after {received:?}");
        received.push_str(&String::from_utf8_lossy(&piece[..bytes]));
    }
    received
}

async fn metric(server: &Server, name: &str) -> u64 {
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let page = server.send(request).await.body;
    let mut lines = page.as_str().expect("a page").lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.expect("the metric").parse::<f64>().expect("a number") as u64
}

async fn until_metric(server: &Server, name: &str, value: u64) {
    let reached = async {
        while metric(server, name).await != value {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{name} never became {value}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_closes_the_connection() {
    let listening = listening(|config| config.connections.idle_timeout = SOON).await;
    for beginning in
        ["", "G", "GET /healthz HTTP/1.1\r\nHost: ", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let received = until_closed(sent(&listening, beginning).await).await;
        assert!(!received.contains("200"), "{beginning:?}: {received:?}");
    }
    let mut kept = sent(&listening, "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").await;
    until(&mut kept, "ok\n").await;
    assert_eq!(until_closed(kept).await, "", "a connection may not rest for ever");
    until_metric(&listening.server, "fanlight_http_connections", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_answered() {
    let listening = listening(|config| config.body_timeout = SOON).await;
    listening.server.create(json!({"provided_id": "UA"})).await;
    let jwt = listening.server.jwt("UA").await;
    let token = &listening.server.token;
    for (call, credential, body) in [
        (
            "POST /api/create_customer/",
            format!("Explo-Authorization: Token {token}"),
            "\"success\":0",
        ),
        ("PUT /v1/customers/UA", format!("Authorization: Bearer {token}"), "\"too_slow\""),
        (
            "POST /embed/v1/panels/flights/data",
            format!("Authorization: Bearer {jwt}"),
            "\"too_slow\"",
        ),
    ] {
        let head = format!(
            "{call} HTTP/1.1\r\nHost: here\r\n{credential}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"pro"
        );
        let mut stream = sent(&listening, &head).await;
        let reply = until(&mut stream, body).await;
        assert!(reply.starts_with("HTTP/1.1 408 "), "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_loses_its_connection() {
    let listening = listening(|config| config.connections.write_timeout = SOON).await;
    for number in 0..20 {
        let properties = json!({"text": "x".repeat(60_000)});
        let id = format!("customer-{number}");
        listening.server.create(json!({"provided_id": id, "properties": properties})).await;
    }
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut stream = socket.connect(listening.address).await.expect("a connection");
    let token = &listening.server.token;
    let request = format!(
        "GET /api/customers/ HTTP/1.1\r\nHost: here\r\nExplo-Authorization: Token {token}\r\n\r\n"
    );
    // Twenty answers of more than a megabyte do not fit into any buffer on the way.
    stream.write_all(request.repeat(20).as_bytes()).await.expect("sent");
    until_metric(&listening.server, "fanlight_http_connections_cut_total", 1).await;
    until_metric(&listening.server, "fanlight_http_connections", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait_for_a_place() {
    const ASK: &str = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    let listening = listening(|config| config.connections.most = 2).await;
    let mut first = sent(&listening, ASK).await;
    until(&mut first, "ok\n").await;
    let mut second = sent(&listening, ASK).await;
    until(&mut second, "ok\n").await;
    let mut third = sent(&listening, ASK).await;
    // Those who have a place are served as ever, and nobody else is.
    for _ in 0..50 {
        for open in [&mut first, &mut second] {
            open.write_all(ASK.as_bytes()).await.expect("sent");
            until(open, "ok\n").await;
        }
    }
    assert_eq!(metric(&listening.server, "fanlight_http_connections").await, 2);
    let nothing = third.try_read(&mut [0; 1]).expect_err("nothing has come");
    assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    until(&mut third, "ok\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_and_targets_have_their_limits() {
    let listening = listening(|_| {}).await;
    let long = "x".repeat(100_000);
    for (request, status) in [
        (format!("GET /healthz HTTP/1.1\r\nHost: here\r\nX: {long}\r\n\r\n"), "431"),
        (format!("GET /healthz HTTP/1.1\r\nHost: here\r\n{}\r\n", "X: y\r\n".repeat(200)), "431"),
        (format!("GET /{long} HTTP/1.1\r\nHost: here\r\n\r\n"), "4"),
        (format!("GET /{} HTTP/1.1\r\nHost: here\r\n\r\n", &long[..20_000]), "414"),
    ] {
        let mut stream = sent(&listening, &request).await;
        let reply = until(&mut stream, "\r\n\r\n").await;
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_2_client_may_not_flood_the_server_with_resets() {
    let listening = listening(|_| {}).await;
    let stream = TcpStream::connect(listening.address).await.expect("a connection");
    let (sender, connection) = h2::client::handshake(stream).await.expect("a handshake");
    let connection = tokio::spawn(connection);
    let mut sender = sender.ready().await.expect("open");
    let request = || {
        let uri = format!("http://{}/healthz", listening.address);
        Request::get(uri).body(()).expect("a request")
    };
    let (reply, _) = sender.send_request(request(), true).expect("sent");
    assert_eq!(reply.await.expect("an answer").status(), 200);
    assert_eq!(sender.current_max_send_streams(), 128);
    let flood = async {
        while let Ok((_, mut stream)) = sender.send_request(request(), false) {
            stream.send_reset(h2::Reason::CANCEL);
            let Ok(open) = sender.ready().await else { return };
            sender = open;
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, flood).await.expect("the server ends the flood");
    let ended = connection.await.expect("a task").expect_err("the server has had enough");
    // The reason is lost to a client that is still writing when the connection closes.
    assert!(ended.is_io() || ended.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM), "{ended}");
    until_metric(&listening.server, "fanlight_http_connections", 0).await;
}

#[tokio::test]
async fn bodies_have_their_limits_on_every_surface() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let (viewer, manager) = (server.jwt("UA").await, server.token.clone());
    let deep = "{\"a\":".repeat(40) + "1" + &"}".repeat(40);
    for (method, path, credential, field) in [
        ("POST", "/embed/v1/panels/flights/data", &viewer, "variables"),
        ("POST", "/embed/v1/panels/flights/export", &viewer, "variables"),
        ("PUT", "/v1/customers/UA", &manager, "properties"),
        ("PATCH", "/v1/customers/UA", &manager, "properties"),
    ] {
        let ask = async |content_type: &str, body: String| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("Authorization", format!("Bearer {credential}"))
                .header("Content-Type", content_type)
                .body(Body::from(body));
            let reply = server.send(request.expect("a request")).await;
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            (reply.status, reply.body["code"].as_str().expect("a code").to_owned())
        };
        let json =
            if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let outcome = |status: u16, code: &str| (status, code.to_owned());
        let large = ask(json, " ".repeat(1024 * 1024 + 1)).await;
        assert_eq!(large, outcome(413, "too_large"), "{method} {path}");
        let nested = ask(json, format!("{{\"{field}\":{deep}}}")).await;
        assert_eq!(nested, outcome(400, "invalid_request"), "{method} {path}");
        let twice = ask(json, format!("{{\"{field}\":{{}},\"{field}\":{{}}}}")).await;
        assert_eq!(twice, outcome(400, "invalid_request"), "{method} {path}");
        let plain = ask("text/plain", "{}".to_owned()).await;
        assert_eq!(plain, outcome(415, "unsupported_media_type"), "{method} {path}");
    }
}
