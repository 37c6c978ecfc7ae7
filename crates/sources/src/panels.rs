//! Every case of the query compiler, asked of the databases themselves.
//!
//! The cases stand in the crate `query`, each a dashboard, a viewer and a request. Here the statements
//! that they compile to run on a slice of the demo's flights, and each database must answer what the
//! embedded engine does.

mod tenants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use duckdb::types::Value as EngineValue;
use model::customer::Customer;
use model::dashboard::Dashboard;
use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};
use query::{Compiled, PreparedDashboard, Request, Statement, Target, Value, Viewer};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use testkit::{ClickHouse, MariaDb, stored_customer, viewer_scope};

use crate::connector::{Circumstances, Connector, Query, connector};
use crate::options::{Limits, WorkerCommand};
use crate::progress::Progress;
use crate::result::ResultSet;

/// The columns of the slice, with their types in SQL that all databases read.
const COLUMNS: [(&str, &str); 20] = [
    ("year", "integer"),
    ("month", "integer"),
    ("day", "integer"),
    ("dep_time", "integer"),
    ("sched_dep_time", "integer"),
    ("dep_delay", "integer"),
    ("arr_time", "integer"),
    ("sched_arr_time", "integer"),
    ("arr_delay", "integer"),
    ("carrier", "varchar(2)"),
    ("flight", "integer"),
    ("tailnum", "varchar(6)"),
    ("origin", "varchar(3)"),
    ("dest", "varchar(3)"),
    ("air_time", "integer"),
    ("distance", "integer"),
    ("hour", "integer"),
    ("minute", "integer"),
    ("time_hour", "datetime"),
    ("date", "date"),
];

/// Their filters name columns that no table has, or that are no dates; [`filters`] has the same ones.
const NOT_RUN: [&str; 3] = ["operations-everything", "operations-filters", "operations-open-range"];

/// Conditions that some flights meet and some do not.
const FILTERS: &str = r#"
- [{column: dest, operator: contains, value: a}]
- [{column: dest, operator: not_contains, value: a}]
- [{column: tailnum, operator: starts_with, value: n3}]
- [{column: tailnum, operator: ends_with, value: uA}]
- [{column: dest, operator: in, value: [LAX, SFO]}]
- [{column: dest, operator: not_in, value: [LAX, SFO]}]
- [{column: distance, operator: between, value: [500, 1500.5]}]
- [{column: distance, operator: not_between, value: [500, 1500.5]}]
- [{column: late, operator: is_true}]
- [{column: late, operator: is_false}]
- [{column: dep_delay, operator: is_empty}]
- [{column: dep_delay, operator: is_not_empty}, {column: distance, operator: ">=", value: 1000}]
- [{column: dest, operator: "!=", value: LAX}, {column: origin, operator: "=", value: EWR}]
- [{column: time_hour, operator: in_last, value: 7 days}]
- [{column: time_hour, operator: in_this, value: month}]
- [{column: time_hour, operator: in_previous, value: quarter}]
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// One flight of eleven, and all of Hawaiian.
fn slice() -> duckdb::Connection {
    let engine = duckdb::Connection::open_in_memory().unwrap();
    let file = root().join("demo/data/flights.parquet");
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let statement = format!(
        "set timezone = 'UTC'; create table flights as select {} \
         from (select *, cast(time_hour as date) as date from '{}') \
         where carrier = 'HA' or (flight + day) % 11 = 0",
        names.join(", "),
        file.display()
    );
    engine.execute_batch(&statement).unwrap();
    engine
}

/// The slice as a file of tab-separated values, and `\N` where one is missing.
fn export(engine: &duckdb::Connection, folder: &Path) -> PathBuf {
    let file = folder.join("flights.tsv");
    let statement = format!(
        "copy (select * replace (strftime(time_hour, '%Y-%m-%d %H:%M:%S') as time_hour) from flights) \
         to '{}' (delimiter '\t', header false, nullstr '\\N', quote '')",
        file.display()
    );
    engine.execute_batch(&statement).unwrap();
    file
}

fn table() -> String {
    let columns: Vec<String> =
        COLUMNS.iter().map(|(name, data_type)| format!("{name} {data_type}")).collect();
    format!("create table flights ({})", columns.join(", "))
}

