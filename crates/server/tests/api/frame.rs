use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::{Reply, Server};

async fn request(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_path_answers_the_same_with_and_without_its_slash() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    for call in server::operation_calls() {
        let (_, path) = call.split_once(' ').expect("a method and a path");
        let Some(without) = path.strip_suffix('/') else { continue };
        for method in ["GET", "POST", "DELETE"] {
            let body = r#"{"provided_id": "UA"}"#;
            let slash = server.call(&server.read_only, method, path, body).await;
            let plain = server.call(&server.read_only, method, without, body).await;
            assert_eq!((plain.status, plain.body), (slash.status, slash.body), "{method} {path}");
            assert_ne!(slash.status, 404, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_get_may_name_a_content_type_without_a_body() {
    let server = Server::start().await;
    for path in [
        "/v2/api/customers/",
        "/api/customers/",
        "/api/group_tags/",
        "/api/dashboard/",
        "/api/reports",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn checks_come_in_their_order() {
    let server = Server::start_with(|config| config.rate_limit_per_minute = 3).await;
    // No credential, a wrong method and a path that does not exist: the path comes first.
    request(&server, "PUT", "/api/nothing/", &[]).await.assert_fails(404, "nothing at this path");
    let wrong = request(&server, "PUT", "/api/create_customer/", &[]).await;
    wrong.assert_fails(405, "method not allowed");
    assert_eq!(wrong.header("allow"), Some("POST"));
    request(&server, "POST", "/api/create_customer/", &[]).await.assert_fails(401, "is missing");
    let limited = request(&server, "PUT", "/api/nothing/", &[]).await;
    limited.assert_fails(429, "more than 3 requests in a minute from this address");
}

#[tokio::test]
async fn permission_is_checked_before_the_body() {
    let server = Server::start().await;
    for body in ["", "not json", "{}"] {
        let reply = server.call(&server.read_only, "POST", "/api/update_customer/", body).await;
        reply.assert_fails(403, "this API token is read-only");
    }
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_told_which_is() {
    let server = Server::start().await;
    for (method, path, allow) in [
        ("POST", "/v2/api/customers/", "GET,HEAD"),
        ("DELETE", "/api/customers", "GET,HEAD"),
        ("GET", "/api/get_customer/", "POST"),
        ("POST", "/api/delete_customer/", "DELETE"),
        ("OPTIONS", "/api/create_customer/", "POST"),
    ] {
        let reply = request(&server, method, path, &[]).await;
        reply.assert_fails(405, "method not allowed");
        assert_eq!(reply.header("allow"), Some(allow), "{path}");
    }
}

#[tokio::test]
async fn failures_have_the_form_of_their_surface() {
    let server = Server::start().await;
    for path in ["/api", "/api/", "/api/nothing", "/v2/api/nothing/", "/v2/"] {
        let reply = request(&server, "GET", path, &[]).await;
        reply.assert_fails(404, "there is nothing at this path");
        assert_eq!(reply.header("content-type"), Some("application/json"), "{path}");
    }
    for path in ["/v1/nothing", "/embed/v1/nothing"] {
        let reply = request(&server, "GET", path, &[]).await;
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
        let id = reply.header("x-request-id").expect("an id");
        assert_eq!(
            reply.body,
            json!({
                "type": "/problems/not-found", "title": "There is nothing here", "status": 404,
                "detail": "there is nothing at this path", "code": "not_found", "request_id": id,
                "errors": [],
            })
        );
    }
}

#[tokio::test]
async fn every_response_has_an_id_of_our_own() {
    let server = Server::start().await;
    let mut seen = std::collections::BTreeSet::new();
    for path in ["/healthz", "/readyz", "/api/customers/", "/nothing"] {
        let reply = request(&server, "GET", path, &[("X-Request-Id", "mine")]).await;
        let id = reply.header("x-request-id").expect("an id").to_owned();
        assert_eq!(id.len(), 36, "{path}");
        assert!(seen.insert(id));
    }
}

#[tokio::test]
async fn the_server_says_that_it_is_alive_and_ready() {
    let server = Server::start().await;
    assert_eq!(request(&server, "GET", "/healthz", &[]).await.body, json!("ok\n"));
    let ready = request(&server, "GET", "/readyz", &[]).await;
    assert_eq!((ready.status, &ready.body["ready"]), (200, &json!(true)));
}

#[tokio::test]
async fn the_rate_limit_counts_an_address_and_lets_it_in_after_the_window() {
    let server = Server::start_with(|config| config.rate_limit_per_minute = 180).await;
    for path in ["/api/group_tags/", "/v2/api/customers/", "/api/nothing"].repeat(60) {
        assert_ne!(request(&server, "GET", path, &[]).await.status, 429);
    }
    server.clock.advance(15);
    let limited = server.get("/api/group_tags/").await;
    limited.assert_fails(429, "more than 180 requests in a minute");
    let seconds: u32 = limited.header("retry-after").expect("a time").parse().expect("seconds");
    assert!((45..=46).contains(&seconds), "{seconds}");
    assert_eq!(request(&server, "GET", "/healthz", &[]).await.status, 200);
    server.clock.advance(seconds);
    server.get("/api/group_tags/").await.assert_done();
}

#[tokio::test]
async fn a_trusted_proxy_tells_clients_apart() {
    let server = Server::start_with(|config| {
        config.rate_limit_per_minute = 1;
        config.trusted_proxies = server::client_address::TrustedProxies::new(vec![
            "127.0.0.1".parse().expect("a network"),
        ]);
    })
    .await;
    for (client, status) in [("192.0.2.1", 401), ("192.0.2.1", 429), ("192.0.2.2", 401)] {
        let headers = [("X-Forwarded-For", client)];
        let reply = request(&server, "GET", "/api/customers/", &headers).await;
        assert_eq!(reply.status, status, "{client}");
    }
}

#[tokio::test]
async fn browsers_reach_the_management_api_from_configured_origins_alone() {
    const APP: &str = "https://app.example.com";
    let server = Server::start_with(|config| {
        config.cors_origins = vec![APP.parse().expect("an origin")];
    })
    .await;
    let preflight = |origin: &'static str, path: &'static str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type,explo-authorization"),
        ];
        let server = &server;
        async move { request(server, "OPTIONS", path, &headers).await }
    };
    let allowed = preflight(APP, "/api/generate_jwt/").await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(APP));
    assert_eq!(
        allowed.header("access-control-allow-headers"),
        Some("content-type,explo-authorization")
    );
    assert_eq!(allowed.header("access-control-max-age"), Some("7200"));
    assert_eq!(allowed.header("vary"), Some("Origin"));
    let other = preflight("https://evil.example", "/api/generate_jwt/").await;
    other.assert_fails(405, "method not allowed");
    assert_eq!(other.header("access-control-allow-origin"), None);

    let reply = request(&server, "GET", "/api/customers/", &[("Origin", APP)]).await;
    assert_eq!(reply.header("access-control-allow-origin"), Some(APP));
    assert!(reply.header("access-control-expose-headers").expect("some").contains("X-Request-Id"));
    let evil = [("Origin", "https://evil.example")];
    let reply = request(&server, "GET", "/api/customers/", &evil).await;
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn browsers_do_not_reach_the_management_api_by_default() {
    let server = Server::start().await;
    let origin = [("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "POST")];
    let reply = request(&server, "OPTIONS", "/api/generate_jwt/", &origin).await;
    reply.assert_fails(405, "method not allowed");
    assert_eq!(reply.header("access-control-allow-origin"), None);
    let reply = request(&server, "OPTIONS", "/embed/v1/dashboard", &origin).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn dashboards_are_listed_for_every_group() {
    let server = Server::start().await;
    let expected = json!({"success": 1, "dashboards": [{
        "team_id": 1, "name": "on-time", "embed_id": server.embed_id, "attributes": [],
        "is_drilldown": false,
    }]});
    assert_eq!(server.get("/api/dashboard/").await.body, expected);
    let theirs = server.call(&server.testing, "GET", "/api/dashboard/", "").await;
    assert_eq!(theirs.body, expected);
    let reports = server.get("/api/reports/").await;
    assert_eq!(reports.body, json!({"success": 1, "reports": []}));
}
