//! What the connector's page tells operators to run.

use super::*;
use crate::pages::block;

fn run(stage: &Stage, sql: &str) {
    stage.execute(&sql.replace("database shop", "database postgres"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_page_reads_what_it_was_granted_and_can_do_nothing_else() {
    let stage = Stage::set();
    stage.execute(
        "create table orders (id int, customer_id text); insert into orders values (1, 'UA');
         create table customers (id text); create table salaries (amount int)",
    );
    run(&stage, &block("postgresql", "A user of its own", "sql"));
    stage.execute("revoke temporary on database postgres from public");
    let source = stage.source(json!({"user": "fanlight_reader"}));
    assert_eq!(stage.text(&source, "select id, customer_id from orders").await, "1 UA");
    let tables = stage.sources.probe(source.connection.clone(), Duration::from_secs(20)).await;
    assert_eq!(tables.unwrap().into_keys().collect::<Vec<_>>(), ["customers", "orders"]);
    let hidden = stage.ask(&source, "select amount from salaries".into()).await;
    assert!(failed(hidden).starts_with("42501"));
    // By itself too, without our being careful.
    for sql in [
        "insert into orders values (2, 'AA')",
        "create table mine (a int)",
        "create temporary table mine (a int)",
        "copy orders to program 'cat'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "alter role fanlight_reader superuser",
    ] {
        let asked = format!("begin read write; {sql}");
        let asked = stage.cluster.ask_as("fanlight_reader", &asked);
        assert!(asked.is_err(), "{sql}: {asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_row_security_of_the_page_is_relied_on() {
    let stage = Stage::set();
    stage.execute(
        "create table orders (id int, customer_id text);
         insert into orders values (1, 'UA'), (2, 'AA')",
    );
    run(&stage, &block("postgresql", "Row security", "sql"));
    let source = stage.source(json!({
        "row_security": {"setting": "app.customer_id", "equals": "customer_id"},
    }));
    let question = Question::from("select id from orders").of_customer("AA");
    assert_eq!(text(&stage.ask(&source, question).await.unwrap()), "2");
}
