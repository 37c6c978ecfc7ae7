//! Connections that nobody uses just now.
//!
//! How many are used at once is for the source's queue to say. What has not been used for a minute is
//! closed, so what is taken from here was alive not long ago.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use mysql_async::Conn;
use tally::Present;

use super::server::Peer;
use crate::connector::Failure;

/// A connection in use. Given back it is used again; dropped it is closed.
pub(super) struct Lease {
    pub(super) connection: Conn,
    pub(super) peer: Peer,
    pub(super) _counted: Present,
}

/// An unused connection is closed after this time.
const IDLE: Duration = Duration::from_secs(60);

pub(super) struct Pool(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one used last comes last.
    idle: Vec<(Lease, Instant)>,
    is_swept: bool,
    is_closed: bool,
}

impl Pool {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// The connection used last, when there is one.
    pub(super) fn take(&self) -> Result<Option<Lease>, Failure> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Failure::closed());
        }
        Ok(state.idle.pop().map(|(lease, _)| lease))
    }

    pub(super) fn give_back(self: &Arc<Self>, lease: Lease) {
        let mut state = self.state();
        if state.is_closed {
            return;
        }
        state.idle.push((lease, Instant::now()));
        if !state.is_swept {
            state.is_swept = true;
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes what is not used, and keeps nothing from now on.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.idle.clear();
    }

    /// Closes what was not used for a minute; whether anything is left.
    fn close_unused(&self) -> bool {
        let mut state = self.state();
        state.idle.retain(|(_, since)| since.elapsed() < IDLE);
        state.is_swept = !state.idle.is_empty();
        state.is_swept
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs as long as there are unused connections.
async fn sweep(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.close_unused() {
            return;
        }
    }
}
