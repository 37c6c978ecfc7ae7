//! Whether the server should be sent requests, and if not, why.
//!
//! Everybody may ask, so the answers are in plain words without a name, an address or an error of a
//! database; those are in the log.

use std::fmt::Display;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::{SchemaVersion, Store, StoreError};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::app::App;

/// How long the metadata store may take for each answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a write that succeeded, or failed, is taken for how things are. A load balancer that asks
/// each second shall not wear out a disk.
const WRITTEN_FOR_S: i64 = 10;
const FAILED_FOR_S: i64 = 1;

/// The state of the server.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Readiness {
    pub(crate) ready: bool,
    checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, JsonSchema, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// The last write that was tried for the sake of trying.
#[derive(Default)]
pub(crate) struct WriteCheck(Mutex<Option<Tried>>);

#[derive(Clone, Copy)]
struct Tried {
    at: Timestamp,
    succeeded: bool,
}

impl Readiness {
    pub(crate) async fn of(app: &App) -> Self {
        if app.is_stopping() {
            return Self::because(vec![Check::fails("shutdown", "the server is stopping")]);
        }
        let mut checks = Vec::new();
        match answer(app.store.schema_version()).await {
            Ok(version) => {
                checks.push(Check::holds("metadata", "the metadata store answers"));
                checks.push(schema(version));
                checks.push(writing(app).await);
                checks.extend(listening(&app.store));
            }
            Err(silence) => checks.push(Check::fails("metadata", silence)),
        }
        Self::because(checks)
    }

    fn because(checks: Vec<Check>) -> Self {
        let ready = checks.iter().all(|check| check.ok || check.name == LISTENER);
        Self { ready, checks }
    }
}

/// Without it the server is slower, but nothing it says is wrong.
const LISTENER: &str = "definitions_listener";

impl Check {
    fn holds(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: true, detail: detail.into() }
    }

    fn fails(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: false, detail: detail.into() }
    }
}

/// What the store answers in time, or a sentence about its not doing so.
async fn answer<T>(question: impl Future<Output = Result<T, StoreError>>) -> Result<T, String> {
    let told = |error: &dyn Display| tracing::warn!(%error, "the metadata store is not ready");
    match timeout(PATIENCE, question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            told(&cause.unwrap_or_else(|| error.to_string()));
            Err("the metadata store answers with an error; the log has the cause".to_owned())
        }
        Err(elapsed) => {
            told(&elapsed);
            Err(format!("no answer from the metadata store within {} s", PATIENCE.as_secs()))
        }
    }
}

/// An older node may run on a schema that a newer one has migrated, not the other way round.
fn schema(SchemaVersion { found, known }: SchemaVersion) -> Check {
    const NAME: &str = "schema";
    if found < known {
        let detail = format!("version {found}, this program needs {known}; start it again");
        return Check::fails(NAME, detail);
    }
    let newer = if found > known { ", which is newer than this program" } else { "" };
    Check::holds(NAME, format!("version {found}{newer}"))
}

async fn writing(app: &App) -> Check {
    const NAME: &str = "metadata_writes";
    let mut last = app.write_check().0.lock().await;
    let now = app.clock.now();
    let tried = match last.filter(|tried| tried.holds_at(now)) {
        Some(tried) => tried,
        None => Tried { at: now, succeeded: answer(app.store.try_writing()).await.is_ok() },
    };
    *last = Some(tried);
    match tried.succeeded {
        true => Check::holds(NAME, "the metadata store takes changes"),
        false => Check::fails(NAME, "the metadata store takes no changes; the log has the cause"),
    }
}

impl Tried {
    fn holds_at(self, now: Timestamp) -> bool {
        let age_s = now.as_second() - self.at.as_second();
        (0..if self.succeeded { WRITTEN_FOR_S } else { FAILED_FOR_S }).contains(&age_s)
    }
}

fn listening(store: &Store) -> Option<Check> {
    store.hears_changes().map(|hears| match hears {
        true => Check::holds(LISTENER, "changed definitions are heard of"),
        false => Check::fails(
            LISTENER,
            "changed definitions are not heard of; they are read for each request meanwhile",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: i64, known: i64, ok: bool, detail: &str) {
        let check = schema(SchemaVersion { found, known });
        assert_eq!((check.ok, check.detail.contains(detail)), (ok, true), "{check:?}");
    }

    #[test]
    fn a_schema_may_be_newer_than_the_program_and_not_older() {
        check(2, 2, true, "version 2");
        check(3, 2, true, "newer than this program");
        check(1, 2, false, "this program needs 2");
    }

    #[test]
    fn a_lost_listener_leaves_the_server_ready_and_nothing_else_does() {
        let with = |name| Readiness::because(vec![Check::fails(name, "no")]).ready;
        assert!(with(LISTENER));
        assert!(!with("metadata") && !with("schema") && !with("shutdown"));
    }

    #[test]
    fn a_failed_write_is_tried_again_sooner() {
        let at = Timestamp::from_second(1_800_000_000).expect("a time");
        let later = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).expect("a time");
        let succeeded = Tried { at, succeeded: true };
        assert!(succeeded.holds_at(later(9)) && !succeeded.holds_at(later(10)));
        let failed = Tried { at, succeeded: false };
        assert!(failed.holds_at(at) && !failed.holds_at(later(1)));
        assert!(!succeeded.holds_at(later(-1)), "a clock that was set back");
    }
}
