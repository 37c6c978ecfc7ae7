//! Objects of a real server, fetched over HTTP and read by real workers.

mod store;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::options::{CachePolicy, CustomerKey, Limits, ObjectLimits, RunOptions, WorkerCommand};
use crate::progress::Progress;
use crate::{SourceError, Sources};
use store::{BUCKET, Store};

struct Bench {
    sources: Sources,
    cache: TempDir,
}

fn bench(cache_bytes: u64, table_bytes: u64) -> Bench {
    let cache = TempDir::new().unwrap();
    let folder = Some(cache.path().join("objects"));
    let objects = ObjectLimits { folder, cache_bytes, table_bytes };
    let test = ["sources::tests::the_worker_process", "--exact", "--ignored", "--nocapture"];
    let worker = WorkerCommand::new(std::env::current_exe().unwrap(), test);
    let limits = Limits { objects, ..Limits::default() };
    Bench { sources: Sources::new(limits, worker), cache }
}

fn connection(store: &Store, path: &str) -> Json {
    json!({
        "type": "files",
        "tables": {"t": {"path": path}},
        "storage": {
            "type": "s3", "endpoint": store.endpoint, "bucket": BUCKET,
            "access_key_id": "reader", "secret_access_key": "opensesame", "refresh_seconds": 1,
        },
    })
}

fn source(id: i64, connection: Json) -> Arc<DataSource> {
    let connection: Connection = serde_json::from_value(connection).unwrap();
    assert!(connection.check().is_empty());
    Arc::new(DataSource {
        id: SourceId(id),
        name: "reports".parse().unwrap(),
        schema: SchemaId(1),
        group: GroupId(1),
        isolated: false,
        connection,
        revision: 1,
    })
}

impl Bench {
    async fn ask(&self, source: &Arc<DataSource>, sql: &str) -> Result<String, SourceError> {
        let query = || crate::connector::Query {
            sql: sql.to_owned(),
            arguments: Vec::new(),
            session: Vec::new(),
            row_limit: 100,
            byte_limit: 1 << 20,
            request_id: Uuid::nil(),
            progress: Progress::default(),
        };
        let options = RunOptions {
            cache: CachePolicy::Off,
            purge: 0,
            request_id: Uuid::nil(),
            customer: CustomerKey("UA".to_owned()),
        };
        let key = blake3::hash(format!("{:?} {sql}", source.id).as_bytes());
        let answer = self.sources.answer(source, key, query, options).await?;
        let row = |cells: Vec<String>| cells.join(" ");
        let rows = answer.result.rows().map(|cells| row(cells.map(|it| it.to_string()).collect()));
        Ok(rows.collect::<Vec<_>>().join("; "))
    }

    async fn ask_unavailable(&self, source: &Arc<DataSource>) -> String {
        match self.ask(source, "select 1").await {
            Err(SourceError::Unavailable { detail }) => detail,
            other => panic!("{other:?}"),
        }
    }

