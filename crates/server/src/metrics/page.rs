//! The page of all metrics, in the OpenMetrics text format.

use std::fmt::{self, Error};
use std::sync::Arc;

use model::OperatorScope;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::registry::{Registry, Unit};

use store::CustomerCount;

use super::families::{Families, Scale};
use super::process;
use crate::app::App;

/// All metrics as they are now.
pub(crate) async fn page(app: &App) -> Result<String, Error> {
    let scrape = Scrape::now(app).await;
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape));
    let mut page = String::with_capacity(32 * 1024);
    text::encode(&mut page, &registry)?;
    Ok(page)
}

/// What is asked for only when somebody reads the page: put here what the store has to be asked for.
struct Scrape {
    app: App,
    /// `None` when the store does not answer, which other metrics tell.
    customers: Option<Arc<Vec<CustomerCount>>>,
}

impl Scrape {
    async fn now(app: &App) -> Self {
        // The server has the store and its key in hand, as the command line has.
        let operator = OperatorScope::of_command_line();
        let customers = app.store.customer_counts(&operator).await.ok();
        Self { app: app.clone(), customers }
    }
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrape")
    }
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder) -> Result<(), Error> {
        let mut families = Families(encoder);
        self.process(&mut families)?;
        self.http(&mut families)?;
        self.store(&mut families)?;
        self.customers(&mut families)?;
        self.sources(&mut families)
    }
}

impl Scrape {
    fn process(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        families.info("fanlight_build", "The version that runs", &version)?;
        let started = self.app.metrics().started.as_microsecond() as f64 / 1e6;
        let help = "When it started, since 1970";
        families.gauge_in("process_start_time", &Unit::Seconds, help, started)?;
        if let Some(bytes) = process::resident_bytes() {
            let help = "Memory of the server, without its engine workers";
            families.gauge_in("process_resident_memory", &Unit::Bytes, help, bytes as f64)?;
        }
        if let Some(open) = process::open_files() {
            families.gauge("process_open_fds", "File descriptors in use", open as i64)?;
        }
        if let Some(most) = process::most_files() {
            families.gauge("process_max_fds", "File descriptors allowed", most as i64)?;
        }
        Ok(())
    }

    fn http(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let metrics = self.app.metrics();
        let routes = metrics.http.routes();
        let requests = routes.iter().flat_map(|route| {
            route.by_status().map(|(method, status, count)| {
                let (surface, template) = (route.surface.name(), route.template.as_str());
                let route = [("surface", surface), ("route", template)];
                ([route[0], route[1], ("method", method), ("status", status)], count)
            })
        });
        families.counters("fanlight_http_requests", "Requests answered", requests)?;
        let durations = routes.iter().filter_map(|route| {
            let seen = route.duration.snapshot();
            let labels = [("surface", route.surface.name()), ("route", route.template.as_str())];
            (seen.count() > 0).then_some((labels, seen))
        });
        families.histograms(
            "fanlight_http_request_duration",
            "From a request's head to the head of its answer",
            Scale::Durations,
            durations,
        )?;
        let in_flight = metrics.http.in_flight();
        families.gauge("fanlight_http_requests_in_flight", "Requests being answered", in_flight)?;
        families.counter(
            "fanlight_http_requests_abandoned",
            "Requests whose client left before the answer",
            metrics.http.abandoned(),
        )?;
        families.counters(
            "fanlight_http_requests_limited",
            "Requests beyond the limit of their address or credential",
            [
                ([("by", "address")], metrics.address_limited.value()),
                ([("by", "credential")], metrics.credential_limited.value()),
            ],
        )?;
        let connections = metrics.connections.value();
        families.gauge("fanlight_http_connections", "Connections that are open", connections)?;
        families.counter(
            "fanlight_http_connections_cut",
            "Connections closed because the client did not read, or sent no request",
            metrics.connections_cut.value(),
        )?;
        let refused = metrics.embed.by_reason();
        families.counters(
            "fanlight_embed_credentials_refused",
            "Embed credentials that opened nothing",
            refused.map(|(reason, count)| ([("reason", reason)], count.value())),
        )
    }

    fn store(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let (store, activity) = (&self.app.store, self.app.store.activity());
        let outcomes = [
            ("done", &activity.changes_done),
            ("refused", &activity.changes_refused),
            ("failed", &activity.changes_failed),
        ];
        let outcomes = outcomes.map(|(outcome, count)| ([("outcome", outcome)], count.value()));
        families.counters("fanlight_store_changes", "Changes of the metadata", outcomes)?;
        families.gauge(
            "fanlight_store_changes_waiting",
            "Changes that wait or run",
            activity.changes_waiting.value(),
        )?;
        families.histogram(
            "fanlight_store_change_wait",
            "How long changes waited for the writer, or for a connection",
            Scale::Durations,
            &activity.change_wait.snapshot(),
        )?;
        let commits = activity.commits.value();
        families.counter("fanlight_store_commits", "Transactions committed", commits)?;
        families.histogram(
            "fanlight_store_commit_duration",
            "How long commits took to be durable",
            Scale::Durations,
            &activity.commit_duration.snapshot(),
        )?;
        families.histogram(
            "fanlight_store_changes_per_commit",
            "Changes that shared a commit",
            Scale::Plain,
            &activity.changes_per_commit.snapshot(),
        )?;
        families.counter(
            "fanlight_store_statement_errors",
            "Statements that the metadata's database answered with an error",
            activity.statements_failed.value(),
        )?;
        families.counter(
            "fanlight_store_definitions_loads",
            "How often the definitions were read anew",
            activity.definitions_loads.value(),
        )?;
        if let Some(generation) = store.definitions_generation() {
            let help = "The generation of the definitions in use; equal on all nodes";
            families.gauge("fanlight_store_definitions_generation", help, generation)?;
        }
        self.pool(families)
    }

