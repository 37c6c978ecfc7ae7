//! The log: one line per event on stderr, for people or for programs.

mod outbox;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{Config, LogFormat};
use crate::traces::{self, Traces};
use outbox::Outbox;

/// Keeps the log quick: while it lives, lines are written in batches by a thread of their own, at
/// most ten milliseconds late. Dropping it writes what is left; later lines are written at once.
#[must_use = "dropping it makes every line wait for stderr, and ends the traces"]
pub struct Batching {
    outbox: Outbox,
    traces: Option<Traces>,
}

/// Starts the process's log, and its traces, as the configuration says. Errs when there is a log
/// already. To be called on the runtime.
pub fn start(config: &Config) -> anyhow::Result<Batching> {
    let outbox = Outbox::start();
    // The configuration has parsed the filter; were it to change underneath, all is logged.
    let filter: Targets = config.log.parse().unwrap_or_default();
    // Spans are made for traces alone; the log says all it has to say in one line.
    let filter = filter.with_target(traces::TARGET, LevelFilter::OFF);
    let lines = fmt::layer().with_writer(outbox.clone());
    let lines = match config.log_format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let traces = Traces::start(config)?;
    let spans = traces.as_ref().map(Traces::layer);
    registry().with(lines.with_filter(filter)).with(spans).try_init()?;
    Ok(Batching { outbox, traces })
}

impl Drop for Batching {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            traces.finish();
        }
        self.outbox.close();
    }
}
