//! What the user of the connector's page may do.

use testkit::ClickHouse;

use super::*;
use crate::pages::block;

/// The server of Debian is older than `CREATE USER`: the page has this for such servers.
#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_page_reads_its_database_and_can_do_nothing_else() {
    // SHA-256 of `correct-horse`.
    let hash = "9dca666eb54730714630d1519264a7bf1eeaad00b8f2edc90d3ecbfad928d163";
    let users = block("clickhouse", "A least-privilege user", "xml");
    let users = users.replace('…', hash).replace("10.0.0.5", "127.0.0.1");
    let server = ClickHouse::start_with_users(&users).unwrap();
    for sql in [
        "create database analytics",
        "create table analytics.flights (n Int32) engine = Memory",
        "insert into analytics.flights values (7)",
        "create table default.salaries (n Int32) engine = Memory",
    ] {
        server.execute(sql).unwrap();
    }
    let login = serde_json::json!({
        "port": server.http_port(), "database": "analytics", "user": "fanlight",
        "password": "correct-horse",
    });
    let bench = bench_with(Limits::default(), login);
    assert_eq!(bench.ask_text("select n from flights", vec![]).await, "7");
    for sql in [
        "select n from default.salaries",
        "insert into flights values (8)",
        "create table mine (n Int32) engine = Memory",
        "create temporary table mine (n Int32)",
        "select * from url('http://127.0.0.1:1/', CSV, 'a String')",
        "select * from file('/etc/passwd', CSV, 'a String')",
        "select 1 into outfile '/tmp/stolen'",
        "set readonly = 0",
        "system reload config",
    ] {
        let outcome = bench.ask(sql).await;
        assert!(outcome.is_err(), "{sql}: {outcome:?}");
    }
    assert_eq!(server.execute("select count() from analytics.flights").unwrap(), "1\n");
}
