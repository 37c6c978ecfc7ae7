//! What no query of a dataset can do. Each case escaped once from some configuration of the engine,
//! or would be worth trying.

use std::net::TcpListener;
use std::time::Duration;

use engine::protocol::{Fault, Limits, Location};

use crate::harness::{Worker, flights, small_limits};

#[track_caller]
fn check_refused(worker: &mut Worker, sql: &str) {
    let outcome = worker.query(sql, vec![]);
    assert!(matches!(outcome, Err(Fault::Refused(_))), "{sql}: {outcome:?}");
}

#[test]
fn files_other_than_the_declared_ones_cannot_be_read() {
    let mut worker = Worker::start(vec![flights()]);
    for reader in [
        "'/etc/passwd'",
        "\"/etc/passwd\"",
        "read_csv('/etc/passwd', header = false)",
        "read_csv_auto('/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/passwd')",
        "read_json('/etc/passwd')",
        "read_json_auto('/etc/passwd')",
        "read_json_objects('/etc/passwd')",
        "read_ndjson('/etc/passwd')",
        "read_parquet('/etc/passwd')",
        "parquet_metadata('/etc/passwd')",
        "parquet_schema('/etc/passwd')",
        "sniff_csv('/etc/passwd')",
        "glob('/etc/*')",
        "query('select * from ''/etc/passwd''')",
        "query_table('/etc/passwd')",
        "read_text('/proc/self/environ')",
        "read_csv('http://127.0.0.1:9/x.csv')",
        "'s3://bucket/x.parquet'",
        "duckdb_settings()",
        "duckdb_secrets()",
        "pragma_database_list()",
    ] {
        check_refused(&mut worker, &format!("select * from {reader}"));
    }
    assert_eq!(worker.query("select 1", vec![]).unwrap(), [["1"]]);
}

#[test]
fn nothing_but_a_select_runs_and_the_tables_stay_as_they_were() {
    let mut worker = Worker::start(vec![flights()]);
    for sql in [
        "copy flights to '/tmp/fanlight-escape.csv'",
        "copy (select 1) to '/tmp/fanlight-escape.csv'",
        "export database '/tmp/fanlight-escape'",
        "attach '/tmp/fanlight-escape.db' as x",
        "install httpfs",
        "load httpfs",
        "load '/tmp/x.duckdb_extension'",
        "set memory_limit = '100GB'",
        "set lock_configuration = false",
        "set enable_external_access = true",
        "reset memory_limit",
        "pragma memory_limit = '100GB'",
        "pragma enable_profiling",
        "create or replace view flights as select 1 as carrier",
        "create table mine as select 1",
        "create temp table mine as select 1",
        "create macro carrier() as 1",
        "create secret s (type s3)",
        "drop view flights",
        "insert into flights select * from flights",
        "call enable_logging(storage = 'file')",
        "select 1; drop view flights",
        "drop view flights; select 1",
        "begin; drop view flights; commit; select 1",
        "select getenv('SECRET_OF_THE_SERVER') from duckdb_settings()",
    ] {
        check_refused(&mut worker, sql);
    }
    let rows = worker.query("select count(*) from flights where carrier = 'HA'", vec![]).unwrap();
    assert_eq!(rows, [["342"]]);
    assert!(!std::path::Path::new("/tmp/fanlight-escape.csv").exists());
}

#[test]
fn logging_to_a_file_which_aborts_the_engine_is_refused_before_it_is_planned() {
    let mut worker = Worker::start(vec![flights()]);
    let storage = "storage = 'file', storage_config = {'path': '/tmp/fanlight-escape.log'}";
    check_refused(&mut worker, &format!("select * from enable_logging({storage})"));
    check_refused(&mut worker, "select * from enable_logging(storage='file')");
    assert_eq!(worker.query("select 1", vec![]).unwrap(), [["1"]]);
}

#[test]
fn the_environment_of_the_server_is_out_of_reach() {
    let mut worker = Worker::start(vec![flights()]);
    let outcome = worker.query("select getenv('SECRET_OF_THE_SERVER')", vec![]);
    assert!(matches!(outcome, Err(Fault::Engine(_))), "{outcome:?}");
}

