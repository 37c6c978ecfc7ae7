//! Which credentials open an embed, and what each refusal looks like.

use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use model::OperatorScope;
use model::credential::EmbedSecret;
use serde_json::{Value, json};
use server::embed_token::{Claims, mint};

use crate::support::{Reply, Server};

async fn started() -> Server {
    let server = Server::start().await;
    server.create(json!({"provided_id": "OO"})).await;
    server
}

fn claims(server: &Server) -> Claims {
    Claims {
        customer: "OO".parse().expect("an id"),
        dashboard: server.embed_id.parse().expect("an id"),
        expires: server.clock.now() + SignedDuration::from_hours(1),
        issuer: None,
        features: None,
        disables_editing: None,
        chart: None,
    }
}

fn minted(server: &Server, secret: &EmbedSecret, claims: &Claims) -> String {
    mint(claims, secret, server.clock.now(), [7; 12])
}

async fn look(server: &Server, headers: &[(&str, &str)], query: &str) -> Reply {
    let mut request = Request::get(format!("/embed/v1/dashboard{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).expect("a request")).await
}

async fn look_with(server: &Server, jwt: &str) -> Reply {
    look(server, &[("Authorization", &format!("Bearer {jwt}"))], "").await
}

#[track_caller]
fn check(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, &reply.body["code"]), (status, &Value::from(code)), "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.header("x-request-id"), reply.body["request_id"].as_str());
}

#[tokio::test]
async fn a_token_opens_its_dashboard_until_it_expires() {
    let server = started().await;
    let jwt = minted(&server, &server.secret, &claims(&server));
    let reply = look_with(&server, &jwt).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.body["customer"]["provided_id"], "OO");
    let expires = claims(&server).expires.as_second().to_string();
    assert_eq!(reply.header("fanlight-token-expires"), Some(expires.as_str()));

    server.clock.advance(3599);
    assert_eq!(look_with(&server, &jwt).await.status, 200);
    server.clock.advance(1);
    check(&look_with(&server, &jwt).await, 401, "expired");
}

#[tokio::test]
async fn what_is_no_credential_is_told_to_be_none() {
    let server = started().await;
    check(&look(&server, &[], "").await, 401, "unauthenticated");
    let jwt = minted(&server, &server.secret, &claims(&server));
    let both = [("Authorization", &*format!("Bearer {jwt}")), ("Fanlight-Customer-Token", "a:b")];
    check(&look(&server, &both, "").await, 401, "unauthenticated");
    check(&look(&server, &[("Authorization", "Basic YTpi")], "").await, 401, "unauthenticated");
    for wrong in ["x", "a.b.c", "a.b.c.d.e", "", &jwt[..jwt.len() - 2], &format!("{jwt}.")] {
        check(&look_with(&server, wrong).await, 401, "invalid");
    }
}

#[tokio::test]
async fn a_token_of_another_key_or_group_or_customer_opens_nothing() {
    let server = started().await;
    let operator = OperatorScope::of_command_line();
    let testing = "Testing".parse().expect("a name");
    let of_testing = server.store.store().create_embed_secret(&operator, &testing).await;
    let of_testing = of_testing.expect("a secret");

    // OO is a customer of Production: to Testing's key it is nobody.
    check(
        &look_with(&server, &minted(&server, &of_testing, &claims(&server))).await,
        401,
        "invalid",
    );
    let mixed = EmbedSecret { id: server.secret.id.clone(), value: of_testing.value.clone() };
    check(&look_with(&server, &minted(&server, &mixed, &claims(&server))).await, 401, "invalid");
    let stranger = Claims { customer: "XX".parse().expect("an id"), ..claims(&server) };
    check(&look_with(&server, &minted(&server, &server.secret, &stranger)).await, 401, "invalid");
    let elsewhere = Claims { dashboard: "ABCDEFGHIJ".parse().expect("an id"), ..claims(&server) };
    let reply = look_with(&server, &minted(&server, &server.secret, &elsewhere)).await;
    check(&reply, 404, "not_found");

    let jwt = minted(&server, &server.secret, &claims(&server));
    assert_eq!(look_with(&server, &jwt).await.status, 200);
    server.store.store().delete_embed_secret(&operator, &server.secret.id).await.expect("deleted");
    check(&look_with(&server, &jwt).await, 401, "invalid");
}

