//! Runs one query on one connection and frames its rows.

use std::io;

use arrow_array::{RecordBatch, StructArray};
use arrow_ipc::writer::StreamWriter;
use duckdb::types::{TimeUnit, Value};
use duckdb::{CachedStatement, Connection, params_from_iter};

use super::Output;
use crate::protocol::{Argument, Execute, Fault, Reply, frame};

/// Rows are sent once so many bytes of them are ready; smaller results go out in one write together
/// with their outcome.
const FLUSH_BYTES: usize = 256 << 10;

/// Runs the query and sends its rows and [`Reply::Finished`]. On a fault nothing of the outcome is
/// sent yet, though rows may have been.
pub(super) fn run(
    connection: &Connection,
    query: &Execute,
    outdated: impl Fn() -> bool,
    output: &Output,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(&query.sql).map_err(engine)?;
    match deliver(&mut statement, query, outdated, output) {
        Ok(()) => Ok(()),
        Err(fault) => {
            // Kept in the cache, it would hold on to the rows that nobody fetched.
            statement.discard();
            Err(fault)
        }
    }
}

fn deliver(
    statement: &mut CachedStatement<'_>,
    query: &Execute,
    outdated: impl Fn() -> bool,
    output: &Output,
) -> Result<(), Fault> {
    let arguments: Vec<Value> = query.arguments.iter().map(value).collect();
    let schema = statement.stream_arrow(params_from_iter(arguments)).map_err(engine)?.get_schema();
    let mut rows = Rows::new(query, output);
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).map_err(engine)?;
    while let Some(chunk) = statement.step().map_err(engine)? {
        rows.count(&chunk)?;
        writer.write(&RecordBatch::from(chunk)).map_err(engine)?;
        if writer.get_ref().len() >= FLUSH_BYTES {
            rows.send(&std::mem::take(writer.get_mut()))?;
        }
    }
    let rest = writer.into_inner().map_err(engine)?;
    rows.finish(&rest, outdated())
}

/// Counts and sends what a query delivers.
struct Rows<'a> {
    query: &'a Execute,
    output: &'a Output,
    rows: u64,
    bytes: u64,
}

impl<'a> Rows<'a> {
    fn new(query: &'a Execute, output: &'a Output) -> Self {
        Self { query, output, rows: 0, bytes: 0 }
    }

    fn count(&mut self, chunk: &StructArray) -> Result<(), Fault> {
        use arrow_array::Array;
        self.rows += chunk.len() as u64;
        let limit = self.query.row_limit;
        if self.rows > limit { Err(Fault::TooManyRows { limit }) } else { Ok(()) }
    }

    fn send(&mut self, ipc: &[u8]) -> Result<(), Fault> {
        let frames = self.frames(ipc)?;
        self.output.send_frames(&frames).map_err(engine)
    }

    fn finish(&mut self, ipc: &[u8], outdated: bool) -> Result<(), Fault> {
        let mut frames = self.frames(ipc)?;
        let finished = Reply::Finished { id: self.query.id, outdated };
        frame::push_message(&mut frames, &finished).map_err(engine)?;
        self.output.send_frames(&frames).map_err(engine)
    }

    fn frames(&mut self, ipc: &[u8]) -> Result<Vec<u8>, Fault> {
        self.bytes += ipc.len() as u64;
        let limit = self.query.byte_limit;
        if self.bytes > limit {
            return Err(Fault::TooManyBytes { limit });
        }
        let mut frames = Vec::with_capacity(ipc.len() + 128);
        for part in ipc.chunks(frame::MAX_PAYLOAD_BYTES / 2) {
            frame::push_rows(&mut frames, self.query.id, part).map_err(engine)?;
        }
        Ok(frames)
    }
}

fn value(argument: &Argument) -> Value {
    match argument {
        Argument::Null => Value::Null,
        Argument::Text(text) => Value::Text(text.clone()),
        Argument::Integer(integer) => Value::BigInt(*integer),
        Argument::Float(bits) => Value::Double((*bits).into()),
        Argument::Boolean(is_true) => Value::Boolean(*is_true),
        Argument::Date(days) => Value::Date32(*days),
        Argument::Timestamp(microseconds) => Value::Timestamp(TimeUnit::Microsecond, *microseconds),
    }
}

fn engine(error: impl Into<EngineError>) -> Fault {
    Fault::Engine(error.into().0)
}

/// The text of an error of the engine, of Arrow or of the socket.
struct EngineError(String);

impl From<duckdb::Error> for EngineError {
    fn from(error: duckdb::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<duckdb::arrow::error::ArrowError> for EngineError {
    fn from(error: duckdb::arrow::error::ArrowError) -> Self {
        Self(error.to_string())
    }
}

impl From<io::Error> for EngineError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}
