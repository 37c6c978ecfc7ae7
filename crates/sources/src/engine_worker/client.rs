//! The server's side of one worker's socket.

use std::collections::HashMap;
use std::io::{self, Cursor};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow_ipc::reader::StreamReader;
use arrow_schema::ArrowError;
use engine::protocol::frame::{self, HEADER_BYTES, Header, Kind};
use engine::protocol::{Execute, Fault, QueryId, Reply, Request, Setup};
use model::name::SourceName;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex as AsyncMutex, oneshot, watch};
use tokio::time::timeout;

use super::argument::arguments;
use super::process::Process;
use super::temporary::TemporaryFolder;
use crate::activity::Activity;
use crate::connector::{Failure, Query, TableColumn};
use crate::error::ResultLimit;
use crate::objects::Fetched;
use crate::options::WorkerCommand;
use crate::progress::Progress;
use crate::result::ResultSet;
use crate::stop::Stop;

/// How long a worker may take to open its files; copying large ones takes its time.
const OPEN_TIMEOUT: Duration = Duration::from_secs(120);

/// An order to stop is repeated in this rhythm …
const CANCEL_PAUSE: Duration = Duration::from_millis(50);

/// … so many times, a second in all; then the worker is killed.
const CANCELS: u32 = 20;

/// One worker process that is open for queries. It is killed when dropped.
pub(super) struct Worker {
    writer: AsyncMutex<OwnedWriteHalf>,
    pending: Arc<Pending>,
    next: AtomicU64,
    renewal: AtomicBool,
    ended: watch::Receiver<bool>,
    process: Process,
    kept: Kept,
}

/// What must not go while a worker uses it.
pub(super) struct Kept {
    pub(super) _temporary: TemporaryFolder,
    pub(super) fetched: Option<Fetched>,
}

type Reader = BufReader<OwnedReadHalf>;

/// Rows as they came, and what came with them.
pub(super) struct Rows {
    ipc: Vec<u8>,
    /// A file has changed since the worker copied it.
    pub(super) outdated: bool,
}

/// How a query ended without rows.
#[derive(Debug)]
pub(super) enum Ended {
    Failed(Failure),
    /// This worker cannot answer any more, a new one may: a file was replaced, or it had ended
    /// before.
    AskAnother,
    /// The worker has died, perhaps of this query.
    Died,
}

/// A final reply to a query, with the rows that came before it.
struct Final {
    reply: Reply,
    ipc: Vec<u8>,
}

impl Worker {
    /// Starts a process and waits until it has opened its files.
    pub(super) async fn start(
        source: &SourceName,
        command: &WorkerCommand,
        setup: Setup,
        kept: Kept,
        activity: Arc<Activity>,
    ) -> Result<Self, Failure> {
        let unavailable = |what: &str| Failure::Unavailable(format!("engine worker: {what}"));
        let started = Self::try_start(source, command, setup, kept, activity);
        match timeout(OPEN_TIMEOUT, started).await {
            Ok(Ok(Ok(worker))) => Ok(worker),
            Ok(Ok(Err(message))) => Err(unavailable(&message)),
            Ok(Err(error)) => Err(unavailable(&error.to_string())),
            Err(_) => Err(unavailable("it takes too long to open the files")),
        }
    }

