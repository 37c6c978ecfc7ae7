//! Data sources, and what their connections may reach.

use std::path::Path;

use serde_json::{Value, json};
use server::Config;
use server::config::Flags;

use crate::support::Server;

/// A server that lets data sources reach a folder with a small table.
async fn with_folder(folder: &Path) -> Server {
    std::fs::write(folder.join("crews.csv"), "carrier,pilots\nUA,12\n").expect("a file");
    let folder = folder.to_str().expect("UTF-8").to_owned();
    Server::start_with(|config| {
        let setting = |name: &str| (name == "FANLIGHT_DATA_SOURCE_FOLDERS").then(|| folder.clone());
        *config = Config::read(&Flags::default(), setting).expect("settings");
    })
    .await
}

fn files(path: &Path) -> Value {
    json!({"type": "files", "tables": {"crews": {"path": path}}})
}

#[tokio::test]
async fn a_data_source_is_made_changed_and_deleted() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = with_folder(dir.path()).await;
    let connection = files(&dir.path().join("crews.csv"));
    let put = async |body: Value| server.operate("PUT /v1/data-sources/crews", &body).await;
    let missing = put(json!({"schema": "fleet", "group": "Production"})).await;
    missing.assert_problem(400, "invalid_request", "connection: is required");
    let made =
        put(json!({"schema": "fleet", "group": "Production", "connection": connection})).await;
    assert_eq!((made.status, &made.body["outcome"]), (201, &json!("created")), "{made:?}");
    assert_eq!(made.body["connection"], connection);
    let changed = put(json!({"schema": "fleet", "group": "Production", "isolated": true})).await;
    assert_eq!((changed.status, &changed.body["outcome"]), (200, &json!("updated")));
    assert_eq!(changed.body["connection"], connection, "it stays when it is left out");
    let grown = changed.body["revision"].as_i64() > made.body["revision"].as_i64();
    assert!(grown, "{changed:?}");
    let seen = server.native(&server.token, "GET /v1/data-sources/crews", &Value::Null).await;
    assert_eq!((seen.status, &seen.body["connection"]), (200, &Value::Null));
    let deleted = server.operate("DELETE /v1/data-sources/crews", &Value::Null).await;
    assert_eq!(deleted.status, 204);
    let kept = server.operate("DELETE /v1/data-sources/all-airlines", &Value::Null).await;
    kept.assert_problem(409, "in_use", "in use by 1 schema");
}

#[tokio::test]
async fn every_fault_of_a_data_source_is_told_at_its_place() {
    let server = Server::start().await;
    let body = json!({"schema": "fligths", "group": "Nowhere", "connection": {"type": "files", "tables": {}}});
    let reply = server.operate("PUT /v1/data-sources/crews", &body).await;
    reply.assert_problem(400, "invalid_request", "did you mean \"flights\"?");
    assert_eq!(reply.pointers(), ["/schema", "/group"]);
}

#[tokio::test]
async fn a_connection_reaches_only_the_folders_that_the_operator_names() {
    let (dir, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let server = with_folder(dir.path()).await;
    std::fs::write(elsewhere.path().join("crews.csv"), "a\n1\n").expect("a file");
    let outside = files(&elsewhere.path().join("crews.csv"));
    let body = json!({"schema": "fleet", "group": "Production", "connection": outside});
    let put = server.operate("PUT /v1/data-sources/crews", &body).await;
    let tried = server.operate("POST /v1/data-sources:test", &json!({"connection": outside})).await;
    for reply in [put, tried] {
        reply.assert_problem(400, "invalid_request", "one of the folders of data_source_folders");
        assert_eq!(reply.pointers(), ["/connection/tables/crews/path"]);
    }
    let nowhere = Server::start().await;
    let tried =
        nowhere.operate("POST /v1/data-sources:test", &json!({"connection": outside})).await;
    tried.assert_problem(400, "invalid_request", "names no folder");
}

#[tokio::test]
async fn a_pattern_that_can_match_nothing_is_refused_before_anything_is_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = with_folder(dir.path()).await;
    let connection = files(&dir.path().join("crews[.csv"));
    let body = json!({"schema": "fleet", "group": "Production", "connection": connection});
    let put = server.operate("PUT /v1/data-sources/crews", &body).await;
    let tried =
        server.operate("POST /v1/data-sources:test", &json!({"connection": connection})).await;
    for reply in [put, tried] {
        reply.assert_problem(400, "invalid_request", "must be a pattern: invalid range pattern");
        assert_eq!(reply.pointers(), ["/connection/tables/crews/path"]);
    }
    let early = files(&dir.path().join("later-*.csv"));
    let tried = server.operate("POST /v1/data-sources:test", &json!({"connection": early})).await;
    assert_eq!((tried.status, &tried.body["ok"]), (200, &json!(false)));
    let error = tried.body["error"].as_str().expect("an error");
    assert!(error.contains("table \"crews\": there is no file later-*.csv"), "{error}");
    let body = json!({"schema": "fleet", "group": "Production", "connection": early});
    let put = server.operate("PUT /v1/data-sources/crews", &body).await;
    assert_eq!(put.status, 201, "its files may come later: {put:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_tried_and_tells_its_tables() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = with_folder(dir.path()).await;
    let connection = files(&dir.path().join("crews.csv"));
    let tried =
        server.operate("POST /v1/data-sources:test", &json!({"connection": connection})).await;
    assert_eq!((tried.status, &tried.body["ok"]), (200, &json!(true)), "{tried:?}");
    let columns = tried.body["tables"][0]["columns"].as_array().expect("columns");
    let names: Vec<&Value> = columns.iter().map(|column| &column["name"]).collect();
    assert_eq!(names, ["carrier", "pilots"]);
    let body = json!({"schema": "fleet", "group": "Production", "connection": connection});
    assert_eq!(server.operate("PUT /v1/data-sources/crews", &body).await.status, 201);
    std::fs::remove_file(dir.path().join("crews.csv")).expect("removed");
    let gone = server.operate("POST /v1/data-sources/crews/connection:test", &Value::Null).await;
    assert_eq!((gone.status, &gone.body["ok"]), (200, &json!(false)));
    assert!(gone.body["error"].is_string(), "{gone:?}");
}