#[tokio::test]
async fn a_token_with_an_issuer_works_from_that_origin_and_our_own_pages() {
    let server = started().await;
    let issuer = "https://app.example.com/".parse().ok();
    let jwt = minted(&server, &server.secret, &Claims { issuer, ..claims(&server) });
    let bearer = format!("Bearer {jwt}");
    let cases: [(&[(&str, &str)], u16); 6] = [
        (&[("Origin", "https://app.example.com")], 200),
        (&[("Origin", "https://evil.example.com")], 403),
        (&[("Origin", "http://app.example.com")], 403),
        (&[("Origin", "null")], 403),
        (&[], 403),
        (&[("Sec-Fetch-Site", "same-origin")], 200),
    ];
    for (headers, status) in cases {
        let mut headers = headers.to_vec();
        headers.push(("Authorization", &bearer));
        assert_eq!(look(&server, &headers, "").await.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn a_customer_token_opens_the_dashboard_that_stands_before_it() {
    let server = started().await;
    let customer = server.manage("/api/get_customer/", json!({"provided_id": "OO"})).await;
    let token = customer["customer"]["token"].as_str().expect("a token").to_owned();
    let pair = |embed_id: &str, token: &str| format!("{embed_id}:{token}");
    let header = "Fanlight-Customer-Token";
    let right = pair(&server.embed_id, &token);
    let reply = look(&server, &[(header, &right)], "").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("fanlight-token-expires"), None);

    let unknown = pair(&server.embed_id, &"ab".repeat(32));
    check(&look(&server, &[(header, &unknown)], "").await, 401, "invalid");
    check(&look(&server, &[(header, &token)], "").await, 401, "invalid");
    let elsewhere = pair("ABCDEFGHIJ", &token);
    check(&look(&server, &[(header, &elsewhere)], "").await, 404, "not_found");

    let refreshed =
        server.manage("/api/refresh_customer_token/", json!({"current_token": token})).await;
    check(&look(&server, &[(header, &right)], "").await, 401, "invalid");
    let fresh = refreshed["customer"]["token"].as_str().expect("a token");
    let reply = look(&server, &[(header, &pair(&server.embed_id, fresh))], "").await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn an_environment_shows_the_version_published_there() {
    let server = started().await;
    let jwt = minted(&server, &server.secret, &claims(&server));
    let bearer = format!("Bearer {jwt}");
    let cases = [
        ("", 200),
        ("?environment=", 200),
        ("?environment=production", 200),
        ("?environment=staging", 404),
        ("?environment=no%20such%20one", 404),
        ("?environment=production&environment=staging", 400),
    ];
    for (query, status) in cases {
        let reply = look(&server, &[("Authorization", &bearer)], query).await;
        assert_eq!(reply.status, status, "{query}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_token_for_one_chart_opens_that_panel_alone() {
    let server = started().await;
    let chart = Some("by_month".to_owned());
    let jwt = minted(&server, &server.secret, &Claims { chart, ..claims(&server) });
    let reply = look_with(&server, &jwt).await;
    let panels = reply.body["panels"].as_array().expect("panels");
    assert_eq!(panels.len(), 1, "{}", reply.body);
    assert_eq!(panels[0]["id"], "by_month");
    assert_eq!(reply.body["elements"], json!([]));
    assert_eq!(reply.body["layout"].as_array().map(Vec::len), Some(1));
    assert_eq!(server.panel(&jwt, "by_month", json!({})).await.status, 200);
    assert_eq!(server.panel(&jwt, "recent", json!({})).await.status, 404);
    let export = server.view(&jwt, "panels/recent/export", &json!({"format": "csv"})).await;
    assert_eq!(export.status, 404);
    assert_eq!(server.view(&jwt, "elements/origin/options", &json!({})).await.status, 404);
}
