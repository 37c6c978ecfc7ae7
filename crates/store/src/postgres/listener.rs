//! Hears of changed definitions, by NOTIFY, and asks again and again in case it has not.
//!
//! What was heard holds for [`LEASE`] after the question that confirmed it was sent. A connection
//! that has died, loudly or without a word, is therefore never trusted for longer: then
//! [`Listener::generation`] knows nothing, and callers read the generation themselves.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::AsyncMessage;

use super::address::Address;
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::sql;

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
    pub(crate) fn start(address: Address) -> Self {
        let heard = Arc::new(Heard::new(Instant::now()));
        let task = tokio::spawn(keep_listening(address, Arc::clone(&heard)));
        Self { heard, task }
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

async fn keep_listening(address: Address, heard: Arc<Heard>) {
    loop {
        let ended = listen(&address, &heard).await;
        heard.forget();
        if let Err(error) = ended {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "lost the listener for changed definitions");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns when the connection is lost.
async fn listen(address: &Address, heard: &Heard) -> Result<(), StoreError> {
    let (client, mut connection) = address.config.connect(address.tls.clone()).await?;
    let (sender, mut notified) = mpsc::unbounded_channel();
    let driver = tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                // Fails when nobody listens any more.
                let _ = sender.send(notification.payload().to_owned());
            }
        }
    });
    let _driver = AbortOnDrop(driver);
    answered(client.batch_execute("LISTEN fanlight_definitions")).await?;
    let question = answered(client.prepare(sql::GENERATION.text(Dialect::Postgres))).await?;
    loop {
        // After LISTEN, so that no change falls between the two.
        let asked = Instant::now();
        let row = answered(client.query_one(&question, &[])).await?;
        heard.confirm(row.try_get(0)?, asked);
        while let Ok(payload) = timeout_at(asked + HEARTBEAT, notified.recv()).await {
            let Some(payload) = payload else { return Ok(()) };
            heard.hear(payload.parse().map_err(StoreError::corrupt)?);
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
