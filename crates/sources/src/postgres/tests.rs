//! The whole way of a query to a real PostgreSQL.

mod cases;
mod compiled;
mod crowd;
mod edges;
mod login;
mod many;
mod page;
mod panels;
mod pooler;
mod redshift;
mod row_security;
mod sessions;
mod stopping;
mod values;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource};
use query::Value;
use serde_json::{Value as Json, json};
use testkit::Cluster;
use uuid::Uuid;

use crate::connector::Query;
use crate::options::{CachePolicy, CustomerKey, Limits, RunOptions, WorkerCommand};
use crate::progress::Progress;
use crate::result::{Answer, Cell, ColumnKind};
use crate::{SourceError, Sources};

/// A database, a user `reader` who may read what is in `public`, and who asks it.
struct Stage {
    cluster: Cluster,
    sources: Sources,
}

impl Stage {
    fn set() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        Self::over(Cluster::start().unwrap(), limits)
    }

    fn over(cluster: Cluster, limits: Limits) -> Self {
        let reader = "create role reader login;
            alter default privileges in schema public grant select on tables to reader";
        cluster.execute(reader).unwrap();
        Self { cluster, sources: Sources::new(limits, WorkerCommand::new("/bin/false", [""; 0])) }
    }

    fn execute(&self, sql: &str) {
        self.cluster.execute(sql).unwrap();
    }

    /// A data source of the user `reader`, changed as the JSON says.
    fn source(&self, change: Json) -> Arc<DataSource> {
        self.numbered(1, change)
    }

    fn numbered(&self, number: i64, change: Json) -> Arc<DataSource> {
        let mut connection = json!({
            "type": "postgres",
            "host": self.cluster.folder(),
            "database": "postgres",
            "user": "reader",
        });
        connection.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let connection: Connection = serde_json::from_value(connection).unwrap();
        assert_eq!(connection.check(), []);
        Arc::new(DataSource {
            id: SourceId(number),
            name: "orders".parse().unwrap(),
            schema: SchemaId(1),
            group: GroupId(1),
            isolated: false,
            connection,
            revision: 1,
        })
    }

    async fn ask(&self, source: &Arc<DataSource>, question: Question) -> Outcome {
        let query = || Query {
            sql: question.sql.clone(),
            arguments: question.arguments.clone(),
            session: question.session.clone(),
            row_limit: 1000,
            byte_limit: 1_000_000,
            request_id: question.request,
            progress: Progress::default(),
        };
        let options = RunOptions {
            purge: 0,
            cache: CachePolicy::Off,
            request_id: question.request,
            customer: CustomerKey("UA".to_owned()),
        };
        let key = blake3::hash(format!("{question:?}").as_bytes());
        self.sources.answer(source, key, query, options).await
    }

    async fn text(&self, source: &Arc<DataSource>, sql: &str) -> String {
        text(&self.ask(source, sql.into()).await.unwrap())
    }

    /// Sessions of `reader` in a state, as another session sees them.
    fn sessions(&self, condition: &str) -> usize {
        let sql = format!(
            "select count(*) from pg_stat_activity where usename = 'reader' and ({condition})"
        );
        self.cluster.ask(&sql).unwrap().parse().unwrap()
    }

    async fn wait_for_sessions(&self, condition: &str, wanted: usize) {
        wait_until(|| self.sessions(condition) == wanted).await;
    }
}

type Outcome = Result<Answer, SourceError>;

#[derive(Clone, Debug)]
struct Question {
    sql: String,
    arguments: Vec<Value>,
    session: Vec<(String, Value)>,
    request: Uuid,
}

impl From<&str> for Question {
    fn from(sql: &str) -> Self {
        let sql = sql.to_owned();
        Self { sql, arguments: Vec::new(), session: Vec::new(), request: Uuid::nil() }
    }
}

impl Question {
    fn with(self, arguments: impl Into<Vec<Value>>) -> Self {
        Self { arguments: arguments.into(), ..self }
    }

    fn of_customer(self, id: &str) -> Self {
        let session = vec![("app.customer_id".to_owned(), Value::Text(id.to_owned()))];
        Self { session, ..self }
    }
}

/// Rows with `; ` between, cells with a space.
fn text(answer: &Answer) -> String {
    let row =
        |cells: Vec<Cell<'_>>| cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
    answer.result.rows().map(|cells| row(cells.collect())).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn failed(outcome: Outcome) -> String {
    match outcome {
        Err(SourceError::Failed { detail }) => detail,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn unavailable(outcome: Outcome) -> String {
    match outcome {
        Err(SourceError::Unavailable { detail }) => detail,
        other => panic!("{other:?}"),
    }
}

/// Waits for something that comes true soon; for a minute at most.
async fn wait_until(is_true: impl Fn() -> bool) {
    for _ in 0..1200 {
        if is_true() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not come true");
}