    /// Asks until the answer is the expected one.
    async fn wait_for(&self, source: &Arc<DataSource>, sql: &str, expected: &str) {
        let arrives = async {
            while self.ask(source, sql).await.unwrap() != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), arrives).await.expect(expected);
    }

    fn fetched(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.cache.path().join("objects")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[tokio::test]
async fn tables_are_made_of_keys_prefixes_and_patterns() {
    let store = Store::start().await;
    for (key, text) in [
        ("sales/customer=7/2024.csv", "n\n1\n"),
        ("sales/customer=7/2025.csv", "n\n2\n"),
        ("sales/customer=007/2024.csv", "n\n4\n"),
        ("sales/_SUCCESS", ""),
        ("salesmen/customer=7/2024.csv", "n\n8\n"),
        ("one key.jsonl", "{\"n\": 16}\n"),
    ] {
        store.put(key, text);
    }
    let flights = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/data/flights.parquet");
    store.put_file("deep/er/flights.parquet", Path::new(flights));
    let bench = bench(64 << 20, 64 << 20);
    let mut id = 0;
    for (path, sql, expected) in [
        ("sales/", "select sum(n), count(distinct customer), max(n) from t", "7 2 4"),
        ("sales/", "select sum(n) from t where customer = '7'", "3"),
        ("sales/*/2024.csv", "select sum(n) from t", "5"),
        ("sales*/**/*.csv", "select sum(n) from t", "15"),
        ("one key.jsonl", "select n from t", "16"),
        ("deep/er/flights.parquet", "select count(*) from t where carrier = 'HA'", "342"),
    ] {
        id += 1;
        let source = source(id, connection(&store, path));
        assert_eq!(bench.ask(&source, sql).await.unwrap(), expected, "{path}");
    }
    // Tables below one prefix share their objects; the fourth begins above it.
    let counted = &bench.sources.activity().objects;
    let bytes = fs::metadata(flights).unwrap().len() + "n\n1\n".len() as u64 * 7 + 10;
    assert_eq!((counted.fetched.value(), counted.hits.value()), (9, 5));
    assert_eq!((counted.fetched_bytes.value(), bench.sources.load().object_bytes), (bytes, bytes));
    let mut by_name = connection(&store, "one key.jsonl");
    by_name["storage"]["endpoint"] = json!(store.endpoint.replace("127.0.0.1", "localhost"));
    assert_eq!(bench.ask(&source(id + 1, by_name), "select n from t").await.unwrap(), "16");
    bench.sources.shutdown().await;
}

#[tokio::test]
async fn who_may_not_read_is_told_why_in_the_log_and_nothing_is_fetched() {
    let store = Store::start().await;
    store.put("a.csv", "n\n1\n");
    store.put("large/a.csv", &"n\n".repeat(1000));
    let bench = bench(64 << 20, 1000);
    let with = |field: &str, value: Json| {
        let mut json = connection(&store, "a.csv");
        json["storage"][field] = value;
        source(1, json)
    };
    for (refused, expected) in [
        (with("secret_access_key", json!("wrong")), "table \"t\""),
        (with("access_key_id", json!("nobody")), "table \"t\""),
        (with("bucket", json!("absent")), "table \"t\""),
        (with("secret_access_key", json!(null)), "it has no secret_access_key"),
        (with("endpoint", json!("http://169.254.169.254")), "do not reach 169.254.169.254"),
        (source(1, connection(&store, "large/")), "object_table_max_bytes"),
        (source(1, connection(&store, "none/")), "there is no object"),
        (source(1, connection(&store, "absent.csv")), "absent.csv"),
    ] {
        let bench = self::bench(64 << 20, 1000);
        let detail = bench.ask_unavailable(&refused).await;
        assert!(detail.contains(expected), "{detail}");
        assert!(!detail.contains("opensesame"), "{detail}");
    }
    assert_eq!((store.gets(), bench.fetched().len()), (0, 0));
}

#[tokio::test]
async fn a_version_is_fetched_once_for_all_who_may_read_it() {
    let store = Store::start().await;
    store.put("a/1.csv", "n\n1\n");
    store.put("a/2.csv", "n\n2\n");
    let bench = bench(1 << 20, 1 << 20);
    let sources: Vec<_> = (1..4).map(|id| source(id, connection(&store, "a/"))).collect();
    let asked = sources.iter().map(|source| bench.ask(source, "select sum(n) from t"));
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.unwrap(), "3");
    }
    assert_eq!(store.gets(), 2);
    // Another login proves for itself that it may read them.
    let mut other = connection(&store, "a/");
    other["storage"]["access_key_id"] = json!("other");
    assert_eq!(bench.ask(&source(9, other), "select sum(n) from t").await.unwrap(), "3");
    assert_eq!(store.gets(), 4);
    bench.sources.shutdown().await;
}