    async fn try_start(
        source: &SourceName,
        command: &WorkerCommand,
        setup: Setup,
        kept: Kept,
        activity: Arc<Activity>,
    ) -> io::Result<Result<Self, String>> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let process = Process::start(source, command, theirs).await?;
        let (reader, mut writer) = UnixStream::from_std(ours)?.into_split();
        let mut reader = BufReader::new(reader);
        send(&mut writer, &Request::Open(setup)).await?;
        match read_frame(&mut reader).await? {
            Frame::Message(Reply::Opened { engine_version, unprotected }) => {
                tracing::info!(source = %source, engine_version, "an engine worker is open");
                for weakness in unprotected {
                    tracing::warn!(source = %source, "engine worker: {weakness}");
                }
            }
            Frame::Message(Reply::OpenFailed { message }) => return Ok(Err(message)),
            _ => return Err(io::Error::other("unexpected reply")),
        }
        let pending = Arc::new(Pending::default());
        let (end, ended) = watch::channel(false);
        let received = receive(reader, Arc::clone(&pending), end);
        tokio::spawn(async move {
            activity.workers_started.count();
            let _running = activity.workers.enter();
            received.await;
        });
        Ok(Ok(Self {
            writer: AsyncMutex::new(writer),
            pending,
            next: AtomicU64::new(1),
            renewal: AtomicBool::new(false),
            ended,
            process,
            kept,
        }))
    }

    /// Runs a query to its end. When `stop` is ordered the query is cancelled, and if it does not
    /// end within a second, the worker is.
    pub(super) async fn execute(&self, query: &Query, stop: &Stop) -> Result<Rows, Ended> {
        let id = self.next_id();
        let request = Request::Execute(Execute {
            id,
            sql: query.sql.clone(),
            arguments: arguments(&query.arguments).map_err(Ended::Failed)?,
            row_limit: query.row_limit,
            byte_limit: query.byte_limit,
        });
        let outcome = self.begin(id, &request, &query.progress).await;
        let mut outcome = outcome.ok_or(Ended::AskAnother)?;
        tokio::select! {
            outcome = &mut outcome => finished(outcome.map_err(|_| Ended::Died)?),
            () = stop.ordered() => {
                self.stop(id, outcome).await;
                Err(Ended::Failed(Failure::Stopped))
            }
        }
    }

    pub(super) async fn describe(&self, table: String) -> Result<Vec<TableColumn>, Failure> {
        let died = || Failure::Unavailable("the engine worker has died".to_owned());
        let id = self.next_id();
        let request = Request::Describe { id, table };
        let outcome = self.begin(id, &request, &Progress::default()).await.ok_or_else(died)?;
        match outcome.await.map_err(|_| died())?.reply {
            Reply::Described { columns, .. } => {
                let column = |column: engine::protocol::Column| TableColumn {
                    name: column.name,
                    data_type: column.data_type,
                };
                Ok(columns.into_iter().map(column).collect())
            }
            Reply::Failed { fault, .. } => Err(failure(fault)),
            other => Err(Failure::Failed(format!("unexpected reply {other:?}"))),
        }
    }

    /// The objects that its tables are made of.
    pub(super) fn fetched(&self) -> Option<&Fetched> {
        self.kept.fetched.as_ref()
    }

    pub(super) fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    pub(super) async fn ended(&self) {
        // Errs when the receiving task is gone, and with it the worker.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    pub(super) fn kill(&self) {
        self.process.kill();
    }

    /// True for the first one who asks: it replaces this worker.
    pub(super) fn claim_renewal(&self) -> bool {
        !self.renewal.swap(true, Ordering::Relaxed)
    }

    /// Lets somebody else try, after the one who claimed has failed.
    pub(super) fn release_renewal(&self) {
        self.renewal.store(false, Ordering::Relaxed);
    }

    fn next_id(&self) -> QueryId {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// `None` if the worker has ended.
    async fn begin(
        &self,
        id: QueryId,
        request: &Request,
        progress: &Progress,
    ) -> Option<oneshot::Receiver<Final>> {
        let outcome = self.pending.expect(id, progress.clone())?;
        let sent = send(&mut *self.writer.lock().await, request).await;
        sent.ok().map(|()| outcome)
    }

    async fn stop(&self, id: QueryId, mut outcome: oneshot::Receiver<Final>) {
        for _ in 0..CANCELS {
            if send(&mut *self.writer.lock().await, &Request::Cancel { id }).await.is_err() {
                return;
            }
            if timeout(CANCEL_PAUSE, &mut outcome).await.is_ok() {
                return;
            }
        }
        tracing::warn!("a query does not stop; its engine worker is killed");
        self.kill();
        self.ended().await;
    }
}

