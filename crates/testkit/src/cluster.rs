//! A PostgreSQL cluster of a test's own: Debian's server, in a temporary directory, on a Unix socket
//! unless a test asks for more.
//!
//! `initdb` takes a second, so its result is kept beside the test binaries and copied. The server
//! dies with the test process, even when that is killed.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::keeper::Keeper;
use crate::start::{Certificate, copy, folder, free_port, template, wait};

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
/// Names a folder with the `initdb` and `postgres` of another version, to try that one.
const OTHER_PROGRAMS: &str = "FANLIGHT_TEST_POSTGRES";
const USER: &str = "fanlight";

/// A running cluster, stopped and then removed when dropped.
pub struct Cluster {
    dir: TempDir,
    /// Beyond those of every cluster: `name=value`.
    settings: Vec<String>,
    /// Part of the socket's name too.
    port: u16,
    server: Option<Keeper>,
}

impl Cluster {
    /// Starts a cluster with one empty database.
    pub fn start() -> Result<Self> {
        let mut cluster = Self::prepare()?;
        cluster.resume()?;
        Ok(cluster)
    }

    /// Starts a cluster that takes connections by TLS as well; also the port on 127.0.0.1.
    pub fn start_with_tls(certificate: &Certificate) -> Result<(Self, u16)> {
        let mut cluster = Self::prepare()?;
        let data = cluster.dir.path().join("data");
        write_private(&data.join("server.crt"), &certificate.chain)?;
        write_private(&data.join("server.key"), &certificate.key)?;
        let port = free_port()?;
        cluster.port = port;
        cluster.settings = vec![
            "ssl=on".to_owned(),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
        ];
        cluster.resume()?;
        Ok((cluster, port))
    }

    fn prepare() -> Result<Self> {
        let dir = private_dir()?;
        copy(&initialised()?, &dir.path().join("data"))?;
        Ok(Self { dir, settings: Vec::new(), port: 5432, server: None })
    }

    /// Ends the server at once, as a crash does, and keeps what it had written.
    pub fn crash(&mut self) {
        self.server.take();
    }

    /// Starts the server after [`Cluster::crash`], and waits until it takes connections.
    pub fn resume(&mut self) -> Result<()> {
        // Left behind by a crash, it would tell the state of the server before.
        let _ = std::fs::remove_file(self.dir.path().join("data/postmaster.pid"));
        self.server = Some(start(self.dir.path(), &self.settings)?);
        self.wait()
    }

    /// The connection string of the database.
    pub fn url(&self) -> String {
        let (host, port) = (self.dir.path().display(), self.port);
        format!("host={host} port={port} user={USER} dbname=postgres")
    }

