//! How far the import is: a bar on a terminal, else a line now and then. On stderr.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// Tells an operator how far an import is.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
    stage: Mutex<Option<Stage>>,
}

/// A part of the work, of known size.
#[derive(Debug)]
struct Stage {
    name: &'static str,
    total: u64,
    done: u64,
    bar: ProgressBar,
}

impl Progress {
    pub fn on_stderr() -> Self {
        Self { is_terminal: stderr().is_terminal(), stage: Mutex::new(None) }
    }

    /// Begins a part of the work; the one before has ended.
    pub(super) fn begin(&self, name: &'static str, total: u64) {
        let bar = match self.is_terminal {
            true => ProgressBar::new(total).with_style(style()).with_message(name),
            false => ProgressBar::hidden(),
        };
        if !self.is_terminal {
            write_line(&format!("{name}: {}", HumanCount(total)));
        }
        *self.stage() = Some(Stage { name, total, done: 0, bar });
    }

    pub(super) fn advance(&self, by: u64) {
        let mut stage = self.stage();
        let Some(stage) = stage.as_mut() else { return };
        let before = stage.done;
        stage.done += by;
        stage.bar.set_position(stage.done.min(stage.total));
        if !self.is_terminal && passes_a_tenth(before, stage.done, stage.total) {
            let (done, total) = (HumanCount(stage.done), HumanCount(stage.total));
            write_line(&format!("{}: {done} of {total}", stage.name));
        }
    }

    /// Tells something beside the count.
    pub(super) fn tell(&self, line: &str) {
        match self.stage().as_ref() {
            Some(stage) if self.is_terminal => stage.bar.suspend(|| write_line(line)),
            _ => write_line(line),
        }
    }

    /// Leaves the terminal to others.
    pub fn end(&self) {
        if let Some(stage) = self.stage().take() {
            stage.bar.finish_and_clear();
        }
    }

    fn stage(&self) -> MutexGuard<'_, Option<Stage>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn style() -> ProgressStyle {
    let template = "{msg} {bar:30} {human_pos} of {human_len}, {eta} left";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Whether the count has reached another tenth of the whole.
fn passes_a_tenth(before: u64, after: u64, total: u64) -> bool {
    let tenths = |count: u64| count * 10 / total.max(1);
    tenths(after) > tenths(before)
}

fn write_line(line: &str) {
    // Nothing is left to tell it to when stderr is closed.
    let _ = writeln!(stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_at_every_tenth() {
        let lines = (0..1000).filter(|done| passes_a_tenth(*done, done + 1, 1000)).count();
        assert_eq!(lines, 10);
        assert!(passes_a_tenth(0, 5, 7));
        assert!(!passes_a_tenth(0, 1, 100));
        assert!(!passes_a_tenth(0, 0, 0));
    }
}
