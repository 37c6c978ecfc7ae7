//! Many cases at once, against all databases.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use model::ViewerScope;
use query::{Compiled, DatasetFault, PreparedDashboard, QueryError, Unproved, Viewer, compile};
use sources::{CachePolicy, CustomerKey, Limits, RunOptions, Sources, WorkerCommand};
use tokio::task::JoinSet;

use crate::answer::{Answer, Found, difference};
use crate::cases::{Batch, Case, batches};
use crate::databases::{Database, Databases};
use crate::reference::{Expected, Question, Table};
use crate::report::{Finding, Progress, Report};
use crate::requests::MARK;
use crate::rows::{Row, TENANTS, rows};

/// Dashboards that are asked at once.
const AT_ONCE: usize = 8;
/// With so many findings a run ends: the others would say no more.
const ENOUGH: u64 = 5;

pub(crate) struct Storm {
    databases: Databases,
    sources: Sources,
    rows: Vec<Row>,
}

/// A case that one database must answer.
struct Asked<'a> {
    case: &'a Case,
    compiled: Compiled,
    expected: BTreeMap<&'static str, Table>,
}

impl Storm {
    /// Over the databases of these names, all when there are none.
    pub(crate) fn start(databases: &[String]) -> Self {
        let rows = rows();
        let arguments = ["the_worker_process", "--exact", "--ignored", "--nocapture"];
        let program = std::env::current_exe().expect("this test");
        let limits = Limits {
            waiting_per_source: 100_000,
            queries_per_customer: 8,
            queue_timeout: Duration::from_secs(300),
            ..Limits::default()
        };
        let sources = Sources::new(limits, WorkerCommand::new(program, arguments));
        Self { databases: Databases::start(&rows, databases), sources, rows }
    }

    pub(crate) async fn stop(self) {
        self.sources.shutdown().await;
    }

    /// Each case against each database.
    pub(crate) async fn run(self: &Arc<Self>, cases: Range<u64>) -> Report {
        let progress = Arc::new(Progress::of(cases.end - cases.start));
        let teller = tokio::spawn({
            let progress = Arc::clone(&progress);
            async move { progress.tell().await }
        });
        let mut report = Report::default();
        let mut under_way = JoinSet::new();
        for numbers in batches(cases) {
            if under_way.len() == AT_ONCE {
                report.add(finished(&mut under_way).await);
            }
            if report.found >= ENOUGH {
                break;
            }
            let (storm, progress) = (Arc::clone(self), Arc::clone(&progress));
            under_way.spawn(async move {
                let count = numbers.end - numbers.start;
                let report = storm.batch(numbers).await;
                progress.add(count, report.found);
                report
            });
        }
        while !under_way.is_empty() {
            report.add(finished(&mut under_way).await);
        }
        teller.abort();
        report
    }

    async fn batch(&self, numbers: Range<u64>) -> Report {
        let batch = Batch::of(numbers);
        let prepared = PreparedDashboard::new(Arc::new(batch.workspace.dashboard.clone()));
        let mut report = Report::default();
        for database in self.databases.all() {
            let asked = batch.cases.iter().filter_map(|case| {
                if !database.suits(&batch.workspace.dataset) {
                    return None;
                }
                self.compile(&batch, case, database, &prepared, &mut report)
            });
            let asked: Vec<Asked<'_>> = asked.collect();
            self.compare(&batch, database, asked, &mut report).await;
        }
        report
    }

