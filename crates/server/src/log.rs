//! The log: one line per event on stderr, for people or for programs.

mod outbox;

use std::io::{IsTerminal, stderr};

use tracing::Dispatch;
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
    let traces = Traces::start(config)?;
    dispatch(config, &outbox, traces.as_ref()).try_init()?;
    Ok(Batching { outbox, traces })
}

/// Lines to the outbox; spans, if anybody wants them, to the collector.
fn dispatch(config: &Config, outbox: &Outbox, traces: Option<&Traces>) -> Dispatch {
    // The configuration has parsed the filter; were it to change underneath, all is logged.
    let filter: Targets = config.log.parse().unwrap_or_default();
    // Spans are made for traces alone; the log says all it has to say in one line.
    let filter = filter.with_target(traces::TARGET, LevelFilter::OFF);
    let lines = fmt::layer().with_writer(outbox.clone());
    let lines = match config.log_format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let log = registry().with(lines.with_filter(filter));
    match traces {
        Some(traces) => log.with(traces.layer()).into(),
        // An absent layer in its place would want every span.
        None => log.into(),
    }
}

impl Drop for Batching {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            traces.finish();
        }
        self.outbox.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn spans_are_made_for_a_collector_alone() {
        let mut config = Config::defaults();
        config.log = "trace".to_owned();
        let is_made = |traces: Option<&Traces>| {
            let dispatch = dispatch(&config, &Outbox::start(), traces);
            let span = || tracing::info_span!(target: traces::TARGET, "a request");
            !tracing::dispatcher::with_default(&dispatch, span).is_disabled()
        };
        assert!(!is_made(None), "each would cost a request several microseconds");
        let mut traced = Config::defaults();
        traced.otlp_endpoint = Some("http://127.0.0.1:9".to_owned());
        let traces = Traces::start(&traced).expect("an exporter").expect("a collector");
        assert!(is_made(Some(&traces)));
    }
}
