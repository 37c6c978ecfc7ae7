//! Databases whose `=` is loose: a customer's id must find that customer's rows alone.

use std::sync::Arc;

use model::source::Connection;
use query::{DatasetFault, QueryError, Refusal, Unproved};
use serde_json::{Value, json};

use crate::world::{World, airline, dashboard, dashboard_of, dataset_sql, request};

/// The usual world over another kind of database.
fn over(connection: Value) -> World {
    let connection: Connection = serde_json::from_value(connection).expect("a connection");
    let mut world = World::default();
    for source in &mut world.sources {
        let mut changed = (**source).clone();
        changed.connection = connection.clone();
        *source = Arc::new(changed);
    }
    world
}

fn mysql() -> World {
    over(json!({"type": "mysql", "host": "db", "database": "sales", "user": "reader"}))
}

fn sqlite() -> World {
    over(json!({"type": "sqlite", "path": "/sales.db"}))
}

fn compile(world: &World, dataset: Value, id: &str) -> Result<String, DatasetFault> {
    match world.compile(&dashboard(dataset), airline(id), &request(json!({}))) {
        Ok(compiled) => Ok(dataset_sql(&compiled)),
        Err(QueryError::Dataset { fault, .. }) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

fn filtered(condition: &str) -> Value {
    json!({"schema": "flights", "sql": format!("select carrier as x from flights where {condition}")})
}

#[track_caller]
fn written(world: &World, condition: &str, expected: &str) {
    let sql = compile(world, filtered(condition), "UA").expect("a statement");
    assert_eq!(sql, format!("select carrier as x from flights where {expected}"));
}

#[track_caller]
fn unproved(world: &World, condition: &str) -> Unproved {
    match compile(world, filtered(condition), "UA") {
        Err(DatasetFault::NotIsolated(reason)) => reason,
        other => panic!("{condition}: {other:?}"),
    }
}

#[track_caller]
fn refused(world: &World, condition: &str) -> Refusal {
    match compile(world, filtered(condition), "UA") {
        Err(DatasetFault::Refused(refusal)) => refusal,
        other => panic!("{condition}: {other:?}"),
    }
}

#[test]
fn an_id_is_compared_byte_by_byte() {
    let mysql = mysql();
    written(&mysql, "carrier = {{customer_id}}", "carrier = cast(? as binary)");
    written(&mysql, "{{customer_id}} = `carrier`", "cast(? as binary) = `carrier`");
    written(&mysql, "carrier in {{customer_id}}", "carrier in (cast(? as binary))");
    let sqlite = sqlite();
    written(&sqlite, "carrier = {{customer_id}}", "carrier = ?1 collate binary");
    written(&sqlite, "\"carrier\" = {{customer_id}}", "\"carrier\" = ?1 collate binary");
    let list = unproved(&sqlite, "carrier in ({{customer_id}})");
    assert_eq!(list, Unproved::List("carrier".to_owned()));
}

#[test]
fn a_row_policy_compares_texts_and_lets_an_index_help() {
    let kept = || {
        json!({
            "schema": "flights", "sql": "select carrier as x from flights",
            "tenant_column": {"column": "x", "equals": "customer_id"},
        })
    };
    let policy = |world: &World| {
        let sql = compile(world, kept(), "007").expect("a statement");
        sql.rsplit_once("where ").expect("a condition").1.to_owned()
    };
    assert_eq!(
        policy(&mysql()),
        "policy.`x` = ? and cast(convert(policy.`x` using utf8mb4) as binary) = cast(? as binary)"
    );
    assert_eq!(
        policy(&sqlite()),
        "policy.\"x\" = ?1 and cast(policy.\"x\" as text) collate binary = ?2"
    );
}

#[test]
fn an_id_that_spells_a_number_in_an_unusual_way_is_refused_where_numbers_may_be_compared() {
    for world in [mysql(), sqlite()] {
        let of = |id: &str| compile(&world, filtered("carrier = {{customer_id}}"), id);
        for id in ["UA", "7", "12abc", "-7", "0"] {
            assert!(of(id).is_ok(), "{id}");
        }
        for id in ["007", "7.0", "1e3", "+7", "12345678901234567890"] {
            assert_eq!(of(id), Err(DatasetFault::Ambiguous(id.to_owned())));
        }
    }
    let embedded = compile(&World::default(), filtered("carrier = {{customer_id}}"), "007");
    assert!(embedded.is_ok(), "the embedded engine keeps texts and numbers apart");
}

#[test]
fn what_mysql_reads_differently_from_the_parser_is_no_proof() {
    let mysql = mysql();
    for condition in [
        r"x = 'a\' or y = 'b\' and carrier = {{customer_id}}",
        r"x = 'a\\' and carrier = {{customer_id}}",
        r"`a\` = 1 and carrier = {{customer_id}}",
        "@tenant = {{customer_id}}",
        "@@hostname = {{customer_id}}",
    ] {
        let refusal = refused(&mysql, condition);
        let is_refused = matches!(refusal, Refusal::ReadDifferently(_) | Refusal::Syntax(_));
        assert!(is_refused, "{condition} {refusal:?}");
    }
    assert_eq!(unproved(&mysql, "a xor b and carrier = {{customer_id}}"), Unproved::Uncertain);
    for condition in [
        "\"carrier\" = {{customer_id}}",
        "'carrier' = {{customer_id}}",
        "utc_date = {{customer_id}}",
        "carrier || 'x' = {{customer_id}}",
        "carrier like {{customer_id}}",
        "carrier <=> {{customer_id}}",
        "binary carrier = 'UA' or carrier = {{customer_id}}",
    ] {
        let outcome = compile(&mysql, filtered(condition), "UA");
        assert!(outcome.is_err(), "{condition} {outcome:?}");
    }
    // The session joins texts by ||, as the parser does; else this would be an OR before the AND.
    written(
        &mysql,
        "a || b = 'x' and carrier = {{customer_id}}",
        "a || b = 'x' and carrier = cast(? as binary)",
    );
    for function in [
        "load_file('/etc/passwd')",
        "sleep(9)",
        "user()",
        "database()",
        "version()",
        "sys_exec('id')",
    ] {
        let condition = format!("carrier = {{{{customer_id}}}} and {function} = 1");
        assert!(matches!(refused(&mysql, &condition), Refusal::Function(_)), "{function}");
    }
}

#[test]
fn functions_of_sqlites_library_are_refused() {
    for function in
        ["load_extension('x')", "readfile('/etc/passwd')", "sqlite_version()", "changes()"]
    {
        let condition = format!("carrier = {{{{customer_id}}}} and {function} = 1");
        assert!(matches!(refused(&sqlite(), &condition), Refusal::Function(_)), "{function}");
    }
    let sql = "select x from flights, pragma_table_list where carrier = {{customer_id}}";
    let request = request(json!({}));
    assert!(sqlite().compile(&dashboard_of(sql), airline("UA"), &request).is_err());
}
