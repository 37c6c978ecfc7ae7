//! What every server of a test's own needs to start.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server shows to those who connect by TLS, as PEM.
pub struct Certificate {
    pub chain: String,
    pub key: String,
}

/// A temporary directory for a server. Those that killed tests have left are removed; their servers
/// have died with them.
pub(crate) fn folder(server: &str) -> Result<TempDir> {
    let prefix = format!("fanlight-{server}-");
    remove_orphans(&prefix);
    let own = format!("{prefix}{}-", std::process::id());
    let folder = tempfile::Builder::new().prefix(&own).tempdir();
    folder.with_context(|| format!("making a directory for {server}"))
}

/// Removes directories whose names begin with `prefix` and the number of a process that has ended.
fn remove_orphans(prefix: &str) {
    let entries = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(prefix)?.split('-').next());
        if maker.is_some_and(|maker| !Path::new("/proc").join(maker).exists()) {
            // Another test may be at it as well.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A directory beside the test binaries that is made once, because making it takes seconds.
pub(crate) fn template(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let binary = std::env::current_exe()?;
    let beside = binary.parent().context("the test binary stands in a directory")?;
    let template = beside.join(name);
    if template.is_dir() {
        return Ok(template);
    }
    let unfinished = tempfile::Builder::new().prefix(name).tempdir_in(beside)?;
    let made = unfinished.path().join("data");
    make(&made)?;
    match std::fs::rename(&made, &template) {
        Ok(()) => Ok(template),
        // Another test was faster.
        Err(_) if template.is_dir() => Ok(template),
        Err(fault) => Err(fault).with_context(|| format!("keeping {name}")),
    }
}

/// Waits until a server is ready; else tells what it has written to `log` in its directory.
pub(crate) fn wait(server: &str, folder: &Path, is_ready: impl Fn() -> bool) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if is_ready() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    bail!("{server} did not start: {log}")
}

/// Copies a directory with all that is in it, owners included.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).output()?;
    ensure!(done.status.success(), "cp: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
