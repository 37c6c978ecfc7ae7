//! Statements that the compiler has made, and the demo's flights to run them on.

#[path = "../../../tests/fixtures/flights.rs"]
mod flights;

use std::path::PathBuf;

use model::Customer;
use model::dashboard::Dashboard;
use model::source::Schema;
use query::{PreparedDashboard, Request, Statement, Viewer};
use testkit::viewer_scope;

use super::*;

/// All statements that answer a request.
pub(super) fn compile(
    source: &Arc<DataSource>,
    dashboard: &Dashboard,
    path: Vec<Customer>,
    request: &Request,
) -> Vec<Statement> {
    let schema = Schema {
        id: SchemaId(1),
        name: "flights".parse().unwrap(),
        default_source: Some(source.id),
        group_defaults: Default::default(),
    };
    let (scope, schemas, sources) = (viewer_scope(path), [schema], [Arc::clone(source)]);
    let prepared = PreparedDashboard::new(Arc::new(dashboard.clone()));
    let viewer = Viewer::new(&scope, &schemas, &sources);
    let compiled = query::compile(request, &prepared, &viewer).unwrap();
    compiled.statements().map(|(_, statement)| statement.clone()).collect()
}

pub(super) async fn rows(
    sources: &Sources,
    source: &Arc<DataSource>,
    statement: &Statement,
) -> String {
    let options = RunOptions {
        purge: 0,
        cache: CachePolicy::Off,
        request_id: Uuid::nil(),
        customer: CustomerKey("UA".to_owned()),
    };
    let answer = sources.run(source, statement, options).await;
    let sql = statement.sql();
    text(&answer.unwrap_or_else(|error| panic!("{error}\n{sql}\n{:?}", statement.args())))
}

/// Whoever answers from files: this test executable is its own worker.
pub(super) fn engine() -> Sources {
    let worker = ["sources::tests::the_worker_process", "--exact", "--ignored", "--nocapture"];
    let worker = WorkerCommand::new(std::env::current_exe().unwrap(), worker);
    Sources::new(Limits::default(), worker)
}

pub(super) fn demo() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo")).canonicalize().unwrap()
}

/// Copies the demo's flights from their file into the database.
pub(super) fn copy_flights(stage: &Stage) {
    stage.execute(&flights::as_csv(&demo().join("data/flights.parquet"), stage.cluster.folder()));
}

/// Whether two texts of rows are the same but for the last digits of fractions.
#[track_caller]
pub(super) fn check_same(one: &str, other: &str, what: &str) {
    let words = |text: &str| -> Vec<String> { text.split([' ', ';']).map(str::to_owned).collect() };
    let (one, other) = (words(one), words(other));
    assert_eq!(one.len(), other.len(), "{what}: {one:?} {other:?}");
    for (one, other) in one.iter().zip(&other) {
        let is_near = match (one.parse::<f64>(), other.parse::<f64>()) {
            (Ok(one), Ok(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
            _ => one == other,
        };
        assert!(is_near, "{what}: {one} {other}");
    }
}
