use jiff::Timestamp;
use serde_json::{Value, json};
use server::embed_token::{Claims, Feature, Features, SealedToken};

use crate::support::{Reply, Server, redacted};

async fn generate(server: &Server, fields: Value) -> Reply {
    let mut body = json!({"provided_id": "UA", "embed_id": server.embed_id});
    for (key, value) in fields.as_object().expect("fields") {
        body[key] = value.clone();
    }
    server.post("/api/generate_jwt/", body).await
}

/// The claims of the token in a reply, as the embed API would read them.
async fn opened(server: &Server, reply: &Reply) -> Claims {
    let jwt = reply.body["jwt"].as_str().unwrap_or_else(|| panic!("{reply:?}"));
    let sealed = SealedToken::parse(jwt).expect("well formed");
    let found = server.store.store().embed_secret(sealed.key_id()).await.expect("a store");
    sealed.open(&found.expect("a secret"), server.now()).expect("opens")
}

async fn start() -> Server {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    server
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs()
}

#[tokio::test]
async fn a_token_says_what_was_asked_for_and_nothing_else() {
    let server = start().await;
    let reply = generate(&server, json!({})).await;
    insta::assert_json_snapshot!(redacted(reply.body.clone()));
    let claims = opened(&server, &reply).await;
    assert_eq!(seconds(server.now(), claims.expires), 86_400);
    let plain = Claims {
        customer: "UA".parse().expect("an id"),
        dashboard: server.embed_id.parse().expect("an embed id"),
        expires: claims.expires,
        issuer: None,
        features: None,
        disables_editing: None,
        chart: None,
    };
    assert_eq!(claims, plain);

    let reply = generate(
        &server,
        json!({
            "key_id": server.secret.id.as_str(), "expiration": "PT1H",
            "rb_allowed_features": ["flt", "crt-view", "flt"],
            "disable_editable_section_editing": true, "embed_origin": "https://app.example.com",
        }),
    )
    .await;
    let claims = opened(&server, &reply).await;
    assert_eq!(seconds(server.now(), claims.expires), 3600);
    assert_eq!(claims.disables_editing, Some(true));
    let features = Features::Only(vec![Feature::Filter, Feature::CreateView]);
    assert_eq!(claims.features, Some(features));
    assert_eq!(claims.issuer.expect("an issuer").with_slash(), "https://app.example.com/");
    let jwt = reply.body["jwt"].as_str().expect("a token");
    assert_eq!(SealedToken::parse(jwt).expect("well formed").key_id(), &server.secret.id);
}

#[tokio::test]
async fn null_is_the_same_as_absent() {
    let server = start().await;
    let nulls = json!({
        "key_id": null, "expiration": null, "chart_id": null, "rb_allowed_features": null,
        "disable_editable_section_editing": null, "embed_origin": null,
    });
    let claims = opened(&server, &generate(&server, nulls).await).await;
    let plain = opened(&server, &generate(&server, json!({})).await).await;
    assert_eq!(claims, plain);
    let all = generate(&server, json!({"rb_allowed_features": ["*"]})).await;
    assert_eq!(opened(&server, &all).await.features, Some(Features::All));
    let none = generate(&server, json!({"rb_allowed_features": []})).await;
    assert_eq!(opened(&server, &none).await.features, Some(Features::Only(vec![])));
}

