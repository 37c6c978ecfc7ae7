//! Servers that mean harm or have gone mad, and networks that break: each is an orderly error, within
//! the time that a query has and in little memory.

mod broken;
mod speakers;

use std::sync::Arc;
use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::DataSource;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::connector::Query;
use crate::options::{CachePolicy, CustomerKey, Limits, RunOptions, WorkerCommand};
use crate::progress::Progress;
use crate::result::Answer;
use crate::{SourceError, Sources};

/// How long a query may take, and a good deal longer than any of them needs.
const STATEMENT: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);

/// What one case may add to the memory of this process, in bytes.
const MEMORY: u64 = 200 << 20;

type Outcome = Result<Answer, SourceError>;

/// A source on a port of this machine, opened anew.
struct Asker {
    sources: Sources,
    source: Arc<DataSource>,
}

impl Asker {
    fn new(kind: &str, port: u16, login: &Json) -> Self {
        let mut json = json!({
            "type": kind, "host": "127.0.0.1", "port": port, "database": "fanlight",
            "user": "reader", "password": "secret",
        });
        json.as_object_mut().unwrap().extend(login.as_object().unwrap().clone());
        let source = Arc::new(DataSource {
            id: SourceId(1),
            name: "hostile".parse().unwrap(),
            schema: SchemaId(1),
            group: GroupId(1),
            isolated: false,
            connection: serde_json::from_value(json).unwrap(),
            revision: 1,
        });
        let limits =
            Limits { statement_timeout: STATEMENT, result_bytes: 1 << 20, ..Limits::default() };
        Self { sources: Sources::new(limits, WorkerCommand::new("/bin/false", [""; 0])), source }
    }

    async fn ask(&self, sql: &str) -> Outcome {
        let query = || Query {
            sql: sql.to_owned(),
            arguments: Vec::new(),
            session: Vec::new(),
            row_limit: 1_000,
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
        let key = blake3::hash(sql.as_bytes());
        let answer = self.sources.answer(&self.source, key, query, options);
        tokio::time::timeout(PATIENCE, answer).await.expect("it is answered in time")
    }

    /// Waits until nothing of a query is left.
    async fn rest(&self) {
        let rests = async {
            while self.sources.load().running > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, rests).await.expect("the query's place is free again");
    }
}

/// The most memory that this process has had, in bytes.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() << 10
}

/// Whether a task has panicked instead of answering.
fn has_died(outcome: &Outcome) -> bool {
    matches!(outcome, Err(SourceError::Unavailable { detail }) if detail.contains("task"))
}
