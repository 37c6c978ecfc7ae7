//! Many cases at once, against all databases.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use model::source::DataSource;
use query::{Compiled, PreparedDashboard, Request, Statement, Viewer, compile};
use sources::{CachePolicy, CustomerKey, Limits, RunOptions, Sources, WorkerCommand};

use crate::answer::{Answer, of_result};
use crate::customers::Looker;
use crate::dashboards::{Dataset, dashboard, dataset};
use crate::databases::Databases;
use crate::draw::Draw;
use crate::reference::{Expected, expected};
use crate::requests::{Kind, MARK, request};
use crate::rows::{Row, TENANTS, rows};

/// Cases that are under way at once.
const AT_ONCE: usize = 16;
/// Findings that are told; the others are only counted.
const TOLD: usize = 5;

pub(crate) struct Storm {
    databases: Databases,
    sources: Sources,
    rows: Vec<Row>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) answered: u64,
    pub(crate) with_rows: u64,
    pub(crate) from_cache: u64,
    pub(crate) refused: u64,
    /// Answers other than the reference's, each with the seed of its case.
    pub(crate) leaks: Vec<String>,
    /// Statements with a text in them that a viewer or a customer had brought.
    pub(crate) escapes: Vec<String>,
}

/// One case, as its seed makes it.
struct Case {
    seed: u64,
    looker: Looker,
    dataset: Dataset,
    kind: Kind,
    request: Request,
}

impl Case {
    fn of_seed(seed: u64) -> Self {
        let mut draw = Draw::of_seed(seed);
        let dataset = dataset(&mut draw);
        let mut looker = Looker::draw(&mut draw);
        // What an isolated source holds is its customer's, whatever the dataset says.
        looker.is_mapped &= dataset.keeps != crate::dashboards::Keeps::Nothing;
        let kind = Kind::draw(&mut draw);
        let request = request(&mut draw, kind);
        Self { seed, looker, dataset, kind, request }
    }
}

impl Storm {
    pub(crate) fn start() -> Self {
        let rows = rows();
        let arguments = ["the_worker_process", "--exact", "--ignored", "--nocapture"];
        let program = std::env::current_exe().expect("this test");
        let limits = Limits { waiting_per_source: 100_000, ..Limits::default() };
        let sources = Sources::new(limits, WorkerCommand::new(program, arguments));
        Self { databases: Databases::start(&rows), sources, rows }
    }

    pub(crate) async fn stop(self) {
        self.sources.shutdown().await;
    }

    /// Each case against each database.
    pub(crate) async fn run(&self, seed: u64, cases: u64) -> Report {
        let seeds = futures_util::stream::iter(seed..seed + cases);
        let reports = seeds.map(|seed| self.case(seed)).buffer_unordered(AT_ONCE);
        reports.fold(Report::default(), async |sum, report| sum.and(report)).await
    }

    async fn case(&self, seed: u64) -> Report {
        let case = Case::of_seed(seed);
        let prepared = PreparedDashboard::new(Arc::new(dashboard(&case.dataset)));
        let expected = expected(&self.rows, &case.looker, &case.dataset, case.kind, &case.request);
        let mut report = Report::default();
        for database in self.databases.all() {
            if !database.suits(&case.dataset, &case.looker) {
                continue;
            }
            let scope = case.looker.scope(database.isolated());
            let viewer = Viewer::new(&scope, &database.schemas, &database.sources);
            let name = database.name;
            match (compile(&case.request, &prepared, &viewer), &expected) {
                (Err(_), Expected::Refused) => report.refused += 1,
                (Err(error), expected) => {
                    report.leak(&case, name, &format!("{error}, not {expected:?}"))
                }
                (Ok(compiled), expected) => {
                    report.look_for_escapes(&case, name, &compiled);
                    let source = &database.sources[usize::from(case.looker.is_mapped)];
                    self.compare(&case, name, source, &compiled, expected, &mut report).await;
                }
            }
        }
        report
    }

