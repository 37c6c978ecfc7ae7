//! On a real server, MariaDB.

mod edges;
mod limits;

use model::source::Connection;
use query::Value;
use testkit::{Certificate, MariaDb};
use tokio::time::sleep;
use uuid::Uuid;

use super::*;
use crate::connector::connector;
use crate::options::{Limits, WorkerCommand};
use crate::progress::Progress;
use crate::result::ColumnKind;
use crate::stop::{Stopper, stop};

/// Runs until it is stopped.
const ENDLESS: &str = "with recursive n as (select 1 as i union all select i + 1 from n) \
    select count(*) from n a, n b, n c";

struct Bench {
    server: MariaDb,
    connector: Arc<dyn Connector>,
}

fn open(connection: serde_json::Value, limits: &Limits) -> Arc<dyn Connector> {
    let connection: Connection = serde_json::from_value(connection).unwrap();
    let circumstances = Circumstances {
        name: &"airlines".parse().unwrap(),
        limits,
        worker: &WorkerCommand::new("/bin/false", [""; 0]),
        activity: &Arc::default(),
        objects: &crate::objects::ObjectCache::new(limits.objects.clone(), Arc::default()),
    };
    connector(&connection, &circumstances)
}

fn connection(server: &MariaDb) -> serde_json::Value {
    serde_json::json!({
        "type": "mysql", "host": "127.0.0.1", "port": server.port(), "database": "fanlight",
        "user": "reader", "password": "secret",
    })
}

fn bench() -> Bench {
    let server = MariaDb::start().unwrap();
    let connector = open(connection(&server), &Limits::default());
    Bench { server, connector }
}

