//! The threads that run queries, each with a connection of its own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use duckdb::{Connection, InterruptHandle};

use super::database::Database;
use super::files::Files;
use super::select::Gate;
use super::{Output, query};
use crate::protocol::{Column, Execute, Fault, QueryId, Reply, Request, Setup};

/// Deeply nested SQL is parsed and planned by recursion.
const STACK_BYTES: usize = 16 << 20;

/// Takes requests in; outcomes go to the output in whatever order they are ready.
pub(super) struct Pool {
    queue: Sender<Request>,
    shared: Arc<Shared>,
}

struct Shared {
    files: Files,
    gate: Gate,
    materialized: bool,
    active: Mutex<HashMap<QueryId, Active>>,
    output: Output,
}

/// A query that has been taken in and has no outcome yet.
enum Active {
    Waiting,
    Running(Arc<InterruptHandle>),
    /// To be stopped; with the handle if it was running when the order came.
    Cancelled(Option<Arc<InterruptHandle>>),
}

impl Pool {
    pub(super) fn start(database: Database, setup: &Setup, output: Output) -> Self {
        let (connection, files) = database.into_parts();
        let shared = Arc::new(Shared {
            files,
            gate: Gate::new(setup.tables.iter().map(|table| table.name.clone())),
            materialized: setup.materialize,
            active: Mutex::default(),
            output,
        });
        let (queue, requests) = mpsc::channel();
        let requests = Arc::new(Mutex::new(requests));
        for number in 0..setup.limits.connections.max(1) {
            let (shared, requests) = (Arc::clone(&shared), Arc::clone(&requests));
            let connection = connection.try_clone().unwrap_or_else(|error| die(&error.to_string()));
            thread::Builder::new()
                .name(format!("query-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || shared.work(&connection, &requests))
                .unwrap_or_else(|error| die(&format!("cannot start a thread: {error}")));
        }
        Self { queue, shared }
    }

    /// Never waits for a query.
    pub(super) fn handle(&self, request: Request) {
        match &request {
            Request::Cancel { id } => return self.shared.cancel(*id),
            Request::Execute(Execute { id, .. }) => {
                self.shared.active().insert(*id, Active::Waiting);
            }
            Request::Describe { .. } => {}
            Request::Open(_) => die("opened twice"),
        }
        if self.queue.send(request).is_err() {
            die("no thread is left to run a query");
        }
    }
}

impl Shared {
    fn work(&self, connection: &Connection, requests: &Mutex<Receiver<Request>>) {
        let next = || requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        while let Ok(request) = next() {
            let sent = match request {
                Request::Execute(query) => self.execute(connection, &query),
                Request::Describe { id, table } => {
                    self.output.send(&describe(connection, id, &table))
                }
                Request::Open(_) | Request::Cancel { .. } => Ok(()),
            };
            if sent.is_err() {
                die("the server is gone");
            }
        }
    }

    fn execute(&self, connection: &Connection, query: &Execute) -> std::io::Result<()> {
        let outcome = match self.begin(query.id, connection) {
            true => self.run(connection, query),
            false => Err(Fault::Cancelled),
        };
        let cancelled = matches!(self.active().remove(&query.id), Some(Active::Cancelled(_)));
        let Err(fault) = outcome else { return Ok(()) };
        let fault = match fault {
            _ if cancelled => Fault::Cancelled,
            Fault::Engine(_) if self.reads_replaced_files() => Fault::FilesChanged,
            fault => fault,
        };
        self.output.send(&Reply::Failed { id: query.id, fault })?;
        if !is_usable(connection) {
            die("the engine has given up after an error");
        }
        Ok(())
    }

    fn run(&self, connection: &Connection, query: &Execute) -> Result<(), Fault> {
        let outdated = || self.materialized && self.files.changed();
        if !self.materialized && self.files.changed() {
            return Err(Fault::FilesChanged);
        }
        self.gate.check(connection, &query.sql)?;
        query::run(connection, query, outdated, &self.output)
    }

    fn reads_replaced_files(&self) -> bool {
        !self.materialized && self.files.changed_now()
    }

    /// False if the query was cancelled while it waited.
    fn begin(&self, id: QueryId, connection: &Connection) -> bool {
        match self.active().entry(id) {
            Entry::Occupied(mut entry) if matches!(entry.get(), Active::Waiting) => {
                entry.insert(Active::Running(connection.interrupt_handle()));
                true
            }
            _ => false,
        }
    }

    /// Interrupts under the lock, so that the connection cannot have gone on to another query.
    fn cancel(&self, id: QueryId) {
        if let Entry::Occupied(mut entry) = self.active().entry(id) {
            let handle = match entry.get() {
                Active::Waiting => None,
                Active::Running(handle) => Some(Arc::clone(handle)),
                Active::Cancelled(handle) => handle.clone(),
            };
            handle.iter().for_each(|handle| handle.interrupt());
            entry.insert(Active::Cancelled(handle));
        }
    }

    fn active(&self) -> MutexGuard<'_, HashMap<QueryId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn describe(connection: &Connection, id: QueryId, table: &str) -> Reply {
    let columns = || -> duckdb::Result<Vec<Column>> {
        let sql = "SELECT column_name, data_type FROM duckdb_columns()
                   WHERE table_name = ? AND NOT internal ORDER BY column_index";
        let mut statement = connection.prepare_cached(sql)?;
        let columns = statement
            .query_map([table], |row| Ok(Column { name: row.get(0)?, data_type: row.get(1)? }))?;
        columns.collect()
    };
    match columns() {
        Ok(columns) if columns.is_empty() => {
            let message = format!("the data source declares no table \"{table}\"");
            Reply::Failed { id, fault: Fault::Refused(message) }
        }
        Ok(columns) => Reply::Described { id, columns },
        Err(error) => Reply::Failed { id, fault: Fault::Engine(error.to_string()) },
    }
}

/// Some errors (out of memory at the wrong moment) leave the engine refusing everything.
fn is_usable(connection: &Connection) -> bool {
    connection.execute_batch("SELECT 1").is_ok()
}

/// Ends the process at once; the server starts another. Nothing here is worth a clean end, and the
/// engine's destructors would wait for running queries.
fn die(reason: &str) -> ! {
    eprintln!("the engine worker ends: {reason}");
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}
