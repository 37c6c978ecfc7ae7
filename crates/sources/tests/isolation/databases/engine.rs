//! The embedded engine over Parquet files.

use std::path::Path;

use duckdb::params;
use serde_json::json;

use super::{Database, isolated};
use crate::rows::Row;

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
    database
        .execute_batch(
            "create table facts (id bigint, tenant text, member text, region text, n integer, day date)",
        )
        .expect("a table");
    let insert = "insert into facts values (?, ?, ?, ?, ?, cast(? as date))";
    let mut insert = database.prepare(insert).expect("an insert");
    for row in rows {
        let day = row.day.to_string();
        let values = params![row.id, row.tenant, row.member, row.region, row.n, day];
        insert.execute(values).expect("a row");
    }
    let copy = format!("copy facts to '{}' (format parquet)", file.display());
    database.execute_batch(&copy).expect("a file");
}