fn open(connection: &Connection) -> Arc<dyn Connector> {
    let circumstances = Circumstances {
        name: &"airlines".parse().unwrap(),
        limits: &Limits::default(),
        worker: &WorkerCommand::new("/bin/false", [""; 0]),
        activity: &Arc::default(),
        objects: &crate::objects::ObjectCache::new(Limits::default().objects, Arc::default()),
    };
    connector(connection, &circumstances)
}

struct World {
    schemas: Vec<Schema>,
    sources: Vec<Arc<DataSource>>,
}

impl World {
    fn new(connection: &Connection) -> Self {
        let schema = Schema {
            id: SchemaId(1),
            name: "flights".parse().unwrap(),
            default_source: Some(SourceId(1)),
            group_defaults: BTreeMap::new(),
        };
        let source = |id, isolated| {
            Arc::new(DataSource {
                id: SourceId(id),
                name: "airlines".parse().unwrap(),
                schema: SchemaId(1),
                group: GroupId(1),
                isolated,
                connection: connection.clone(),
                revision: 1,
            })
        };
        Self { schemas: vec![schema], sources: vec![source(1, false), source(2, true)] }
    }

    fn compile(&self, case: &Case) -> Option<Compiled> {
        let prepared = PreparedDashboard::new(Arc::new(case.dashboard.clone()));
        let scope = viewer_scope(case.path.clone());
        let viewer = Viewer::new(&scope, &self.schemas, &self.sources);
        query::compile(&case.request, &prepared, &viewer).ok()
    }
}

struct Case {
    name: String,
    dashboard: Dashboard,
    path: Vec<Customer>,
    request: Request,
}

fn cases() -> Vec<Case> {
    let folder = root().join("crates/query/tests/cases");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    let read = cases.iter().map(|case| read_case(case, &folder));
    read.chain(filters()).chain(buckets()).collect()
}

/// One case for each of [`FILTERS`].
fn filters() -> impl Iterator<Item = Case> {
    let filters: Vec<Json> = serde_saphyr::from_str(FILTERS).unwrap();
    filters.into_iter().map(|filters| {
        let panel = json!({
            "id": "panel", "type": "kpi", "title": "Flights", "dataset": "flights",
            "measures": [{"name": "flights", "aggregate": "count"}], "filters": filters,
        });
        own_case(&format!("filters {filters}"), "America/New_York", &panel)
    })
}

/// Each bucket in zones with whole and half hours, that change their clocks or do not.
fn buckets() -> impl Iterator<Item = Case> {
    let zones = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
    let units = ["hour", "day", "week", "month", "quarter", "year"];
    zones.into_iter().flat_map(move |zone| {
        units.into_iter().map(move |unit| {
            let panel = json!({
                "id": "panel", "type": "line", "title": "Flights", "dataset": "flights",
                "dimensions": [
                    {"column": "time_hour", "name": "at", "bucket": unit},
                    {"column": "date", "bucket": unit},
                ],
                "measures": [{"name": "flights", "aggregate": "count"}],
            });
            own_case(&format!("{unit} in {zone}"), zone, &panel)
        })
    })
}

fn own_case(name: &str, zone: &str, panel: &Json) -> Case {
    let sql = "select *, dep_delay > 15 as late from flights where carrier = {{customer_id}}";
    let dashboard = json!({
        "name": "own", "time_zone": zone,
        "datasets": {"flights": {"schema": "flights", "sql": sql}},
        "panels": [panel],
    });
    Case {
        name: name.to_owned(),
        dashboard: serde_json::from_value(dashboard).unwrap(),
        path: vec![customer(0, &json!({"id": "UA"}))],
        request: request(&json!({"panel": "panel"})),
    }
}

