//! What operators and their machines ask: metrics, readiness, limits.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use model::OperatorScope;
use model::credential::AdminKey;
use serde_json::{Value, json};
use server::Frame;
use testkit::TestStore;

use crate::support::{Reply, Server};

async fn ask(server: &Server, peer: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let request = request.body(Body::empty()).expect("a request");
    server.send_from(peer.parse().expect("an address"), request).await
}

/// The value of one line of the metrics page, 0 when it is not there.
async fn metric(server: &Server, line: &str) -> u64 {
    let page = ask(server, "127.0.0.1", "/metrics", &[]).await;
    let text = page.body.as_str().expect("a page");
    let found = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
    found.map_or(0, |value| value.parse().expect("a whole number"))
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_the_admin_key() {
    let server = Server::start().await;
    let operator = OperatorScope::of_command_line();
    let key: AdminKey = "ab".repeat(32).parse().expect("a key");
    server.store.store().set_admin_key(&operator, &key).await.expect("a key in force");
    let (good, wrong) =
        (format!("Bearer {}", "ab".repeat(32)), format!("Bearer {}", "cd".repeat(32)));
    let token = format!("Bearer {}", server.token);
    for (peer, headers, status) in [
        ("127.0.0.1", vec![], 200),
        ("::1", vec![], 200),
        ("::ffff:127.0.0.1", vec![], 200),
        ("192.0.2.1", vec![], 404),
        // A proxy on this machine passes on what came from elsewhere.
        ("127.0.0.1", vec![("X-Forwarded-For", "192.0.2.1")], 404),
        ("127.0.0.1", vec![("X-Forwarded-For", "127.0.0.1")], 404),
        ("127.0.0.1", vec![("Forwarded", "for=192.0.2.1")], 404),
        ("192.0.2.1", vec![("Authorization", good.as_str())], 200),
        ("127.0.0.1", vec![("Via", "1.1 proxy"), ("Authorization", good.as_str())], 200),
        ("192.0.2.1", vec![("Authorization", wrong.as_str())], 404),
        ("192.0.2.1", vec![("Authorization", token.as_str())], 404),
    ] {
        let reply = ask(&server, peer, "/metrics", &headers).await;
        assert_eq!(reply.status, status, "{peer} {headers:?}");
    }
    let hidden = ask(&server, "192.0.2.1", "/metrics", &[]).await;
    let nothing = ask(&server, "192.0.2.1", "/nothing", &[]).await;
    let without_id = |mut reply: Reply| {
        reply.body["request_id"] = Value::Null;
        (reply.status, reply.body)
    };
    assert_eq!(without_id(hidden), without_id(nothing), "as if it were not there");
}

#[tokio::test]
async fn the_address_of_its_own_has_metrics_for_everybody_and_nothing_else() {
    let server = Server::start().await;
    let frame = Frame::of_metrics(server.frame.app().clone());
    let server = Server { frame, ..server };
    assert_eq!(ask(&server, "192.0.2.1", "/metrics", &[]).await.status, 200);
    for path in ["/healthz", "/api/customers/", "/"] {
        assert_eq!(ask(&server, "192.0.2.1", path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_page_is_open_metrics_and_names_no_customer() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "hush-hush"})).await;
    server.get("/api/customers/?parent_provided_id=hush-hush").await;
    server.get("/api/nothing/hush-hush").await;
    let page = ask(&server, "127.0.0.1", "/metrics", &[]).await;
    let content_type = page.header("content-type").expect("a type");
    assert!(content_type.starts_with("application/openmetrics-text; version=1.0.0"));
    let text = page.body.as_str().expect("a page");
    assert!(text.ends_with("# EOF\n"));
    assert!(!text.contains("hush-hush") && !text.contains("Production"), "{text}");
    for line in [
        r#"fanlight_http_requests_total{surface="facade",route="/api/create_customer",method="POST",status="2xx"} 1"#,
        r#"fanlight_http_requests_total{surface="facade",route="none",method="GET",status="4xx"} 1"#,
        r#"fanlight_http_request_duration_seconds_count{surface="facade",route="/api/create_customer"} 1"#,
        "fanlight_http_requests_in_flight 1",
        "# UNIT fanlight_store_commit_duration_seconds seconds",
        "fanlight_store_changes_waiting 0",
        r#"fanlight_customers{kind="paid"} 1"#,
        r#"fanlight_customers{kind="demo"} 0"#,
        r#"fanlight_source_queries_total{outcome="rows"} 0"#,
        r#"fanlight_source_queries_total{outcome="cancelled"} 0"#,
        "# TYPE fanlight_source_queue_wait_seconds histogram",
        r#"fanlight_source_connections{kind="postgres"} 0"#,
        "fanlight_source_addresses_refused_total 0",
        r#"fanlight_object_cache_requests_total{result="hit"} 0"#,
        "fanlight_object_fetched_bytes_total 0",
        "# UNIT fanlight_object_cache_bytes bytes",
        "# TYPE process_resident_memory_bytes gauge",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line} in {text}");
    }
    let version = format!("fanlight_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    let families: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let documented = include_str!("../../../../docs/how-to/operate.md");
    for family in families {
        assert!(
            documented.contains(&format!("`{family}")),
            "docs/how-to/operate.md lacks {family}"
        );
    }
}

#[tokio::test]
async fn refusals_and_limits_are_counted() {
    let server = Server::start_with(|config| config.rate_limit_per_minute = 2).await;
    for _ in 0..3 {
        server.get("/api/customers/").await;
    }
    let limited = r#"fanlight_http_requests_limited_total{by="address"}"#;
    assert_eq!(metric(&server, limited).await, 1);
    ask(&server, "127.0.0.1", "/embed/v1/dashboard", &[]).await;
    let malformed = [("Authorization", "Bearer a.b.c.d.e")];
    ask(&server, "127.0.0.1", "/embed/v1/dashboard", &malformed).await;
    for reason in ["missing", "invalid"] {
        let line = format!("fanlight_embed_credentials_refused_total{{reason=\"{reason}\"}}");
        assert_eq!(metric(&server, &line).await, 1, "{reason}");
    }
}

#[tokio::test]
async fn readiness_tells_what_was_looked_at() {
    let server = Server::start().await;
    let ready = ask(&server, "192.0.2.1", "/readyz", &[]).await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.header("cache-control"), Some("no-store"));
    let checks = ready.body["checks"].as_array().expect("checks");
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().expect("text")).collect();
    assert_eq!(names, ["metadata", "schema", "metadata_writes"]);
    assert!(checks.iter().all(|check| check["ok"] == true), "{checks:?}");

    server.frame.app().stop();
    let stopping = ask(&server, "192.0.2.1", "/readyz", &[]).await;
    assert_eq!(stopping.status, 503);
    let why = json!([{"name": "shutdown", "ok": false, "detail": "the server is stopping"}]);
    assert_eq!(stopping.body, json!({"ready": false, "checks": why}));
    assert_eq!(ask(&server, "192.0.2.1", "/healthz", &[]).await.status, 200);
    server.get("/api/customers/").await.assert_done();
}

