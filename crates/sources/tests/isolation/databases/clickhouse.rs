//! An old ClickHouse server: what isolates there isolates on newer ones.

use serde_json::json;
use testkit::ClickHouse;

use super::{Database, isolated, values};
use crate::rows::Row;

const TABLE: &str = "(id Int64, tenant String, member Nullable(String), area Nullable(String), region Nullable(String), \
                     n Nullable(Int64), weight Nullable(Int64), amount Nullable(Float64), \
                     paid Nullable(UInt8), day Date, moment DateTime('UTC')) \
                     engine = MergeTree order by tenant";

pub(super) fn start(rows: &[Row], first_id: i64) -> Vec<Database> {
    let server = ClickHouse::start().expect("ClickHouse");
    let own = isolated(rows);
    for (database, rows) in [("everybody", rows), ("own", &own)] {
        let text = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        server.execute(&format!("create database {database}")).expect("a database");
        server.execute(&format!("create table {database}.facts {TABLE}")).expect("a table");
        let values = values(rows, text).replace("true", "1").replace("false", "0");
        let insert = format!("insert into {database}.facts values {values}");
        server.execute(&insert).expect("rows");
    }
    let connections = ["everybody", "own"].map(|database| {
        let json = json!({
            "type": "clickhouse", "host": "127.0.0.1", "port": server.http_port(),
            "database": database, "user": "reader", "password": "secret",
        });
        serde_json::from_value(json).expect("a connection")
    });
    vec![Database::new("clickhouse", first_id, connections, server)]
}
