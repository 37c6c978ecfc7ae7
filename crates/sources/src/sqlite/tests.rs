//! On real files.

mod edges;

use std::path::Path;
use std::time::Duration;

use model::source::Connection;
use query::Value;
use rusqlite::Connection as File;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::connector::connector;
use crate::error::ResultLimit;
use crate::options::{Limits, WorkerCommand};
use crate::progress::Progress;
use crate::result::ColumnKind;
use crate::stop::stop;

const ENDLESS: &str =
    "with recursive n as (select 1 as i union all select i + 1 from n) select count(*) from n";

struct Bench {
    folder: TempDir,
    connector: Arc<dyn Connector>,
}

fn open(path: &Path, tables: Option<&[&str]>) -> Arc<dyn Connector> {
    let json = serde_json::json!({"type": "sqlite", "path": path, "tables": tables});
    let connection: Connection = serde_json::from_value(json).unwrap();
    let circumstances = Circumstances {
        name: &"airlines".parse().unwrap(),
        limits: &Limits::default(),
        worker: &WorkerCommand::new("/bin/false", [""; 0]),
        activity: &Arc::default(),
        objects: &crate::objects::ObjectCache::new(Limits::default().objects, Arc::default()),
    };
    connector(&connection, &circumstances)
}

/// A connector to a file that these statements have made.
fn bench(statements: &str, tables: Option<&[&str]>) -> Bench {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sales.db");
    File::open(&path).unwrap().execute_batch(statements).unwrap();
    Bench { connector: open(&path, tables), folder }
}

