//! What a panel asks of which data source for a customer, and where the time goes. For the operator
//! alone: it shows SQL, values and names of sources.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use model::dashboard::CachePolicy;
use model::name::{DashboardName, EnvironmentName, PanelId, ProvidedId, TimeZoneName};
use query::{Compiled, Statement, Target, Viewer};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use sources::{CustomerKey, Freshness, Measured, RunOptions, Stages};
use store::{Definitions, PublishedDashboard, StoreError, Viewing};

use super::{ExplainedDashboard, ExplainedDataset};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::BothInPath;
use crate::json::Fields;
use crate::reading::{FromFields, Strict};
use crate::request_id::RequestId;
use crate::routes::embed::{DataRequest, cache_policy, encode};
use crate::routes::native::caller::OperatorInGroup;
use crate::time::Time;

/// What is to be explained: a viewer's request, and whose it is.
#[derive(JsonSchema)]
#[schemars(rename = "PanelToExplain", extend("additionalProperties" = false))]
pub(super) struct Wanted {
    #[schemars(flatten)]
    data: DataRequest,
    #[schemars(flatten)]
    whose: Whose,
}

/// Who asks, and what is done.
#[derive(JsonSchema)]
struct Whose {
    /// The customer for whom a viewer would ask.
    customer: ProvidedId,
    /// The version published there; the newest when absent.
    environment: Option<EnvironmentName>,
    /// `true`: also run the statements, past the cache, and tell how long each stage took.
    #[schemars(with = "Option<bool>")]
    run: bool,
}

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let data = DataRequest::from_fields(fields);
        let whose = Whose::from_fields(fields);
        Some(Self { data: data?, whose: whose? })
    }
}

impl FromFields for Whose {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let customer = fields.id("customer");
        let customer = fields.required("customer", customer);
        let customer =
            customer.and_then(|id| fields.faults.note("customer", ProvidedId::try_from(id)));
        let environment = fields.text("environment").map(EnvironmentName::try_from).transpose();
        let environment = fields.faults.note("environment", environment);
        let run = fields.flag("run").unwrap_or_default();
        Some(Self { customer: customer?, environment: environment?, run })
    }
}

/// What a panel asks for a customer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PanelExplanation")]
pub(super) struct Explanation {
    dashboard: ExplainedDashboard,
    panel: PanelId,
    /// The dashboard's policy.
    cache: CachePolicy,
    dataset: ExplainedDataset,
    /// Why the request becomes no statement; `null` when it does.
    refusal: Option<String>,
    /// How long it took from the request to the statements, in microseconds.
    compile_us: u64,
    /// The rows first; then, where the panel shows them, their number on all pages, totals, and what a
    /// trend is compared with.
    statements: Vec<ExplainedStatement>,
}

/// A statement as the data source gets it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExplainedStatement")]
struct ExplainedStatement {
    /// `rows`, `total`, `totals`, `current`, `previous` or `previous_rows`.
    purpose: &'static str,
    sql: String,
    /// In the order of the placeholders.
    arguments: Vec<Argument>,
    /// Session variables that the database's row security reads.
    session: Vec<SessionVariable>,
    time_zone: TimeZoneName,
    /// Most rows of the result.
    row_limit: u32,
    /// The result that is kept for this statement on this server; `null`: none.
    kept: Option<KeptResult>,
    /// What came of running it; `null` when that was not asked.
    run: Option<Run>,
}

/// A value that is bound.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BoundArgument")]
struct Argument {
    /// `null`, `text`, `integer`, `float`, `boolean`, `date` or `timestamp`.
    #[serde(rename = "type")]
    kind: &'static str,
    value: Value,
}

/// A session variable with its value.
#[derive(Serialize, JsonSchema)]
struct SessionVariable {
    name: String,
    #[serde(flatten)]
    argument: Argument,
}

