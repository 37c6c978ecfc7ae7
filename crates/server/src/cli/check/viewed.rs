//! Every part of every dashboard as one customer gets it, by the one gate and against the real data
//! sources; and all rows of each dataset, looked through for rows that are another's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use model::dashboard::{Dashboard, ElementKind, Options, Panel};
use model::name::DashboardName;
use query::{
    ColumnFault, ColumnRole, Compiled, DatasetExplanation, Ground, PreparedDashboard, Request,
    Target, TenantIds, Viewer,
};
use serde_json::json;
use sources::{Answer, CachePolicy, Cell, CustomerKey, RunOptions, Sources};
use store::{Definitions, PublishedDashboard};
use uuid::Uuid;

use super::AsCustomer;
use super::belonging::belongs;
use super::installed::Installed;
use super::report::{Kind, Part, Report};
use crate::cli::serve::worker_command;
use crate::clock::Clock;
use crate::config::Config;

/// The panel that counts a dataset's rows by their tenant column.
const COUNT: &str = "fanlight_check";

pub(super) async fn look(
    viewing: &AsCustomer,
    config: Config,
    installed: &Installed,
) -> anyhow::Result<Report> {
    let group = installed.group(viewing.group.as_ref()).await?;
    let sources = Sources::new(config.queries, worker_command()?);
    let is_wanted =
        |name: &DashboardName| viewing.dashboard.as_ref().is_none_or(|only| only == name);
    let dashboards = &installed.store.definitions().await?.dashboards;
    let mut parts = Vec::new();
    for dashboard in dashboards.iter().filter(|dashboard| is_wanted(&dashboard.name)) {
        let viewing = installed.granted(&group, &viewing.customer, &dashboard.embed_id);
        let (scope, definitions) = viewing.await?;
        let published = definitions.shown_to(&scope, None).context("the newest version")?;
        let viewer = Viewer::new(&scope, &definitions.schemas, &definitions.sources);
        let customer = CustomerKey(scope.customer().key.to_string());
        let look = Look { sources: &sources, definitions: &definitions, viewer, customer };
        parts.extend(look.at_dashboard(&published).await);
    }
    sources.shutdown().await;
    if parts.is_empty() {
        bail!("there is no such dashboard, or none with a panel");
    }
    Ok(Report::of(viewing.customer.clone(), group.group_name().clone(), parts))
}

pub(super) struct Look<'a> {
    pub(super) sources: &'a Sources,
    pub(super) definitions: &'a Definitions,
    pub(super) viewer: Viewer<'a>,
    pub(super) customer: CustomerKey,
}

/// What came of one request.
struct Got {
    compiled: Compiled,
    rows: Answer,
    total: Option<u64>,
    time: Duration,
}

