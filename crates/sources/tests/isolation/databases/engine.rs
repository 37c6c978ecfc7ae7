//! The embedded engine over Parquet files.

use std::path::Path;

use serde_json::json;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "(id bigint, tenant text, member text, area text, region text, n integer, weight integer, \
                     amount decimal(10, 2), paid boolean, day date, moment timestamptz)";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let dir = tempfile::tempdir().expect("a folder");
    let connection = |name: &str, rows: &[Row]| {
        let file = dir.path().join(name);
        write(&file, rows);
        let json = json!({"type": "files", "tables": {"facts": {"path": file}}});
        serde_json::from_value(json).expect("a connection")
    };
    let connections = [connection("all.parquet", rows), connection("own.parquet", &isolated(rows))];
    vec![Database::new("engine", first_id, connections, dir)]
}

fn write(file: &Path, rows: &[Row]) {
    let database = duckdb::Connection::open_in_memory().expect("a database");
    let values = values(rows, |text| format!("'{}'", text.replace('\'', "''")));
    database
        .execute_batch(&format!(
            "set timezone = 'UTC'; create table facts {TABLE}; insert into facts values {values}; \
             copy facts to '{}' (format parquet)",
            file.display()
        ))
        .expect("a file");
}
