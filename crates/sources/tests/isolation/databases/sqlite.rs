//! SQLite, with a column that overlooks case.

use std::path::Path;

use serde_json::json;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "create table facts (id integer, tenant text collate nocase, member text, \
                     area text collate nocase, region text, n integer, weight integer, amount real, paid integer, \
                     day text, moment text)";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let dir = tempfile::tempdir().expect("a folder");
    let connection = |name: &str, rows: &[Row]| {
        let file = dir.path().join(name);
        write(&file, rows);
        let json = json!({"type": "sqlite", "path": file});
        serde_json::from_value(json).expect("a connection")
    };
    let connections = [connection("all.db", rows), connection("own.db", &isolated(rows))];
    vec![Database::new("sqlite", first_id, connections, dir)]
}

fn write(file: &Path, rows: &[Row]) {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let database = rusqlite::Connection::open(file).expect("a database");
    let insert = format!("{TABLE}; insert into facts values {};", values(rows, text));
    database.execute_batch(&insert).expect("a table");
}