fn read_case(case: &Path, folder: &Path) -> Case {
    let own = fs::read_to_string(case.join("dashboard.yaml"));
    let text = own.or_else(|_| fs::read_to_string(folder.join("on-time.yaml"))).unwrap();
    let json = |file: &str| -> Option<Json> {
        let text = fs::read_to_string(case.join(file)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    };
    let path = json("viewer.json").unwrap_or_else(|| json!([{"id": "UA"}]));
    Case {
        name: case.file_name().unwrap().to_string_lossy().into_owned(),
        dashboard: serde_saphyr::from_str(&text).unwrap(),
        path: path
            .as_array()
            .unwrap()
            .iter()
            .zip(0..)
            .map(|(it, rank)| customer(rank, it))
            .collect(),
        request: request(&json("request.json").unwrap()),
    }
}

fn customer(rank: u8, json: &Json) -> Customer {
    let id = json["id"].as_str().unwrap();
    let mapping = json["mapping"].as_object().cloned().unwrap_or_default();
    let entry = |(schema, source): (&String, &Json)| {
        (schema.parse().unwrap(), SourceId(source.as_i64().unwrap()))
    };
    Customer {
        properties: json["properties"].as_object().cloned().unwrap_or_default(),
        mapping: mapping.iter().map(entry).collect(),
        ..stored_customer(rank, id)
    }
}

fn request(json: &Json) -> Request {
    let text = |key: &str| json[key].as_str();
    let target = match (text("panel"), text("export"), text("options")) {
        (Some(panel), None, None) => Target::Panel(panel.parse().unwrap()),
        (None, Some(panel), None) => Target::Export(panel.parse().unwrap()),
        (None, None, Some(element)) => Target::Options(element.parse().unwrap()),
        _ => panic!("one of panel, export and options"),
    };
    let number = |key: &str| json[key].as_u64().map(|number| u32::try_from(number).unwrap());
    let list = |key: &str| json.get(key).cloned().unwrap_or_else(|| json!([]));
    Request {
        target,
        variables: json["variables"].as_object().cloned().unwrap_or_default(),
        time_zone: text("time_zone").map(|zone| zone.parse().unwrap()),
        page: number("page"),
        page_size: number("page_size"),
        sort: serde_json::from_value(list("sort")).unwrap(),
        filters: serde_json::from_value(list("filters")).unwrap(),
        now: text("now").unwrap_or("2013-08-15T12:00:00Z").parse().unwrap(),
    }
}

fn statements(compiled: &Compiled) -> Vec<&Statement> {
    let compared = compiled.comparison.iter();
    let compared = compared.flat_map(|it| [&it.current, &it.previous, &it.previous_rows]);
    let one = std::iter::once(&compiled.rows);
    one.chain(&compiled.total).chain(&compiled.totals).chain(compared).collect()
}

fn query(statement: &Statement) -> Query {
    Query {
        sql: statement.sql().to_owned(),
        arguments: statement.args().to_vec(),
        session: Vec::new(),
        row_limit: 200_000,
        byte_limit: 100_000_000,
        request_id: uuid::Uuid::nil(),
        progress: Progress::default(),
    }
}

/// What the embedded engine answers, in this process.
fn expected(engine: &duckdb::Connection, statement: &Statement) -> ResultSet {
    let argument = |value: &Value| match value {
        Value::Null => EngineValue::Null,
        Value::Text(text) => EngineValue::Text(text.clone()),
        Value::Integer(number) => EngineValue::BigInt(*number),
        Value::Float(number) => EngineValue::Double(*number),
        Value::Boolean(is_true) => EngineValue::Boolean(*is_true),
        Value::Date(date) => EngineValue::Text(date.to_string()),
        Value::Timestamp(at) => EngineValue::Text(at.to_string()),
        Value::List(_) => panic!("a list is never bound"),
    };
    let arguments: Vec<EngineValue> = statement.args().iter().map(argument).collect();
    let mut prepared = engine.prepare(statement.sql()).unwrap();
    let batches = prepared.query_arrow(duckdb::params_from_iter(arguments)).unwrap();
    let schema = batches.get_schema();
    ResultSet::of_batches(&schema, &batches.collect::<Vec<_>>()).unwrap()
}

/// The rows as text, with numbers cut to what all databases agree on. Rows of equal order may come in
/// any, so they are sorted.
fn shown(result: &ResultSet) -> BTreeSet<String> {
    let cell = |text: String| match text.parse::<f64>() {
        Ok(number) => format!("{:.3}", number + 0.0),
        Err(_) => text,
    };
    let row = |cells: Vec<String>| cells.join(" | ");
    let rows = result.rows();
    rows.map(|cells| row(cells.map(|it| cell(it.to_string())).collect())).collect()
}

/// A count of nothing.
fn shown_zero() -> BTreeSet<String> {
    BTreeSet::from(["0.000".to_owned()])
}

/// `apart`: the cases that the database is known to answer otherwise.
async fn check(connection: &Connection, engine: &duckdb::Connection, apart: &[&str]) {
    let files = json!({"type": "files", "tables": {"flights": {"path": "/flights.parquet"}}});
    let engine_world = World::new(&serde_json::from_value(files).unwrap());
    let world = World::new(connection);
    let connector = open(connection);
    let mut run = 0;
    let is_run = |case: &&Case| !NOT_RUN.iter().chain(apart).any(|name| case.name == *name);
    for case in cases().iter().filter(is_run) {
        let of_engine = engine_world.compile(case);
        let compiled = world.compile(case);
        assert_eq!(compiled.is_some(), of_engine.is_some(), "{}", case.name);
        let (Some(compiled), Some(of_engine)) = (compiled, of_engine) else { continue };
        for (ours, theirs) in statements(&compiled).into_iter().zip(statements(&of_engine)) {
            let (_stopper, stop) = crate::stop::stop();
            let found = Arc::clone(&connector).execute(Arc::new(query(ours)), stop).await;
            let found = found.unwrap_or_else(|fault| {
                panic!("{}: {fault:?}\n{}\n{:?}", case.name, ours.sql(), ours.args())
            });
            let expected = expected(engine, theirs);
            assert_eq!(shown(&found), shown(&expected), "{}\n{}", case.name, ours.sql());
            let is_telling = !case.name.starts_with("filters") || shown(&found) != shown_zero();
            assert!(is_telling, "{} finds nothing", case.name);
            let names = |result: &ResultSet| -> Vec<String> {
                result.columns().iter().map(|column| column.name.clone()).collect()
            };
            assert_eq!(names(&found), names(&expected), "{}", case.name);
            run += 1;
        }
    }
    assert!(run > 30, "{run} statements");
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_answers_as_the_embedded_engine_does() {
    let (engine, folder) = (slice(), TempDir::new().unwrap());
    let server = MariaDb::start().unwrap();
    let file = export(&engine, folder.path());
    server
        .execute(&format!(
            "{}; load data local infile '{}' into table flights",
            table(),
            file.display()
        ))
        .unwrap();
    let connection = json!({
        "type": "mysql", "host": "127.0.0.1", "port": server.port(), "database": "fanlight",
        "user": "reader", "password": "secret", "tables": ["flights"],
    });
    check(&serde_json::from_value(connection).unwrap(), &engine, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_answers_as_the_embedded_engine_does() {
    let (engine, folder) = (slice(), TempDir::new().unwrap());
    let path = folder.path().join("flights.db");
    let mut file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(&table()).unwrap();
    let text = fs::read_to_string(export(&engine, folder.path())).unwrap();
    let places: Vec<String> = (1..=COLUMNS.len()).map(|number| format!("?{number}")).collect();
    let writing = file.transaction().unwrap();
    {
        let mut insert = writing
            .prepare(&format!("insert into flights values ({})", places.join(", ")))
            .unwrap();
        for line in text.lines() {
            let values = line.split('\t').map(|value| (value != "\\N").then_some(value));
            insert.execute(rusqlite::params_from_iter(values)).unwrap();
        }
    }
    writing.commit().unwrap();
    let connection = json!({"type": "sqlite", "path": path, "tables": ["flights"]});
    check(&serde_json::from_value(connection).unwrap(), &engine, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse_answers_as_the_embedded_engine_does() {
    let (engine, folder) = (slice(), TempDir::new().unwrap());
    let server = ClickHouse::start().unwrap();
    let in_clickhouse = |(name, data_type): &(&str, &str)| match *data_type {
        "integer" => format!("{name} Nullable(Int32)"),
        "datetime" => format!("{name} DateTime('UTC')"),
        "date" => format!("{name} Date"),
        _ => format!("{name} Nullable(String)"),
    };
    let columns: Vec<String> = COLUMNS.iter().map(in_clickhouse).collect();
    let table =
        format!("CREATE TABLE flights ({}) ENGINE = MergeTree ORDER BY date", columns.join(", "));
    server.execute(&table).unwrap();
    let rows = fs::read(export(&engine, folder.path())).unwrap();
    server.insert("flights", "TabSeparated", &rows).unwrap();
    let connection = json!({
        "type": "clickhouse", "host": "127.0.0.1", "port": server.http_port(),
        "user": "reader", "password": "secret",
    });
    // Clocks change by half an hour there, which old servers get wrong on that day.
    let apart = ["hour in Australia/Lord_Howe"];
    check(&serde_json::from_value(connection).unwrap(), &engine, &apart).await;
}
