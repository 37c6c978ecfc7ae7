//! Hears of changed definitions, by NOTIFY, and asks again and again in case it has not. The same
//! connection holds a lock for as long as this node has the store open, so that nobody rotates the
//! master key under it.
//!
//! What was heard holds for [`LEASE`] after the question that confirmed it was sent. A connection
//! that has died, loudly or without a word, is therefore never trusted for longer: then
//! [`Listener::generation`] knows nothing, and callers read the generation themselves,
//! and a change proves the master key in its own transaction.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::{AsyncMessage, Client};

use super::address::Address;
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::master_key::MasterKeyError;
use crate::migrate::{KEY_CHECK_SETTING, fits_key_check};
use crate::reseal::OCCUPANCY_LOCK;
use crate::session::Tools;
use crate::sql;
use crate::store::Occupancy;

/// Definitions in use are never older than this.
const LEASE: Duration = Duration::from_secs(1);
/// Between two questions. Some may be late before the lease ends.
const HEARTBEAT: Duration = Duration::from_millis(250);
/// How long an answer may take before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between a lost connection and the next attempt.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Listener {
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Errs with `Closed` while another process has the store for itself.
    pub(crate) async fn start(address: Address, tools: Arc<Tools>) -> Result<Self, StoreError> {
        let first = Line::open(&address, &tools).await?;
        let heard = Arc::new(Heard::new(Instant::now()));
        let task = tokio::spawn(keep_listening(address, tools, first, Arc::clone(&heard)));
        Ok(Self { heard, task })
    }

    /// `None` while the server cannot be heard.
    pub(crate) fn generation(&self) -> Option<i64> {
        self.heard.generation(Instant::now())
    }

    /// This node itself has made a change: its next read must see it, though the notification may
    /// still be on its way.
    pub(crate) fn heard(&self, generation: i64) {
        self.heard.hear(generation);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The newest generation, and until when it may be taken for the newest.
struct Heard {
    start: Instant,
    generation: AtomicI64,
    /// When the lease ends, in microseconds after `start`; 0: there is none.
    lease_end_us: AtomicU64,
}

impl Heard {
    fn new(start: Instant) -> Self {
        Self { start, generation: AtomicI64::new(0), lease_end_us: AtomicU64::new(0) }
    }

    fn generation(&self, now: Instant) -> Option<i64> {
        let is_in_force = self.us(now) < self.lease_end_us.load(Ordering::Acquire);
        is_in_force.then(|| self.generation.load(Ordering::Acquire))
    }

    /// There is this generation; others may have followed it.
    fn hear(&self, generation: i64) {
        self.generation.fetch_max(generation, Ordering::AcqRel);
    }

    /// At `asked` or later, this was the newest.
    fn confirm(&self, generation: i64, asked: Instant) {
        self.hear(generation);
        self.lease_end_us.store(self.us(asked + LEASE), Ordering::Release);
    }

    /// What follows may be another database, restored from a copy: its numbers start anew.
    fn forget(&self) {
        self.lease_end_us.store(0, Ordering::Release);
        self.generation.store(0, Ordering::Release);
    }

    fn us(&self, moment: Instant) -> u64 {
        u64::try_from(moment.duration_since(self.start).as_micros()).unwrap_or(u64::MAX)
    }
}

async fn keep_listening(address: Address, tools: Arc<Tools>, first: Line, heard: Arc<Heard>) {
    let mut opened = Ok(first);
    loop {
        let ended = match opened {
            Ok(line) => line.listen(&heard).await,
            Err(error) => Err(error),
        };
        heard.forget();
        if let Err(error) = ended {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "lost the listener for changed definitions");
        }
        tokio::time::sleep(PAUSE).await;
        opened = Line::open(&address, &tools).await;
    }
}

/// A connection that listens, and shares the lock of those who have the store open.
struct Line {
    client: Client,
    notified: mpsc::UnboundedReceiver<String>,
    _driver: AbortOnDrop,
}

impl Line {
    async fn open(address: &Address, tools: &Tools) -> Result<Self, StoreError> {
        let (client, mut connection) = address.config.connect(address.tls.clone()).await?;
        let (sender, notified) = mpsc::unbounded_channel();
        let driver = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await
            {
                if let AsyncMessage::Notification(notification) = message {
                    // Fails when nobody listens any more.
                    let _ = sender.send(notification.payload().to_owned());
                }
            }
        });
        let line = Self { client, notified, _driver: AbortOnDrop(driver) };
        line.occupy(tools).await?;
        answered(line.client.batch_execute("LISTEN fanlight_definitions")).await?;
        Ok(line)
    }

    /// Takes the lock, and only then looks whether the key is still the right one.
    async fn occupy(&self, tools: &Tools) -> Result<(), StoreError> {
        let lock = "SELECT pg_try_advisory_lock_shared($1)";
        let locked = answered(self.client.query_one(lock, &[&OCCUPANCY_LOCK])).await?;
        if !locked.try_get(0)? {
            return Err(Occupancy::Shared.refusal());
        }
        let key_check = sql::SETTING.text(Dialect::Postgres);
        let found = answered(self.client.query_one(key_check, &[&KEY_CHECK_SETTING])).await?;
        match fits_key_check(&tools.sealer, found.try_get(0)?) {
            true => Ok(()),
            false => Err(MasterKeyError::Wrong.into()),
        }
    }

    /// Returns when the connection is lost.
    async fn listen(mut self, heard: &Heard) -> Result<(), StoreError> {
        let question = sql::GENERATION.text(Dialect::Postgres);
        let question = answered(self.client.prepare(question)).await?;
        loop {
            // After LISTEN, so that no change falls between the two.
            let asked = Instant::now();
            let row = answered(self.client.query_one(&question, &[])).await?;
            heard.confirm(row.try_get(0)?, asked);
            while let Ok(payload) = timeout_at(asked + HEARTBEAT, self.notified.recv()).await {
                let Some(payload) = payload else { return Ok(()) };
                heard.hear(payload.parse().map_err(StoreError::corrupt)?);
            }
        }
    }
}

async fn answered<T>(
    call: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, StoreError> {
    Ok(timeout(PATIENCE, call).await.map_err(StoreError::unavailable)??)
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn what_was_heard_holds_until_its_lease_ends() {
        let start = Instant::now();
        let heard = Heard::new(start);
        assert_eq!(heard.generation(start), None, "nothing was heard");
        heard.confirm(7, start);
        assert_eq!(heard.generation(start + LEASE - MOMENT), Some(7));
        assert_eq!(heard.generation(start + LEASE), None);
        let later = start + LEASE * 9;
        heard.confirm(8, later);
        assert_eq!(heard.generation(later + MOMENT), Some(8));
    }

    #[test]
    fn an_answer_that_was_under_way_does_not_undo_a_notification() {
        let start = Instant::now();
        let heard = Heard::new(start);
        heard.hear(9);
        heard.confirm(8, start);
        assert_eq!(heard.generation(start), Some(9));
    }

    #[test]
    fn a_lost_connection_leaves_nothing_behind() {
        let start = Instant::now();
        let heard = Heard::new(start);
        heard.confirm(9, start);
        heard.forget();
        assert_eq!(heard.generation(start), None);
        heard.hear(9);
        assert_eq!(heard.generation(start), None, "a change of our own is no proof");
        heard.confirm(3, start);
        assert_eq!(heard.generation(start), Some(9), "but is not forgotten");
    }
}
