//! Tables of a server that nobody has listed: those of the customers' data, and none of the server's.

use std::sync::Arc;

use model::source::Connection;
use query::{DatasetFault, QueryError, Refusal};
use serde_json::{Value, json};

use crate::world::{World, airline, dashboard_of, request};

/// A world whose flights are on a server.
fn world(kind: &str, tables: Option<Value>) -> World {
    let mut connection =
        json!({"type": kind, "host": "db", "database": "flights", "user": "reader"});
    if let Some(tables) = tables {
        connection["tables"] = tables;
    }
    let connection: Connection = serde_json::from_value(connection).expect("a connection");
    let mut world = World::default();
    let source = Arc::make_mut(&mut world.sources[0]);
    source.connection = connection;
    world
}

fn compile(world: &World, from: &str) -> Result<(), Refusal> {
    let sql = format!("select x from {from} where carrier = {{{{customer_id}}}}");
    match world.compile(&dashboard_of(&sql), airline("UA"), &request(json!({}))) {
        Ok(_) => Ok(()),
        Err(QueryError::Dataset { fault: DatasetFault::Refused(refusal), .. }) => Err(refusal),
        Err(other) => panic!("{from}: {other}"),
    }
}

#[test]
fn what_a_server_tells_of_itself_is_no_table_of_a_dataset() {
    let unlisted = world("postgres", None);
    for table in ["flights", "\"Flights\"", "my_pg_table", "system"] {
        assert_eq!(compile(&unlisted, table), Ok(()), "{table}");
    }
    let of_system =
        ["pg_stat_activity", "PG_CLASS", "\"pg_shadow\"", "svv_tables", "sqlite_master"];
    for table in of_system {
        let refusal = compile(&unlisted, table);
        assert!(matches!(refusal, Err(Refusal::SystemTable(_))), "{table}: {refusal:?}");
    }
    for word in ["current_user", "session_user", "current_catalog"] {
        let refusal = compile(&unlisted, word);
        assert!(matches!(refusal, Err(Refusal::TableFunction(_))), "{word}: {refusal:?}");
    }
    for qualified in ["pg_catalog.pg_class", "information_schema.tables", "other.flights"] {
        let refusal = compile(&unlisted, qualified);
        assert!(matches!(refusal, Err(Refusal::QualifiedTable(_))), "{qualified}: {refusal:?}");
    }
}

#[test]
fn a_table_that_only_looks_like_the_servers_may_be_listed() {
    let listed = world("postgres", Some(json!(["sys_orders"])));
    assert_eq!(compile(&listed, "sys_orders"), Ok(()));
    assert!(matches!(compile(&listed, "pg_class"), Err(Refusal::UnknownTable { .. })));
}

#[test]
fn functions_that_run_sql_from_a_text_are_refused() {
    let unlisted = world("postgres", None);
    let calls = [
        "query_to_xml('select 1', true, false, '')",
        "table_to_xml('flights', true, false, '')",
        "dblink_exec('drop table flights')",
        "ts_stat('select 1')",
        "set_config('role', 'postgres', true)",
        "pg_read_file('/etc/passwd')",
        "current_setting('app.customer_id')",
    ];
    for call in calls {
        let from = format!("flights where {call} is null and x in (select x from flights");
        let sql = format!("select x from {from} where carrier = {{{{customer_id}}}})");
        let found = unlisted.compile(&dashboard_of(&sql), airline("UA"), &request(json!({})));
        let error = found.expect_err("a refusal").to_string();
        assert!(error.contains("is not allowed in a dataset"), "{call}: {error}");
    }
}