    /// The connections to PostgreSQL.
    fn pool(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let Some(pool) = self.app.store.pool_use() else { return Ok(()) };
        let used = pool.open.saturating_sub(pool.idle);
        families.gauges(
            "fanlight_store_pool_connections",
            "Connections to PostgreSQL",
            [([("state", "used")], used as i64), ([("state", "idle")], pool.idle as i64)],
        )?;
        let help = "Connections to PostgreSQL that the pool may have";
        families.gauge("fanlight_store_pool_connections_max", help, pool.most as i64)?;
        let help = "Calls that wait for a connection to PostgreSQL";
        families.gauge("fanlight_store_pool_waiting", help, pool.waiting as i64)
    }

    fn customers(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let Some(counts) = &self.customers else { return Ok(()) };
        let sum = |of: fn(&CustomerCount) -> u64| counts.iter().map(of).sum::<u64>() as i64;
        let gauges = [
            ([("kind", "paid")], sum(|count| count.paid)),
            ([("kind", "demo")], sum(|count| count.demo)),
        ];
        families.gauges("fanlight_customers", "Customers, by their own flag", gauges)
    }

    /// The way to databases, and what is given up.
    fn connections(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let activity = self.app.sources.activity();
        let open = activity.connections.by_kind();
        families.gauges(
            "fanlight_source_connections",
            "Connections to databases that are open; of ClickHouse those that are used",
            open.map(|(kind, count)| ([("kind", kind)], count)),
        )?;
        for (name, help, count) in [
            (
                "fanlight_source_addresses_refused",
                "Addresses that data sources named and may not reach",
                &activity.addresses_refused,
            ),
            (
                "fanlight_sources_idle_closed",
                "Data sources closed because nobody asked them any more",
                &activity.idle_closed,
            ),
            (
                "fanlight_source_cache_evicted",
                "Results dropped before their time to make room",
                &activity.cache_evicted,
            ),
        ] {
            families.counter(name, help, count.value())?;
        }
        Ok(())
    }

    /// What is fetched from stores of objects.
    fn objects(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let objects = &self.app.sources.activity().objects;
        let wanted = [("hit", &objects.hits), ("fetched", &objects.fetched)];
        families.counters(
            "fanlight_object_cache_requests",
            "Objects that engine workers needed: in the cache, or fetched from their store",
            wanted.map(|(result, count)| ([("result", result)], count.value())),
        )?;
        let (bytes, evicted) = (objects.fetched_bytes.value(), objects.evicted.value());
        families.counter("fanlight_object_fetched_bytes", "What stores of objects sent", bytes)?;
        let help = "Objects removed to make room";
        families.counter("fanlight_object_cache_evicted", help, evicted)?;
        let bytes = self.app.sources.load().object_bytes as f64;
        let help = "What fetched objects take on the disk";
        families.gauge_in("fanlight_object_cache", &Unit::Bytes, help, bytes)
    }

    fn sources(&self, families: &mut Families<'_>) -> Result<(), Error> {
        let (activity, load) = (self.app.sources.activity(), self.app.sources.load());
        let outcomes = activity.outcomes.by_name();
        let outcomes = outcomes.map(|(outcome, count)| ([("outcome", outcome)], count));
        families.counters("fanlight_source_queries", "Queries of customers' data", outcomes)?;
        families.histogram(
            "fanlight_source_query_duration",
            "How long queries took, their wait included",
            Scale::Durations,
            &activity.query_duration.snapshot(),
        )?;
        families.histogram(
            "fanlight_source_queue_wait",
            "How long queries waited for their turn",
            Scale::Durations,
            &activity.queue_wait.snapshot(),
        )?;
        for (name, help, value) in [
            ("fanlight_source_queries_running", "Queries that run", load.running as i64),
            (
                "fanlight_source_queries_waiting",
                "Queries that wait for a turn",
                load.waiting as i64,
            ),
            ("fanlight_sources_open", "Data sources that are open", load.open as i64),
            ("fanlight_source_cache_results", "Results kept", load.cache_entries as i64),
            ("fanlight_engine_workers", "Engine workers that run", activity.workers.value()),
        ] {
            families.gauge(name, help, value)?;
        }
        let bytes = load.cache_bytes as f64;
        let help = "What kept results take";
        families.gauge_in("fanlight_source_cache", &Unit::Bytes, help, bytes)?;
        let asked = [
            ("hit", &activity.cache_hits),
            ("stale", &activity.cache_stale),
            ("miss", &activity.cache_misses),
            ("joined", &activity.joined),
        ];
        let asked = asked.map(|(result, count)| ([("result", result)], count.value()));
        let help = "Questions answered by a kept result, in its time or past it, by a query, or by one under way";
        families.counters("fanlight_source_cache_requests", help, asked)?;
        let started = activity.workers_started.value();
        families.counter("fanlight_engine_workers_started", "Engine workers started", started)?;
        self.connections(families)?;
        self.objects(families)
    }
}