fn query(sql: &str, arguments: &[Value]) -> Query {
    Query {
        sql: sql.to_owned(),
        arguments: arguments.to_vec(),
        session: Vec::new(),
        row_limit: 1_000,
        byte_limit: 1_000_000,
        request_id: Uuid::from_u128(7),
        progress: Progress::default(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Never stops what runs.
fn no_stop() -> (Stopper, Stop) {
    stop()
}

impl Bench {
    async fn run(&self, query: Query) -> Result<ResultSet, Failure> {
        let (_stopper, stop) = no_stop();
        Arc::clone(&self.connector).execute(Arc::new(query), stop).await
    }

    async fn ask(&self, sql: &str, arguments: &[Value]) -> Result<ResultSet, Failure> {
        self.run(query(sql, arguments)).await
    }

    /// The cells of a result, with commas between and a line for each row.
    async fn rows(&self, sql: &str, arguments: &[Value]) -> String {
        shown(&self.ask(sql, arguments).await.unwrap())
    }

    /// How many queries of ours the server says it runs.
    fn running(&self) -> String {
        let list = "SELECT count(*) FROM information_schema.processlist \
            WHERE user = 'reader' AND command <> 'Sleep'";
        self.server.execute(list).unwrap()
    }

    fn connected(&self) -> String {
        let list = "SELECT count(*) FROM information_schema.processlist WHERE user = 'reader'";
        self.server.execute(list).unwrap()
    }

    async fn wait_until_running(&self, count: &str) {
        while self.running() != count {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

fn shown(result: &ResultSet) -> String {
    let row = |cells: Vec<String>| cells.join(",");
    let rows: Vec<String> =
        result.rows().map(|cells| row(cells.map(|cell| cell.to_string()).collect())).collect();
    rows.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_as_what_it_is() {
    let bench = bench();
    bench
        .server
        .execute(
            "SET time_zone = '+00:00', sql_mode = '';
            CREATE TABLE kinds (
                tiny TINYINT(1), small SMALLINT UNSIGNED, big BIGINT, huge BIGINT UNSIGNED,
                price DECIMAL(10,2), ratio FLOAT, exact DOUBLE, made YEAR, bits BIT(9),
                letters VARCHAR(10), code CHAR(4), note TEXT, raw BLOB, choice ENUM('a','b'),
                doc JSON, day DATE, at DATETIME(6), stamp TIMESTAMP, hour TIME(6));
            INSERT INTO kinds VALUES (1, 65535, -9223372036854775808, 18446744073709551615,
                12.50, 0.5, 0.1, 2013, b'100000001', 'é', 'ab', 'long', x'00ff', 'b',
                '{\"a\": 1}', '2013-07-04', '2013-07-04 05:06:07.000008', '2013-07-04 05:06:07',
                '23:59:59.5');
            INSERT INTO kinds () VALUES ();
            INSERT INTO kinds (day, at) VALUES ('0000-00-00', '0000-00-00 00:00:00');",
        )
        .unwrap();
    let result = bench.ask("select * from kinds", &[]).await.unwrap();
    use ColumnKind as Kind;
    let kinds: Vec<ColumnKind> = result.columns().iter().map(|column| column.kind).collect();
    let expected = [
        [Kind::Integer; 4].as_slice(),
        &[Kind::Decimal, Kind::Float, Kind::Float, Kind::Integer, Kind::Integer],
        &[Kind::String, Kind::String, Kind::String, Kind::Other, Kind::String, Kind::String],
        &[Kind::Date, Kind::Timestamp, Kind::Timestamp, Kind::Time],
    ];
    assert_eq!(kinds, expected.concat());
    let rows = shown(&result);
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(
        rows[0],
        "1,65535,-9223372036854775808,18446744073709551615,12.50,0.5,0.1,2013,257,é,ab,long,00ff,b,\
         {\"a\": 1},2013-07-04,2013-07-04T05:06:07.000008Z,2013-07-04T05:06:07Z,23:59:59.5"
    );
    assert_eq!(rows[1].replace(',', ""), "");
    assert_eq!(rows[2].replace(',', ""), "", "a date that is none is missing");
    let sums = "select sum(big), sum(price), avg(small), count(*), null from kinds";
    assert_eq!(bench.rows(sums, &[]).await, "-9223372036854775808,12.50,65535.0000000000,3,");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound_as_the_server_reads_literals() {
    let bench = bench();
    bench
        .server
        .execute(
            "CREATE TABLE t (n INT, s VARCHAR(20), d DATE, at DATETIME(6));
            INSERT INTO t VALUES (12, 'UA', '2013-07-04', '2013-07-04 05:06:07.000008');",
        )
        .unwrap();
    let found = async |condition: &str, value: Value| {
        bench.rows(&format!("select count(*) from t where {condition}"), &[value]).await
    };
    assert_eq!(found("n = ?", text("12")).await, "1");
    assert_eq!(found("n = ?", Value::Integer(12)).await, "1");
    assert_eq!(found("n < ?", Value::Float(12.5)).await, "1");
    assert_eq!(found("s = ?", text("UA")).await, "1");
    assert_eq!(found("d = ?", Value::Date("2013-07-04".parse().unwrap())).await, "1");
    let at = Value::Timestamp("2013-07-04T05:06:07.000008Z".parse().unwrap());
    assert_eq!(found("at = ?", at.clone()).await, "1");
    assert_eq!(found("at < ?", at).await, "0");
    assert_eq!(found("? is null", Value::Null).await, "1");
    assert_eq!(found("? and n = 12", Value::Boolean(true)).await, "1");
    let hostile = "' or 1 = 1 -- \\' ; drop table t";
    assert_eq!(bench.rows("select ?", &[text(hostile)]).await, hostile);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_reads_sql_as_the_parser_does_and_only_reads() {
    let bench = bench();
    bench.server.execute("CREATE TABLE t (n INT); GRANT ALL ON fanlight.* TO reader@'%'").unwrap();
    assert_eq!(bench.rows(r#"select 'a\', "b", '\n'"#, &[]).await, r"a\,b,\n");
    assert_eq!(bench.rows("select 'a' || 'b', 1 || 0 = 10", &[]).await, "ab,1");
    assert_eq!(bench.rows("select now() = utc_timestamp()", &[]).await, "1");
    for write in ["insert into t values (1)", "drop table t", "create table u (n int)"] {
        let outcome = bench.ask(write, &[]).await;
        assert!(matches!(outcome, Err(Failure::Refused(_))), "{write} {outcome:?}");
    }
    let file = bench.server.socket().with_file_name("stolen");
    let load = format!("load data local infile '{}' into table t", file.display());
    assert!(bench.ask(&load, &[]).await.is_err());
    let two = bench.ask("select 1; select 2", &[]).await;
    assert!(matches!(two, Err(Failure::Failed(_))), "{two:?}");
    assert_eq!(bench.rows("select 3", &[]).await, "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_the_server_would_cut_to_compare_it_is_an_error() {
    let bench = bench();
    bench.server.execute("CREATE TABLE t (n INT); INSERT INTO t VALUES (0), (12), (13)").unwrap();
    let compared = "select count(*) from t where n = cast(? as binary)";
    assert_eq!(bench.rows(compared, &[text("12")]).await, "1");
    let long = format!("12{}", "é".repeat(200));
    for id in ["abc", "12abc", "", "12é", "12'x", "12\\", long.as_str()] {
        let outcome = bench.ask(compared, &[text(id)]).await;
        assert!(matches!(outcome, Err(Failure::Failed(_))), "{id:?} {outcome:?}");
    }
    let dirty = "select sum(cast(concat(n, 'x') as signed)) from t where n > ?";
    assert_eq!(bench.rows(dirty, &[text("5")]).await, "25", "other warnings are the author's");
    let many = "select sum(cast('x' as signed)), ? from t a, t b, t c, t d, t e, t f, t g";
    let outcome = bench.ask(many, &[text("UA")]).await;
    assert!(matches!(outcome, Err(Failure::Failed(_))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_beyond_its_limits_is_stopped_in_the_server() {
    let bench = bench();
    let many = "with recursive n as (select 1 as i union all select i + 1 from n where i < 2000) \
        select i from n";
    let rows = bench.run(Query { row_limit: 100, ..query(many, &[]) }).await;
    assert_eq!(rows.err(), Some(Failure::TooLarge(ResultLimit::Rows(100))));
    let bytes = bench.run(query("select repeat('x', 2000000)", &[])).await;
    assert_eq!(bytes.err(), Some(Failure::TooLarge(ResultLimit::Bytes(1_000_000))));
    let narrow = Query { byte_limit: 50, ..query("select repeat('x', 51)", &[]) };
    assert_eq!(bench.run(narrow).await.err(), Some(Failure::TooLarge(ResultLimit::Bytes(50))));
    bench.wait_until_running("0").await;
    assert_eq!(bench.rows("select 1", &[]).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_is_stopped_ends_in_the_server() {
    let bench = bench();
    let (stopper, stop) = stop();
    let endless = query("select sleep(600)", &[]);
    let running = tokio::spawn(Arc::clone(&bench.connector).execute(Arc::new(endless), stop));
    bench.wait_until_running("1").await;
    let named = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE \
        '%fanlight 00000000-0000-0000-0000-000000000007%sleep%' AND user = 'reader'";
    assert_eq!(bench.server.execute(named).unwrap(), "1");
    stopper.stop();
    assert_eq!(running.await.unwrap().err(), Some(Failure::Stopped));
    bench.wait_until_running("0").await;
    assert_eq!(bench.rows("select 1", &[]).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_itself_ends_what_outlives_us() {
    let server = MariaDb::start().unwrap();
    let limits = Limits { statement_timeout: Duration::from_secs(0), ..Limits::default() };
    let connector = open(connection(&server), &limits);
    let bench = Bench { server, connector };
    let outcome = bench.ask(ENDLESS, &[]).await;
    assert!(matches!(outcome, Err(Failure::Failed(_))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_used_again_and_replaced_when_the_server_has_gone() {
    let mut bench = bench();
    for _ in 0..3 {
        assert_eq!(bench.rows("select 1", &[]).await, "1");
    }
    assert_eq!(bench.connected(), "1");
    bench.server.crash();
    let gone = bench.ask("select 1", &[]).await;
    assert!(matches!(gone, Err(Failure::Unavailable(_))), "{gone:?}");
    bench.server.resume().unwrap();
    assert_eq!(bench.rows("select 1", &[]).await, "1");
    bench.server.crash();
    bench.server.resume().unwrap();
    assert_eq!(bench.rows("select 2", &[]).await, "2", "an unused connection had lost its server");
    Arc::clone(&bench.connector).close().await;
    assert!(matches!(bench.ask("select 1", &[]).await, Err(Failure::Unavailable(_))));
    while bench.connected() != "0" {
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_those_that_are_declared() {
    let bench = bench();
    bench
        .server
        .execute(
            "CREATE TABLE flights (carrier CHAR(2), n BIGINT UNSIGNED); CREATE TABLE other (n INT)",
        )
        .unwrap();
    let all = Arc::clone(&bench.connector).tables().await.unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["flights", "other"]);
    let mut declared = connection(&bench.server);
    declared["tables"] = serde_json::json!(["flights"]);
    let connector = open(declared, &Limits::default());
    assert_eq!(Arc::clone(&connector).tables().await.unwrap().len(), 1);
    let columns = Arc::clone(&connector).describe("flights".to_owned()).await.unwrap();
    assert_eq!(
        (columns[1].name.as_str(), columns[1].data_type.as_str()),
        ("n", "bigint(20) unsigned")
    );
    let other = connector.describe("other".to_owned()).await;
    assert!(matches!(other, Err(Failure::Refused(_))), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reached_is_unavailable() {
    let server = MariaDb::start().unwrap();
    let changes = [
        serde_json::json!({"password": "wrong"}),
        serde_json::json!({"database": "nothing"}),
        serde_json::json!({"host": "169.254.169.254"}),
        serde_json::json!({"host": "/nonexistent/socket"}),
        serde_json::json!({"tls": {"mode": "require"}}),
        serde_json::json!({"settings": {"sort_buffer_size": "1; drop table t"}}),
    ];
    for change in changes {
        let mut faulty = connection(&server);
        faulty.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let outcome = open(faulty, &Limits::default()).tables().await;
        assert!(matches!(outcome, Err(Failure::Unavailable(_))), "{change} {outcome:?}");
    }
    let mut by_socket = connection(&server);
    by_socket["host"] = server.socket().to_str().unwrap().into();
    by_socket["tls"] = serde_json::json!({"mode": "require"});
    let outcome = open(by_socket.clone(), &Limits::default()).tables().await;
    assert!(matches!(outcome, Err(Failure::Unavailable(_))), "not encrypted: {outcome:?}");
    by_socket["tls"] = serde_json::json!({});
    by_socket["settings"] = serde_json::json!({"group_concat_max_len": "4096"});
    let connector = open(by_socket, &Limits::default());
    let bench = Bench { server, connector };
    assert_eq!(bench.rows("select @@group_concat_max_len", &[]).await, "4096");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_proves_who_it_is_unless_told_otherwise() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = Certificate { chain: cert.pem(), key: signing_key.serialize_pem() };
    let server = MariaDb::start_with_tls(&certificate).unwrap();
    let with = |host: &str, tls: serde_json::Value| {
        let mut connection = connection(&server);
        connection["host"] = host.into();
        connection["tls"] = tls;
        open(connection, &Limits::default())
    };
    let known = || serde_json::json!({"mode": "verify_full", "authorities": cert.pem()});
    let unknown = serde_json::json!({"mode": "verify_full"});
    let outcome = with("localhost", known()).tables().await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(with("127.0.0.1", known()).tables().await.is_err(), "another name");
    assert!(with("localhost", unknown).tables().await.is_err(), "an unknown authority");
    let connector = with("127.0.0.1", serde_json::json!({"mode": "require"}));
    let bench = Bench { server, connector };
    let cipher = "select variable_value <> '' from information_schema.session_status \
        where variable_name = 'Ssl_cipher'";
    assert_eq!(bench.rows(cipher, &[]).await, "1");
}
