//! The whole way of a query, with real workers: this test executable is its own worker.

use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use model::name::{GroupId, SchemaId};
use model::source::Connection;
use query::Value;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::error::ResultLimit;
use crate::operations_tests::{COLUMNS, ORDERS, Shop};
use crate::result::{Cell, ColumnKind};

#[test]
#[ignore = "the process that the other tests start"]
fn the_worker_process() {
    engine::worker::main();
}

pub(super) const ENDLESS: &str =
    "with recursive n as (select 1 i union all select i + 1 from n) select count(*) from n";

pub(super) struct Bench {
    pub(super) sources: Sources,
    pub(super) source: Arc<DataSource>,
    mark: Uuid,
}

/// The last argument is only a mark by which to find the process.
fn command(mark: Uuid) -> WorkerCommand {
    let test = ["sources::tests::the_worker_process", "--exact", "--ignored", "--nocapture"];
    let arguments = test.into_iter().map(str::to_owned).chain([mark.to_string()]);
    WorkerCommand::new(std::env::current_exe().unwrap(), arguments)
}

fn flights() -> PathBuf {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/data/flights.parquet");
    PathBuf::from(demo).canonicalize().unwrap()
}

fn source(path: &Path, materialize: bool) -> Arc<DataSource> {
    let json = serde_json::json!({
        "type": "files",
        "tables": {"flights": {"path": path}},
        "materialize": materialize,
    });
    let connection: Connection = serde_json::from_value(json).unwrap();
    Arc::new(DataSource {
        id: SourceId(1),
        name: "all-airlines".parse().unwrap(),
        schema: SchemaId(1),
        group: GroupId(1),
        isolated: false,
        connection,
        revision: 1,
    })
}

pub(super) fn bench(limits: Limits) -> Bench {
    bench_over(&flights(), false, limits)
}

fn bench_over(path: &Path, materialize: bool, limits: Limits) -> Bench {
    let mark = Uuid::new_v4();
    Bench { sources: Sources::new(limits, command(mark)), source: source(path, materialize), mark }
}

pub(super) fn options(cache: CachePolicy, customer: &str) -> RunOptions {
    let customer = CustomerKey(customer.to_owned());
    RunOptions { cache, purge: 0, request_id: Uuid::nil(), customer }
}

impl Bench {
    pub(super) async fn ask_with(
        &self,
        sql: &str,
        options: RunOptions,
    ) -> Result<Answer, SourceError> {
        let query = || Query {
            sql: sql.to_owned(),
            arguments: sql
                .contains("$1")
                .then(|| Value::Text("UA".to_owned()))
                .into_iter()
                .collect(),
            session: Vec::new(),
            row_limit: 100,
            byte_limit: self.sources.0.limits.result_bytes,
            request_id: Uuid::nil(),
            progress: Progress::default(),
        };
        self.sources.answer(&self.source, blake3::hash(sql.as_bytes()), query, options).await
    }

    async fn ask(&self, sql: &str) -> Result<Answer, SourceError> {
        self.ask_with(sql, options(CachePolicy::Off, "UA")).await
    }

    async fn ask_text(&self, sql: &str) -> String {
        text(&self.ask(sql).await.unwrap())
    }

    fn signal_worker(&self, signal: &str) {
        let process = self.worker_process().expect("a worker runs");
        let sent = std::process::Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.unwrap().success());
    }

    /// Found among the processes that this one has started.
    fn worker_process(&self) -> Option<String> {
        let mark = self.mark.to_string();
        let threads = std::fs::read_dir("/proc/self/task").unwrap();
        let children = threads
            .filter_map(|thread| {
                std::fs::read_to_string(thread.unwrap().path().join("children")).ok()
            })
            .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let is_marked = |process: &String| {
            let line = std::fs::read_to_string(format!("/proc/{process}/cmdline"));
            line.is_ok_and(|line| line.contains(&mark))
        };
        children.into_iter().find(is_marked)
    }

    fn is_open(&self) -> bool {
        !self.sources.open().instances.is_empty()
    }
}