impl Look<'_> {
    async fn at_dashboard(&self, published: &PublishedDashboard) -> Vec<Part> {
        let definition = &published.definition;
        let prepared = PreparedDashboard::new(Arc::clone(definition));
        let explained = query::explain(&prepared, &self.viewer);
        let name = &definition.name;
        let mut parts = Vec::new();
        for dataset in &explained {
            parts.extend(self.at_dataset(definition, dataset).await);
        }
        let tenants_of = |name: &model::name::DatasetName| {
            let found = explained.iter().find(|dataset| dataset.dataset == name);
            found.map(|dataset| dataset.tenants.as_slice()).unwrap_or_default()
        };
        let columns = self.columns(definition, &prepared, |_| true).await;
        for panel in &definition.panels {
            let part = Part::named(name, Kind::Panel, panel.id.as_str());
            let faults = columns.faults(panel);
            if !faults.is_empty() {
                let faults: Vec<String> = faults.iter().map(ColumnFault::to_string).collect();
                parts.push(Part { error: Some(faults.join("; ")), ..part });
                continue;
            }
            let target = Target::Panel(panel.id.clone());
            parts.push(self.at_target(part, &prepared, target, tenants_of(&panel.dataset)).await);
        }
        for element in &definition.elements {
            if let ElementKind::Dropdown { options: Options::Dataset(options) }
            | ElementKind::MultiSelect { options: Options::Dataset(options) } = &element.kind
            {
                let part = Part::named(name, Kind::Options, element.id.as_str());
                let target = Target::Options(element.id.clone());
                let tenants = tenants_of(&options.dataset);
                parts.push(self.at_target(part, &prepared, target, tenants).await);
            }
        }
        parts
    }

    async fn at_target(
        &self,
        part: Part,
        prepared: &PreparedDashboard,
        target: Target,
        tenants: &[TenantIds],
    ) -> Part {
        match self.ask(prepared, target).await {
            Ok(got) => {
                let foreign = foreign_rows(&got, tenants);
                let (tenant_column, foreign_rows) = foreign.unzip();
                let rows = Some(got.total.unwrap_or(got.rows.result.row_count() as u64));
                let milliseconds = milliseconds(got.time);
                Part { rows, milliseconds, tenant_column, foreign_rows, ..part }
            }
            Err(error) => Part { error: Some(error), ..part },
        }
    }

    /// Why a dataset answers, or how many of its rows are whose. What refuses it is told by the panels
    /// that read it.
    async fn at_dataset(
        &self,
        definition: &Dashboard,
        dataset: &DatasetExplanation<'_>,
    ) -> Vec<Part> {
        let Ok(ground) = &dataset.answer else { return Vec::new() };
        let part = || Part {
            note: Some(ground.to_string()),
            ..Part::named(&definition.name, Kind::Dataset, dataset.dataset.as_str())
        };
        let mut parts = Vec::new();
        for tenant in &dataset.tenants {
            parts.push(self.at_rows_of(part(), definition, dataset, tenant).await);
        }
        if parts.is_empty() { vec![part()] } else { parts }
    }

    /// Counts the rows of a dataset by a panel of its own, which goes the way of every panel.
    async fn at_rows_of(
        &self,
        part: Part,
        definition: &Dashboard,
        dataset: &DatasetExplanation<'_>,
        tenant: &TenantIds,
    ) -> Part {
        let column = &tenant.column;
        let Some(panel) = counting(dataset, column) else { return part };
        let definition =
            Dashboard { panels: vec![panel], layout: Vec::new(), ..definition.clone() };
        let prepared = PreparedDashboard::new(Arc::new(definition));
        let target = Target::Panel(COUNT.parse().unwrap_or_else(|_| unreachable!("it is an id")));
        match self.ask(&prepared, target).await {
            Ok(got) => {
                let (mut rows, mut foreign) = (0, 0);
                for row in got.rows.result.rows() {
                    let cells: Vec<Cell<'_>> = row.collect();
                    let [owner, Cell::Integer(count)] = cells.as_slice() else { continue };
                    let count = u64::try_from(*count).unwrap_or_default();
                    rows += count;
                    foreign += if belongs(*owner, &tenant.ids) { 0 } else { count };
                }
                Part {
                    rows: Some(rows),
                    foreign_rows: Some(foreign),
                    milliseconds: milliseconds(got.time),
                    tenant_column: Some(column.clone()),
                    ..part
                }
            }
            // A tenant column has to be there; a column that the SQL compares need not be shown.
            Err(error) if dataset.answer == Ok(Ground::TenantColumn) => {
                Part { error: Some(error), ..part }
            }
            Err(error) => {
                let note =
                    format!("not counted by {column}, which its result may not have: {error}");
                Part { note: Some(note), ..part }
            }
        }
    }

    async fn ask(&self, prepared: &PreparedDashboard, target: Target) -> Result<Got, String> {
        let begun = Instant::now();
        let compiled =
            query::compile(&Request::of(target, Clock::system().now()), prepared, &self.viewer);
        let compiled = compiled.map_err(|error| error.to_string())?;
        let rows = self.run(&compiled.rows).await?;
        let mut total = None;
        for (purpose, statement) in compiled.statements().skip(1) {
            let answer = self.run(statement).await?;
            if purpose == "total" {
                total = only_number(&answer);
            }
        }
        Ok(Got { compiled, rows, total, time: begun.elapsed() })
    }

    pub(super) async fn run(&self, statement: &query::Statement) -> Result<Answer, String> {
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

/// A panel that counts a dataset's rows by a column. `None` when nothing can have this name.
fn counting(dataset: &DatasetExplanation<'_>, column: &str) -> Option<Panel> {
    let document = json!({
        "id": COUNT, "type": "bar", "title": "Rows by their owner",
        "dataset": dataset.dataset,
        "dimensions": [{"column": column, "name": "owner"}],
        "measures": [{"name": "rows", "aggregate": "count"}],
        "limit": 10_000,
    });
    serde_json::from_value(document).ok()
}

/// The tenant column that a result carries as it is, with the rows where it is another's.
fn foreign_rows(got: &Got, tenants: &[TenantIds]) -> Option<(String, u64)> {
    let carried = |tenant: &TenantIds| {
        let columns = got.compiled.columns.iter();
        let plain = columns
            .enumerate()
            .filter(|(_, column)| column.role != ColumnRole::Measure && column.bucket.is_none());
        let mut named =
            plain.filter(|(_, column)| column.name.as_str().eq_ignore_ascii_case(&tenant.column));
        named.next().map(|(at, _)| at)
    };
    let (at, tenant) = tenants.iter().find_map(|tenant| Some((carried(tenant)?, tenant)))?;
    let owners = got.rows.result.rows().filter_map(|mut row| row.nth(at));
    let foreign = owners.filter(|owner| !belongs(*owner, &tenant.ids)).count();
    Some((tenant.column.clone(), foreign as u64))
}

fn only_number(answer: &Answer) -> Option<u64> {
    match answer.result.rows().next()?.next()? {
        Cell::Integer(count) => u64::try_from(count).ok(),
        _ => None,
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Part {
    fn named(dashboard: &DashboardName, kind: Kind, id: &str) -> Self {
        Self {
            dashboard: dashboard.clone(),
            kind,
            id: id.to_owned(),
            rows: None,
            milliseconds: 0,
            tenant_column: None,
            foreign_rows: None,
            note: None,
            error: None,
        }
    }
}
