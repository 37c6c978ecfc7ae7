//! Forgets the entries of the audit log that are older than the operator keeps them.

use std::time::Duration;

use model::OperatorScope;
use store::audit::PRUNED_AT_ONCE;
use store::{Store, StoreError};

use crate::app::App;

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Between two steps, so that others get their turn.
const BREATH: Duration = Duration::from_millis(50);

/// Forgets now and then, until the task is dropped. Every node does; one finds nothing left.
pub(crate) async fn forget_now_and_then(app: App) {
    loop {
        let kept = app.config.audit_retention;
        let before = app.clock.now().checked_sub(kept).unwrap_or(jiff::Timestamp::MIN);
        if let Err(error) = forget(&app.store, before).await {
            tracing::warn!(%error, "old entries of the audit log are still there");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Forgets all entries from before a moment, some at a time.
async fn forget(store: &Store, before: jiff::Timestamp) -> Result<(), StoreError> {
    let operator = OperatorScope::of_command_line();
    loop {
        let forgotten = store.prune_audit_log(&operator, before.as_microsecond()).await?;
        if forgotten < u64::from(PRUNED_AT_ONCE) {
            return Ok(());
        }
        tokio::time::sleep(BREATH).await;
    }
}
