//! The sessions of one data source: opened when needed, kept while used, closed when not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::source::Postgres;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::login::log_in;
use super::server::Server;
use super::session::Session;
use crate::connector::Failure;

/// How long a session may take to be opened, from the first packet to the server's being ready.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long running queries may take to end when the pool is closed.
const END_PATIENCE: Duration = Duration::from_secs(6);

pub(super) struct Pool {
    connection: Arc<Postgres>,
    pub(super) server: Server,
    /// As many as sessions may be open.
    permits: Arc<Semaphore>,
    most: u32,
    /// The one used last is on top.
    resting: Mutex<Vec<Resting>>,
    /// Sessions that rest longer are closed.
    idle: Duration,
}

struct Resting {
    session: Session,
    since: Instant,
    checked: Option<Instant>,
}

/// A session in use. Given back it is used again; dropped it is closed.
pub(super) struct Lease {
    pub(super) session: Session,
    /// When it was last seen to do what it should; never if it is new.
    pub(super) checked: Option<Instant>,
    /// Whether it may have ended unnoticed since its last use.
    pub(super) is_used: bool,
    permit: OwnedSemaphorePermit,
}

impl Lease {
    /// Closes the session.
    pub(super) async fn end(self) {
        self.session.end().await;
    }
}

impl Pool {
    pub(super) fn new(
        connection: Arc<Postgres>,
        server: Server,
        most: usize,
        idle: Duration,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(most));
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        Self { connection, server, permits, most, resting: Mutex::default(), idle }
    }

    /// A session that seems to stand, or a new one.
    pub(super) async fn take(&self) -> Result<Lease, Failure> {
        let permit = self.permit().await?;
        while let Some(mut resting) = self.pop() {
            if resting.session.is_quiet() {
                let Resting { session, checked, .. } = resting;
                return Ok(Lease { session, checked, is_used: true, permit });
            }
        }
        self.open(permit).await
    }

    /// A new session.
    pub(super) async fn take_new(&self) -> Result<Lease, Failure> {
        self.open(self.permit().await?).await
    }

    /// Lets a session rest, and closes those that have rested for too long.
    pub(super) fn give_back(&self, lease: Lease) {
        let Lease { session, checked, permit, .. } = lease;
        let mut resting = self.resting();
        resting.retain(|resting| resting.since.elapsed() < self.idle);
        if !self.permits.is_closed() {
            resting.push(Resting { session, since: Instant::now(), checked });
        }
        drop(resting);
        drop(permit);
    }

    /// Opens nothing any more, and waits for the sessions in use.
    pub(super) async fn close(&self) {
        let all = timeout(END_PATIENCE, self.permits.acquire_many(self.most)).await;
        self.permits.close();
        drop(all);
        let resting = std::mem::take(&mut *self.resting());
        for resting in resting {
            resting.session.end().await;
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        permit.map_err(|_| Failure::closed())
    }

    async fn open(&self, permit: OwnedSemaphorePermit) -> Result<Lease, Failure> {
        let opened = timeout(PATIENCE, async {
            let (stream, peer) = self.server.connect().await?;
            let counted = self.server.activity().connections.postgres.enter();
            log_in(stream, peer, counted, &self.connection).await
        });
        let session = opened.await.map_err(|_| Failure::late())??;
        Ok(Lease { session, checked: None, is_used: false, permit })
    }

    fn pop(&self) -> Option<Resting> {
        self.resting().pop()
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