    /// The case's statements, unless it must be and is refused.
    fn compile<'a>(
        &self,
        batch: &'a Batch,
        case: &'a Case,
        database: &Database,
        prepared: &PreparedDashboard,
        report: &mut Report,
    ) -> Option<Asked<'a>> {
        let scope: ViewerScope = case.looker.scope(database.isolated());
        let viewer = Viewer::new(&scope, &database.schemas, &database.sources);
        let question = Question {
            workspace: &batch.workspace,
            looker: &case.looker,
            request: &case.request,
            has_row_security: database.has_row_security,
        };
        let expected: Expected = question.answer(&self.rows);
        let finding = |compiled, what| Finding {
            workspace: &batch.workspace,
            case,
            database: database.name,
            compiled,
            what,
        };
        match (compile(&case.request, prepared, &viewer), expected) {
            (Err(_), Err(_)) => report.tally(database.name).refused += 1,
            (Err(error), _) if is_too_loose(&error) => report.tally(database.name).too_loose += 1,
            (Err(error), Ok(_)) => report.find(&finding(None, format!("refused: {error}"))),
            (Ok(compiled), expected) => {
                if let Some(text) = foreign_text(&compiled) {
                    report.find(&finding(Some(&compiled), format!("{text:?} became SQL")));
                }
                match expected {
                    Ok(expected) => return Some(Asked { case, compiled, expected }),
                    Err(_) => report.find(&finding(Some(&compiled), "not refused".to_owned())),
                }
            }
        }
        None
    }

    /// All at once with the cache, all with the cache once more, and all without.
    async fn compare(
        &self,
        batch: &Batch,
        database: &Database,
        mut asked: Vec<Asked<'_>>,
        report: &mut Report,
    ) {
        let within = CachePolicy::Within(Duration::from_secs(600));
        for cache in [within, within, CachePolicy::Off] {
            let answers = asked.iter().map(|asked| self.ask(asked, database, cache));
            let answers = join_all(answers).await;
            let mut agreed = Vec::new();
            for (asked, answer) in asked.into_iter().zip(answers) {
                let what = match answer {
                    Ok((answer, from_cache)) => {
                        report.tally(database.name).from_cache += from_cache;
                        difference(&asked.expected, &answer)
                    }
                    Err(error) => Some(error),
                };
                let Some(what) = what else {
                    agreed.push(asked);
                    continue;
                };
                report.find(&Finding {
                    workspace: &batch.workspace,
                    case: asked.case,
                    database: database.name,
                    compiled: Some(&asked.compiled),
                    what: format!("{cache:?}: {what}"),
                });
            }
            asked = agreed;
        }
        let tally = report.tally(database.name);
        let has_rows = |asked: &&Asked<'_>| !asked.expected["rows"].rows.is_empty();
        tally.answered += asked.len() as u64;
        tally.with_rows += asked.iter().filter(has_rows).count() as u64;
    }

    /// The answer, and how many of its results came from the cache.
    async fn ask(
        &self,
        asked: &Asked<'_>,
        database: &Database,
        cache: CachePolicy,
    ) -> Result<(Answer, u64), String> {
        let source = &database.sources[usize::from(asked.case.looker.is_mapped)];
        let mut answer = Answer::new();
        let mut from_cache = 0;
        for (purpose, statement) in asked.compiled.statements() {
            let customer = CustomerKey(asked.case.looker.tenant.to_owned());
            let options = RunOptions { cache, request_id: uuid::Uuid::nil(), customer, purge: 0 };
            let told = self.sources.run(source, statement, options).await;
            let told = told.map_err(|error| format!("{purpose}: {error:?}"))?;
            from_cache += u64::from(told.cached);
            if let Some(total) = told.result.total_rows() {
                answer.insert("total", Found::of_total(total));
            }
            answer.insert(purpose, Found::of_result(&told.result));
        }
        Ok((answer, from_cache))
    }
}

async fn finished(under_way: &mut JoinSet<Report>) -> Report {
    match under_way.join_next().await {
        Some(report) => report.expect("a batch that ends"),
        None => Report::default(),
    }
}

/// Whether the database would compare loosely what others compare exactly, so that nothing is answered.
fn is_too_loose(error: &QueryError) -> bool {
    let QueryError::Dataset { fault, .. } = error else { return false };
    matches!(fault, DatasetFault::Ambiguous(_) | DatasetFault::NotIsolated(Unproved::Loose(_)))
}

/// Neither what a viewer sends nor an id of a customer ever stands in SQL.
fn foreign_text(compiled: &Compiled) -> Option<&'static str> {
    // A short id may stand in any text by chance.
    let long = TENANTS.iter().copied().filter(|tenant| tenant.len() > 4);
    let mut foreign = long.chain([MARK]);
    foreign.find(|text| compiled.statements().any(|(_, statement)| statement.sql().contains(text)))
}