/// A result in the cache.
#[derive(Serialize, JsonSchema)]
struct KeptResult {
    /// When the data source was asked.
    as_of: Time,
    rows: u64,
    answers: Answers,
}

/// Whether a kept result answers a viewer who asks this now, `refresh` or not.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "KeptResultAnswers")]
enum Answers {
    /// It does.
    Fresh,
    /// It does, and a new one is fetched behind it.
    Stale,
    /// It does not: the data source is asked.
    Old,
}

/// What came of running a statement, past the cache. Times are microseconds, 0 for a stage that it did
/// not come to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatementRun")]
struct Run {
    /// Why there is no result; `null` when there is one.
    error: Option<String>,
    /// The wait for the customer's turn.
    queue_us: u64,
    /// Until there was a connection to ask: one of those that are open, or a new one with its login and its
    /// settings; for files, an engine worker that has them open.
    open_us: u64,
    /// In the database and on the way back: `first_row_us` and `fetch_us` together.
    execute_us: u64,
    /// From the statement's being sent until the first row came, or the end where none did.
    first_row_us: u64,
    /// From the first row until all were here.
    fetch_us: u64,
    /// What is done on the rows here: filled buckets, running figures, pivots, pages.
    finish_us: u64,
    /// From rows to the reply's JSON.
    encode_us: u64,
    rows: u64,
    /// Of the rows as JSON.
    bytes: u64,
}

/// `POST /v1/dashboards/{name}/panels/{id}/query:explain`
pub(super) async fn panel(
    State(app): State<App>,
    caller: OperatorInGroup,
    request_id: RequestId,
    BothInPath(name, panel): BothInPath<DashboardName, PanelId>,
    Strict(Wanted { data, whose }): Strict<Wanted>,
) -> Result<Json<Explanation>, ApiError> {
    let embed_id = super::embed_id(&*app.store.definitions().await?, name.as_str())?;
    let viewing = app.store.viewer_in_group(&caller, &whose.customer, &embed_id).await?;
    let (scope, definitions) = match viewing {
        Viewing::Granted { scope, definitions } => (scope, definitions),
        Viewing::Unknown => return Err(StoreError::NotFound("customer").into()),
        Viewing::NoDashboard => return Err(StoreError::NotFound("dashboard").into()),
    };
    let published = definitions.shown_to(&scope, whose.environment.as_ref());
    let published = published.ok_or(StoreError::NotFound("dashboard in this environment"))?;
    let found = published.definition.panel(panel.as_str());
    let dataset = found.ok_or(StoreError::NotFound("panel"))?.dataset.clone();
    let cache = cache_policy(published.definition.cache, data.refresh);
    let (prepared, request) =
        (app.prepared.get(&published), data.of(Target::Panel(panel.clone()), app.clock.now()));
    let viewer = Viewer::new(&scope, &definitions.schemas, &definitions.sources);
    let (compiled, compile) = timed(|| query::compile(&request, &prepared, &viewer));
    let explained = query::explain_dataset(&dataset, &request.variables, &prepared, &viewer);
    let explained = explained.ok_or_else(|| ApiError::internal("the panel's dataset is gone"))?;
    let asking = Asking {
        app: &app,
        definitions: &definitions,
        published: &published,
        cache,
        options: RunOptions {
            cache: sources::CachePolicy::Off,
            purge: 0,
            request_id: request_id.uuid(),
            customer: CustomerKey(scope.customer().key.to_string()),
        },
        runs: whose.run,
    };
    let refusal = compiled.as_ref().err().map(ToString::to_string);
    Ok(Json(Explanation {
        dashboard: ExplainedDashboard::from(&published),
        panel,
        cache: published.definition.cache,
        dataset: ExplainedDataset::from(explained),
        refusal,
        compile_us: microseconds(compile),
        statements: match compiled {
            Ok(compiled) => asking.explain(&compiled).await?,
            Err(_) => Vec::new(),
        },
    }))
}

