//! What the user of the connector's page may do, and what a session refuses that got past the compiler.

use super::*;
use crate::pages::block;

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_page_reads_what_it_was_granted_and_can_do_nothing_else() {
    let server = MariaDb::start().unwrap();
    server
        .execute(
            "CREATE TABLE orders (id INT); INSERT INTO orders VALUES (1);
            CREATE TABLE customers (id INT); CREATE TABLE salaries (amount INT)",
        )
        .unwrap();
    let sql = block("mysql", "A user of its own", "sql");
    server.execute(&sql.replace("shop.", "fanlight.").replace("10.0.%", "%")).unwrap();
    let mut login = connection(&server);
    login["user"] = "fanlight_reader".into();
    login["password"] = "…".into();
    let bench = Bench { server, connector: open(login, &Limits::default()) };
    assert_eq!(bench.rows("select id from orders", &[]).await, "1");
    let tables = Arc::clone(&bench.connector).tables().await.unwrap();
    assert_eq!(tables.keys().collect::<Vec<_>>(), ["customers", "orders"]);
    let file = bench.server.socket().with_file_name("stolen");
    let path = file.display();
    for sql in [
        "select amount from salaries".to_owned(),
        "insert into orders values (2)".to_owned(),
        "create temporary table mine (n int)".to_owned(),
        format!("select id from orders into outfile '{path}'"),
        format!("select id from orders into dumpfile '{path}'"),
        "load data infile '/etc/passwd' into table orders".to_owned(),
        "kill 1".to_owned(),
        "set global max_connections = 1".to_owned(),
    ] {
        assert!(bench.ask(&sql, &[]).await.is_err(), "{sql}");
    }
    assert_eq!(bench.rows("select load_file('/etc/passwd')", &[]).await, "", "null");
    assert!(!file.exists());
    // A query of its own is stopped without further rights.
    let (stopper, stop) = stop();
    let slow = Arc::new(query("select sleep(600)", &[]));
    let running = tokio::spawn(Arc::clone(&bench.connector).execute(slow, stop));
    let list = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%sleep(600)%' \
        AND user = 'fanlight_reader'";
    while bench.server.execute(list).unwrap() != "1" {
        sleep(Duration::from_millis(20)).await;
    }
    stopper.stop();
    assert_eq!(running.await.unwrap().err(), Some(Failure::Stopped));
    while bench.server.execute(list).unwrap() != "0" {
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_write_are_refused_even_to_a_user_who_may_write() {
    let bench = bench();
    bench
        .server
        .execute(
            "CREATE TABLE notes (n INT); CREATE SEQUENCE numbers;
            CREATE FUNCTION note() RETURNS INT MODIFIES SQL DATA
                RETURN (SELECT NEXTVAL(numbers));
            GRANT ALL ON fanlight.* TO reader@'%'; GRANT FILE ON *.* TO reader@'%'",
        )
        .unwrap();
    for sql in [
        "select nextval(numbers)",
        "select note()",
        "replace into notes values (1)",
        "select n from notes for update",
        "create view v as select 1",
        "truncate notes",
    ] {
        let outcome = bench.ask(sql, &[]).await;
        let holds = outcome.is_err() || sql.ends_with("for update");
        assert!(holds, "{sql}: {outcome:?}");
    }
    // No transaction keeps a user with the right `file` from this: the page says so.
    let file = bench.server.socket().with_file_name("written");
    let _ = bench.ask(&format!("select 1 into outfile '{}'", file.display()), &[]).await;
    assert!(file.exists());
    assert_eq!(bench.server.execute("SELECT count(*) FROM notes").unwrap(), "0");
}
