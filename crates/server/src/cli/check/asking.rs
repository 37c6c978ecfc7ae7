//! One customer who asks: by the one gate and against the real data sources, without the cache.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use query::{ColumnRole, Compiled, PreparedDashboard, Request, Target, TenantIds, Viewer};
use sources::{Answer, CachePolicy, Cell, CustomerKey, RunOptions, Sources};
use store::Definitions;
use uuid::Uuid;

use super::belonging::belongs;
use super::choices::Choices;

pub(super) struct Asking<'a> {
    pub(super) sources: &'a Sources,
    pub(super) definitions: &'a Definitions,
    pub(super) viewer: Viewer<'a>,
    pub(super) customer: CustomerKey,
    /// The same for all that is asked, so that equal choices make equal statements.
    pub(super) now: Timestamp,
}

/// What came of one request.
pub(super) struct Got {
    compiled: Compiled,
    pub(super) rows: Answer,
    /// The rows of the period before, of a trend.
    previous_rows: Option<Answer>,
    /// On all pages of a table.
    pub(super) total: Option<u64>,
    pub(super) time: Duration,
}

/// What a request comes to: the keys of its statements, or the reason why there are none. Two requests
/// of the same kind get the same rows.
pub(super) type Meaning = Result<Vec<[u8; 32]>, String>;

impl Asking<'_> {
    pub(super) fn compile(
        &self,
        prepared: &PreparedDashboard,
        target: Target,
        chosen: &Choices,
    ) -> Result<Compiled, String> {
        let request = Request { variables: chosen.clone(), ..Request::of(target, self.now) };
        query::compile(&request, prepared, &self.viewer).map_err(|error| error.to_string())
    }

    /// Runs every statement of a request: rows, totals, and what trends are compared with.
    pub(super) async fn ask(&self, compiled: Compiled) -> Result<Got, String> {
        let begun = Instant::now();
        let rows = self.run(&compiled.rows).await?;
        let (mut total, mut previous_rows) = (None, None);
        for (purpose, statement) in compiled.statements().skip(1) {
            let answer = self.run(statement).await?;
            match purpose {
                "total" => total = only_number(&answer),
                "previous_rows" => previous_rows = Some(answer),
                _ => {}
            }
        }
        Ok(Got { compiled, rows, previous_rows, total, time: begun.elapsed() })
    }

    async fn run(&self, statement: &query::Statement) -> Result<Answer, String> {
        let source = self.definitions.source(statement.source());
        let source = source.ok_or_else(|| "its data source is gone".to_owned())?;
        let options = RunOptions {
            cache: CachePolicy::Off,
            purge: 0,
            request_id: Uuid::nil(),
            customer: self.customer.clone(),
        };
        let answer = self.sources.run(source, statement, options).await;
        answer.map_err(|error| error.to_string())
    }
}

pub(super) fn meaning(compiled: &Result<Compiled, String>) -> Meaning {
    let compiled = compiled.as_ref().map_err(String::clone)?;
    Ok(compiled.statements().map(|(_, statement)| *statement.cache_key().as_bytes()).collect())
}

impl Got {
    /// The tenant column that a result carries as it is, with the rows where it is another's.
    pub(super) fn foreign_rows(&self, tenants: &[TenantIds]) -> Option<(String, u64)> {
        let (at, tenant) =
            tenants.iter().find_map(|tenant| Some((self.place_of(&tenant.column)?, tenant)))?;
        let answers = std::iter::once(&self.rows).chain(&self.previous_rows);
        let owners =
            answers.flat_map(|answer| answer.result.rows()).filter_map(|mut row| row.nth(at));
        let foreign = owners.filter(|owner| !belongs(*owner, &tenant.ids)).count();
        Some((tenant.column.clone(), foreign as u64))
    }

    fn place_of(&self, tenant_column: &str) -> Option<usize> {
        self.compiled.columns.iter().position(|column| {
            let is_plain = column.role != ColumnRole::Measure && column.bucket.is_none();
            is_plain && column.name.as_str().eq_ignore_ascii_case(tenant_column)
        })
    }
}

fn only_number(answer: &Answer) -> Option<u64> {
    match answer.result.rows().next()?.next()? {
        Cell::Integer(count) => u64::try_from(count).ok(),
        _ => None,
    }
}
