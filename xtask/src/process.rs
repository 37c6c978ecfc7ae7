//! Starting programs, with progress that says what runs and how long it took.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs one named step and prints its name before and its duration after.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    eprintln!("── {name}");
    let outcome = work();
    let took = human_time(started.elapsed());
    match &outcome {
        Ok(_) => eprintln!("── {name}: done in {took}"),
        Err(_) => eprintln!("── {name}: FAILED after {took}"),
    }
    outcome.with_context(|| name.to_owned())
}

/// `3.4 s`, `2 min 05 s`.
pub(crate) fn human_time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Is a program of that name on the path?
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A program about to be started. Its stdin is always empty.
pub(crate) struct Run {
    command: Command,
}

impl Run {
    pub(crate) fn new(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        Self { command }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs to the end with our own stdout and stderr.
    pub(crate) fn wait(mut self) -> Result<()> {
        let status = self.command.status().with_context(|| self.cannot_start())?;
        if status.success() { Ok(()) } else { bail!("`{}`: {status}", self.shown()) }
    }

    /// Becomes the program: same process, so that signals reach it directly. Returns only when it
    /// cannot be started.
    #[cfg(unix)]
    pub(crate) fn replace_us(mut self) -> Result<()> {
        use std::os::unix::process::CommandExt;
        let error = self.command.exec();
        Err(error).with_context(|| self.cannot_start())
    }

    /// Runs to the end: no other way to become a program here.
    #[cfg(not(unix))]
    pub(crate) fn replace_us(self) -> Result<()> {
        self.wait()
    }

    /// Runs to the end and returns what was printed on stdout.
    pub(crate) fn output(mut self) -> Result<String> {
        let output =
            self.command.stderr(Stdio::inherit()).output().with_context(|| self.cannot_start())?;
        if !output.status.success() {
            bail!("`{}`: {}", self.shown(), output.status);
        }
        String::from_utf8(output.stdout).context("the program printed what is not UTF-8")
    }

    /// Runs to the end, passes everything printed on to stderr, and returns those lines that begin,
    /// after blanks and colours, with one of `starts`. They stand in the error too.
    pub(crate) fn closing(mut self, starts: &[&str]) -> Result<Vec<String>> {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.cannot_start())?;
        let lines = echo(&mut child, starts)?;
        let status = child.wait()?;
        if status.success() {
            Ok(lines)
        } else {
            bail!("`{}`: {status}\n{}", self.shown(), lines.join("\n"))
        }
    }

    fn cannot_start(&self) -> String {
        format!("cannot start `{}`", self.command.get_program().display())
    }

    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }
}

/// Copies the child's output line by line to stderr and keeps the lines that begin with `starts`.
fn echo(child: &mut Child, starts: &[&str]) -> Result<Vec<String>> {
    let stdout = child.stdout.take().context("stdout is piped")?;
    let stderr = child.stderr.take().context("stderr is piped")?;
    let (sender, lines) = mpsc::channel();
    let readers = [send_lines(stdout, sender.clone()), send_lines(stderr, sender)];

    let mut kept = Vec::new();
    let mut terminal = std::io::stderr();
    for line in lines {
        writeln!(terminal, "{line}")?;
        let plain = without_colours(&line).trim().to_owned();
        if starts.iter().any(|start| plain.starts_with(start)) {
            kept.push(plain);
        }
    }
    for reader in readers {
        reader.join().ok();
    }
    Ok(kept)
}

fn send_lines(
    from: impl Read + Send + 'static,
    to: mpsc::Sender<String>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if to.send(line).is_err() {
                return;
            }
        }
    })
}

/// `always` when a person watches, so that colours survive our pipe.
pub(crate) fn colour() -> &'static str {
    if std::io::stderr().is_terminal() { "always" } else { "never" }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = escape.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out_of_a_line() {
        let check = |line: &str, expected: &str| assert_eq!(without_colours(line), expected);
        check("plain", "plain");
        check("\u{1b}[32;1m     Summary\u{1b}[0m [ 1.2s]", "     Summary [ 1.2s]");
        check("cut \u{1b}[32", "cut ");
    }

    #[test]
    fn times_are_written_for_people() {
        let check = |seconds: f64, expected: &str| {
            assert_eq!(human_time(Duration::from_secs_f64(seconds)), expected);
        };
        check(0.04, "0.0 s");
        check(59.94, "59.9 s");
        check(60.0, "1 min 00 s");
        check(125.9, "2 min 05 s");
    }
}
