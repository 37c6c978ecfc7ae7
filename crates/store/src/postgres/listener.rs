//! Hears of changed definitions, by NOTIFY.
//!
//! While the connection stands, the generation last heard is the one in force. When it is lost,
//! [`Listener::generation`] says so and callers read the generation themselves, so that nothing
//! stale is used.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Config, NoTls};

use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::sql;

/// Between a lost connection and the next attempt.
const PAUSE: Duration = Duration::from_secs(1);
/// A connection that dies silently is noticed within this time.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// No generation: generations start at 1.
const LOST: i64 = 0;

pub(crate) struct Listener {
    generation: Arc<AtomicI64>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(crate) fn start(config: Config) -> Self {
        let generation = Arc::new(AtomicI64::new(LOST));
        let task = tokio::spawn(keep_listening(config, Arc::clone(&generation)));
        Self { generation, task }
    }

    /// `None` while the server cannot be heard.
    pub(crate) fn generation(&self) -> Option<i64> {
        Some(self.generation.load(Ordering::Acquire)).filter(|generation| *generation != LOST)
    }

    /// This node itself has made a change: its next read must see it, though the notification may
    /// still be on its way.
    pub(crate) fn heard(&self, generation: i64) {
        let newer = |known: i64| (known != LOST).then(|| known.max(generation));
        // Errs when the connection is lost: then nothing is kept.
        let _ = self.generation.fetch_update(Ordering::AcqRel, Ordering::Acquire, newer);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep_listening(config: Config, generation: Arc<AtomicI64>) {
    loop {
        let ended = listen(&config, &generation).await;
        generation.store(LOST, Ordering::Release);
        if let Err(error) = ended {
            tracing::warn!(%error, "lost the listener for changed definitions");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns when the connection is lost.
async fn listen(config: &Config, generation: &AtomicI64) -> Result<(), StoreError> {
    let (client, mut connection) = config.connect(NoTls).await?;
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
    client.batch_execute("LISTEN fanlight_definitions").await?;
    loop {
        // After LISTEN, so that no change falls between the two.
        let read = client.query_one(sql::GENERATION.text(Dialect::Postgres), &[]);
        let row =
            tokio::time::timeout(HEARTBEAT, read).await.map_err(StoreError::unavailable)??;
        generation.fetch_max(row.try_get(0)?, Ordering::AcqRel);
        let deadline = tokio::time::Instant::now() + HEARTBEAT;
        while let Ok(payload) = tokio::time::timeout_at(deadline, notified.recv()).await {
            let Some(payload) = payload else { return Ok(()) };
            let heard = payload.parse().map_err(StoreError::corrupt)?;
            generation.fetch_max(heard, Ordering::AcqRel);
        }
    }
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
