//! Latencies, summed up.

use std::fmt;
use std::time::Duration;

pub(crate) struct Figures {
    sorted: Vec<Duration>,
    time: Duration,
    /// Of the engine's process, in megabytes.
    memory: Option<u64>,
}

impl Figures {
    pub(crate) fn new(mut latencies: Vec<Duration>, time: Duration) -> Self {
        latencies.sort_unstable();
        Self { sorted: latencies, time, memory: None }
    }

    pub(crate) fn with_memory(self, megabytes: Option<u64>) -> Self {
        Self { memory: megabytes, ..self }
    }

    pub(crate) fn p50_ms(&self) -> f64 {
        self.percentile_ms(50)
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.sorted.len() as f64 / self.time.as_secs_f64()
    }

    fn percentile_ms(&self, percent: usize) -> f64 {
        let at = self.sorted.len().saturating_sub(1) * percent / 100;
        self.sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (p50, p99) = (self.p50_ms(), self.percentile_ms(99));
        write!(f, "{:.0}/s, p50 {p50:.2} ms, p99 {p99:.1} ms", self.per_second())?;
        self.memory.map_or(Ok(()), |megabytes| write!(f, ", {megabytes} MB"))
    }
}
