//! The whole way of a query, with a real server.

mod edges;
mod limits;

use std::sync::LazyLock;
use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource};
use query::Value;
use uuid::Uuid;

use super::*;
use crate::error::{ResultLimit, SourceError};
use crate::operations_tests::{ORDERS, Shop};
use crate::options::{CachePolicy, CustomerKey, Limits, RunOptions, WorkerCommand};
use crate::result::{Answer, Cell, ColumnKind};
use crate::sources::Sources;

const ENDLESS: &str = "select sum(number) from system.numbers";

/// One server for all tests of this process; each has a database of its own.
static SERVER: LazyLock<testkit::ClickHouse> =
    LazyLock::new(|| testkit::ClickHouse::start().unwrap());

struct Bench {
    sources: Sources,
    source: Arc<DataSource>,
    database: String,
}

fn bench() -> Bench {
    bench_with(Limits::default(), serde_json::json!({}))
}

fn bench_with(limits: Limits, further: serde_json::Value) -> Bench {
    let database = format!("d{}", Uuid::new_v4().simple());
    SERVER.execute(&format!("create database {database}")).unwrap();
    let mut json = serde_json::json!({
        "type": "clickhouse", "host": "127.0.0.1", "port": SERVER.http_port(),
        "database": database, "user": "reader", "password": "secret",
    });
    json.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
    let connection: Connection = serde_json::from_value(json).unwrap();
    let source = Arc::new(DataSource {
        id: SourceId(1),
        name: "clickhouse".parse().unwrap(),
        schema: SchemaId(1),
        group: GroupId(1),
        isolated: false,
        connection,
        revision: 1,
    });
    let sources = Sources::new(limits, WorkerCommand::new("/bin/false", [""; 0]));
    Bench { sources, source, database }
}

impl Bench {
    fn execute(&self, sql: &str) {
        SERVER.execute(&sql.replace("TABLE ", &format!("TABLE {}.", self.database))).unwrap();
    }

    async fn ask_with(&self, sql: &str, values: Vec<Value>) -> Result<Answer, SourceError> {
        let query = || Query {
            sql: sql.to_owned(),
            arguments: values,
            session: Vec::new(),
            row_limit: 100,
            byte_limit: self.sources.limits().result_bytes,
            request_id: Uuid::nil(),
            progress: Progress::default(),
        };
        let options = RunOptions {
            purge: 0,
            cache: CachePolicy::Off,
            request_id: Uuid::nil(),
            customer: CustomerKey("UA".to_owned()),
        };
        let key = blake3::hash(Uuid::new_v4().as_bytes());
        self.sources.answer(&self.source, key, query, options).await
    }

    async fn ask(&self, sql: &str) -> Result<Answer, SourceError> {
        self.ask_with(sql, Vec::new()).await
    }

    async fn ask_text(&self, sql: &str, values: Vec<Value>) -> String {
        text(&self.ask_with(sql, values).await.unwrap())
    }
}

fn text(answer: &Answer) -> String {
    let row =
        |cells: Vec<Cell<'_>>| cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
    answer.result.rows().map(|cells| row(cells.collect())).collect::<Vec<_>>().join("; ")
}