#[tokio::test]
async fn changed_objects_come_with_a_new_worker_and_only_they_are_fetched() {
    let store = Store::start().await;
    store.put("a/1.csv", "n\n1\n");
    store.put("a/2.csv", "n\n2\n");
    let bench = bench(1 << 20, 1 << 20);
    let source = source(1, connection(&store, "a/"));
    let sql = "select sum(n) from t";
    assert_eq!(bench.ask(&source, sql).await.unwrap(), "3");
    store.put("a/2.csv", "n\n4\n");
    bench.wait_for(&source, sql, "5").await;
    store.put("a/3.csv", "n\n8\n");
    bench.wait_for(&source, sql, "13").await;
    store.remove("a/1.csv");
    bench.wait_for(&source, sql, "12").await;
    assert_eq!(store.gets(), 4);
    // While the store cannot be asked, the objects that are here go on answering.
    drop(store);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    for _ in 0..3 {
        assert_eq!(bench.ask(&source, sql).await.unwrap(), "12");
    }
    bench.sources.shutdown().await;
}

#[tokio::test]
async fn objects_that_are_gone_from_the_disk_are_fetched_again() {
    let store = Store::start().await;
    store.put("a.csv", "n\n1\n");
    let bench = bench(1 << 20, 1 << 20);
    let source = source(1, connection(&store, "a.csv"));
    assert_eq!(bench.ask(&source, "select n from t").await.unwrap(), "1");
    for object in bench.fetched() {
        fs::remove_dir_all(object).unwrap();
    }
    // The worker misses them at the latest when it looks at its files.
    let arrives = async {
        while store.gets() < 2 {
            assert_eq!(bench.ask(&source, "select n from t").await.unwrap(), "1");
        }
    };
    tokio::time::timeout(Duration::from_secs(30), arrives).await.unwrap();
    assert_eq!(store.gets(), 2);
    bench.sources.shutdown().await;
}

#[tokio::test]
async fn what_is_in_use_stays_and_what_was_used_longest_ago_goes() {
    let store = Store::start().await;
    for key in ["a.csv", "b.csv", "c.csv"] {
        store.put(key, &format!("n\n{}", "1\n".repeat(199)));
    }
    let bench = bench(900, 900);
    let source = |id, key: &str| source(id, connection(&store, key));
    let sql = "select count(*) from t";
    assert_eq!(bench.ask(&source(1, "a.csv"), sql).await.unwrap(), "199");
    assert_eq!(bench.ask(&source(2, "b.csv"), sql).await.unwrap(), "199");
    let detail = bench.ask_unavailable(&source(3, "c.csv")).await;
    assert!(detail.contains("object_cache_max_bytes"), "{detail}");
    bench.sources.shutdown().await;
}

#[tokio::test]
async fn an_object_that_changes_after_it_was_listed_is_not_taken_for_the_listed_one() {
    let store = Store::start().await;
    store.put("a.csv", "n\n1\n");
    let folder = TempDir::new().unwrap();
    let limits = ObjectLimits { folder: Some(folder.path().to_owned()), ..Default::default() };
    let cache = ObjectCache::new(limits, Arc::default());
    let Connection::Files(files) = serde_json::from_value(connection(&store, "a.csv")).unwrap()
    else {
        panic!("files")
    };
    let Some(model::source::Storage::S3(s3)) = &files.storage else { panic!("S3") };
    let bucket = Bucket::new(s3, &Network::default(), &cache).unwrap();
    let tables = crate::engine_worker::tables(&files);
    let listing = bucket.list(&tables).await.unwrap();
    // Of the same length, so that only the ETag tells.
    store.put("a.csv", "n\n2\n");
    assert!(matches!(bucket.fetch(listing).await, Err(Failure::Unavailable(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let fetched = bucket.fetch(bucket.list(&tables).await.unwrap()).await.unwrap();
    assert!(!bucket.has_changed(&tables, &fetched).await.unwrap());
    store.put("a.csv", "n\n3\n");
    assert!(bucket.has_changed(&tables, &fetched).await.unwrap());
}