#[tokio::test]
async fn the_servers_own_key_is_made_once() {
    let server = start().await;
    let mut keys = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let reply = generate(&server, json!({})).await;
        let jwt = reply.body["jwt"].as_str().expect("a token").to_owned();
        keys.insert(SealedToken::parse(&jwt).expect("well formed").key_id().to_string());
    }
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let server = start().await;
    let theirs = server.testing_secret.id.as_str();
    for (fields, sentence) in [
        (json!({"provided_id": "nobody"}), "there is no such customer"),
        (json!({"embed_id": "nothing000"}), "there is no such dashboard"),
        (json!({"embed_id": ""}), "there is no such dashboard"),
        (json!({"key_id": "7f1f0c1e-6f2b-4c39-9d0a-1f6f3f0f5a11"}), "no such embed secret"),
        (json!({"key_id": "mine"}), "there is no such embed secret"),
        (json!({ "key_id": theirs }), "there is no such embed secret"),
    ] {
        generate(&server, fields).await.assert_fails(404, sentence);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let server = start().await;
    for (fields, sentence) in [
        (json!({"provided_id": ""}), "provided_id: must not be empty"),
        (json!({"embed_id": null}), "embed_id: is required"),
        (json!({"embed_id": 5}), "embed_id: must be text, not a number"),
        (json!({"expiration": 3600}), "expiration: must be text, not a number"),
        (json!({"expiration": "1 hour"}), "expiration: must be an ISO 8601 duration"),
        (json!({"expiration": "P1M"}), "expiration: must not use years or months"),
        (json!({"expiration": "P31D"}), "expiration: must be at most 30 days from now"),
        (json!({"expiration": "PT0S"}), "expiration: must lie in the future"),
        (json!({"expiration": "2029-12-31T00:00:00Z"}), "expiration: must lie in the future"),
        (json!({"rb_allowed_features": "flt"}), "rb_allowed_features: must be a list of texts"),
        (json!({"rb_allowed_features": ["flt", "all"]}), "rb_allowed_features[1]: must be one of"),
        (json!({"rb_allowed_features": ["*", "flt"]}), "rb_allowed_features[0]: must be one of"),
        (json!({"disable_editable_section_editing": 1}), "must be true or false, not a number"),
        (json!({"embed_origin": "app.example.com"}), "embed_origin: must be an origin"),
        (json!({"embed_origin": "https://a.example/page"}), "embed_origin: must be an origin"),
    ] {
        generate(&server, fields).await.assert_fails(400, sentence);
    }
}

#[tokio::test]
async fn a_token_for_a_single_chart_is_made_only_where_that_is_enabled() {
    let server = start().await;
    let chart = json!({"chart_id": "flights"});
    generate(&server, chart.clone()).await.assert_fails(403, "chart_id");
    let server = Server::start_with(|config| config.chart_embeds = true).await;
    server.create(json!({"provided_id": "UA"})).await;
    let reply = generate(&server, chart).await;
    assert_eq!(opened(&server, &reply).await.chart.as_deref(), Some("flights"));
    let unknown = generate(&server, json!({"chart_id": "nothing"})).await;
    unknown.assert_fails(404, "there is no such chart");
}

#[tokio::test]
async fn a_moment_may_stand_for_a_duration() {
    let server = start().await;
    let reply = generate(&server, json!({"expiration": "2030-01-01T02:00:00+01:00"})).await;
    assert_eq!(seconds(server.now(), opened(&server, &reply).await.expires), 3600);
}

#[tokio::test]
async fn the_longest_lifetime_is_the_operators() {
    let server = Server::start_with(|config| {
        config.embed_token_max_lifetime = jiff::SignedDuration::from_hours(1);
    })
    .await;
    server.create(json!({"provided_id": "UA"})).await;
    let reply = generate(&server, json!({})).await;
    assert_eq!(seconds(server.now(), opened(&server, &reply).await.expires), 3600);
    generate(&server, json!({"expiration": "PT61M"}))
        .await
        .assert_fails(400, "expiration: must be");
}

#[tokio::test]
async fn a_token_survives_a_refresh_of_the_customers_token_but_not_its_secret() {
    let server = start().await;
    let reply = generate(&server, json!({"key_id": server.secret.id.as_str()})).await;
    let token = json!({"current_token": server.customer("UA").await["token"]});
    server.post("/api/refresh_customer_token/", token).await.assert_done();
    assert_eq!(opened(&server, &reply).await.customer.as_str(), "UA");
    let operator = model::OperatorScope::of_command_line();
    server.store.store().delete_embed_secret(&operator, &server.secret.id).await.expect("deleted");
    let found = server.store.store().embed_secret(&server.secret.id).await.expect("a store");
    assert!(found.is_none());
}
