//! A worker's process: started, watched, ended.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError, mpsc};

use model::name::SourceName;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;

use crate::options::WorkerCommand;

/// What the worker inherits: how to find shared libraries, nothing that is secret.
const KEPT_VARIABLES: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// A running worker process, killed when dropped.
pub(super) struct Process {
    child: Mutex<Child>,
    /// Keeps the thread alive that started the process.
    _parent: mpsc::Sender<()>,
}

impl Process {
    /// Starts a worker with `socket` as its standard input, and logs what it writes to its standard
    /// error.
    pub(super) async fn start(
        source: &SourceName,
        command: &WorkerCommand,
        socket: UnixStream,
    ) -> io::Result<Self> {
        let mut process = Command::new(&command.program);
        process.args(&command.arguments).env_clear();
        let kept =
            KEPT_VARIABLES.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        // More arenas than threads that run at once only cost address space.
        process.envs(kept).env("MALLOC_ARENA_MAX", "2").env("TZ", "UTC");
        process.stdin(Stdio::from(OwnedFd::from(socket))).stdout(Stdio::null());
        process.stderr(Stdio::piped()).kill_on_drop(true);
        let (mut child, parent) = spawn_from_lasting_thread(process).await?;
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(log(source.clone(), stderr));
        }
        Ok(Self { child: Mutex::new(child), _parent: parent })
    }

    pub(super) fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // Errs when it has ended already.
        let _ = child.start_kill();
    }
}

/// A worker asks to be killed when the thread that started it ends, so that it cannot outlive the
/// server. The runtime's own threads come and go; this one stays as long as the process.
async fn spawn_from_lasting_thread(mut command: Command) -> io::Result<(Child, mpsc::Sender<()>)> {
    let runtime = tokio::runtime::Handle::current();
    let (started, child) = oneshot::channel();
    let (parent, last_sender_gone) = mpsc::channel::<()>();
    std::thread::Builder::new().name("engine-parent".to_owned()).spawn(move || {
        let _runtime = runtime.enter();
        let child = command.spawn();
        // It holds the worker's end of the socket, and we wait for the socket's end.
        drop(command);
        if started.send(child).is_ok() {
            let _ = last_sender_gone.recv();
        }
    })?;
    let child = child.await.map_err(io::Error::other)??;
    Ok((child, parent))
}

async fn log(source: SourceName, stderr: ChildStderr) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::warn!(source = %source, line, "an engine worker writes");
    }
}