/// The engine's own lock, behind the check of statements: asked over a connection without the
/// check, as a worker's connections are after its start.
#[test]
fn the_engine_itself_refuses_what_the_check_of_statements_would_miss() {
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let Location::Path(file) = flights().location else { panic!("the flights are one file") };
    let lock = format!(
        "create view flights as from read_parquet('{0}');
         set allowed_paths = ['{0}']; set enable_external_access = false;
         set lock_configuration = true",
        file.display()
    );
    connection.execute_batch(&lock).unwrap();
    connection.execute_batch("select count(*) from flights").unwrap();
    for sql in [
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd.csv'",
        "select * from glob('/etc/*')",
        "copy flights to '/tmp/fanlight-escape.csv'",
        "attach '/tmp/fanlight-escape.db' as x",
        "install httpfs",
        "set threads = 64",
        "set allowed_paths = ['/etc/passwd']",
    ] {
        assert!(connection.execute_batch(sql).is_err(), "{sql}");
    }
}

/// Queries that outrun the engine's own limits. The worker may die of them; it must not grow
/// beyond its address space, nor run on after the server has lost patience.
#[test]
fn memory_stays_bounded_and_no_query_outlives_its_kill() {
    for sql in [
        "select length(repeat('x', 2_000_000_000))",
        "select length(repeat('x', 2_000_000_000) || repeat('y', 2_000_000_000))",
        "select list_sort(range(100_000_000))[1]",
        "select list_sort(range(100_000_000))",
        "select list(i) from range(200_000_000) r(i)",
        "select string_agg(i::varchar, ',') from range(500_000_000) r(i)",
    ] {
        let limits = Limits { memory_bytes: 128 << 20, ..small_limits() };
        let mut worker = Worker::try_start(vec![flights()], false, limits).unwrap();
        let id = worker.begin(sql, vec![]);
        std::thread::sleep(Duration::from_millis(300));
        let ending = worker.cancel(id, Duration::from_secs(1));
        let peak = peak_bytes(&worker);
        assert!(peak <= (128 << 20) + (1 << 30), "{sql}: {peak} bytes, {ending:?}");
        worker.kill();
    }
}

/// The largest resident size so far; 0 if the process has ended.
fn peak_bytes(worker: &Worker) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.process_id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes.and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0) << 10
}

#[test]
fn endless_queries_stop_when_they_are_cancelled_and_the_worker_lives_on() {
    let mut worker = Worker::start(vec![flights()]);
    for sql in [
        "with recursive n as (select 1 i union all select i + 1 from n) select count(*) from n",
        "with recursive n as (select 1 i union all select 1 from n) select count(*) from n",
        "select count(*) from range(100_000_000) a(i) join range(100_000) b(j) on a.i % 7 <> b.j % 5",
        "select sum(sin(a.i) * cos(b.j)) from range(1_000_000) a(i), range(1_000_000) b(j)",
        "select count(*) from flights a, flights b, flights c where a.dep_delay + b.dep_delay < c.dep_delay",
    ] {
        let id = worker.begin(sql, vec![]);
        std::thread::sleep(Duration::from_millis(200));
        assert!(worker.stops_when_cancelled(id), "{sql}");
    }
    assert_eq!(worker.query("select 1", vec![]).unwrap(), [["1"]]);
}

/// On a kernel without one of the protections the worker says so at its start, and only then.
#[test]
fn the_process_is_restricted_as_far_as_the_kernel_can() {
    let mut worker = Worker::start(vec![flights()]);
    worker.query("select 1", vec![]).unwrap();
    let claims = |word: &str| !worker.unprotected.iter().any(|sentence| sentence.contains(word));
    let status = status_of_a_query_thread(&worker);
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    assert_eq!(field("Seccomp:") == Some("2"), claims("network"));
    assert_eq!(field("NoNewPrivs:"), Some("1"));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", worker.process_id())).unwrap();
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap();
    assert_eq!(limit("Max core file size").split_whitespace().nth(4), Some("0"));
    assert!(!limit("Max address space").contains("unlimited"));
}

fn status_of_a_query_thread(worker: &Worker) -> String {
    let threads = std::fs::read_dir(format!("/proc/{}/task", worker.process_id())).unwrap();
    let mut statuses = threads
        .map(|thread| std::fs::read_to_string(thread.unwrap().path().join("status")).unwrap());
    statuses.find(|status| status.starts_with("Name:\tquery-")).unwrap()
}

/// Even code that got control of the process finds no network.
#[test]
fn a_restricted_process_cannot_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let worker = Worker::start(vec![flights()]);
    let open = std::fs::read_dir(format!("/proc/{}/fd", worker.process_id())).unwrap();
    let sockets = open
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"));
    // The inherited one and its duplicates are all the same socket.
    let distinct: std::collections::HashSet<_> = sockets.collect();
    assert_eq!(distinct.len(), 1);
    drop(listener);
}
