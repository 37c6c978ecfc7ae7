//! Dashboards: what is listed of them, and which version an environment shows.

use axum::body::Body;
use axum::http::Request;
use model::OperatorScope;
use model::declaration::Declaration;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

/// As [`testkit::flights`], with the dashboard's title and attributes changed: its next version.
fn next(title: &str) -> Declaration {
    let mut wanted = testkit::flights();
    for dashboard in wanted.dashboards.values_mut() {
        dashboard.definition.title = Some(title.to_owned());
        let attributes = [("Owner", "Finance"), ("Area", "Operations")];
        let owned = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
        dashboard.definition.attributes = owned.into();
    }
    wanted
}

async fn with_two_versions() -> Server {
    let server = Server::start().await;
    let operator = OperatorScope::of_command_line();
    server.store.store().apply(&operator, &next("Second")).await.expect("applies");
    server.create(json!({"provided_id": "UA"})).await;
    server
}

async fn publish(server: &Server, environment: &str, version: Value) -> Reply {
    let body = json!({
        "embed_id": server.embed_id, "resource_type": "dashboard",
        "environment": environment, "version_number": version,
    });
    server.post("/api/publish/", body).await
}

/// The title that an environment shows to a viewer.
async fn title(server: &Server, environment: &str) -> Value {
    let jwt = json!({"provided_id": "UA", "embed_id": server.embed_id});
    let jwt = server.post("/api/generate_jwt/", jwt).await.body["jwt"].clone();
    let request = Request::get(format!("/embed/v1/dashboard?environment={environment}"))
        .header("Authorization", format!("Bearer {}", jwt.as_str().expect("a JWT")));
    server.send(request.body(Body::empty()).expect("a request")).await.body["title"].clone()
}

#[tokio::test]
async fn attributes_are_those_of_the_newest_version() {
    let server = with_two_versions().await;
    let listed = server.get("/api/dashboard/").await;
    let attributes = json!([
        {"attribute": "Area", "value": "Operations"},
        {"attribute": "Owner", "value": "Finance"},
    ]);
    let dashboard = json!({
        "team_id": 1, "name": "on-time", "embed_id": server.embed_id,
        "attributes": attributes, "is_drilldown": false,
    });
    assert_eq!(listed.body, json!({"success": 1, "dashboards": [dashboard]}));
}

#[tokio::test]
async fn an_environment_shows_what_was_published_there_at_once() {
    let server = with_two_versions().await;
    assert_eq!(title(&server, "production").await, "Second");
    publish(&server, "production", json!(1)).await.assert_done();
    assert_eq!(title(&server, "production").await, "on-time");
    assert_eq!(title(&server, "").await, "Second", "no environment asked: the newest");
    publish(&server, "production", json!("2")).await.assert_done();
    assert_eq!(title(&server, "production").await, "Second");
}

#[tokio::test]
async fn a_repetition_changes_nothing_and_every_change_is_written_down() {
    let server = with_two_versions().await;
    publish(&server, "production", json!(1)).await.assert_done();
    publish(&server, "production", json!(1)).await.assert_done();
    let operator = OperatorScope::of_command_line();
    let filter = store::AuditFilter { action: Some("publish".to_owned()), ..Default::default() };
    let entries = server.store.store().audit_entries(&operator, &filter, None, 10).await;
    let entries = entries.expect("entries");
    let told = entries.iter().filter(|entry| entry.actor.starts_with("api_token:"));
    let told: Vec<_> = told.map(|entry| (&*entry.subject, &entry.before, &entry.after)).collect();
    let before = Some(json!({"environment": "production", "version": 2}));
    let after = Some(json!({"environment": "production", "version": 1}));
    assert_eq!(told, [("on-time", &before, &after)]);
}

#[tokio::test]
async fn what_is_not_there_is_not_published() {
    let server = with_two_versions().await;
    publish(&server, "staging", json!(1)).await.assert_fails(400, "no environment \"staging\"");
    publish(&server, "production", json!(9)).await.assert_fails(404, "no such dashboard version");
    let version = publish(&server, "production", json!("newest")).await;
    version.assert_fails(400, "version_number: must be a whole number");
    let body = |embed_id: &str, kind: &str| {
        json!({
            "embed_id": embed_id, "resource_type": kind, "environment": "production",
            "version_number": 1,
        })
    };
    let unknown = server.post("/api/publish/", body("ABCDEFGHIJ", "dashboard")).await;
    unknown.assert_fails(404, "there is no such dashboard");
    let report = server.post("/api/publish/", body(&server.embed_id, "report")).await;
    report.assert_fails(404, "there is no such report");
    let other = server.post("/api/publish/", body(&server.embed_id, "Dashboard")).await;
    other.assert_fails(400, "resource_type: must be dashboard or report");
    let nothing = server.post("/api/publish/", json!({})).await;
    for field in ["embed_id", "resource_type", "environment", "version_number"] {
        nothing.assert_fails(400, &format!("{field}: is required"));
    }
    assert_eq!(title(&server, "production").await, "Second");
}
