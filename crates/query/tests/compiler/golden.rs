//! One folder per case: a request of a viewer to a dashboard, and the statements or the error.
//!
//! `UPDATE_CASES=1` writes what the compiler says now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use model::Customer;
use model::dashboard::{Dashboard, Filter, Sort};
use query::{Compiled, Request, Statement, Target};
use serde_json::Value;

use crate::world::{World, airline, customer};

/// The databases for which every case is compiled. What the first refuses, all refuse.
const DIALECTS: [&str; 5] = ["duckdb", "postgres", "mysql", "sqlite", "clickhouse"];

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
        let found = outcomes(&case, &folder);
        if update {
            write(&case, &found);
        } else if read(&case) != found {
            wrong.push(format!("{}:\n{found:#?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What the compiler says, by the names of files.
type Outcomes = BTreeMap<String, String>;

fn is_outcome(name: &str) -> bool {
    name == "error.txt" || (name.starts_with("expected.") && name.ends_with(".sql"))
}

fn read(case: &Path) -> Outcomes {
    let entries = fs::read_dir(case).expect("a folder");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let read = |name: String| {
        let text = fs::read_to_string(case.join(&name)).expect("a file of the case");
        (name, text)
    };
    names.filter(|name| is_outcome(name)).map(read).collect()
}

fn write(case: &Path, outcomes: &Outcomes) {
    for name in read(case).keys() {
        fs::remove_file(case.join(name)).expect("a file of the case");
    }
    for (name, text) in outcomes {
        fs::write(case.join(name), text).expect("a file of the case");
    }
}

fn outcomes(case: &Path, folder: &Path) -> Outcomes {
    let request = json(&case.join("request.json")).expect("a request");
    let dashboard = dashboard(case, folder);
    let mut outcomes = Outcomes::new();
    for dialect in DIALECTS {
        let path = json(&case.join("viewer.json"));
        let path = path.map_or_else(|| airline("UA"), |path| viewer(&path));
        let compiled = World::of(dialect).compile(&dashboard, path, &read_request(&request));
        let (name, text) = match compiled {
            Ok(compiled) => (format!("expected.{dialect}.sql"), describe(&compiled)),
            Err(error) => ("error.txt".to_owned(), format!("{:?}\n{error}\n", error.audience())),
        };
        let earlier = outcomes.insert(name, text.clone());
        assert!(earlier.is_none_or(|earlier| earlier == text), "{}: {text}", case.display());
    }
    outcomes
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
