//! The doorway: every question about customers' data comes through here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::{Duration, Instant};

use blake3::Hash;
use model::name::{SourceId, TableName};
use model::source::DataSource;
use query::{Statement, Step};
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::activity::{Activity, Load, name_of};
use crate::cache::{Fresh, Freshness, ResultCache};
use crate::connector::{Query, TableColumn};
use crate::error::SourceError;
use crate::flight::{Flights, Pilot, Waiter};
use crate::instance::Instance;
use crate::measure::Stages;
use crate::objects::ObjectCache;
use crate::options::{CachePolicy, CustomerKey, Limits, RunOptions, WorkerCommand};
use crate::progress::Progress;
use crate::result::{Answer, ResultSet, apply};

/// How often sources are looked at that nobody asks any more, at most.
const SWEEP_PAUSE: Duration = Duration::from_secs(30);

/// The customers' data sources, opened when first asked. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Sources(Arc<Inner>);

struct Inner {
    limits: Limits,
    worker: WorkerCommand,
    cache: ResultCache,
    flights: Flights,
    activity: Arc<Activity>,
    objects: Arc<ObjectCache>,
    open: Mutex<Open>,
    sweeper: Once,
    /// Held by the connection that is being tried.
    probe: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Open {
    instances: HashMap<SourceId, Arc<Instance>>,
    shut_down: bool,
}

impl Inner {
    fn instance(&self, source: &DataSource) -> Arc<Instance> {
        Instance::new(source, &self.limits, &self.worker, &self.activity, &self.objects)
    }
}

impl Sources {
    /// Connects to nothing and starts nothing yet.
    pub fn new(limits: Limits, worker: WorkerCommand) -> Self {
        let activity = Arc::<Activity>::default();
        Self(Arc::new(Inner {
            cache: ResultCache::new(limits.cache_bytes, Arc::clone(&activity)),
            objects: ObjectCache::new(limits.objects.clone(), Arc::clone(&activity)),
            limits,
            worker,
            flights: Flights::default(),
            activity,
            open: Mutex::default(),
            sweeper: Once::new(),
            probe: tokio::sync::Mutex::default(),
        }))
    }

    /// Answers `statement` from `source`, which it must have been compiled for.
    ///
    /// The query runs in a task of its own: dropping this future leaves the query, and the last one
    /// to leave stops it in the database.
    pub async fn run(
        &self,
        source: &Arc<DataSource>,
        statement: &Statement,
        options: RunOptions,
    ) -> Result<Answer, SourceError> {
        let key = key(statement, options.purge);
        let work = self.work(source, statement, options.request_id)?;
        self.answer(source, key, || work, options).await
    }

    /// What a statement asks of a connector. Errs when it was compiled for another source.
    pub(crate) fn work(
        &self,
        source: &DataSource,
        statement: &Statement,
        request_id: Uuid,
    ) -> Result<Work, SourceError> {
        if statement.source() != source.id {
            let detail = format!("it was compiled for source {:?}", statement.source());
            return Err(SourceError::Refused { detail });
        }
        let query = Query {
            sql: statement.sql().to_owned(),
            arguments: statement.args().to_vec(),
            session: statement.session().to_vec(),
            row_limit: statement.row_limit().into(),
            byte_limit: self.0.limits.result_bytes,
            request_id,
            progress: Progress::default(),
        };
        Ok(Work { query, steps: statement.steps().to_vec() })
    }

    /// The columns of a table of `source`, in their order.
    pub async fn describe(
        &self,
        source: &Arc<DataSource>,
        table: &TableName,
    ) -> Result<Vec<TableColumn>, SourceError> {
        let connector = self.instance(source)?.connector();
        let limit = self.limits().statement_timeout;
        let described = timeout(limit, connector.describe(table.to_string())).await;
        Ok(described.map_err(|_| SourceError::TimedOut { limit })??)
    }

