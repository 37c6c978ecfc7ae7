//! One PostgreSQL, and the nodes over it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use tempfile::TempDir;
use testkit::Cluster;

use crate::forwarder::{Forwarder, Target};

/// What all nodes of one installation share.
pub(crate) struct Installation {
    pub(crate) cluster: Cluster,
    /// Between the nodes and the database.
    pub(crate) network: Forwarder,
    folder: TempDir,
}

impl Installation {
    pub(crate) async fn new() -> Self {
        let cluster = Cluster::start().expect("a cluster");
        let network = Forwarder::start(vec![Target::Socket(cluster.socket())]).await;
        Self { cluster, network, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of the operator, who reaches the database past the network.
    pub(crate) fn operate(&self) -> Operator {
        let directory = self.cluster.socket().parent().map(Path::to_owned).expect("a directory");
        let directory = directory.display().to_string().replace('/', "%2F");
        let database = format!("postgres://{}@{directory}/postgres", self.cluster.user());
        Operator { database, data_dir: self.folder().join("operator") }
    }

    /// The database as the nodes reach it.
    fn database(&self) -> String {
        format!("postgres://{}@{}/postgres", self.cluster.user(), self.network.address())
    }

    /// Starts a node; on the address of an earlier one when it shall take its place.
    pub(crate) fn start_node(&self, name: &'static str, address: Option<SocketAddr>) -> Node {
        let address = address.map_or("127.0.0.1:0".to_owned(), |address| address.to_string());
        let mut command = command(&self.database(), &self.folder().join(name));
        command.args(["serve", "--listen", &address]).env("FANLIGHT_LOG", "warn,server=info");
        command
            .env("FANLIGHT_DATABASE_CONNECTIONS", "6")
            .env("FANLIGHT_RATE_LIMIT_PER_MINUTE", "0");
        Node::start(name, command)
    }
}

/// Runs commands against the database of an installation.
#[derive(Clone)]
pub(crate) struct Operator {
    database: String,
    data_dir: PathBuf,
}

impl Operator {
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = command(&self.database, &self.data_dir);
        command.args(arguments).output().expect("the binary runs")
    }

    /// What a command printed that did what was asked.
    #[track_caller]
    pub(crate) fn printed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }
}

fn command(database: &str, data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanlight"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FANLIGHT_")) {
        command.env_remove(name);
    }
    command.env("FANLIGHT_DATABASE_URL", database).env("FANLIGHT_MASTER_KEY", "ab".repeat(32));
    command.arg("--data-dir").arg(data_dir);
    command
}

/// A serving node, killed when it is dropped.
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Node {
    /// Waits until the node says where it listens. What it logs goes to the test's own stderr.
    fn start(name: &'static str, mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (sender, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening address=") {
                    // Nobody waits for it a second time.
                    let _ = sender.send(address.trim().to_owned());
                }
                eprintln!("{name}: {line}");
            }
        });
        let address = told.recv().expect("the node listens").parse().expect("an address");
        Self { name, address, child }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("an end");
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a state").is_none()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
