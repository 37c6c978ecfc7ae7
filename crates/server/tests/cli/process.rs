//! Running the binary.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// What it printed, when it did what was asked.
    #[track_caller]
    pub(crate) fn printed(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout
    }

    /// What it complained of, when it did not.
    #[track_caller]
    pub(crate) fn complained(self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        self.stderr
    }
}

/// A command that has not been started, with nothing of this process's own settings.
pub(crate) fn command(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanlight"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FANLIGHT_")) {
        command.env_remove(name);
    }
    command.args(arguments).arg("--data-dir").arg(data_dir);
    command
}

/// Runs a command to its end.
pub(crate) fn run(data_dir: &Path, arguments: &[&str]) -> Ended {
    run_with(data_dir, arguments, &[])
}

/// As [`run`], with variables of the environment.
pub(crate) fn run_with(data_dir: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = command(data_dir, arguments);
    let output = command.envs(environment.iter().copied()).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code();
    Ended { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A command that runs until it ends by itself, or is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut command = command(data_dir, arguments);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        Self { child, stderr }
    }

    /// Waits until a line begins so; false when the command has ended before.
    pub(crate) fn says(&mut self, start: &str) -> bool {
        self.stderr.by_ref().lines().any(|line| line.expect("UTF-8").starts_with(start))
    }

    /// Waits for the end.
    pub(crate) fn succeeds(mut self) -> bool {
        self.says("a line that nothing begins with");
        self.child.wait().expect("an end").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client as the server itself has it.
pub(crate) fn client() -> reqwest::Client {
    server::outgoing::client_builder().build().expect("a client")
}

/// A server that serves until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// How to reach it.
    url: String,
}

impl Server {
    /// Starts a server on a free port and waits until it says where it listens.
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[])
    }

    /// As [`Server::start`], with variables of the environment.
    pub(crate) fn start_with(data_dir: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = command(data_dir, &["serve", "--listen", "127.0.0.1:0"]);
        command.envs(environment.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut lines = stderr.lines().map(|line| line.expect("UTF-8"));
        let address =
            lines.find_map(|line| Some(line.split_once("listening address=")?.1.to_owned()));
        let url = format!("http://{}", address.expect("the server listens").trim());
        // The log goes on, and a pipe that nobody empties would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// `kill -9`: the process has ended when this returns.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Where it listens, without a scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Tells it to stop, as a supervisor does.
    pub(crate) fn terminate(&self) {
        terminate(&self.child);
    }

    /// How it ended. Waits for the end, but not for ever.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(Instant::now() < patience, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn terminate(child: &Child) {
    let id = i32::try_from(child.id()).expect("a process id");
    let id = rustix::process::Pid::from_raw(id).expect("a process id");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("a signal");
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const DEMO: &[&str] = &["demo", "--listen", "127.0.0.1:0", "--json"];

/// A demo that serves until it is dropped.
pub(crate) struct Demo {
    child: Child,
    /// The one line that it printed.
    pub(crate) line: Value,
}

impl Demo {
    /// Starts a demo on a free port and waits for its line.
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_as(command(data_dir, DEMO))
    }

    /// Starts a demo that is told nothing by its environment, not even where time zones are.
    pub(crate) fn start_bare(data_dir: &Path) -> Self {
        let mut command = command(data_dir, DEMO);
        command.env_clear().env("TZDIR", "/nonexistent");
        Self::start_as(command)
    }

    fn start_as(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary runs");
        let stdout = child.stdout.as_mut().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let line = serde_json::from_str(&line).expect("a line of JSON");
        Self { child, line }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.line["url"].as_str().expect("a URL"))
    }

    /// Ends the demo as an operator would, and returns what it printed after its line.
    pub(crate) fn stop(mut self) -> String {
        terminate(&self.child);
        let mut rest = String::new();
        let stdout = self.child.stdout.as_mut().expect("a pipe");
        stdout.read_to_string(&mut rest).expect("the rest");
        assert!(self.child.wait().expect("an end").success());
        rest
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
