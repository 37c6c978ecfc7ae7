//! Statements that the compiler has made, and the demo's flights to run them on.

use std::path::PathBuf;

use model::dashboard::Dashboard;
use model::name::{CustomerKey as Key, DashboardKey};
use model::source::Schema;
use model::{Customer, Levels, ViewerScope};
use query::{PreparedDashboard, Request, Statement, Viewer};

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
    let scope = ViewerScope::of_verified_credential(
        DashboardKey(1),
        "kQ3vT8mB2x".parse().unwrap(),
        Levels::default(),
        path,
    );
    let (scope, schemas, sources) = (scope.unwrap(), [schema], [Arc::clone(source)]);
    let prepared = PreparedDashboard::new(Arc::new(dashboard.clone()));
    let viewer = Viewer::new(&scope, &schemas, &sources);
    let compiled = query::compile(request, &prepared, &viewer).unwrap();
    let mut statements = vec![compiled.rows];
    statements.extend(compiled.total);
    statements.extend(compiled.totals);
    if let Some(comparison) = compiled.comparison {
        statements.extend([comparison.current, comparison.previous, comparison.previous_rows]);
    }
    statements
}

pub(super) fn viewer(id: &str) -> Customer {
    Customer {
        key: Key(1),
        group: GroupId(1),
        provided_id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        rank: Levels::ROOT,
        parent: None,
        properties: Default::default(),
        mapping: Default::default(),
        emails: Vec::new(),
        tags: Vec::new(),
        is_demo: false,
        created_at_us: 0,
        updated_at_us: 0,
    }
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
    let copy = stage.cluster.folder().join("flights.csv");
    let engine = duckdb::Connection::open_in_memory().unwrap();
    let file = demo().join("data/flights.parquet");
    let described = format!(
        "set TimeZone = 'UTC';
         copy (from read_parquet('{0}')) to '{1}' (header false, nullstr '\\N');
         create view flights as from read_parquet('{0}')",
        file.display(),
        copy.display()
    );
    engine.execute_batch(&described).unwrap();
    let mut columns =
        engine.prepare("select column_name, column_type from (describe flights)").unwrap();
    let columns = columns.query_map([], |row| {
        let (name, data_type): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(format!("\"{name}\" {}", data_type.replace("DOUBLE", "double precision")))
    });
    let columns: Vec<String> = columns.unwrap().map(Result::unwrap).collect();
    stage.execute(&format!(
        "create table flights ({}); copy flights from '{}' (format csv, null '\\N')",
        columns.join(", "),
        copy.display()
    ));
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