    /// The folder of the socket that the server listens on.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// The socket that the server listens on.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join(format!(".s.PGSQL.{}", self.port))
    }

    /// The user that owns the database; it has no password.
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The same as a URL.
    pub fn address(&self) -> String {
        format!("postgres:///postgres?host={}&user={USER}", self.dir.path().display())
    }

    /// What `pg_dump` writes of the whole database.
    pub fn dump(&self) -> Result<Vec<u8>> {
        let dump = Command::new(format!("{PROGRAMS}/pg_dump")).arg(self.url()).output()?;
        ensure!(dump.status.success(), "pg_dump: {}", String::from_utf8_lossy(&dump.stderr));
        Ok(dump.stdout)
    }

    /// Closes all connections, as a server that restarts does.
    pub fn cut_connections(&self) -> Result<()> {
        self.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
        )
    }

    /// `kill -9` of every process of the server but the first, which then recovers by itself.
    pub fn kill_processes(&self) -> Result<()> {
        let state = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid"))?;
        let first = state.lines().next().context("a pid file begins with the process")?;
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children"))?;
        for child in children.split_whitespace() {
            let child = rustix::process::Pid::from_raw(child.parse()?).context("a process")?;
            // One that has just ended by itself is as good.
            let _ = rustix::process::kill_process(child, rustix::process::Signal::KILL);
        }
        Ok(())
    }

    /// Runs SQL as the owner of the database.
    pub fn execute(&self, sql: &str) -> Result<()> {
        self.ask(sql).map(drop)
    }

    /// Runs SQL as the owner of the database; what it answers, a line per row.
    pub fn ask(&self, sql: &str) -> Result<String> {
        self.ask_as(USER, sql)
    }

    /// The same as another user.
    pub fn ask_as(&self, user: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(format!("{PROGRAMS}/psql"));
        let url = format!("{} user={user}", self.url());
        let done = psql.args([&url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql]).output()?;
        ensure!(done.status.success(), "psql: {}", String::from_utf8_lossy(&done.stderr));
        Ok(String::from_utf8(done.stdout)?.trim_end().to_owned())
    }

    /// Waits until the server says in its pid file that it takes connections.
    fn wait(&self) -> Result<()> {
        let file = self.dir.path().join("data/postmaster.pid");
        wait("PostgreSQL", self.dir.path(), || {
            let state = std::fs::read_to_string(&file).unwrap_or_default();
            state.lines().nth(7).is_some_and(|line| line.trim() == "ready")
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.server.take();
    }
}

/// Starts the server in a directory. Nothing of a test's database is worth an orderly end, and killing
/// the first process alone would leave the others to hold the socket: SIGQUIT is what
/// `pg_ctl stop -m immediate` sends.
fn start(dir: &Path, further: &[String]) -> Result<Keeper> {
    let log = std::fs::File::create(dir.join("log"))?;
    let data = dir.join("data");
    let settings = [
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", dir.display()),
        "fsync=off".to_owned(),
        "shared_buffers=16MB".to_owned(),
        "max_connections=100".to_owned(),
        "autovacuum=off".to_owned(),
        "log_min_messages=fatal".to_owned(),
    ];
    let mut command = as_user(&["setpriv", "--pdeathsig", "KILL"]);
    command.arg(programs().join("postgres")).arg("-D").arg(data);
    // Of two settings of one name, the later is in force.
    for setting in settings.iter().chain(further) {
        command.arg("-c").arg(setting);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Keeper::start(command, rustix::process::Signal::QUIT)
        .context("starting PostgreSQL (Debian package postgresql-15)")
}

/// A command through `setpriv`, as another user when we are root: PostgreSQL refuses root.
pub(crate) fn as_user(setpriv: &[&str]) -> Command {
    let mut command = Command::new(setpriv[0]);
    command.args(&setpriv[1..]);
    if rustix::process::geteuid().is_root() {
        let (uid, gid) = user();
        command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
    }
    command.current_dir("/");
    command
}

/// The user and group `postgres`, or `nobody` where there is none.
fn user() -> (u32, u32) {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    of("postgres").or_else(|| of("nobody")).unwrap_or((65_534, 65_534))
}

/// A temporary directory that the server's user owns.
fn private_dir() -> Result<TempDir> {
    let dir = folder("postgres")?;
    if rustix::process::geteuid().is_root() {
        let (uid, gid) = user();
        chown(dir.path(), Some(uid), Some(gid))?;
    }
    Ok(dir)
}

/// Where the server's own programs are.
fn programs() -> PathBuf {
    std::env::var_os(OTHER_PROGRAMS).map_or_else(|| PathBuf::from(PROGRAMS), PathBuf::from)
}

/// An initialised data directory.
fn initialised() -> Result<PathBuf> {
    let version = programs().display().to_string().replace('/', "-");
    template(&format!("postgres{version}-template"), |to| {
        let dir = private_dir()?;
        let data = dir.path().join("data");
        initialise(&data)?;
        copy(&data, to)
    })
}

fn initialise(data: &Path) -> Result<()> {
    let mut command = as_user(&["setpriv"]);
    command.arg(programs().join("initdb")).arg("-D").arg(data);
    // A locale that does not sort by code point, so that a missing collation shows.
    command.args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--locale-provider=icu"]);
    command.args(["--icu-locale=en-US", "--wal-segsize=1", "--no-sync", "--no-instructions"]);
    let done = command.output().context("running initdb (Debian package postgresql-15)")?;
    ensure!(done.status.success(), "initdb: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// A file that only the server's user may read.
pub(crate) fn write_private(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text)?;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    if rustix::process::geteuid().is_root() {
        let (uid, gid) = user();
        chown(file, Some(uid), Some(gid))?;
    }
    Ok(())
}
