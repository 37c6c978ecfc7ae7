//! An old ClickHouse server: what isolates there isolates on newer ones.

use serde_json::json;

use super::{Database, isolated};
use crate::rows::Row;

pub(super) fn start(rows: &[Row], first_id: i64) -> Database {
    let server = testkit::ClickHouse::start().expect("a server");
    let connection = |database: &str, rows: &[Row]| {
        server.execute(&format!("CREATE DATABASE {database}")).expect("a database");
        let table = format!("{database}.facts");
        let columns = "id Int64, tenant String, member Nullable(String), region Nullable(String), \
                       n Nullable(Int64), day Date";
        let table_of =
            format!("CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY tenant");
        server.execute(&table_of).expect("a table");
        let lines: String = rows.iter().map(line).collect();
        server.insert(&table, "TabSeparated", lines.as_bytes()).expect("rows");
        let json = json!({
            "type": "clickhouse", "host": "127.0.0.1", "port": server.http_port(),
            "database": database, "user": "reader", "password": "secret",
        });
        serde_json::from_value(json).expect("a connection")
    };
    let connections = [connection("everyone", rows), connection("own", &isolated(rows))];
    Database::new("clickhouse", first_id, connections, server)
}

fn line(row: &Row) -> String {
    let missing = || "\\N".to_owned();
    let text = |text: &str| text.replace('\\', "\\\\");
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\n",
        row.id,
        text(row.tenant),
        row.member.as_deref().map_or_else(missing, text),
        row.region.map_or_else(missing, text),
        row.n.map_or_else(missing, |n| n.to_string()),
        row.day
    )
}
