//! Files of SQLite, whose columns overlook case.

use serde_json::json;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "create table facts (id integer, tenant text collate nocase, \
                     member text collate nocase, region text, n integer, day date)";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let dir = tempfile::tempdir().expect("a folder");
    let connection = |name: &str, rows: &[Row]| {
        let path = dir.path().join(name);
        let values = values(rows, |text| format!("'{}'", text.replace('\'', "''")));
        let file = rusqlite::Connection::open(&path).expect("a file");
        let sql = format!("{TABLE}; insert into facts values {values}");
        file.execute_batch(&sql).expect("a table");
        let json = json!({"type": "sqlite", "path": path, "tables": ["facts"]});
        serde_json::from_value(json).expect("a connection")
    };
    let connections = [connection("all.db", rows), connection("own.db", &isolated(rows))];
    vec![Database::new("sqlite", first_id, connections, dir)]
}