impl Rows {
    pub(super) fn decode(self) -> Result<ResultSet, Failure> {
        let decoded = || -> Result<ResultSet, ArrowError> {
            let reader = StreamReader::try_new(Cursor::new(self.ipc), None)?;
            let schema = reader.schema();
            let batches = reader.collect::<Result<Vec<_>, _>>()?;
            ResultSet::of_batches(&schema, &batches)
        };
        decoded().map_err(|error| Failure::Failed(format!("unreadable rows: {error}")))
    }
}

fn finished(outcome: Final) -> Result<Rows, Ended> {
    match outcome.reply {
        Reply::Finished { outdated, .. } => Ok(Rows { ipc: outcome.ipc, outdated }),
        Reply::Failed { fault: Fault::FilesChanged, .. } => Err(Ended::AskAnother),
        Reply::Failed { fault, .. } => Err(Ended::Failed(failure(fault))),
        other => Err(Ended::Failed(Failure::Failed(format!("unexpected reply {other:?}")))),
    }
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Refused(detail) => Failure::Refused(detail),
        Fault::Engine(detail) => Failure::Failed(detail),
        Fault::TooManyRows { limit } => Failure::TooLarge(ResultLimit::Rows(limit)),
        Fault::TooManyBytes { limit } => Failure::TooLarge(ResultLimit::Bytes(limit)),
        Fault::FilesChanged => Failure::Unavailable(fault.to_string()),
        Fault::Cancelled => Failure::Stopped,
    }
}

/// The queries that wait for their final reply; none can be added once the worker has ended.
#[derive(Default)]
struct Pending(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    queries: HashMap<QueryId, Awaited>,
    ended: bool,
}

struct Awaited {
    sender: oneshot::Sender<Final>,
    ipc: Vec<u8>,
    progress: Progress,
}

impl Pending {
    fn expect(&self, id: QueryId, progress: Progress) -> Option<oneshot::Receiver<Final>> {
        let mut waiting = self.waiting();
        if waiting.ended {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        waiting.queries.insert(id, Awaited { sender, ipc: Vec::new(), progress });
        Some(receiver)
    }

    fn add_rows(&self, id: QueryId, rows: &[u8]) {
        if let Some(awaited) = self.waiting().queries.get_mut(&id) {
            awaited.progress.row();
            awaited.ipc.extend_from_slice(rows);
        }
    }

    fn finish(&self, id: QueryId, reply: Reply) {
        if let Some(awaited) = self.waiting().queries.remove(&id) {
            // Errs when nobody waits any more.
            let _ = awaited.sender.send(Final { reply, ipc: awaited.ipc });
        }
    }

    fn end(&self) {
        let mut waiting = self.waiting();
        waiting.ended = true;
        waiting.queries.clear();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Frame {
    Message(Reply),
    Rows(Vec<u8>),
}

/// The task that reads what the worker sends, until it ends.
async fn receive(mut reader: Reader, pending: Arc<Pending>, end: watch::Sender<bool>) {
    while let Ok(frame) = read_frame(&mut reader).await {
        match frame {
            Frame::Rows(payload) => {
                let Ok((id, rows)) = frame::parse_rows(&payload) else { break };
                pending.add_rows(id, rows);
            }
            Frame::Message(reply) => match reply {
                Reply::Finished { id, .. }
                | Reply::Failed { id, .. }
                | Reply::Described { id, .. } => pending.finish(id, reply),
                Reply::Opened { .. } | Reply::OpenFailed { .. } => break,
            },
        }
    }
    pending.end();
    end.send_replace(true);
}

async fn read_frame(reader: &mut Reader) -> io::Result<Frame> {
    let mut header = [0; HEADER_BYTES];
    reader.read_exact(&mut header).await?;
    let header = Header::parse(header)?;
    let mut payload = vec![0; header.payload_bytes];
    reader.read_exact(&mut payload).await?;
    match header.kind {
        Kind::Message => frame::parse_message(&payload).map(Frame::Message),
        Kind::Rows => Ok(Frame::Rows(payload)),
    }
}

async fn send(writer: &mut OwnedWriteHalf, request: &Request) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(512);
    frame::push_message(&mut bytes, request)?;
    writer.write_all(&bytes).await
}
