//! The floor: the engine in this process, a thread and a connection per viewer.

use std::thread;
use std::time::Instant;

use duckdb::types::Value as Bound;
use duckdb::{Connection, params_from_iter};
use model::source::Connection as Declared;
use query::{Statement, Value};

use crate::demo::Demo;
use crate::figures::Figures;
use crate::{Latencies, Options, figures, warm};

pub(crate) fn measure(
    demo: &Demo,
    questions: &[Statement],
    connections: usize,
    options: Options,
) -> Figures {
    let database = open(demo, options);
    let latencies = thread::scope(|scope| {
        let viewers: Vec<_> = (0..connections)
            .map(|number| {
                let connection = database.try_clone().unwrap();
                scope.spawn(move || view(&connection, questions, number, options))
            })
            .collect();
        viewers.into_iter().map(|viewer| viewer.join().unwrap()).collect()
    });
    figures(latencies, options.time)
}

fn open(demo: &Demo, options: Options) -> Connection {
    let Declared::Files(files) = &demo.source.connection else { panic!("the demo reads files") };
    let (name, file) = files.tables.first_key_value().unwrap();
    let what = if options.materialize { "table" } else { "view" };
    let connection = Connection::open_in_memory().unwrap();
    let setup = format!(
        "set threads = {}; set global TimeZone = 'UTC'; set memory_limit = '{}B';
         create {what} {name} as from read_parquet('{}')",
        options.engine.threads, options.engine.memory_bytes, file.path
    );
    connection.execute_batch(&setup).unwrap();
    connection
}

fn view(
    connection: &Connection,
    questions: &[Statement],
    number: usize,
    options: Options,
) -> Latencies {
    warm(questions, |question| ask(connection, question));
    let begun = Instant::now();
    let mut latencies = Vec::new();
    for question in questions.iter().cycle().skip(number * questions.len() / 8) {
        let asked = Instant::now();
        if asked - begun >= options.time {
            break;
        }
        ask(connection, question);
        latencies.push(asked.elapsed());
    }
    latencies
}

fn ask(connection: &Connection, question: &Statement) {
    let arguments: Vec<Bound> = question.args().iter().map(bound).collect();
    let mut statement = connection.prepare_cached(question.sql()).unwrap();
    let batches = statement.query_arrow(params_from_iter(arguments)).unwrap();
    std::hint::black_box(batches.map(|batch| batch.num_rows()).sum::<usize>());
}

fn bound(value: &Value) -> Bound {
    match value {
        Value::Text(text) => Bound::Text(text.clone()),
        Value::Integer(integer) => Bound::BigInt(*integer),
        other => unreachable!("the demo's panels bind no {other}"),
    }
}
