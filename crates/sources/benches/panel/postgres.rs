//! The same panels from PostgreSQL, and their SQL sent straight to it, with its values written in.

#[path = "../../tests/fixtures/flights.rs"]
mod flights;

use std::path::Path;
use std::time::Instant;

use model::source::Connection;
use query::{Statement, Value};
use testkit::Cluster;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

use crate::demo::Demo;
use crate::figures::Figures;
use crate::{Latencies, Options, figures};

/// The demo's flights in a database of their own.
pub(crate) struct Postgres {
    pub(crate) demo: Demo,
    cluster: Cluster,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let cluster = Cluster::start().unwrap();
        cluster.execute("set time zone 'UTC'; create role reader login").unwrap();
        let files = Demo::read(false);
        let Connection::Files(files) = &files.source.connection else { panic!("files") };
        let (_, file) = files.tables.first_key_value().unwrap();
        let copy = flights::as_csv(Path::new(&file.path), cluster.folder());
        let index = "create index on flights (carrier); grant select on flights to reader; \
                     analyze flights";
        cluster.execute(&format!("{copy}; {index}")).unwrap();
        let connection = serde_json::json!({
            "type": "postgres", "host": cluster.folder(), "database": "postgres", "user": "reader",
            "connections": 32,
        });
        let demo = Demo::read_from(serde_json::from_value(connection).unwrap());
        Self { demo, cluster }
    }

    pub(crate) fn direct(
        &self,
        questions: &[Statement],
        connections: usize,
        options: Options,
    ) -> Figures {
        let texts: Vec<String> = questions.iter().map(written).collect();
        let address = format!("{} options='-c TimeZone=UTC'", self.cluster.url());
        let latencies = Runtime::new().unwrap().block_on(async {
            let mut viewers = JoinSet::new();
            for number in 0..connections {
                let (client, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
                tokio::spawn(connection);
                viewers.spawn(view(client, texts.clone(), number, options));
            }
            viewers.join_all().await
        });
        figures(latencies, options.time)
    }
}

/// The statement with its values in the places of their placeholders.
fn written(statement: &Statement) -> String {
    let mut sql = statement.sql().to_owned();
    // From the last, because `$1` begins `$10`.
    for (at, value) in statement.args().iter().enumerate().rev() {
        let value = match value {
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Integer(integer) => integer.to_string(),
            other => unreachable!("the demo's panels bind no {other}"),
        };
        sql = sql.replace(&format!("${}", at + 1), &value);
    }
    sql
}

async fn view(
    client: Client,
    questions: Vec<String>,
    number: usize,
    options: Options,
) -> Latencies {
    for question in &questions {
        client.simple_query(question).await.unwrap();
    }
    let begun = Instant::now();
    let mut latencies = Vec::new();
    for question in questions.iter().cycle().skip(number * questions.len() / 8) {
        let asked = Instant::now();
        if asked - begun >= options.time {
            break;
        }
        std::hint::black_box(client.simple_query(question).await.unwrap().len());
        latencies.push(asked.elapsed());
    }
    latencies
}
