//! The stages of one question, as each kind of data source tells them; and what stays open after it.

use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::Connection;
use serde_json::{Value as Json, json};
use testkit::{ClickHouse, Cluster, MariaDb};
use uuid::Uuid;

use super::*;
use crate::connector::Query;
use crate::options::{Limits, WorkerCommand};
use crate::progress::Progress;

/// Asks a new data source of this kind.
async fn ask(sources: &Sources, connection: &Json, sql: &str) -> Measured {
    let connection: Connection = serde_json::from_value(connection.clone()).unwrap();
    let source = Arc::new(DataSource {
        id: SourceId(1),
        name: "measured".parse().unwrap(),
        schema: SchemaId(1),
        group: GroupId(1),
        isolated: false,
        connection,
        revision: 1,
    });
    let query = Query {
        sql: sql.to_owned(),
        arguments: Vec::new(),
        session: Vec::new(),
        row_limit: 100,
        byte_limit: 1_000_000,
        request_id: Uuid::nil(),
        progress: Progress::default(),
    };
    let customer = CustomerKey("UA".to_owned());
    sources.measure_work(&source, query.into(), customer).await.unwrap()
}

/// Checks that opening and running are told apart, with an answer and without one; and that a source of
/// this kind has one connection open after them, until it is closed.
async fn check(kind: &str, connection: Json, sql: &str, failing: &str) {
    // This test executable is its own worker.
    let worker = ["sources::tests::the_worker_process", "--exact", "--ignored", "--nocapture"];
    let worker = WorkerCommand::new(std::env::current_exe().unwrap(), worker);
    let sources = Sources::new(Limits::default(), worker);
    for (sql, is_answered) in [(sql, true), (sql, true), (failing, false)] {
        let Measured { outcome, stages } = ask(&sources, &connection, sql).await;
        assert_eq!(outcome.is_ok(), is_answered, "{outcome:?}");
        for stage in [stages.open, stages.first_row] {
            assert!(!stage.is_zero(), "{sql}: {stages:?}");
        }
        assert_eq!(stages.fetch.is_zero(), !is_answered, "{sql}: {stages:?}");
    }
    let open = || {
        let kinds = sources.activity().connections.by_kind();
        kinds.into_iter().find(|(name, _)| *name == kind).map(|(_, open)| open)
    };
    let kept = match kind {
        "files" => None,
        "clickhouse" => Some(0),
        _ => Some(1),
    };
    assert_eq!(open(), kept);
    sources.shutdown().await;
    assert_eq!(open(), kept.map(|_| 0), "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_tell_their_stages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "id\n1\n2\n").unwrap();
    let connection = json!({"type": "files", "tables": {"t": {"path": path}}});
    check("files", connection, "select id from t", "select nothing from t").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_tells_its_stages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("create table t (id integer); insert into t values (1), (2)").unwrap();
    let connection = json!({"type": "sqlite", "path": path});
    check("sqlite", connection, "select id from t", "select nothing from t").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_tells_its_stages() {
    let cluster = Cluster::start().unwrap();
    cluster.execute("create role reader login").unwrap();
    let connection = json!({
        "type": "postgres", "host": cluster.folder(), "database": "postgres", "user": "reader",
    });
    let failing = "select 1 / (random() * 0)::int";
    check("postgres", connection.clone(), "select generate_series(1, 2)", failing).await;
    let sources = Sources::new(Limits::default(), WorkerCommand::new("/bin/false", [""; 0]));
    let slow = ask(&sources, &connection, "select pg_sleep(0.2)").await;
    assert!(slow.stages.first_row >= Duration::from_millis(200), "{slow:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_tells_its_stages() {
    let server = MariaDb::start().unwrap();
    let connection = json!({
        "type": "mysql", "host": "127.0.0.1", "port": server.port(), "database": "fanlight",
        "user": "reader", "password": "secret",
    });
    check("mysql", connection, "select 1 union select 2", "select nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse_tells_its_stages() {
    let server = ClickHouse::start().unwrap();
    let connection = json!({
        "type": "clickhouse", "host": "127.0.0.1", "port": server.http_port(),
        "database": "default", "user": "reader", "password": "secret",
    });
    check("clickhouse", connection, "select 1 as one", "select nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_does_not_open_has_spent_all_its_time_there() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let connection = json!({
        "type": "postgres", "host": "127.0.0.1", "port": closed.port(), "database": "none",
        "user": "reader", "tls": {"mode": "off"},
    });
    let sources = Sources::new(Limits::default(), WorkerCommand::new("/bin/false", [""; 0]));
    let Measured { outcome, stages } = ask(&sources, &connection, "select 1").await;
    assert!(matches!(outcome, Err(SourceError::Unavailable { .. })), "{outcome:?}");
    assert!(!stages.open.is_zero() && stages.first_row.is_zero(), "{stages:?}");
}
