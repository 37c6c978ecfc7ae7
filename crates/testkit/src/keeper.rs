//! A process that dies with the test process.

use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// A running process, ended when dropped.
///
/// The kernel kills a process that asked for it (`setpriv --pdeathsig`) when the thread that started
/// it ends, not the process; so a thread starts it and then waits for nothing but the end.
pub(crate) struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Keeper {
    /// Starts a process that `end` ends, with all its children.
    pub(crate) fn start(command: Command, end: Signal) -> Result<Self> {
        let (stop, stopped) = channel();
        let (started, start) = channel();
        let thread = thread::spawn(move || keep(command, end, &started, &stopped));
        start.recv().context("the thread that starts a process ended")??;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn keep(mut command: Command, end: Signal, started: &Sender<Result<()>>, stopped: &Receiver<()>) {
    let mut child: Child = match command.spawn() {
        Ok(child) => child,
        Err(fault) => return drop(started.send(Err(fault.into()))),
    };
    // The receiver waits for exactly this.
    let _ = started.send(Ok(()));
    // Errs when the sender is dropped, which means the same.
    let _ = stopped.recv();
    if kill_process(Pid::from_child(&child), end).is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