    /// Asks with the cache, with the cache once more, and without.
    async fn compare(
        &self,
        case: &Case,
        database: &str,
        source: &Arc<DataSource>,
        compiled: &Compiled,
        expected: &Expected,
        report: &mut Report,
    ) {
        let within = CachePolicy::Within(Duration::from_secs(600));
        for cache in [within, within, CachePolicy::Off] {
            match self.ask(source, compiled, cache, case, report).await {
                Ok(found) if found == *expected => {}
                Ok(found) => {
                    let what = format!("{cache:?}: {found:?}, not {expected:?}");
                    return report.leak(case, database, &what);
                }
                Err(error) => return report.leak(case, database, &error),
            }
        }
        report.answered += 1;
        let has_rows = matches!(expected, Expected::Rows(rows, _) if !rows.is_empty());
        report.with_rows += u64::from(has_rows);
    }

    async fn ask(
        &self,
        source: &Arc<DataSource>,
        compiled: &Compiled,
        cache: CachePolicy,
        case: &Case,
        report: &mut Report,
    ) -> Result<Expected, String> {
        let rows = self.run_one(source, &compiled.rows, cache, case, report).await?;
        let total = match &compiled.total {
            Some(total) => {
                let counted = self.run_one(source, total, cache, case, report).await?;
                let text = counted.first().and_then(|row| row.first().cloned().flatten());
                Some(text.and_then(|text| text.parse().ok()).ok_or("no total")?)
            }
            None => None,
        };
        Ok(Expected::Rows(rows, total))
    }

    async fn run_one(
        &self,
        source: &Arc<DataSource>,
        statement: &Statement,
        cache: CachePolicy,
        case: &Case,
        report: &mut Report,
    ) -> Result<Answer, String> {
        let customer = CustomerKey(case.looker.tenant.to_owned());
        let options = RunOptions { cache, request_id: uuid::Uuid::nil(), customer, purge: 0 };
        let answer = self.sources.run(source, statement, options).await;
        let answer = answer.map_err(|error| format!("{error}: {}", statement.sql()))?;
        report.from_cache += u64::from(answer.cached);
        Ok(of_result(&answer.result))
    }
}

impl Report {
    pub(crate) fn cases(&self) -> u64 {
        self.answered + self.refused + self.leaks.len() as u64
    }

    fn leak(&mut self, case: &Case, database: &str, what: &str) {
        let Case { seed, looker, dataset, request, .. } = case;
        let sql = &dataset.definition;
        self.leaks
            .push(format!("seed {seed}, {database}: {what}\n  {looker:?}\n  {sql}\n  {request:?}"));
    }

    /// Neither what a viewer sends nor an id of a customer ever stands in SQL.
    fn look_for_escapes(&mut self, case: &Case, database: &str, compiled: &Compiled) {
        // A short id may stand in any text by chance.
        let long = TENANTS.iter().copied().filter(|tenant| tenant.len() > 4);
        let foreign: Vec<&str> = long.chain([MARK]).collect();
        for statement in [Some(&compiled.rows), compiled.total.as_ref()].into_iter().flatten() {
            let sql = statement.sql();
            if let Some(text) = foreign.iter().find(|text| sql.contains(**text)) {
                self.escapes.push(format!("seed {}, {database}: {text:?} in {sql}", case.seed));
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.answered += other.answered;
        self.with_rows += other.with_rows;
        self.from_cache += other.from_cache;
        self.refused += other.refused;
        let room = |told: &Vec<String>| TOLD.saturating_sub(told.len());
        let leaks = room(&self.leaks);
        self.leaks.extend(other.leaks.into_iter().take(leaks));
        let escapes = room(&self.escapes);
        self.escapes.extend(other.escapes.into_iter().take(escapes));
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, with_rows, from_cache, refused, leaks, escapes } = self;
        write!(
            f,
            "isolation: {answered} answered ({with_rows} with rows), {refused} refused, {from_cache} \
             results from the cache, {} leaks, {} escapes",
            leaks.len(),
            escapes.len(),
        )
    }
}
