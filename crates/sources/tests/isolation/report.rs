//! What a storm has seen, and how far it is.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use query::Compiled;

use crate::cases::{Case, OF_WORKSPACE};
use crate::dashboards::Workspace;

/// Findings that are told whole; the others are only counted.
const TOLD: usize = 5;
/// How often the progress is told.
const INTERVAL: Duration = Duration::from_secs(10);

/// What came of the cases in one database.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Each three times: with the cache, again, and without.
    pub(crate) answered: u64,
    pub(crate) with_rows: u64,
    pub(crate) refused: u64,
    /// Refused here alone, because ids are compared loosely.
    pub(crate) too_loose: u64,
    /// Results that were not asked for again.
    pub(crate) from_cache: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) databases: BTreeMap<&'static str, Tally>,
    /// Answers other than the reference's, and texts that became SQL.
    pub(crate) found: u64,
    /// The first of them.
    findings: Vec<String>,
}

impl Tally {
    fn cases(self) -> u64 {
        self.answered + self.refused + self.too_loose
    }

    fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.with_rows += other.with_rows;
        self.refused += other.refused;
        self.too_loose += other.too_loose;
        self.from_cache += other.from_cache;
    }
}

impl Report {
    pub(crate) fn tally(&mut self, database: &'static str) -> &mut Tally {
        self.databases.entry(database).or_default()
    }

    pub(crate) fn find(&mut self, finding: &Finding<'_>) {
        self.found += 1;
        if self.findings.len() < TOLD {
            self.findings.push(finding.to_string());
        }
    }

    /// Tells the first findings at once: a long run may be ended before its end.
    pub(crate) fn add(&mut self, other: Self) {
        for (database, tally) in other.databases {
            self.tally(database).add(tally);
        }
        self.found += other.found;
        for finding in other.findings.into_iter().take(TOLD.saturating_sub(self.findings.len())) {
            eprintln!("{finding}");
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (database, tally) in &self.databases {
            let Tally { answered, with_rows, refused, too_loose, from_cache } = tally;
            writeln!(
                f,
                "{database}: {} cases: {answered} answered ({with_rows} with rows, {from_cache} results \
                 from the cache), {refused} refused, {too_loose} refused here alone",
                tally.cases(),
            )?;
        }
        write!(f, "{} findings", self.found)
    }
}

/// An answer that is not what it must be, with all that made it.
pub(crate) struct Finding<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) case: &'a Case,
    pub(crate) database: &'a str,
    pub(crate) compiled: Option<&'a Compiled>,
    pub(crate) what: String,
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workspace, case, database, compiled, what } = self;
        let number = case.number;
        writeln!(f, "case {number}, {database}: {what}")?;
        writeln!(
            f,
            "  again: cargo xtask fuzz isolation --seed {number} --cases 1 --databases {database}"
        )?;
        let first = number / OF_WORKSPACE * OF_WORKSPACE;
        writeln!(f, "  among its neighbours: --seed {first} --cases {OF_WORKSPACE}")?;
        let dashboard = serde_json::to_string(&workspace.dashboard).map_err(|_| fmt::Error)?;
        writeln!(f, "  keeps to: {:?}\n  dashboard: {dashboard}", workspace.dataset.keeps)?;
        writeln!(f, "  viewer: {:?}\n  request: {:?}", case.looker, case.request)?;
        for (purpose, statement) in compiled.iter().flat_map(|compiled| compiled.statements()) {
            writeln!(f, "  {purpose}: {}\n    {:?}", statement.sql(), statement.args())?;
        }
        Ok(())
    }
}

/// How many cases are done and how many findings there are, told now and then on the standard error.
pub(crate) struct Progress {
    cases: u64,
    done: AtomicU64,
    found: AtomicU64,
    since: Instant,
}

impl Progress {
    pub(crate) fn of(cases: u64) -> Self {
        Self { cases, done: AtomicU64::new(0), found: AtomicU64::new(0), since: Instant::now() }
    }

    pub(crate) fn add(&self, cases: u64, found: u64) {
        self.done.fetch_add(cases, Relaxed);
        self.found.fetch_add(found, Relaxed);
    }

    /// Until it is dropped.
    pub(crate) async fn tell(&self) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            eprintln!("{self}");
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cases, done, found) = (self.cases, self.done.load(Relaxed), self.found.load(Relaxed));
        let rate = done as f64 / self.since.elapsed().as_secs_f64();
        let minutes = cases.saturating_sub(done) as f64 / rate / 60.0;
        write!(
            f,
            "isolation: {done} of {cases} cases, {rate:.0} a second, {minutes:.0} minutes left, {found} \
             findings"
        )
    }
}
