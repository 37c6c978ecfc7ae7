//! Declared files: formats, and what happens when they change.

use std::fs;
use std::time::Duration;

use engine::protocol::{Column, CsvOptions, Fault, Reply, Request, Table};
use tempfile::TempDir;

use crate::harness::{Worker, flights, parquet, small_limits, table, write};

fn csv(folder: &TempDir, text: &str, null_text: Option<&str>) -> Table {
    let path = folder.path().join("data.csv");
    fs::write(&path, text).unwrap();
    let csv = CsvOptions { null_text: null_text.map(str::to_owned), ..CsvOptions::default() };
    Table { csv, ..table("t", &path) }
}

#[track_caller]
fn check_csv(text: &str, null_text: Option<&str>, sql: &str, expected: &[&[&str]]) {
    let folder = TempDir::new().unwrap();
    let table = csv(&folder, text, null_text);
    for materialize in [false, true] {
        let started = Worker::try_start(vec![table.clone()], materialize, small_limits());
        assert_eq!(started.unwrap().query(sql, vec![]).unwrap(), expected);
    }
}

#[test]
fn a_csv_file_has_the_types_that_all_its_rows_agree_on() {
    let sum = "select sum(a), typeof(any_value(a)), max(b) from t";
    check_csv("a,b\n1,x\n2,y\n", None, sum, &[&["3", "BIGINT", "y"]]);
    check_csv("a,b\n1,x\nNA,y\n", Some("NA"), sum, &[&["1", "BIGINT", "y"]]);
    let late = format!("a,b\n{}no number,y\n", "1,x\n".repeat(50_000));
    check_csv(
        &late,
        None,
        "select typeof(any_value(a)), count(*) from t",
        &[&["VARCHAR", "50001"]],
    );
    check_csv("a,b\n1,it's\n", Some("O'NULL"), "select b from t", &[&["it's"]]);
}

#[test]
fn a_path_and_a_name_with_quotes_are_only_a_path_and_a_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("it's; drop \"t\".parquet");
    let plain = folder.path().join("plain.parquet");
    write(&plain, "select 7 as n", "(FORMAT parquet)");
    fs::rename(plain, &path).unwrap();
    let mut worker = Worker::start(vec![parquet("a \"b\" table", &path)]);
    assert_eq!(worker.query("select n from \"a \"\"b\"\" table\"", vec![]).unwrap(), [["7"]]);
}

#[track_caller]
fn check_open_fails(table: Table, expected: &str) {
    let message = Worker::try_start(vec![table], false, small_limits()).err().unwrap();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_is_named_when_the_worker_starts() {
    let folder = TempDir::new().unwrap();
    check_open_fails(parquet("t", &folder.path().join("absent.parquet")), "absent.parquet");
    let broken = folder.path().join("broken.parquet");
    fs::write(&broken, "not parquet").unwrap();
    check_open_fails(parquet("t", &broken), "table \"t\"");
    let pattern = folder.path().join("a*.parquet");
    write(&folder.path().join("ab.parquet"), "select 1", "(FORMAT parquet)");
    fs::write(&pattern, "").unwrap();
    check_open_fails(parquet("t", &pattern), "pattern");
}

/// Replaces the file as well-behaved programs do, and waits until the worker looks again.
fn replace(folder: &TempDir, number: u32) {
    let fresh = folder.path().join("fresh.parquet");
    write(&fresh, &format!("select {number} as n"), "(FORMAT parquet)");
    fs::rename(fresh, folder.path().join("t.parquet")).unwrap();
    std::thread::sleep(Duration::from_millis(1100));
}

#[test]
fn a_replaced_file_asks_for_a_new_worker() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, "select 1 as n", "(FORMAT parquet)");
    let mut worker = Worker::start(vec![parquet("t", &path)]);
    assert_eq!(worker.query("select n from t", vec![]).unwrap(), [["1"]]);
    replace(&folder, 2);
    assert_eq!(worker.query("select n from t", vec![]), Err(Fault::FilesChanged));
    let mut worker = Worker::start(vec![parquet("t", &path)]);
    assert_eq!(worker.query("select n from t", vec![]).unwrap(), [["2"]]);
}

#[test]
fn a_copied_table_goes_on_answering_and_says_that_it_is_outdated() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.parquet");
    write(&path, "select 1 as n", "(FORMAT parquet)");
    let tables = vec![parquet("t", &path)];
    let mut worker = Worker::try_start(tables, true, small_limits()).unwrap();
    let id = worker.begin("select n from t", vec![]);
    assert_eq!(worker.reply(), Some(Reply::Finished { id, outdated: false }));
    replace(&folder, 2);
    let id = worker.begin("select n from t", vec![]);
    assert_eq!(worker.reply(), Some(Reply::Finished { id, outdated: true }));
    fs::remove_file(&path).unwrap();
    assert_eq!(worker.query("select n from t", vec![]).unwrap(), [["1"]]);
}

#[test]
fn the_columns_of_a_declared_table_can_be_asked_for() {
    let mut worker = Worker::start(vec![flights()]);
    worker.send(&Request::Describe { id: 1, table: "flights".to_owned() });
    let Some(Reply::Described { columns, .. }) = worker.reply() else { panic!("no columns") };
    let column = |name: &str, data_type: &str| Column {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
    };
    assert_eq!(columns.len(), 19);
    assert!(columns.contains(&column("carrier", "VARCHAR")), "{columns:?}");
    worker.send(&Request::Describe { id: 2, table: "duckdb_settings".to_owned() });
    assert!(matches!(worker.reply(), Some(Reply::Failed { id: 2, fault: Fault::Refused(_) })));
}
