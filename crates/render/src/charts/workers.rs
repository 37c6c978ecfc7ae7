//! Threads that draw, each with a script of its own. They start when there is something to draw
//! and end when there was nothing for a while, for a script that has been read holds ten megabytes
//! and more.

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::ChartRequest;
use super::script::{Limits, Script};
use crate::RenderError;

const LIMITS: Limits = Limits { memory: 256 << 20, stack: 2 << 20, time: Duration::from_secs(5) };

/// Bytes of a thread's stack: the script's, and what the engine needs besides.
const THREAD_STACK: usize = 8 << 20;

/// Drawing at the same time. A picture is a processor's work, and the server has other work.
const MOST_THREADS: usize = 2;

/// Drawings that wait while others are drawn.
const MOST_WAITING: usize = 64;

/// A thread that had nothing to draw for so long ends.
const IDLE: Duration = Duration::from_secs(120);

/// The threads' owner: they end with it.
pub(super) struct Workers {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<str>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

struct Job {
    request: ChartRequest,
    answer: SyncSender<Result<String, RenderError>>,
}

impl Workers {
    pub(super) fn new(source: Arc<str>) -> Self {
        let (queue, changed) = (Mutex::default(), Condvar::new());
        Self { shared: Arc::new(Shared { source, queue, changed }) }
    }

    /// Draws in one of the threads and waits for it.
    pub(super) fn draw(&self, request: ChartRequest) -> Result<String, RenderError> {
        let (answer, drawn) = sync_channel(1);
        self.enqueue(Job { request, answer })?;
        let gone = |_| RenderError::Script("its thread ended".to_owned());
        drawn.recv().map_err(gone)?
    }

    fn enqueue(&self, job: Job) -> Result<(), RenderError> {
        let mut queue = self.shared.lock();
        if queue.waiting.len() >= MOST_WAITING {
            return Err(RenderError::Busy);
        }
        if queue.idle <= queue.waiting.len() && queue.threads < MOST_THREADS {
            let shared = Arc::clone(&self.shared);
            let thread = thread::Builder::new().name("charts".to_owned()).stack_size(THREAD_STACK);
            thread.spawn(move || Presence(&shared).work())?;
            queue.threads += 1;
        }
        queue.waiting.push_back(job);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").field("threads", &self.shared.lock().threads).finish()
    }
}

impl Shared {
    /// A thread that panicked while it held the lock left a queue that is still a queue.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; none when there was nothing to do for long, or never will be.
    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        queue.idle += 1;
        let (mut queue, _) = self
            .changed
            .wait_timeout_while(queue, IDLE, |queue| queue.waiting.is_empty() && !queue.closed)
            .unwrap_or_else(PoisonError::into_inner);
        queue.idle -= 1;
        queue.waiting.pop_front()
    }
}

/// A thread counts for as long as this stands, even when it panics.
struct Presence<'a>(&'a Shared);

impl Presence<'_> {
    fn work(&self) {
        let mut script = None;
        while let Some(Job { request, answer }) = self.0.next() {
            let result = self.draw(&mut script, &request);
            // Nobody waits for the answer when the caller's thread is gone.
            let _ = answer.send(result);
        }
    }

    /// A script that failed may have left anything in its memory, so the next drawing gets a new one.
    fn draw(
        &self,
        script: &mut Option<Script>,
        request: &ChartRequest,
    ) -> Result<String, RenderError> {
        let ready = match script.take() {
            Some(ready) => ready,
            None => Script::load(&self.0.source, LIMITS)?,
        };
        let drawn = ready.draw(request)?;
        *script = Some(ready);
        Ok(drawn)
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.0.lock().threads -= 1;
    }
}
