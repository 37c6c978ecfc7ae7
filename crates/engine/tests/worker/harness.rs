//! A worker and the server's side of its socket.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use arrow_cast::display::array_value_to_string;
use arrow_ipc::reader::StreamReader;
use engine::protocol::frame::{self, HEADER_BYTES, Header, Kind};
use engine::protocol::{
    Argument, CsvOptions, Execute, Fault, Format, Limits, Location, QueryId, Reply, Request, Setup,
    Table,
};
use tempfile::TempDir;

/// Rows as text, a missing value as nothing.
pub(crate) type Rows = Vec<Vec<String>>;

pub(crate) struct Worker {
    child: Child,
    socket: UnixStream,
    next: QueryId,
    rows: HashMap<QueryId, Vec<u8>>,
    _temporary: TempDir,
    pub(crate) unprotected: Vec<String>,
}

/// How a query that was cancelled ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    Outcome(Result<Rows, Fault>),
    Died,
    RunsOn,
}

pub(crate) fn small_limits() -> Limits {
    Limits { memory_bytes: 256 << 20, temporary_bytes: 64 << 20, threads: 2, connections: 2 }
}

pub(crate) fn parquet(name: &str, path: &Path) -> Table {
    Table { format: Some(Format::Parquet), ..table(name, path) }
}

/// A table of whatever the path's endings tell.
pub(crate) fn table(name: &str, path: &Path) -> Table {
    Table {
        name: name.to_owned(),
        location: Location::Path(path.to_owned()),
        format: None,
        csv: CsvOptions::default(),
        types: BTreeMap::new(),
        partitions: true,
    }
}

/// New York's flights of 2013, as they come with the demo.
pub(crate) fn flights() -> Table {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/data/flights.parquet");
    parquet("flights", &PathBuf::from(demo).canonicalize().expect("the demo's data"))
}

/// Writes a file with the engine itself, by a `COPY … TO '$path'`.
pub(crate) fn write(path: &Path, select: &str, options: &str) {
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let sql = format!("COPY ({select}) TO '{}' {options}", path.display());
    connection.execute_batch(&sql).unwrap();
}

impl Worker {
    pub(crate) fn start(tables: Vec<Table>) -> Self {
        Self::try_start(tables, false, small_limits()).unwrap()
    }

    /// Errs with what the worker says when it cannot open its files.
    pub(crate) fn try_start(
        tables: Vec<Table>,
        materialize: bool,
        limits: Limits,
    ) -> Result<Self, String> {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["the_worker_process", "--exact", "--ignored", "--nocapture"])
            .env_clear()
            .env("MALLOC_ARENA_MAX", "2")
            .env("SECRET_OF_THE_SERVER", "opensesame")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let temporary = TempDir::new().unwrap();
        let temporary_folder = temporary.path().to_owned();
        let mut worker = Self {
            child,
            socket: ours,
            next: 0,
            rows: HashMap::new(),
            _temporary: temporary,
            unprotected: Vec::new(),
        };
        worker.send(&Request::Open(Setup { tables, materialize, temporary_folder, limits }));
        match worker.reply() {
            Some(Reply::Opened { unprotected, .. }) => {
                worker.unprotected = unprotected;
                Ok(worker)
            }
            Some(Reply::OpenFailed { message }) => Err(message),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn send(&mut self, request: &Request) {
        frame::write_message(&mut self.socket, request).unwrap();
    }

    /// Sends a query and answers its id.
    pub(crate) fn begin(&mut self, sql: &str, arguments: Vec<Argument>) -> QueryId {
        self.begin_limited(sql, arguments, 100_000, 64 << 20)
    }

    pub(crate) fn begin_limited(
        &mut self,
        sql: &str,
        arguments: Vec<Argument>,
        row_limit: u64,
        byte_limit: u64,
    ) -> QueryId {
        self.next += 1;
        let (id, sql) = (self.next, sql.to_owned());
        self.send(&Request::Execute(Execute { id, sql, arguments, row_limit, byte_limit }));
        id
    }

    /// The outcome of a query; `None` if the worker died of it.
    pub(crate) fn outcome(&mut self, id: QueryId) -> Option<Result<Rows, Fault>> {
        match self.reply()? {
            Reply::Finished { id: finished, .. } if finished == id => {
                let ipc = self.rows.remove(&id).unwrap_or_default();
                Some(Ok(decode(&ipc)))
            }
            Reply::Failed { id: failed, fault } if failed == id => Some(Err(fault)),
            other => panic!("not of query {id}: {other:?}"),
        }
    }

    pub(crate) fn query(&mut self, sql: &str, arguments: Vec<Argument>) -> Result<Rows, Fault> {
        let id = self.begin(sql, arguments);
        self.outcome(id).unwrap_or_else(|| panic!("the worker died of {sql}"))
    }

    /// The next message; rows on the way are kept. `None` when the worker has ended.
    pub(crate) fn reply(&mut self) -> Option<Reply> {
        loop {
            let mut header = [0; HEADER_BYTES];
            self.socket.read_exact(&mut header).ok()?;
            let header = Header::parse(header).unwrap();
            let mut payload = vec![0; header.payload_bytes];
            self.socket.read_exact(&mut payload).ok()?;
            if header.kind == Kind::Message {
                return Some(frame::parse_message(&payload).unwrap());
            }
            let (id, ipc) = frame::parse_rows(&payload).unwrap();
            self.rows.entry(id).or_default().extend_from_slice(ipc);
        }
    }

    /// Cancels as the server does, again and again, and answers how the query ended.
    pub(crate) fn cancel(&mut self, id: QueryId, within: Duration) -> Ending {
        let begun = Instant::now();
        self.socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut byte = [0];
        while begun.elapsed() < within {
            self.send(&Request::Cancel { id });
            let ready = rustix::net::recv(&self.socket, &mut byte, rustix::net::RecvFlags::PEEK);
            if ready.is_ok() {
                self.socket.set_read_timeout(None).unwrap();
                return self.outcome(id).map_or(Ending::Died, Ending::Outcome);
            }
        }
        Ending::RunsOn
    }

    /// True if the query stopped because it was cancelled.
    pub(crate) fn stops_when_cancelled(&mut self, id: QueryId) -> bool {
        let ending = self.cancel(id, Duration::from_secs(20));
        ending == Ending::Outcome(Err(Fault::Cancelled))
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn wait_for_end(mut self) {
        drop(self.socket.shutdown(std::net::Shutdown::Both));
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn decode(ipc: &[u8]) -> Rows {
    let mut rows = Vec::new();
    for batch in StreamReader::try_new(ipc, None).unwrap() {
        let batch = batch.unwrap();
        rows.extend((0..batch.num_rows()).map(|row| {
            let cell = |array| array_value_to_string(array, row).unwrap();
            batch.columns().iter().map(|array| cell(array)).collect()
        }));
    }
    rows
}