fn words(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// `TABLE ids` with a row for 42 and one for 43 in columns of many types.
fn ids(bench: &Bench) {
    bench.execute(
        "CREATE TABLE ids (i8 Int8, i32 Int32, i64 Int64, u64 UInt64, d Date, t DateTime, s String, \
         f2 FixedString(2), id UUID, n Nullable(String), de Decimal(18, 2), \
         e Enum8('42' = 1, '43' = 2)) ENGINE = MergeTree ORDER BY s",
    );
    bench.execute(
        "INSERT INTO TABLE ids SELECT n, n, n, n, toDate(n), toDateTime(1357380000 + n), toString(n), toString(n), \
         toUUID(concat('00000000-0000-0000-0000-0000000000', toString(n))), toString(n), n, \
         toString(n) FROM (SELECT toUInt8(number + 42) AS n FROM system.numbers LIMIT 2)",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_with_named_and_typed_columns() {
    let bench = bench();
    let answer = bench
        .ask(
            "select toInt32(-1) as i, toUInt64(18446744073709551615) as u, 1.5 as f, 'a\\tb' as s, \
             toDate('2013-01-05') as d, toDateTime('2013-01-05 10:00:00') as t, \
             cast(null as Nullable(Int32)) as n, [1, 2] as a, toDecimal64(1.5, 2) as m",
        )
        .await
        .unwrap();
    let kinds: Vec<_> =
        answer.result.columns().iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("i", ColumnKind::Integer),
            ("u", ColumnKind::Integer),
            ("f", ColumnKind::Float),
            ("s", ColumnKind::String),
            ("d", ColumnKind::Date),
            ("t", ColumnKind::Timestamp),
            ("n", ColumnKind::Integer),
            ("a", ColumnKind::Other),
            ("m", ColumnKind::Decimal),
        ]
    );
    // The server's zone is New York.
    let expected = "-1 18446744073709551615 1.5 a\tb 2013-01-05 2013-01-05T15:00:00Z  [1,2] 1.50";
    assert_eq!(text(&answer), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_arrive_as_they_were_sent() {
    let bench = bench();
    let hostile = "'; drop table x; -- \\' \t\r\n\0 \u{1f4a3} \r\n--boundary {p1:String} \\N $1";
    let sql = "select (select p1 from fanlight_values) as a, (select p2 from fanlight_values) as b, \
               (select p3 from fanlight_values) as c, (select p4 from fanlight_values) as d, \
               (select p5 from fanlight_values) as e, null as f, (select p7 from fanlight_values) as g";
    let values = vec![
        words(hostile),
        Value::Integer(i64::MIN),
        Value::Float(0.1),
        Value::Date(jiff::civil::date(2013, 1, 5)),
        Value::Timestamp("2013-11-03T06:30:00Z".parse().unwrap()),
        Value::Null,
        words(""),
    ];
    // What a time is, not how the server would write it: its zone shows this hour twice.
    let sql = sql.replace(
        "(select p5 from fanlight_values)",
        "toUnixTimestamp((select p5 from fanlight_values))",
    );
    let expected = format!("{hostile} -9223372036854775808 0.1 2013-01-05 1383460200  ");
    assert_eq!(bench.ask_text(&sql, values).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_finds_its_own_row_or_none_whatever_the_columns_type() {
    let bench = bench();
    ids(&bench);
    let count = async |condition: &str, value: &str| {
        let sql = format!("select count() from ids where {condition}");
        let sql = sql.replace('?', "(select p1 from fanlight_values)");
        bench.ask_with(&sql, vec![words(value)]).await.map(|answer| text(&answer))
    };
    let id = "00000000-0000-0000-0000-000000000042";
    for (condition, value) in [
        ("s = ?", "42"),
        ("f2 = ?", "42"),
        ("n = ?", "42"),
        ("e = ?", "42"),
        ("id = ?", id),
        ("d = ?", "1970-02-12"),
        ("t = ?", "2013-01-05 05:00:42"),
        ("s in (?)", "42"),
        ("i8 = cast(? as UInt64)", "42"),
        ("i32 = cast(? as UInt64)", "42"),
        ("i64 = cast(? as UInt64)", "42"),
        ("u64 in (cast(? as UInt64))", "42"),
        ("id = cast(? as UUID)", id),
    ] {
        assert_eq!(count(condition, value).await, Ok("1".to_owned()), "{condition} {value}");
    }
    // Not the customer's: an error or no rows.
    for condition in ["s", "f2", "n", "e", "id", "d", "t", "i8", "i32", "i64", "u64", "de"] {
        for value in [
            "4294967338",
            "18446744073709551658",
            "298",
            "-214",
            "42.0",
            "42x",
            "x",
            "",
            "42 or 1=1",
        ] {
            for condition in [
                format!("{condition} = ?"),
                format!("{condition} in (?)"),
                format!("{condition} = cast(? as UInt64)"),
            ] {
                let found = count(&condition, value).await;
                let is_none = found.as_ref().map_or(true, |rows| rows == "0");
                assert!(is_none, "{condition} {value}: {found:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_constants_to_the_index() {
    let bench = bench();
    bench.execute("CREATE TABLE many (s String) ENGINE = MergeTree ORDER BY s");
    bench
        .execute("INSERT INTO TABLE many SELECT toString(number) FROM system.numbers LIMIT 100000");
    // The server refuses what would read more rows than this, before it reads them.
    let sql = "select count() from many where s = (select p1 from fanlight_values) \
               settings max_rows_to_read = 20000";
    assert_eq!(bench.ask_text(sql, vec![words("42")]).await, "1");
    let scan = sql.replace("where s =", "where concat(s, '') =");
    let found = bench.ask_with(&scan, vec![words("42")]).await;
    assert!(matches!(found, Err(SourceError::Failed { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_and_the_next_question_is_answered() {
    let limits = Limits {
        statement_timeout: Duration::from_secs(1),
        result_bytes: 100_000,
        ..Limits::default()
    };
    let limit = limits.statement_timeout;
    let bench = bench_with(limits, serde_json::json!({}));
    let rows = bench.ask("select number from system.numbers limit 101").await.err();
    assert_eq!(rows, Some(SourceError::TooLarge(ResultLimit::Rows(100))));
    for size in [150_000, 1_000_000] {
        let bytes = bench.ask(&format!("select repeat('x', {size})")).await.err();
        let long = format!("select arrayStringConcat(arrayMap(x -> 'x', range({size})))");
        let bytes = match bytes {
            // Old servers cannot repeat.
            Some(SourceError::Failed { .. }) => bench.ask(&long).await.err(),
            other => other,
        };
        assert_eq!(bytes, Some(SourceError::TooLarge(ResultLimit::Bytes(100_000))));
    }
    assert_eq!(bench.ask(ENDLESS).await.err(), Some(SourceError::TimedOut { limit }));
    assert_eq!(bench.ask_text("select 1", vec![]).await, "1");
}

/// How many queries of the bench's text run on the server.
fn running(mark: &str) -> usize {
    let sql = format!("select query from system.processes where query like '%{mark}%'");
    let queries = SERVER.execute(&sql).unwrap();
    queries.lines().filter(|query| !query.contains("system.processes")).count()
}

async fn until(wanted: usize, mark: &str) {
    let wait = async {
        while running(mark) != wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_any_more_is_stopped_in_the_server() {
    for user in [serde_json::json!({}), serde_json::json!({"user": "default", "password": null})] {
        let bench =
            Arc::new(bench_with(Limits { queries_per_source: 1, ..Limits::default() }, user));
        let mark = bench.database.clone();
        let sql = format!("{ENDLESS} where '{mark}' <> ''");
        let left = tokio::spawn({
            let bench = Arc::clone(&bench);
            async move { bench.ask(&sql).await }
        });
        until(1, &mark).await;
        left.abort();
        until(0, &mark).await;
        // With one place only, the next query runs because the first one has made room.
        assert_eq!(bench.ask_text("select 2", vec![]).await, "2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_closed_leaves_nothing_behind() {
    let bench = Arc::new(bench());
    let mark = bench.database.clone();
    let sql = format!("{ENDLESS} where '{mark}' <> ''");
    let asked = tokio::spawn({
        let bench = Arc::clone(&bench);
        async move { bench.ask(&sql).await }
    });
    until(1, &mark).await;
    bench.sources.shutdown().await;
    assert_eq!(running(&mark), 0);
    let found = asked.await.unwrap();
    assert!(matches!(found, Err(SourceError::Unavailable { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_the_first_rows_is_an_error() {
    let bench = bench();
    let late =
        "select throwIf(number = 90) from system.numbers limit 100 settings max_block_size = 10";
    let found = bench.ask(late).await;
    assert!(matches!(found, Err(SourceError::Failed { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_and_no_setting_is_changed_by_sql() {
    for user in [serde_json::json!({}), serde_json::json!({"user": "default", "password": null})] {
        let bench = bench_with(Limits::default(), user);
        for sql in [
            "create table x (x Int8) engine = Memory",
            "insert into x values (1)",
            "drop database default",
            "system reload config",
        ] {
            let found = bench.ask(sql).await;
            let is_refused =
                matches!(found, Err(SourceError::Refused { .. } | SourceError::Failed { .. }));
            assert!(is_refused, "{sql}: {found:?}");
        }
        for sql in ["select nothing", "select sel", "select * from nowhere"] {
            assert!(matches!(bench.ask(sql).await, Err(SourceError::Failed { .. })), "{sql}");
        }
        assert_eq!(bench.ask_text("select 1", vec![]).await, "1");
    }
    assert_eq!(SERVER.execute("exists default.x").unwrap(), "0\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_the_connection_reach_the_query() {
    let settings = serde_json::json!({"settings": {"max_threads": "3", "priority": "7"}});
    let bench = bench_with(Limits::default(), settings);
    let sql = "select name, value from system.settings \
               where name in ('max_threads', 'priority', 'join_use_nulls') order by name";
    assert_eq!(bench.ask_text(sql, vec![]).await, "join_use_nulls 1; max_threads 3; priority 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_or_knows_no_such_user_is_unavailable() {
    let nobody = bench_with(Limits::default(), serde_json::json!({"password": "wrong"}));
    let found = nobody.ask("select 1").await;
    assert!(matches!(found, Err(SourceError::Unavailable { .. })), "{found:?}");
    let gone = bench_with(Limits::default(), serde_json::json!({"port": 1}));
    let found = gone.ask("select 1").await;
    assert!(matches!(found, Err(SourceError::Unavailable { .. })), "{found:?}");
    for host in ["169.254.169.254", "2852039166", "0xa9fea9fe", "::ffff:169.254.169.254"] {
        let metadata = bench_with(Limits::default(), serde_json::json!({"host": host}));
        let Err(SourceError::Unavailable { detail }) = metadata.ask("select 1").await else {
            panic!("{host} is not reached")
        };
        assert!(detail.contains("do not reach"), "{host}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_prove_its_name_is_not_asked() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate =
        testkit::Certificate { chain: own.cert.pem(), key: own.signing_key.serialize_pem() };
    let (_server, port) = testkit::ClickHouse::start_with_tls(&certificate).unwrap();
    let ask = async |host: &str, tls: serde_json::Value| {
        let further = serde_json::json!({
            "host": host, "port": port, "database": "default", "tls": tls,
        });
        bench_with(Limits::default(), further).ask("select 1").await.map(|answer| text(&answer))
    };
    let trusted = |mode: &str| serde_json::json!({"mode": mode, "authorities": own.cert.pem()});
    assert_eq!(ask("localhost", trusted("verify_full")).await, Ok("1".to_owned()));
    assert_eq!(ask("127.0.0.1", serde_json::json!({"mode": "require"})).await, Ok("1".to_owned()));
    for (host, tls) in [
        ("127.0.0.1", trusted("verify_full")),
        ("localhost", serde_json::json!({"mode": "verify_full"})),
        ("localhost", serde_json::json!({"mode": "off"})),
    ] {
        let found = ask(host, tls).await;
        assert!(matches!(found, Err(SourceError::Unavailable { .. })), "{host}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_of_the_one_database_are_listed() {
    let bench = bench();
    ids(&bench);
    bench.execute("CREATE TABLE other (x Int8) ENGINE = Memory");
    let columns = bench.sources.describe(&bench.source, &"ids".parse().unwrap()).await.unwrap();
    assert_eq!((columns[2].name.as_str(), columns[2].data_type.as_str()), ("i64", "Int64"));
    let none = bench.sources.describe(&bench.source, &"planes".parse().unwrap()).await;
    assert!(matches!(none, Err(SourceError::Refused { .. })), "{none:?}");
    let minute = Duration::from_secs(60);
    let all = bench.sources.probe(bench.source.connection.clone(), minute).await.unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["ids", "other"]);
    let Connection::ClickHouse(mut declared) = bench.source.connection.clone() else { panic!() };
    declared.tables = Some(vec!["other".parse().unwrap()]);
    let one = bench.sources.probe(Connection::ClickHouse(declared), minute).await.unwrap();
    assert_eq!(one.keys().collect::<Vec<_>>(), ["other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_have_every_operation() {
    let bench = bench();
    bench.execute(
        "CREATE TABLE orders (city Nullable(String), ordered DateTime('UTC'), amount Nullable(Int32), \
         weight Nullable(Int32), paid Nullable(UInt8)) ENGINE = MergeTree ORDER BY ordered",
    );
    let orders = ORDERS.replace("true", "1").replace("false", "0");
    bench.execute(&format!("INSERT INTO TABLE orders VALUES {orders}"));
    let source = Arc::clone(&bench.source);
    let sql = "select * from orders";
    Shop { sources: &bench.sources, source, sql }.has_every_operation().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_restarted_between_two_questions_is_not_noticed() {
    let mut server = testkit::ClickHouse::start().unwrap();
    let login = serde_json::json!({"port": server.http_port(), "database": "default"});
    let bench = bench_with(Limits::default(), login);
    assert_eq!(bench.ask_text("select 1", vec![]).await, "1");
    server.crash();
    let gone = bench.ask("select 2").await;
    assert!(matches!(gone, Err(SourceError::Unavailable { .. })), "{gone:?}");
    for question in 3..6 {
        server.crash();
        server.resume().unwrap();
        let sql = format!("select {question}");
        assert_eq!(bench.ask_text(&sql, vec![]).await, question.to_string());
    }
}
