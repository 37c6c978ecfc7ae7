//! The step from one machine to ClickHouse, as `docs/how-to/outgrow-one-machine.md` describes it: the
//! demo's dashboard answers the same on the embedded engine, on one ClickHouse server and on two.

mod demo;
mod howto;
mod shapes;

use demo::{Demo, Question};
use howto::block;
use model::source::{Connection, DataSource};
use sources::{
    CachePolicy, Cell, CustomerKey, Limits, ResultSet, RunOptions, Sources, WorkerCommand,
};
use std::sync::Arc;
use testkit::{ClickHouse, ClickHousePair};

#[test]
#[ignore = "the process that the other tests start"]
fn the_worker_process() {
    engine::worker::main();
}

fn sources() -> Sources {
    let arguments = ["the_worker_process", "--exact", "--ignored", "--nocapture"];
    let command = WorkerCommand::new(std::env::current_exe().expect("this program"), arguments);
    Sources::new(Limits::default(), command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_the_same_on_one_server() {
    let server = ClickHouse::start().expect("a server");
    server.execute(&block("create")).expect("a table");
    server.insert("flights", "CSVWithNames", &howto::flights()).expect("rows");
    let demo = Demo::read();
    compare(&demo, &demo.questions(), &connection(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_panel_does_with_rows_is_the_same() {
    let server = ClickHouse::start().expect("a server");
    server.execute(shapes::TABLE).expect("a table");
    let folder = tempfile::tempdir().expect("a folder");
    let parquet = folder.path().join("moments.parquet");
    let rows = howto::write(shapes::ROWS, &parquet);
    server.insert("moments", "CSVWithNames", &rows).expect("rows");
    let files = serde_json::json!({"type": "files", "tables": {"moments": {"path": parquet}}});
    let files = serde_json::from_value(files).expect("a connection");
    let dashboard = serde_json::from_value(shapes::dashboard()).expect("a dashboard");
    let shapes = Demo::of(dashboard, files);
    compare(&shapes, &shapes.panels_in_zones(), &connection(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_the_same_on_two_servers() {
    let pair = ClickHousePair::start().expect("two servers");
    pair.execute(&block("create")).expect("tables");
    for statement in block("distribute").split(';') {
        pair.execute(statement).expect("a distributed table");
    }
    // The rows go where the table sends them.
    pair.first.insert("flights", "CSVWithNames", &howto::flights()).expect("rows");
    let here = |server: &ClickHouse| {
        let count = server.execute("SELECT count() FROM flights_here").expect("a number");
        count.trim().parse::<u32>().expect("a number")
    };
    assert!(here(&pair.first) > 0 && here(&pair.second) > 0, "both have a share");
    let demo = Demo::read();
    compare(&demo, &demo.questions(), &connection(&pair.first)).await;
    compare(&demo, &demo.questions(), &connection(&pair.second)).await;
}

fn connection(server: &ClickHouse) -> Connection {
    let json = serde_json::json!({
        "type": "clickhouse", "host": "127.0.0.1", "port": server.http_port(),
        "user": "reader", "password": "secret",
    });
    serde_json::from_value(json).expect("a connection")
}

/// Asks every question of both, and compares row by row.
async fn compare(demo: &Demo, questions: &[Question], clickhouse: &Connection) {
    let (before, after) = (demo.source(1, demo.files()), demo.source(2, clickhouse));
    let sources = sources();
    let mut rows = 0;
    for question in questions {
        let expected = ask(&sources, demo, question, &before).await;
        let found = ask(&sources, demo, question, &after).await;
        assert_eq!(found.len(), expected.len(), "{question:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_same(found, expected, question);
            rows += found.row_count();
        }
    }
    assert!(rows > 500, "only {rows} rows were compared");
    sources.shutdown().await;
}

/// The rows, and for a table their number on all pages and its totals.
async fn ask(
    sources: &Sources,
    demo: &Demo,
    question: &Question,
    source: &Arc<DataSource>,
) -> Vec<Arc<ResultSet>> {
    let compiled = demo.compile(question, source);
    let mut results = Vec::new();
    for (_, statement) in compiled.statements() {
        let options = RunOptions {
            cache: CachePolicy::Off,
            request_id: uuid::Uuid::nil(),
            customer: CustomerKey("demo".to_owned()),
            purge: 0,
        };
        match sources.run(source, statement, options).await {
            Ok(answer) => results.push(answer.result),
            Err(error) => panic!("{question:?}: {error}\n{}", statement.sql()),
        }
    }
    results
}

fn assert_same(found: &ResultSet, expected: &ResultSet, question: &Question) {
    let names = |result: &ResultSet| -> Vec<_> {
        result.columns().iter().map(|column| (column.name.clone(), column.kind)).collect()
    };
    assert_eq!(names(found), names(expected), "{question:?}");
    assert_eq!(found.row_count(), expected.row_count(), "{question:?}");
    for (row, (found, expected)) in found.rows().zip(expected.rows()).enumerate() {
        for (found, expected) in found.zip(expected) {
            assert!(is_same(found, expected), "{question:?}, row {row}: {found}, not {expected}");
        }
    }
}

/// Averages are summed in another order.
fn is_same(found: Cell<'_>, expected: Cell<'_>) -> bool {
    match (found, expected) {
        (Cell::Float(found), Cell::Float(expected)) => {
            (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
        }
        (found, expected) => found == expected,
    }
}