/// The checks of a server that is not ready, by name, those that failed.
async fn failed(server: &Server) -> Vec<String> {
    let reply = ask(server, "192.0.2.1", "/readyz", &[]).await;
    assert_eq!((reply.status, &reply.body["ready"]), (503, &json!(false)), "{}", reply.body);
    let checks = reply.body["checks"].as_array().expect("checks");
    let failed = checks.iter().filter(|check| check["ok"] == false);
    failed.map(|check| check["name"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_takes_no_changes_makes_the_server_unready() {
    let server = Server::start().await;
    assert_eq!(ask(&server, "192.0.2.1", "/readyz", &[]).await.status, 200);
    let file = server.store.data_dir().expect("SQLite").join("fanlight.db");
    let blocker = rusqlite::Connection::open(file).expect("a connection");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("the only writer");
    server.clock.advance(10);
    assert_eq!(failed(&server).await, ["metadata_writes"]);
    blocker.execute_batch("ROLLBACK").expect("others may write");
    server.clock.advance(1);
    assert_eq!(ask(&server, "192.0.2.1", "/readyz", &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_makes_the_server_unready() {
    let store = TestStore::postgres().await.expect("a store");
    let mut server = Server::start_on(store, |_| {}).await;
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        let reply = ask(&server, "192.0.2.1", "/readyz", &[]).await;
        assert_eq!(reply.status, 200, "{}: ready without the listener, too", reply.body);
        let checks = reply.body["checks"].as_array().expect("checks");
        let listener = checks.last().expect("a check");
        assert_eq!(listener["name"], "definitions_listener");
        if listener["ok"] == true {
            break;
        }
        assert!(Instant::now() < patience, "{listener}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(metric(&server, "fanlight_store_pool_connections_max").await > 0);
    let another = TestStore::sqlite().await.expect("a store");
    drop(std::mem::replace(&mut server.store, another));
    assert_eq!(failed(&server).await, ["metadata"]);
}

/// What a reply says of the limit: of how many, how many are left, and for how long.
fn allowance(reply: &Reply) -> Option<(u32, u32, u32)> {
    let number = |name| Some(reply.header(name)?.parse().expect("a number"));
    Some((number("ratelimit-limit")?, number("ratelimit-remaining")?, number("ratelimit-reset")?))
}

#[tokio::test]
async fn every_reply_of_the_management_apis_tells_what_is_left() {
    let server = Server::start_with(|config| config.rate_limit_per_minute = 10).await;
    assert_eq!(allowance(&server.get("/api/customers/").await), Some((10, 9, 60)));
    server.clock.advance(20);
    // The façade and the native API share the window; failures tell, too.
    let native = ask(&server, "127.0.0.1", "/v1/nothing", &[]).await;
    assert_eq!((native.status, allowance(&native)), (404, Some((10, 8, 41))));
    let unknown = ask(&server, "127.0.0.1", "/api/customers/", &[]).await;
    assert_eq!((unknown.status, allowance(&unknown)), (401, Some((10, 7, 41))));
    for path in ["/healthz", "/embed/v1/dashboard", "/nothing"] {
        assert_eq!(allowance(&ask(&server, "127.0.0.1", path, &[]).await), None, "{path}");
    }
    for _ in 0..7 {
        server.get("/api/customers/").await.assert_done();
    }
    let limited = server.get("/api/customers/").await;
    assert_eq!((limited.status, allowance(&limited)), (429, Some((10, 0, 41))));
    assert_eq!(limited.header("retry-after"), Some("41"));
    let native = ask(&server, "127.0.0.1", "/v1/nothing", &[]).await;
    assert_eq!((native.status, &native.body["code"]), (429, &json!("rate_limited")));
    assert_eq!(ask(&server, "192.0.2.1", "/v1/nothing", &[]).await.status, 404);
}

#[tokio::test]
async fn a_credential_has_a_limit_of_its_own_wherever_it_is_used() {
    let server = Server::start_with(|config| config.key_rate_limit_per_minute = 3).await;
    for left in [2, 1, 0] {
        let reply = server.get("/api/customers/").await;
        assert_eq!((reply.status, allowance(&reply)), (200, Some((3, left, 60))));
    }
    let limited = server.get("/api/customers/").await;
    limited.assert_fails(429, "more than 3 requests in a minute with this credential");
    assert_eq!(allowance(&limited), Some((3, 0, 60)));
    assert_eq!(limited.header("retry-after"), Some("60"));
    let token = format!("Token {}", server.token);
    let elsewhere = [("Explo-Authorization", token.as_str())];
    assert_eq!(ask(&server, "192.0.2.1", "/api/customers/", &elsewhere).await.status, 429);
    let bearer = format!("Bearer {}", server.token);
    let native = ask(&server, "127.0.0.1", "/v1/customers", &[("Authorization", &bearer)]).await;
    assert_eq!((native.status, allowance(&native)), (429, Some((3, 0, 60))));
    assert_eq!(server.call(&server.read_only, "GET", "/api/customers/", "").await.status, 200);
    let counted = r#"fanlight_http_requests_limited_total{by="credential"}"#;
    assert_eq!(metric(&server, counted).await, 3);
    server.clock.advance(60);
    server.get("/api/customers/").await.assert_done();
}

#[tokio::test]
async fn the_limit_of_which_less_remains_is_the_one_that_is_told() {
    let server = Server::start_with(|config| {
        config.rate_limit_per_minute = 4;
        config.key_rate_limit_per_minute = 3;
    })
    .await;
    assert_eq!(allowance(&server.get("/api/customers/").await), Some((3, 2, 60)));
    for _ in 0..2 {
        ask(&server, "127.0.0.1", "/api/customers/", &[]).await;
    }
    let reply = server.get("/api/customers/").await;
    assert_eq!((reply.status, allowance(&reply)), (200, Some((4, 0, 60))));
    // The address is checked first: the credential's window does not even see this one.
    server.get("/api/customers/").await.assert_fails(429, "from this address");
}

#[tokio::test]
async fn a_target_beyond_measure_is_refused_on_every_surface() {
    let server = Server::start().await;
    let long = "x".repeat(16 * 1024);
    for path in ["/api/customers", "/v1/nothing", "/embed/v1/dashboard", "/nothing"] {
        let reply = ask(&server, "127.0.0.1", &format!("{path}?{long}"), &[]).await;
        assert_eq!(reply.status, 414, "{path}");
        assert!(reply.header("x-request-id").is_some());
    }
}
