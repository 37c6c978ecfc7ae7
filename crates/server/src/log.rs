//! The log: one line per event on stderr, for people or for programs.

use std::io::stderr;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{Config, LogFormat};

/// Starts the process's log as the configuration says. Errs when there is one already.
pub fn start(config: &Config) -> Result<(), TryInitError> {
    // The configuration has parsed the filter; were it to change underneath, all is logged.
    let filter: Targets = config.log.parse().unwrap_or_default();
    let lines = fmt::layer().with_writer(stderr);
    let lines = match config.log_format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&stderr())).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    registry().with(lines.with_filter(filter)).try_init()
}