struct Asking<'a> {
    app: &'a App,
    definitions: &'a Definitions,
    published: &'a PublishedDashboard,
    /// By which a viewer's request is answered.
    cache: sources::CachePolicy,
    options: RunOptions,
    runs: bool,
}

impl Asking<'_> {
    async fn explain(&self, compiled: &Compiled) -> Result<Vec<ExplainedStatement>, ApiError> {
        let mut explained = Vec::new();
        for (purpose, statement) in compiled.statements() {
            explained.push(self.statement(purpose, statement).await?);
        }
        Ok(explained)
    }

    async fn statement(
        &self,
        purpose: &'static str,
        statement: &Statement,
    ) -> Result<ExplainedStatement, ApiError> {
        let purge = self.definitions.purges.number(statement.source(), self.published.key);
        let kept = self.app.sources.kept(statement, purge, self.cache).await;
        let session = statement.session().iter();
        Ok(ExplainedStatement {
            purpose,
            sql: statement.sql().to_owned(),
            arguments: statement.args().iter().map(Argument::from).collect(),
            session: session
                .map(|(name, value)| SessionVariable { name: name.clone(), argument: value.into() })
                .collect(),
            time_zone: statement.time_zone().clone(),
            row_limit: statement.row_limit(),
            kept: kept.map(|(kept, freshness)| KeptResult {
                as_of: Time::from_us(kept.as_of.as_microsecond()),
                rows: kept.result.row_count() as u64,
                answers: freshness.into(),
            }),
            run: if self.runs { Some(self.run(statement).await?) } else { None },
        })
    }

    async fn run(&self, statement: &Statement) -> Result<Run, ApiError> {
        let source = self.definitions.source(statement.source()).map(Arc::clone);
        let source = source.ok_or_else(|| ApiError::internal("the data source is gone"))?;
        let measured = self.app.sources.measure(&source, statement, self.options.clone()).await;
        let Measured { outcome, stages } = measured
            .unwrap_or_else(|error| Measured { outcome: Err(error), stages: Stages::default() });
        Ok(match outcome {
            Err(error) => Run { error: Some(error.to_string()), ..Run::of(stages) },
            Ok(result) => {
                let (encoded, encode) = timed(|| encode(&result));
                Run {
                    encode_us: microseconds(encode),
                    rows: result.row_count() as u64,
                    bytes: encoded.len() as u64,
                    ..Run::of(stages)
                }
            }
        })
    }
}

impl Run {
    /// One that has taken so long, without rows yet.
    fn of(stages: Stages) -> Self {
        Self {
            error: None,
            queue_us: microseconds(stages.queue),
            open_us: microseconds(stages.open),
            execute_us: microseconds(stages.first_row + stages.fetch),
            first_row_us: microseconds(stages.first_row),
            fetch_us: microseconds(stages.fetch),
            finish_us: microseconds(stages.finish),
            encode_us: 0,
            rows: 0,
            bytes: 0,
        }
    }
}

impl From<Freshness> for Answers {
    fn from(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Fresh => Self::Fresh,
            Freshness::Stale => Self::Stale,
            Freshness::Old => Self::Old,
        }
    }
}

impl From<&query::Value> for Argument {
    fn from(value: &query::Value) -> Self {
        use query::Value as Bound;
        let (kind, value) = match value {
            Bound::Null => ("null", Value::Null),
            Bound::Text(text) => ("text", json!(text)),
            Bound::Integer(integer) => ("integer", json!(integer)),
            Bound::Float(float) => ("float", json!(float)),
            Bound::Boolean(is_true) => ("boolean", json!(is_true)),
            Bound::Date(date) => ("date", json!(date.to_string())),
            Bound::Timestamp(at) => ("timestamp", json!(at.to_string())),
            // A statement binds the members of a list one by one.
            Bound::List(_) => unreachable!("no statement binds a list"),
        };
        Self { kind, value }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
