//! The worker process: one data source in DuckDB, behind a socket.
//!
//! It protects the server from its queries in four rings, each of which holds by itself:
//!
//! 1. Only one SELECT over the declared tables and harmless table functions runs ([`select`]).
//! 2. DuckDB itself may open only the declared files, and its configuration is locked ([`database`]).
//! 3. The process may read only those files, write only its temporary folder, open no socket, start
//!    no program and grow to a fixed size ([`confine`]).
//! 4. It dies with the server, and whatever still happens in it, the server only loses a worker.
//!
//! After the start nothing in it changes: when a file changes, the server starts a new worker. So no
//! connection ever needs the right to create or replace a table.

mod confine;
mod database;
mod files;
mod listing;
mod partitions;
mod pool;
mod query;
mod select;
mod tables;

use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::protocol::frame;
use crate::protocol::{Reply, Request, Setup};
use database::Database;
use pool::Pool;

/// The body of `fanlight worker`: serves the server on the socket that is its standard input, until
/// the server closes it.
///
/// Call it before any other thread is started, because the process's restrictions are inherited
/// from the calling thread. It does not return while the server lives.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the engine worker ends: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    confine::die_with_parent()?;
    let mut input = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let output = Output::new(input.try_clone()?);
    let Some(Request::Open(setup)) = frame::read_message(&mut input)? else {
        return Err(io::Error::other("it speaks only with a Fanlight server"));
    };
    let pool = match open(&setup, output) {
        Ok(pool) => pool,
        Err((output, message)) => return output.send(&Reply::OpenFailed { message }),
    };
    while let Some(request) = frame::read_message(&mut input)? {
        pool.handle(request);
    }
    // The server is gone. A query in progress must not delay the end, and the engine's own
    // destructors wait for it.
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)?;
    Ok(())
}

fn open(setup: &Setup, output: Output) -> Result<Pool, (Output, String)> {
    let (unprotected, database) = match open_database(setup) {
        Ok(opened) => opened,
        Err(message) => return Err((output, message)),
    };
    let ready = Reply::Opened { engine_version: database.version().to_owned(), unprotected };
    match output.send(&ready) {
        Ok(()) => Ok(Pool::start(database, setup, output)),
        Err(error) => Err((output, error.to_string())),
    }
}

fn open_database(setup: &Setup) -> Result<(Vec<String>, Database), String> {
    let tables = listing::list(&setup.tables)?;
    let unprotected = confine::restrict(setup, &tables)?;
    Ok((unprotected, Database::open(setup, &tables)?))
}

/// The way back to the server, for whole frames at a time.
struct Output(Mutex<UnixStream>);

impl Output {
    fn new(socket: UnixStream) -> Self {
        Self(Mutex::new(socket))
    }

    fn send(&self, reply: &Reply) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(256);
        frame::push_message(&mut bytes, reply)?;
        self.send_frames(&bytes)
    }

    fn send_frames(&self, frames: &[u8]) -> io::Result<()> {
        let written = io::Write::write_all(&mut *self.socket(), frames);
        if written.is_err() {
            // A half written frame would be read as nonsense; better the server sees the end.
            let _ = self.socket().shutdown(Shutdown::Both);
        }
        written
    }

    fn socket(&self) -> MutexGuard<'_, UnixStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
