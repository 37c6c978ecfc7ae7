//! Lines on their way to stderr.
//!
//! Requests must not wait for each other at stderr's lock, nor for a terminal or a pipe that is
//! slow. So lines gather in memory and a thread writes them in batches.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines gather before they are written.
const DELAY: Duration = Duration::from_millis(10);

/// Most bytes that may wait. When stderr is stuck, later lines are dropped and counted.
const MAX_WAITING_BYTES: usize = 4 * 1024 * 1024;

/// A writer of whole lines; a cheap handle.
#[derive(Clone)]
pub(super) struct Outbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    dropped: usize,
    is_closed: bool,
}

impl Outbox {
    /// Starts the thread that writes.
    pub(super) fn start() -> Self {
        let outbox = Self(Arc::default());
        let writer = outbox.clone();
        let thread = thread::Builder::new().name("log".to_owned());
        if thread.spawn(move || writer.run()).is_err() {
            // Without a thread, every line is written at once.
            outbox.lock().is_closed = true;
        }
        outbox
    }

    /// Writes what waits. From now on, every line is written at once.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        self.0.arrived.notify_one();
        write_out(&mut waiting);
    }

    fn run(&self) {
        let mut batch = Waiting::default();
        loop {
            let waiting = self.lock();
            let is_idle = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.is_closed;
            let waiting = self.0.arrived.wait_while(waiting, is_idle);
            if waiting.unwrap_or_else(PoisonError::into_inner).is_closed {
                return;
            }
            thread::sleep(DELAY);
            let mut waiting = self.lock();
            std::mem::swap(&mut batch.lines, &mut waiting.lines);
            batch.dropped = std::mem::take(&mut waiting.dropped);
            drop(waiting);
            write_out(&mut batch);
        }
    }

    fn take_line(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.lines.len() + line.len() > MAX_WAITING_BYTES {
            waiting.dropped += 1;
            return;
        }
        if waiting.lines.is_empty() {
            self.0.arrived.notify_one();
        }
        waiting.lines.extend_from_slice(line);
        if waiting.is_closed {
            write_out(&mut waiting);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes lines to stderr and forgets them. There is nowhere to tell that stderr is gone.
fn write_out(waiting: &mut Waiting) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(&waiting.lines);
    waiting.lines.clear();
    if waiting.dropped > 0 {
        let _ = writeln!(stderr, "{} lines of the log were dropped", waiting.dropped);
        waiting.dropped = 0;
    }
}

impl Write for Outbox {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.take_line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Outbox {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_the_limit_are_dropped_and_counted() {
        let outbox = Outbox(Arc::default());
        let line = vec![b'x'; 1024 * 1024];
        for _ in 0..6 {
            outbox.take_line(&line);
        }
        let waiting = outbox.lock();
        assert_eq!((waiting.lines.len(), waiting.dropped), (4 * 1024 * 1024, 2));
    }

    #[test]
    fn what_waits_is_written_when_the_log_closes() {
        let outbox = Outbox::start();
        outbox.take_line(b"a line of a test\n");
        outbox.close();
        assert!(outbox.lock().lines.is_empty());
        outbox.take_line(b"a later line of a test\n");
        assert!(outbox.lock().lines.is_empty());
    }
}
