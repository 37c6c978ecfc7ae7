//! Programs of the operating system that the tests start: a browser, PostgreSQL, PgBouncer, ClickHouse,
//! MariaDB, nginx and what makes Python environments.
//!
//! On Debian as root, what is missing is installed; elsewhere one sentence says what to install.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{Run, is_installed};

struct Program {
    package: &'static str,
    is_there: fn() -> bool,
}

const PROGRAMS: [Program; 7] = [
    Program { package: "chromium", is_there: || is_installed("chromium") },
    Program { package: "clickhouse-server", is_there: has_clickhouse },
    Program { package: "mariadb-server", is_there: has_mariadb },
    Program { package: "nginx", is_there: has_nginx },
    Program { package: "pgbouncer", is_there: has_pgbouncer },
    Program { package: "postgresql", is_there: has_postgresql },
    Program { package: "python3-venv", is_there: has_python_environments },
];

pub(crate) fn install_missing() -> Result<()> {
    let missing: Vec<_> =
        PROGRAMS.iter().filter(|program| !(program.is_there)()).map(|it| it.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !(is_root() && is_installed("apt-get")) {
        bail!("install {} (on Debian: `apt-get install {0}` as root)", missing.join(" "));
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], missing.as_slice()].concat())
}

/// PostgreSQL's own programs lie beside each other in a folder per version, off the path.
fn has_postgresql() -> bool {
    let versions = Path::new("/usr/lib/postgresql").read_dir();
    let has_initdb = |folder: &Path| folder.join("bin/initdb").is_file();
    is_installed("initdb")
        || versions.is_ok_and(|versions| versions.flatten().any(|it| has_initdb(&it.path())))
}

fn has_clickhouse() -> bool {
    is_installed("clickhouse-server") || Path::new("/usr/sbin/clickhouse-server").is_file()
}

fn has_mariadb() -> bool {
    Path::new("/usr/sbin/mariadbd").is_file() && is_installed("mariadb-install-db")
}

/// Programs of the administrator are not on everybody's path.
fn has_nginx() -> bool {
    is_installed("nginx") || Path::new("/usr/sbin/nginx").is_file()
}

fn has_pgbouncer() -> bool {
    Path::new("/usr/sbin/pgbouncer").is_file()
}

/// Debian takes what makes environments out of Python's own package.
fn has_python_environments() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import venv, ensurepip"]);
    is_installed("python3") && Run::new(python).output().is_ok()
}

fn is_root() -> bool {
    let mut id = Command::new("id");
    id.arg("-u");
    Run::new(id).output().is_ok_and(|id| id.trim() == "0")
}

fn apt_get(args: &[&str]) -> Result<()> {
    Run::new(Command::new("apt-get"))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet")
        .args(args)
        .wait()
}