    /// Lets go of a source whose definition has changed or gone: no result of it is answered from
    /// the cache any more, and the next question opens it anew. Queries in it run to their end.
    pub fn forget(&self, source: SourceId) {
        self.open().instances.remove(&source);
        self.0.cache.forget(source);
    }

    /// Closes all sources, whatever runs in them, and opens none again.
    pub async fn shutdown(&self) {
        let instances = {
            let mut open = self.open();
            open.shut_down = true;
            std::mem::take(&mut open.instances)
        };
        for instance in instances.into_values() {
            instance.connector().close().await;
        }
    }

    pub(crate) fn objects(&self) -> &Arc<ObjectCache> {
        &self.0.objects
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn worker(&self) -> &WorkerCommand {
        &self.0.worker
    }

    /// Waits until no other connection is being tried.
    pub(crate) async fn turn_to_probe(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.probe.lock().await
    }

    pub(crate) fn cache(&self) -> &ResultCache {
        &self.0.cache
    }

    pub(crate) fn shared_activity(&self) -> &Arc<Activity> {
        &self.0.activity
    }

    /// What has been asked and answered so far.
    pub fn activity(&self) -> &Activity {
        &self.0.activity
    }

    /// What is open, runs, waits and is kept just now.
    pub fn load(&self) -> Load {
        let (cache_bytes, cache_entries) = self.0.cache.size();
        let open = self.open();
        let empty = Load {
            open: open.instances.len(),
            cache_bytes,
            cache_entries,
            object_bytes: self.0.objects.bytes(),
            ..Load::default()
        };
        open.instances.values().map(|instance| instance.load()).fold(
            empty,
            |sum, (running, waiting)| Load {
                running: sum.running + running,
                waiting: sum.waiting + waiting,
                ..sum
            },
        )
    }

    /// Answers the question with this key.
    pub(crate) async fn answer<W: Into<Work>>(
        &self,
        source: &Arc<DataSource>,
        key: Hash,
        work: impl FnOnce() -> W,
        options: RunOptions,
    ) -> Result<Answer, SourceError> {
        if options.cache != CachePolicy::Off
            && let Some(kept) = self.0.cache.get(&key).await
        {
            let answers = kept.to(options.cache);
            if answers == Freshness::Stale && !self.0.flights.has(&key) {
                self.renew(source, key, work, &options);
                self.0.activity.cache_stale.count();
                return Ok(kept.into());
            }
            if answers != Freshness::Old {
                self.0.activity.cache_hits.count();
                return Ok(kept.into());
            }
        }
        let fresh = self.join(source, key, work, &options)?.outcome().await?;
        Ok(Answer { result: fresh.result, cached: false, as_of: fresh.as_of })
    }

    /// Fetches a new result behind one that has answered. When it fails, the old one goes on answering
    /// as long as it may, and the next who asks tries again.
    fn renew<W: Into<Work>>(
        &self,
        source: &Arc<DataSource>,
        key: Hash,
        work: impl FnOnce() -> W,
        options: &RunOptions,
    ) {
        if let Ok(waiter) = self.join(source, key, work, options) {
            tokio::spawn(waiter.outcome());
        }
    }

    /// Joins the question under way, or puts it to the source.
    fn join<W: Into<Work>>(
        &self,
        source: &Arc<DataSource>,
        key: Hash,
        work: impl FnOnce() -> W,
        options: &RunOptions,
    ) -> Result<Waiter, SourceError> {
        let (waiter, pilot) = self.0.flights.join(key, options.cache.keep_for());
        if let Some(pilot) = pilot {
            self.0.activity.cache_misses.count();
            let instance = self.instance(source)?;
            tracing::debug!(request_id = %options.request_id, source = %source.name, "query begins");
            let flight = Flight { key, source: source.id, customer: options.customer.clone() };
            let span = span_of_query(source);
            tokio::spawn(
                fly(Arc::clone(&self.0), instance, pilot, flight, work().into()).instrument(span),
            );
        } else {
            self.0.activity.joined.count();
        }
        Ok(waiter)
    }

    /// The open instance for this revision of the source, or a new one.
    pub(crate) fn instance(&self, source: &DataSource) -> Result<Arc<Instance>, SourceError> {
        self.0.sweeper.call_once(|| {
            tokio::spawn(sweep(Arc::downgrade(&self.0)));
        });
        let mut open = self.open();
        if open.shut_down {
            return Err(SourceError::Unavailable { detail: "the server shuts down".to_owned() });
        }
        let new = || self.0.instance(source);
        let instance = match open.instances.entry(source.id) {
            Entry::Vacant(entry) => entry.insert(new()),
            Entry::Occupied(mut entry) => {
                if entry.get().revision < source.revision {
                    entry.insert(new());
                }
                entry.into_mut()
            }
        };
        Ok(Arc::clone(instance))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open()
    }
}

/// Under what a result is kept: whatever decides its rows, and the purges so far.
pub(crate) fn key(statement: &Statement, purge: i64) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(statement.cache_key().as_bytes());
    hasher.update(&purge.to_le_bytes());
    hasher.finalize()
}

impl Inner {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is asked of a database, and what is done with its answer.
pub(crate) struct Work {
    pub(crate) query: Query,
    pub(crate) steps: Vec<Step>,
}

impl From<Query> for Work {
    fn from(query: Query) -> Self {
        Self { query, steps: Vec::new() }
    }
}

struct Flight {
    key: Hash,
    source: SourceId,
    customer: CustomerKey,
}

/// The task of one query: runs it, keeps the result for those who come later, tells those who wait.
async fn fly(inner: Arc<Inner>, instance: Arc<Instance>, pilot: Pilot, flight: Flight, work: Work) {
    let (as_of, asked) = (now(), Instant::now());
    let stop = pilot.stop.clone();
    let Work { query, steps } = work;
    let tell = async |outcome: Result<ResultSet, SourceError>, _: Stages| {
        let outcome = outcome.and_then(|result| apply(result, &steps));
        inner.activity.query_ended(&outcome, pilot.stop.is_ordered(), asked.elapsed());
        Span::current().record("fanlight.outcome", name_of(&outcome, pilot.stop.is_ordered()));
        let outcome = outcome.map(|result| Fresh { result: Arc::new(result), as_of, asked });
        let keep_for = pilot.keep_for();
        if let Ok(fresh) = &outcome
            && !keep_for.is_zero()
        {
            inner.cache.keep(&flight.key, flight.source, fresh, keep_for).await;
        }
        pilot.land(outcome);
    };
    instance.run(query, flight.customer, stop, tell).await;
}

/// For traces. It begins with the first who asks, and knows nothing of what was asked.
fn span_of_query(source: &DataSource) -> Span {
    tracing::info_span!(
        target: "trace",
        "query",
        otel.kind = "client",
        fanlight.source = %source.name,
        fanlight.outcome = Empty,
    )
}

#[expect(clippy::disallowed_methods, reason = "it is only shown; ages are measured with Instant")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Closes sources that nobody asks any more, until the last [`Sources`] is gone.
async fn sweep(inner: Weak<Inner>) {
    loop {
        let Some(idle) = inner.upgrade().map(|inner| inner.limits.idle) else { return };
        tokio::time::sleep(SWEEP_PAUSE.min(idle)).await;
        let Some(inner) = inner.upgrade() else { return };
        // What is taken out here closes when its last user drops it.
        let mut open = inner.open();
        let before = open.instances.len();
        open.instances.retain(|_, instance| instance.idle_for() < idle);
        inner.activity.idle_closed.add((before - open.instances.len()) as u64);
    }
}

#[cfg(test)]
mod cache_tests;
#[cfg(test)]
mod fairness_tests;
#[cfg(test)]
mod tests;