fn text(answer: &Answer) -> String {
    let row =
        |cells: Vec<Cell<'_>>| cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
    answer.result.rows().map(|cells| row(cells.collect())).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_with_named_and_typed_columns() {
    let bench = bench(Limits::default());
    let sql = "select origin, count(*) as flights, sum(distance) as miles, min(time_hour) as first
               from flights where carrier = $1 group by origin order by origin";
    let answer = bench.ask(sql).await.unwrap();
    let kinds: Vec<_> =
        answer.result.columns().iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("origin", ColumnKind::String),
            ("flights", ColumnKind::Integer),
            ("miles", ColumnKind::Integer),
            ("first", ColumnKind::Timestamp),
        ]
    );
    assert!(text(&answer).starts_with("EWR 46087 "), "{}", text(&answer));
    assert_eq!(answer.result.row_count(), 3);
    assert!(!answer.cached);
    bench.sources.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_answer_is_as_old_as_the_caller_allows_and_gone_with_its_source() {
    let bench = bench(Limits::default());
    let minute = options(CachePolicy::Within(Duration::from_secs(60)), "UA");
    let nanosecond = options(CachePolicy::Within(Duration::from_nanos(1)), "UA");
    let ask =
        async |options: &RunOptions| bench.ask_with("select 1", options.clone()).await.unwrap();
    let first = ask(&minute).await;
    let again = ask(&minute).await;
    assert!(!first.cached && again.cached);
    assert_eq!(again.as_of, first.as_of);
    assert!(Arc::ptr_eq(&again.result, &first.result));
    assert!(!ask(&nanosecond).await.cached);
    assert!(!ask(&options(CachePolicy::Off, "UA")).await.cached);
    assert!(ask(&minute).await.cached);
    bench.sources.forget(bench.source.id);
    assert!(!ask(&minute).await.cached);
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_questions_at_the_same_time_run_once() {
    let bench = bench(Limits::default());
    let sql = "select random() from range(1000) where random() >= 0 order by 1 limit 1";
    let answers = join_all((0..20).map(|_| bench.ask(sql))).await;
    let first = answers[0].as_ref().unwrap();
    let same =
        answers.iter().all(|other| Arc::ptr_eq(&other.as_ref().unwrap().result, &first.result));
    assert!(same);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_time_rows_and_bytes_hold_and_the_next_question_is_answered() {
    let limits = Limits {
        statement_timeout: Duration::from_secs(2),
        result_bytes: 100_000,
        ..Limits::default()
    };
    let limit = limits.statement_timeout;
    let bench = bench(limits);
    bench.ask("select 1").await.unwrap();
    assert_eq!(bench.ask(ENDLESS).await.err(), Some(SourceError::TimedOut { limit }));
    let rows = bench.ask("select * from range(101)").await.err();
    assert_eq!(rows, Some(SourceError::TooLarge(ResultLimit::Rows(100))));
    let bytes = bench.ask("select repeat('x', 200_000)").await.err();
    assert_eq!(bytes, Some(SourceError::TooLarge(ResultLimit::Bytes(100_000))));
    assert_eq!(bench.ask_text("select count(*) from range(100)").await, "100");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_worker_dies_is_asked_once_more() {
    let bench = bench(Limits { statement_timeout: Duration::from_secs(20), ..Limits::default() });
    bench.ask("select 1").await.unwrap();
    let slow = "select count(*) from range(20_000_000) r(i) where sqrt(i) % 7 < 1";
    let killer = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        bench.signal_worker("KILL");
    };
    let (answer, ()) = tokio::join!(bench.ask(slow), killer);
    assert_eq!(answer.unwrap().result.row_count(), 1);
    assert_eq!(bench.ask_text("select 2").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_hears_nothing_is_killed_a_second_after_the_limit() {
    let limits = Limits { statement_timeout: Duration::from_secs(2), ..Limits::default() };
    let limit = limits.statement_timeout;
    let bench = bench(limits);
    bench.ask("select 1").await.unwrap();
    bench.signal_worker("STOP");
    assert_eq!(bench.ask("select 2").await.err(), Some(SourceError::TimedOut { limit }));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(bench.ask_text("select 3").await, "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_any_more_is_stopped_in_the_engine() {
    let bench = bench(Limits { queries_per_source: 1, ..Limits::default() });
    bench.ask("select 1").await.unwrap();
    let left = tokio::time::timeout(Duration::from_millis(100), bench.ask(ENDLESS)).await;
    assert!(left.is_err());
    // With one place only, the next query runs because the first one has made room.
    assert_eq!(bench.ask_text("select 2").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_at_its_quota_does_not_hold_up_another_and_a_full_queue_says_so() {
    let limits = Limits {
        queries_per_source: 2,
        queries_per_customer: 1,
        waiting_per_source: 1,
        queue_timeout: Duration::from_secs(10),
        ..Limits::default()
    };
    let bench = Arc::new(bench(limits));
    bench.ask("select 1").await.unwrap();
    let begin = |sql: String, customer: &'static str| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { bench.ask_with(&sql, options(CachePolicy::Off, customer)).await })
    };
    let hog = begin(ENDLESS.to_owned(), "hog");
    let waiting = begin(format!("{ENDLESS} where i > 0"), "hog");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(matches!(bench.ask("select 3").await, Err(SourceError::Busy { .. })));
    waiting.abort();
    assert!(waiting.await.is_err());
    // Its place is free as soon as its task has noticed.
    let answer = loop {
        match bench.ask("select 4").await {
            Err(SourceError::Busy { .. }) => tokio::task::yield_now().await,
            other => break other,
        }
    };
    assert_eq!(text(&answer.unwrap()), "4");
    hog.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_refuses_or_cannot_do_is_an_answer_to_one_question() {
    let bench = bench(Limits::default());
    for sql in ["drop view flights", "select * from read_text('/etc/passwd')", "select 1; select 2"]
    {
        assert!(matches!(bench.ask(sql).await, Err(SourceError::Refused { .. })), "{sql}");
    }
    for sql in ["select nothing from flights", "select error('no')", "select sel"] {
        assert!(matches!(bench.ask(sql).await, Err(SourceError::Failed { .. })), "{sql}");
    }
    assert_eq!(bench.ask_text("select 1").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_cannot_be_opened_is_unavailable_until_it_can() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("flights.parquet");
    let bench = bench_over(&path, false, Limits::default());
    let outcome = bench.ask("select count(*) from flights").await;
    let Err(SourceError::Unavailable { detail }) = outcome else { panic!("{outcome:?}") };
    assert!(detail.contains("flights.parquet"), "{detail}");
    std::fs::copy(flights(), &path).unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(bench.ask_text("select count(*) from flights").await, "336776");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_program_that_is_none_makes_the_source_unavailable() {
    let nothing = WorkerCommand::new("/nonexistent/fanlight", ["worker"]);
    let silent = WorkerCommand::new("/bin/true", [""; 0]);
    for command in [nothing, silent] {
        let sources = Sources::new(Limits::default(), command);
        let bench = Bench { sources, source: source(&flights(), false), mark: Uuid::nil() };
        assert!(matches!(bench.ask("select 1").await, Err(SourceError::Unavailable { .. })));
    }
}

#[track_caller]
fn replace(path: &Path, rows: u32) {
    let fresh = path.with_extension("fresh");
    std::fs::write(&fresh, format!("n\n{}", "1\n".repeat(rows as usize))).unwrap();
    std::fs::rename(fresh, path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_file_is_read_by_the_next_question() {
    for materialize in [false, true] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("flights.csv");
        replace(&path, 1);
        let bench = bench_over(&path, materialize, Limits::default());
        assert_eq!(bench.ask_text("select count(n) from flights").await, "1");
        replace(&path, 2);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        if materialize {
            // The old copy answers while the new one is made.
            bench.ask_text("select count(n) from flights").await;
            tokio::time::sleep(Duration::from_millis(1000)).await;
        }
        assert_eq!(bench.ask_text("select count(n) from flights").await, "2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_into_a_folder_is_read_by_the_next_question() {
    let folder = TempDir::new().unwrap();
    let add = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    add("1.jsonl", r#"{"n": 1, "tags": ["a", "b"], "place": {"city": "Oslo"}}"#);
    let bench = bench_over(folder.path(), false, Limits::default());
    let nested = "select n, tags, place, place.city from flights";
    assert_eq!(bench.ask_text(nested).await, "1 [a, b] {city: Oslo} Oslo");
    add("2.jsonl", r#"{"n": 2}"#);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(bench.ask_text("select sum(n), count(tags) from flights").await, "3 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_of_a_table_can_be_asked_for() {
    let bench = bench(Limits::default());
    let columns = bench.sources.describe(&bench.source, &"flights".parse().unwrap()).await.unwrap();
    assert_eq!(columns[9].name, "carrier");
    assert_eq!(columns[9].data_type, "VARCHAR");
    let none = bench.sources.describe(&bench.source, &"planes".parse().unwrap()).await;
    assert!(matches!(none, Err(SourceError::Refused { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_nobody_asks_is_closed_and_opened_again() {
    let bench = bench(Limits { idle: Duration::from_millis(200), ..Limits::default() });
    bench.ask("select 1").await.unwrap();
    assert!(bench.is_open());
    while bench.is_open() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(bench.ask_text("select 2").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_revision_of_a_source_takes_over() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("flights.csv");
    replace(&path, 3);
    let mut bench = bench(Limits::default());
    assert_eq!(bench.ask_text("select count(*) from flights").await, "336776");
    let changed = DataSource { revision: 2, ..(*source(&path, false)).clone() };
    bench.source = Arc::new(changed);
    assert_eq!(bench.ask_text("select count(*) from flights").await, "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_shutdown_nothing_is_opened() {
    let bench = bench(Limits::default());
    bench.ask("select 1").await.unwrap();
    bench.sources.shutdown().await;
    assert!(matches!(bench.ask("select 2").await, Err(SourceError::Unavailable { .. })));
    assert!(!bench.is_open());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_tried_apart_from_all_sources() {
    let bench = bench(Limits::default());
    let connection = bench.source.connection.clone();
    let tables = bench.sources.probe(connection, Duration::from_secs(60)).await.unwrap();
    let columns = &tables["flights"];
    assert!(columns.iter().any(|column| column.name == "carrier"), "{columns:?}");
    let gone = source(Path::new("/no/such/file.parquet"), false).connection.clone();
    let failed = bench.sources.probe(gone, Duration::from_secs(60)).await;
    assert!(matches!(failed, Err(SourceError::Unavailable { .. })), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_have_every_operation() {
    let bench = bench(Limits::default());
    let sql = format!(
        "select city, cast(ordered as timestamp) as ordered, amount, weight, paid
         from (values {ORDERS}) as orders({})",
        COLUMNS.join(", ")
    );
    let source = Arc::clone(&bench.source);
    Shop { sources: &bench.sources, source, sql: &sql }.has_every_operation().await;
}
