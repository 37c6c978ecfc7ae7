//! A pooler before a PostgreSQL cluster: Debian's PgBouncer, which hands each transaction to another
//! session of the server.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::cluster::{Cluster, as_user, write_private};
use crate::keeper::Keeper;
use crate::start::wait;

/// Debian keeps it off the path of most users.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// A running pooler, ended when dropped. It listens beside the cluster's socket, on [`Pooler::PORT`].
pub struct Pooler {
    _process: Keeper,
}

impl Pooler {
    /// Part of the socket's name.
    pub const PORT: u16 = 6432;

    /// Starts a pooler that lets `user` in and has one session of the server for everybody.
    pub fn start(cluster: &Cluster, user: &str) -> Result<Self> {
        let folder = cluster.folder();
        write_private(&folder.join("pooler-users"), &format!("\"{user}\" \"\"\n"))?;
        write_private(&folder.join("pooler.ini"), &settings(folder))?;
        let mut command = as_user(&["setpriv", "--pdeathsig", "KILL"]);
        command.arg(PROGRAM).arg("--quiet").arg(folder.join("pooler.ini"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Keeper::start(command, Signal::TERM)
            .context("starting PgBouncer (Debian package pgbouncer)")?;
        let socket = folder.join(format!(".s.PGSQL.{}", Self::PORT));
        wait("PgBouncer", folder, || UnixStream::connect(&socket).is_ok())?;
        Ok(Self { _process: process })
    }
}

fn settings(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "[databases]\n\
         postgres = host={folder} port=5432\n\
         [pgbouncer]\n\
         pool_mode = transaction\n\
         default_pool_size = 1\n\
         auth_type = trust\n\
         auth_file = {folder}/pooler-users\n\
         unix_socket_dir = {folder}\n\
         listen_port = {}\n\
         logfile = {folder}/pooler-log\n",
        Pooler::PORT
    )
}
