//! The log: one line per event on stderr, for people or for programs.

mod outbox;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{Config, LogFormat};
use outbox::Outbox;

/// Keeps the log quick: while it lives, lines are written in batches by a thread of their own, at
/// most ten milliseconds late. Dropping it writes what is left; later lines are written at once.
#[must_use = "dropping it makes every line wait for stderr"]
pub struct Batching(Outbox);

/// Starts the process's log as the configuration says. Errs when there is one already.
pub fn start(config: &Config) -> Result<Batching, TryInitError> {
    let outbox = Outbox::start();
    // The configuration has parsed the filter; were it to change underneath, all is logged.
    let filter: Targets = config.log.parse().unwrap_or_default();
    let lines = fmt::layer().with_writer(outbox.clone());
    let lines = match config.log_format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    registry().with(lines.with_filter(filter)).try_init()?;
    Ok(Batching(outbox))
}

impl Drop for Batching {
    fn drop(&mut self) {
        self.0.close();
    }
}
