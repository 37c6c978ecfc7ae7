//! One folder per case: a request of a viewer to a dashboard, and the statements in each dialect or
//! the error.
//!
//! `UPDATE_CASES=1` writes what the compiler says now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Customer;
use model::dashboard::{Dashboard, Filter, Sort};
use query::{Compiled, Request, Statement, Target};
use serde_json::Value;

use crate::world::{World, airline, customer};

#[test]
fn every_case_compiles_to_what_its_folder_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = fs::read_dir(&folder).expect("the folder of cases");
    let cases = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let mut cases: Vec<PathBuf> = cases.collect();
    cases.sort();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = Vec::new();
    for case in cases {
        let found = outcome(&case, &folder);
        if update {
            write(&case, &found);
        } else if read(&case) != found {
            wrong.push(format!("{}: {found:#?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The names of files and their contents: statements in each dialect, or one error in all.
type Outcome = BTreeMap<String, String>;

const ERROR: &str = "error.txt";
const DIALECTS: [&str; 2] = ["duckdb", "postgres"];

fn statements_in(dialect: &str) -> String {
    format!("expected.{dialect}.sql")
}

fn files() -> impl Iterator<Item = String> {
    DIALECTS.into_iter().map(statements_in).chain([ERROR.to_owned()])
}

fn read(case: &Path) -> Outcome {
    let found = |file: String| Some((file.clone(), fs::read_to_string(case.join(file)).ok()?));
    files().filter_map(found).collect()
}

fn write(case: &Path, outcome: &Outcome) {
    for file in files() {
        let _ = fs::remove_file(case.join(file));
    }
    for (file, text) in outcome {
        fs::write(case.join(file), text).expect("a file of the case");
    }
}

fn outcome(case: &Path, folder: &Path) -> Outcome {
    let request = read_request(&json(&case.join("request.json")).expect("a request"));
    let path = json(&case.join("viewer.json")).map_or_else(|| airline("UA"), |path| viewer(&path));
    let dashboard = dashboard(case, folder);
    let mut outcome = Outcome::new();
    for dialect in DIALECTS {
        let (file, text) = match world(dialect).compile(&dashboard, path.clone(), &request) {
            Ok(compiled) => (statements_in(dialect), describe(&compiled)),
            Err(error) => (ERROR.to_owned(), format!("{:?}\n{error}\n", error.audience())),
        };
        let earlier = outcome.insert(file, text.clone());
        assert!(earlier.is_none_or(|earlier| earlier == text), "{dialect}: {text}");
    }
    outcome
}

/// The same sources in another database.
fn world(dialect: &str) -> World {
    let mut world = World::default();
    if dialect != "duckdb" {
        for source in &mut world.sources {
            let tables: Vec<_> =
                source.connection.tables().into_iter().flatten().map(ToString::to_string).collect();
            let connection = serde_json::json!({
                "type": dialect, "host": "db", "database": "d", "user": "u", "tables": tables,
            });
            let connection = serde_json::from_value(connection).expect("a connection");
            Arc::make_mut(source).connection = connection;
        }
    }
    world
}

/// The case's own dashboard, or the demo's.
fn dashboard(case: &Path, folder: &Path) -> Dashboard {
    let own = fs::read_to_string(case.join("dashboard.yaml"));
    let text = own.or_else(|_| fs::read_to_string(folder.join("on-time.yaml")));
    serde_saphyr::from_str(&text.expect("a dashboard")).expect("a dashboard")
}

fn json(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn viewer(path: &Value) -> Vec<Customer> {
    let path = path.as_array().expect("a path from the root down");
    path.iter().zip(0..).map(|(json, rank)| customer(rank, json)).collect()
}

fn read_request(json: &Value) -> Request {
    let text = |key: &str| json[key].as_str();
    let target = match (text("panel"), text("export"), text("options")) {
        (Some(panel), None, None) => Target::Panel(panel.parse().expect("a panel's id")),
        (None, Some(panel), None) => Target::Export(panel.parse().expect("a panel's id")),
        (None, None, Some(element)) => Target::Options(element.parse().expect("an element's id")),
        _ => panic!("one of panel, export and options"),
    };
    let number = |key: &str| json[key].as_u64().map(|number| u32::try_from(number).expect("u32"));
    let list = |key: &str| json.get(key).cloned().unwrap_or_else(|| serde_json::json!([]));
    Request {
        target,
        variables: json["variables"].as_object().cloned().unwrap_or_default(),
        time_zone: text("time_zone").map(|zone| zone.parse().expect("a zone's name")),
        page: number("page"),
        page_size: number("page_size"),
        sort: serde_json::from_value::<Vec<Sort>>(list("sort")).expect("sort"),
        filters: serde_json::from_value::<Vec<Filter>>(list("filters")).expect("filters"),
        now: text("now").unwrap_or("2013-08-15T12:00:00Z").parse().expect("an instant"),
    }
}

fn describe(compiled: &Compiled) -> String {
    let mut parts = vec![statement("rows", &compiled.rows)];
    parts.extend(compiled.total.as_ref().map(|total| statement("total", total)));
    parts.extend(compiled.totals.as_ref().map(|totals| statement("totals", totals)));
    if let Some(comparison) = &compiled.comparison {
        let periods = (comparison.current_period, comparison.previous_period);
        parts.push(format!("-- by {:?}: {periods:?}\n", comparison.bucket));
        parts.push(statement("current", &comparison.current));
        parts.push(statement("previous", &comparison.previous));
        parts.push(statement("previous rows", &comparison.previous_rows));
    }
    parts.join("\n")
}

fn statement(what: &str, statement: &Statement) -> String {
    let mut text = format!(
        "-- {what}: source {}, at most {} rows, {}\n",
        statement.source(),
        statement.row_limit(),
        statement.time_zone()
    );
    for (value, number) in statement.args().iter().zip(1..) {
        text.push_str(&format!("-- ${number} {value}\n"));
    }
    for step in statement.steps() {
        text.push_str(&format!("-- then {step:?}\n"));
    }
    format!("{text}{};\n", statement.sql())
}
