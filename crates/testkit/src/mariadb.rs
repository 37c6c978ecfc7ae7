//! A MariaDB server of a test's own: Debian's server, in a temporary directory, on a Unix socket and a
//! free port of 127.0.0.1.
//!
//! Initialising takes seconds, so its result is kept beside the test binaries and copied. The server
//! dies with the test process, even when that is killed. Its own time zone, way of quoting and
//! collation are such that whatever a session leaves to the server shows. It has no tables of time
//! zones.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::keeper::Keeper;
use crate::start::{Certificate, copy, folder, free_port, template, wait};

const SERVER: &str = "/usr/sbin/mariadbd";

/// What every server begins with. Kept small: the default is made for large databases.
const STORAGE: [&str; 2] =
    ["--innodb-log-file-size=2M", "--innodb-data-file-path=ibdata1:4M:autoextend"];

/// The database, and a user who may only read it.
const BEGINNING: &str = "CREATE DATABASE IF NOT EXISTS fanlight;\n\
    CREATE USER IF NOT EXISTS reader@'%' IDENTIFIED BY 'secret';\n\
    GRANT SELECT ON fanlight.* TO reader@'%';\n";

/// A running server, killed and then removed when dropped.
pub struct MariaDb {
    port: u16,
    // Before its directory, so that it has ended when that is removed.
    server: Option<Keeper>,
    dir: TempDir,
    options: Vec<String>,
}

impl MariaDb {
    /// Starts a server with an empty database `fanlight`, which the user `reader` with the password
    /// `secret` may read.
    pub fn start() -> Result<Self> {
        let mut server = Self::prepare()?;
        server.resume()?;
        Ok(server)
    }

    /// The same, for connections by TLS as well.
    pub fn start_with_tls(certificate: &Certificate) -> Result<Self> {
        let mut server = Self::prepare()?;
        for (option, text) in [("ssl-cert", &certificate.chain), ("ssl-key", &certificate.key)] {
            let file = server.dir.path().join(option);
            std::fs::write(&file, text)?;
            server.options.push(format!("--{option}={}", file.display()));
        }
        server.resume()?;
        Ok(server)
    }

    fn prepare() -> Result<Self> {
        let dir = folder("mariadb")?;
        copy(&template("mariadb-template", initialise)?, &dir.path().join("data"))?;
        std::fs::write(dir.path().join("beginning.sql"), BEGINNING)?;
        Ok(Self { port: free_port()?, server: None, dir, options: Vec::new() })
    }

    /// Ends the server at once, as a crash does, and keeps what it had written.
    pub fn crash(&mut self) {
        self.server.take();
    }

    /// Starts the server after [`MariaDb::crash`], and waits until it takes connections.
    pub fn resume(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.dir.path().join("log"))?;
        let path = |name: &str| self.dir.path().join(name).display().to_string();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", SERVER, "--no-defaults"]);
        command.args(STORAGE).args(as_root()).arg(format!("--datadir={}", path("data")));
        command.arg(format!("--socket={}", path("socket")));
        command.arg(format!("--pid-file={}", path("pid")));
        // Each removes what it takes for its own when it starts, in whatever folder it is given.
        command.arg(format!("--tmpdir={}", self.dir.path().display()));
        command.arg(format!("--init-file={}", path("beginning.sql")));
        command.args(["--bind-address=127.0.0.1", &format!("--port={}", self.port)]);
        command.args(["--default-time-zone=-05:00", "--sql-mode=ANSI_QUOTES"]);
        command.args(["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"]);
        command.args(["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0"]);
        command.args(&self.options);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let keeper = Keeper::start(command, Signal::KILL)
            .context("starting MariaDB (Debian package mariadb-server)")?;
        self.server = Some(keeper);
        // It answers when it has made its user.
        wait("MariaDB", self.dir.path(), || self.execute("SELECT 1").is_ok())
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The socket that the server listens on.
    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("socket")
    }

    /// Runs statements in the database `fanlight` as a user who may do everything, and answers with
    /// what they say: a line for each row, with tabs between its values.
    pub fn execute(&self, sql: &str) -> Result<String> {
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "--batch", "--skip-column-names", "--user=root"]);
        client.args(["--default-character-set=utf8mb4", "--local-infile=1"]);
        client.arg(format!("--socket={}", self.socket().display())).arg("fanlight");
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = client.spawn().context("running mariadb (package mariadb-client)")?;
        running.stdin.take().context("a pipe")?.write_all(sql.as_bytes())?;
        let done = running.wait_with_output()?;
        ensure!(done.status.success(), "mariadb: {}", String::from_utf8_lossy(&done.stderr));
        Ok(String::from_utf8_lossy(&done.stdout).trim_end().to_owned())
    }
}

fn initialise(data: &Path) -> Result<()> {
    let mut command = Command::new("mariadb-install-db");
    command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    command.arg(format!("--datadir={}", data.display())).args(STORAGE).args(as_root());
    let done =
        command.output().context("running mariadb-install-db (Debian package mariadb-server)")?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Root has to say that it means it.
fn as_root() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some("--user=root")
}