fn query(sql: &str, arguments: &[Value]) -> Query {
    Query {
        sql: sql.to_owned(),
        arguments: arguments.to_vec(),
        session: Vec::new(),
        row_limit: 1_000,
        byte_limit: 1_000_000,
        request_id: Uuid::nil(),
        progress: Progress::default(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl Bench {
    fn path(&self) -> PathBuf {
        self.folder.path().join("sales.db")
    }

    async fn run(&self, query: Query) -> Result<ResultSet, Failure> {
        let (_stopper, stop) = stop();
        Arc::clone(&self.connector).execute(Arc::new(query), stop).await
    }

    async fn ask(&self, sql: &str, arguments: &[Value]) -> Result<ResultSet, Failure> {
        self.run(query(sql, arguments)).await
    }

    async fn rows(&self, sql: &str, arguments: &[Value]) -> String {
        shown(&self.ask(sql, arguments).await.unwrap())
    }
}

/// The cells of a result, with commas between and a line for each row.
fn shown(result: &ResultSet) -> String {
    let row = |cells: Vec<String>| cells.join(",");
    let rows = result.rows().map(|cells| row(cells.map(|cell| cell.to_string()).collect()));
    rows.collect::<Vec<String>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_is_what_its_values_are() {
    let bench = bench(
        "create table kinds (n integer, x real, s text, b blob, d date, at datetime, stamp timestamp,
            mixed, note text, late date);
        insert into kinds values (1, 1.5, 'é', x'00ff', '2013-07-04', '2013-07-04 05:06:07', 1372914367,
            1, '2013-07-04', 'soon'), (null, 2, null, null, null, null, null, 'x', null, '2013-07-04');",
        None,
    );
    let result = bench.ask("select *, date(d), at || '', null as absent from kinds", &[]).await;
    use ColumnKind as Kind;
    let kinds = [
        Kind::Integer,
        Kind::Float,
        Kind::String,
        Kind::Other,
        Kind::Date,
        Kind::Timestamp,
        Kind::Timestamp,
        Kind::String,
        Kind::String,
        Kind::String,
        Kind::Date,
        Kind::Timestamp,
        Kind::String,
    ];
    let result = result.unwrap();
    assert_eq!(result.columns().iter().map(|column| column.kind).collect::<Vec<_>>(), kinds);
    let first = "1,1.5,é,00ff,2013-07-04,2013-07-04T05:06:07Z,2013-07-04T05:06:07Z,1,2013-07-04,soon,\
                 2013-07-04,2013-07-04T05:06:07Z,";
    let rows = bench.rows("select *, date(d), at || '', null as absent from kinds", &[]).await;
    assert_eq!(rows.lines().next(), Some(first));
    assert_eq!(rows.lines().nth(1), Some(",2,,,,,,x,,2013-07-04,,,"));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound_as_the_file_holds_them() {
    let bench = bench(
        "create table t (n integer, s text, d date, at datetime);
        insert into t values (12, 'UA', '2013-07-04', '2013-07-04 05:06:07.000008');",
        None,
    );
    let found = async |condition: &str, value: Value| {
        bench.rows(&format!("select count(*) from t where {condition}"), &[value]).await
    };
    assert_eq!(found("n = ?1", text("12")).await, "1");
    assert_eq!(found("n = ?1", Value::Integer(12)).await, "1");
    assert_eq!(found("s = ?1", text("UA")).await, "1");
    assert_eq!(found("d = ?1", Value::Date("2013-07-04".parse().unwrap())).await, "1");
    let at = Value::Timestamp("2013-07-04T05:06:07.000008Z".parse().unwrap());
    assert_eq!(found("at = ?1", at).await, "1");
    assert_eq!(found("?1 is null", Value::Null).await, "1");
    assert_eq!(found("?1 and n = 12", Value::Boolean(true)).await, "1");
    assert_eq!(bench.rows("select ?1", &[text("' or 1 = 1 --")]).await, "' or 1 = 1 --");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_offered_tables_is_read_and_nothing_is_written() {
    let statements = "create table flights (carrier text); insert into flights values ('UA');
        create table secrets (word text); create view shown as select * from secrets;";
    let bench = bench(statements, Some(&["flights", "shown"]));
    assert_eq!(bench.rows("select * from flights", &[]).await, "UA");
    assert_eq!(bench.rows("select count(*) from shown", &[]).await, "0");
    let other = bench.folder.path().join("other.db");
    File::open(&other).unwrap().execute_batch("create table t (n)").unwrap();
    let attach = format!("attach '{}' as other", other.display());
    for refused in [
        "select * from secrets",
        "select * from sqlite_schema",
        "select * from sqlite_master",
        "select * from pragma_table_list",
        "select * from pragma_database_list()",
        "select * from dbstat",
        "insert into flights values ('AA')",
        "create table x (n)",
        "create temp table x (n)",
        "drop table flights",
        "pragma query_only = off",
        "vacuum into '/tmp/copy.db'",
        "select 1; select 2",
        attach.as_str(),
        "begin",
        "explain select 1",
    ] {
        let outcome = bench.ask(refused, &[]).await;
        let is_refused = matches!(outcome, Err(Failure::Refused(_)));
        assert!(is_refused || refused.starts_with("explain"), "{refused} {outcome:?}");
    }
    for failed in [
        "select load_extension('x')",
        "select sqlite_version()",
        "select fts3_tokenizer('simple')",
        "select readfile('/etc/passwd')",
        "select \"UA\" from flights",
        "select nothing",
    ] {
        let outcome = bench.ask(failed, &[]).await;
        assert!(matches!(outcome, Err(Failure::Failed(_))), "{failed} {outcome:?}");
    }
    let all = open(&bench.path(), None).tables().await.unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["flights", "secrets", "shown"]);
    let offered = Arc::clone(&bench.connector).tables().await.unwrap();
    assert_eq!(offered.keys().collect::<Vec<_>>(), ["flights", "shown"]);
    let columns = Arc::clone(&bench.connector).describe("flights".to_owned()).await.unwrap();
    assert_eq!((columns[0].name.as_str(), columns[0].data_type.as_str()), ("carrier", "TEXT"));
    assert!(Arc::clone(&bench.connector).describe("secrets".to_owned()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_has_limits() {
    let bench = bench("create table t (n)", None);
    let many = "with recursive n as (select 1 as i union all select i + 1 from n where i < 2000) \
        select i from n";
    let rows = bench.run(Query { row_limit: 100, ..query(many, &[]) }).await;
    assert_eq!(rows.err(), Some(Failure::TooLarge(ResultLimit::Rows(100))));
    let bytes = Query { byte_limit: 50, ..query("select printf('%.60c', 'x')", &[]) };
    assert_eq!(bench.run(bytes).await.err(), Some(Failure::TooLarge(ResultLimit::Bytes(50))));
    let huge = bench.ask("select length(zeroblob(1000000000))", &[]).await;
    assert!(matches!(huge, Err(Failure::Failed(_))), "{huge:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_is_stopped_ends() {
    let bench = bench("create table t (n)", None);
    let (stopper, stop) = stop();
    let endless = Arc::clone(&bench.connector).execute(Arc::new(query(ENDLESS, &[])), stop);
    let running = tokio::spawn(endless);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!running.is_finished());
    stopper.stop();
    assert_eq!(running.await.unwrap().err(), Some(Failure::Stopped));
    assert_eq!(bench.rows("select 1", &[]).await, "1");
    let (_stopper, stop) = crate::stop::stop();
    let running =
        tokio::spawn(Arc::clone(&bench.connector).execute(Arc::new(query(ENDLESS, &[])), stop));
    tokio::time::sleep(Duration::from_millis(50)).await;
    Arc::clone(&bench.connector).close().await;
    assert!(running.await.unwrap().is_err());
    assert!(matches!(bench.ask("select 1", &[]).await, Err(Failure::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_file_are_seen_by_the_next_query() {
    let bench = bench("create table t (n); insert into t values (1)", None);
    assert_eq!(bench.rows("select count(*) from t", &[]).await, "1");
    let writer = File::open(bench.path()).unwrap();
    writer.execute_batch("insert into t values (2); create table u (n)").unwrap();
    assert_eq!(bench.rows("select count(*) from t", &[]).await, "2");
    assert_eq!(bench.rows("select count(*) from u", &[]).await, "0");
    let fresh = bench.folder.path().join("fresh.db");
    let statements = "create table t (n); insert into t values (1), (2), (3)";
    File::open(&fresh).unwrap().execute_batch(statements).unwrap();
    std::fs::rename(&fresh, bench.path()).unwrap();
    assert_eq!(bench.rows("select count(*) from t", &[]).await, "3");
    std::fs::remove_file(bench.path()).unwrap();
    let gone = bench.ask("select 1", &[]).await;
    assert!(matches!(gone, Err(Failure::Unavailable(_))), "{gone:?}");
    std::fs::write(bench.path(), "no database at all, but long enough to be read as one").unwrap();
    let other = bench.ask("select count(*) from t", &[]).await;
    assert!(matches!(other, Err(Failure::Unavailable(_))), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_fall_into_buckets_of_a_zone_however_they_are_written() {
    let bench = bench("create table t (n)", None);
    let bucket = async |unit: &str, time: &str, zone: &str| {
        let sql = format!("select fanlight_bucket('{unit}', {time}, ?1)");
        bench.rows(&sql, &[text(zone)]).await
    };
    let york = "America/New_York";
    assert_eq!(bucket("day", "'2013-01-01 04:59:59'", york).await, "2012-12-31");
    assert_eq!(bucket("day", "'2013-01-01T05:00:00Z'", york).await, "2013-01-01");
    assert_eq!(bucket("day", "'2013-01-01'", york).await, "2013-01-01", "a date is not shifted");
    assert_eq!(bucket("week", "'2013-01-06'", "UTC").await, "2012-12-31", "weeks start on Monday");
    assert_eq!(bucket("quarter", "1372914367", york).await, "2013-07-01");
    assert_eq!(bucket("hour", "'2013-11-03 06:30:00'", york).await, "2013-11-03T06:00:00Z");
    assert_eq!(
        bucket("hour", "'2013-11-03 05:40:00'", "Asia/Kolkata").await,
        "2013-11-03T05:30:00Z"
    );
    assert_eq!(bucket("hour", "'2013-01-01'", york).await, "2013-01-01T05:00:00Z");
    assert_eq!(bucket("year", "null", york).await, "");
    let none = bench.ask("select fanlight_bucket('day', 'soon', 'UTC')", &[]).await;
    assert!(matches!(none, Err(Failure::Failed(_))), "{none:?}");
    assert_eq!(
        bench.rows("select fanlight_lower('ÄÉ'), ceil(1.2), floor(-1.2)", &[]).await,
        "äé,2,-2"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_id_finds_no_other_tenants_rows() {
    let bench = bench(
        "create table t (k text collate nocase, n integer, r text collate rtrim, x);
        create index by_k on t (k);
        insert into t values ('UA', 12, 'UA', 12), ('ua', 0, 'UA ', '12'), ('Ua', 7, 'x', 'x');",
        None,
    );
    let found = async |condition: &str, id: &str| {
        bench.rows(&format!("select k from t where {condition} order by n"), &[text(id)]).await
    };
    assert_eq!(found("k = ?1", "ua").await, "ua\nUa\nUA", "the trap");
    assert_eq!(found("k = ?1 collate binary", "ua").await, "ua");
    assert_eq!(found("r = ?1 collate binary", "UA").await, "UA");
    assert_eq!(found("n = ?1 collate binary", "12").await, "UA");
    for id in ["12abc", "abc", "", "UA", "0x0c"] {
        assert_eq!(found("n = ?1 collate binary", id).await, "", "{id}");
    }
    assert_eq!(found("k in (?1 collate binary)", "ua").await, "ua\nUa\nUA", "hence no lists");
}
