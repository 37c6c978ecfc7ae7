//! MariaDB, with the collation that it gives a column when nothing is said: it overlooks case, accents
//! and spaces at the end.

use serde_json::json;
use testkit::MariaDb;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "(id bigint, tenant varchar(100), member varchar(200), \
                     area varchar(20), \
                     region varchar(20) collate utf8mb4_nopad_bin, n integer, weight integer, \
                     amount decimal(10, 2), paid boolean, day date, moment datetime) \
                     default character set utf8mb4 collate utf8mb4_general_ci";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let server = MariaDb::start().expect("MariaDB");
    let own = isolated(rows);
    for (database, rows) in [("everybody", rows), ("own", &own)] {
        let text = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
        let values = values(rows, text);
        let sql = format!(
            "create database {database}; create table {database}.facts {TABLE}; \
             insert into {database}.facts values {values}; \
             grant select on {database}.* to reader;"
        );
        server.execute(&sql).expect("a table");
    }
    let connections = ["everybody", "own"].map(|database| {
        let json = json!({
            "type": "mysql", "host": "127.0.0.1", "port": server.port(), "database": database,
            "user": "reader", "password": "secret",
        });
        serde_json::from_value(json).expect("a connection")
    });
    vec![Database::new("mysql", first_id, connections, server)]
}
