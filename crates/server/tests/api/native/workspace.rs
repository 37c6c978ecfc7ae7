//! A whole workspace over HTTP.

use serde_json::{Value, json};

use crate::support::Server;

async fn export(server: &Server) -> Value {
    let reply = server.operate("GET /v1/workspace", &Value::Null).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

async fn apply(server: &Server, workspace: &Value) -> Value {
    let reply = server.operate("POST /v1/workspace:apply", workspace).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

#[tokio::test]
async fn an_export_applied_again_changes_nothing() {
    let server = Server::start().await;
    let exported = export(&server).await;
    let told = apply(&server, &exported).await;
    assert_eq!((&told["changes"], &told["left_alone"]), (&json!([]), &json!([])));
    assert_eq!(export(&server).await, exported);
}

#[tokio::test]
async fn an_export_makes_another_server_the_same() {
    let server = Server::start().await;
    server.operate("POST /v1/environments", &json!({"name": "staging"})).await;
    server.operate("PUT /v1/levels", &json!({"levels": ["League", "Customer", "User"]})).await;
    let fleet = json!({"default_source": "planes"});
    server.operate("PUT /v1/schemas/fleet", &fleet).await;
    let exported = export(&server).await;
    let other = Server::start().await;
    assert_ne!(export(&other).await, exported);
    let told = apply(&other, &exported).await;
    assert_eq!(told["changes"].as_array().expect("changes").len(), 3, "{told}");
    assert_eq!(export(&other).await, exported);
}

#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let server = Server::start().await;
    let before = export(&server).await;
    let mut wanted = before.clone();
    wanted["groups"].as_array_mut().expect("groups").push(json!("Staging"));
    let told = server.operate("POST /v1/workspace:apply?dry_run=true", &wanted).await;
    let step = json!({"kind": "group", "name": "Staging", "summary": "create group Staging"});
    assert_eq!((&told.body["dry_run"], &told.body["changes"]), (&json!(true), &json!([step])));
    assert_eq!(export(&server).await, before);
    server.create(json!({"provided_id": "UA", "hierarchy_level_name": "User"})).await;
    wanted["levels"] = json!(["Customer"]);
    let refused = server.operate("POST /v1/workspace:apply?dry_run=true", &wanted).await;
    let sentence = refused.body["refusals"][0].as_str().expect("a refusal");
    assert!(sentence.contains("\"User\" cannot go"), "{sentence}");
    let refused = server.operate("POST /v1/workspace:apply", &wanted).await;
    refused.assert_problem(409, "in_use", "\"User\" cannot go");
}

#[tokio::test]
async fn faults_point_into_the_document() {
    let server = Server::start().await;
    let mut wanted = export(&server).await;
    wanted["groups"].as_array_mut().expect("groups").push(json!("Testing"));
    let twice = server.operate("POST /v1/workspace:apply", &wanted).await;
    assert_eq!(twice.pointers(), ["/groups/2"]);
    let mut wanted = export(&server).await;
    wanted["schemas"]["fleet"]["sources"]["planes"]["group"] = json!("Nowhere");
    wanted["dashboards"][0]["environments"] = json!(["live"]);
    let unknown = server.operate("POST /v1/workspace:apply", &wanted).await;
    let mut pointers = unknown.pointers();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/dashboards/0/environments/live", "/schemas/fleet/sources/planes/group"]
    );
    let mut wanted = export(&server).await;
    let dataset = json!({"schema": "fleet", "sql": "select * from fleet"});
    wanted["dashboards"][0]["datasets"]["flights"] = dataset;
    let open = server.operate("POST /v1/workspace:apply", &wanted).await;
    assert_eq!(open.pointers(), ["/dashboards/0/datasets/flights/sql"], "{open:?}");
    let mut wanted = export(&server).await;
    let tables = json!({"rows": {"path": "/etc/hostname", "format": "csv"}});
    wanted["schemas"]["fleet"]["sources"]["planes"]["connection"]["tables"] = tables;
    let outside = server.operate("POST /v1/workspace:apply", &wanted).await;
    let pointer = "/schemas/fleet/sources/planes/connection/tables/rows/path";
    assert_eq!(outside.pointers(), [pointer], "{outside:?}");
    wanted["dashboard"] = json!([]);
    let unknown = server.operate("POST /v1/workspace:apply", &wanted).await;
    assert_eq!(unknown.pointers(), ["/dashboard"], "{unknown:?}");
}
