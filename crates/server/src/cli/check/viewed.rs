//! Every part of every dashboard as one customer gets it, whatever it chooses; and all rows of each
//! dataset, looked through for rows that are another's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use model::dashboard::{Dashboard, Element, ElementKind, Options, Panel};
use model::name::{DashboardName, DatasetName, ElementId};
use query::{
    ColumnFault, DatasetExplanation, Ground, PreparedDashboard, Target, TenantIds, Viewer,
};
use serde_json::{Value as Json, json};
use sources::{Cell, CustomerKey, Sources};
use store::PublishedDashboard;

use super::AsCustomer;
use super::asking::{Asking, Got, meaning};
use super::belonging::belongs;
use super::choices::{self, Choices};
use super::columns;
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
        let granted = installed.granted(&group, &viewing.customer, &dashboard.embed_id);
        let (scope, definitions) = granted.await?;
        let published = definitions.shown_to(&scope, None).context("the newest version")?;
        let asking = Asking {
            sources: &sources,
            definitions: &definitions,
            viewer: Viewer::new(&scope, &definitions.schemas, &definitions.sources),
            customer: CustomerKey(scope.customer().key.to_string()),
            now: Clock::system().now(),
        };
        let look = Look { asking, given: &viewing.variables };
        parts.extend(look.at_dashboard(&published).await);
    }
    sources.shutdown().await;
    if parts.is_empty() {
        bail!("there is no such dashboard, or none with a panel");
    }
    Ok(Report::of(viewing.customer.clone(), group.group_name().clone(), parts))
}

struct Look<'a> {
    asking: Asking<'a>,
    given: &'a [choices::Given],
}

impl Look<'_> {
    async fn at_dashboard(&self, published: &PublishedDashboard) -> Vec<Part> {
        let definition = &published.definition;
        let prepared = PreparedDashboard::new(Arc::clone(definition));
        let runs = choices::all(self.given, &self.controls(&prepared).await);
        let mut parts = Vec::new();
        for name in definition.datasets.keys() {
            parts.extend(self.at_dataset(name, &prepared, &runs).await);
        }
        let columns = columns::told(&self.asking, &prepared, |_| true).await;
        for panel in &definition.panels {
            let part = Part::named(&definition.name, Kind::Panel, panel.id.as_str());
            let faults = columns.faults(panel);
            if !faults.is_empty() {
                let faults: Vec<String> = faults.iter().map(ColumnFault::to_string).collect();
                parts.push(Part { error: Some(faults.join("; ")), ..part });
                continue;
            }
            let target = Target::Panel(panel.id.clone());
            parts.extend(self.at_target(part, &prepared, target, &panel.dataset, &runs).await);
        }
        for (element, dataset) in definition.elements.iter().filter_map(read_by) {
            let part = Part::named(&definition.name, Kind::Options, element.id.as_str());
            let target = Target::Options(element.id.clone());
            parts.extend(self.at_target(part, &prepared, target, dataset, &runs).await);
        }
        parts
    }

    /// A value of each control that has one for this customer.
    async fn controls(&self, prepared: &PreparedDashboard) -> Vec<(ElementId, Json)> {
        let mut controls = Vec::new();
        for element in &prepared.dashboard().elements {
            let value = match read_by(element) {
                Some(_) => self.first_choice(prepared, element).await,
                None => choices::at_hand(element, self.asking.now),
            };
            controls.extend(value.map(|value| (element.id.clone(), value)));
        }
        controls
    }

    /// `None` also when it cannot be asked, which the part of the control tells.
    async fn first_choice(&self, prepared: &PreparedDashboard, element: &Element) -> Option<Json> {
        let base = choices::all(self.given, &[]).pop()?;
        let compiled = self.asking.compile(prepared, Target::Options(element.id.clone()), &base);
        let got = self.asking.ask(compiled.ok()?).await.ok()?;
        let mut first = got.rows.result.rows().filter_map(|mut row| row.next());
        let choice = first.find(|cell| *cell != Cell::Null)?;
        Some(choices::of_choice(element, json_of(choice)))
    }

    /// A part in every run that asks something of its own.
    async fn at_target(
        &self,
        part: Part,
        prepared: &PreparedDashboard,
        target: Target,
        dataset: &DatasetName,
        runs: &[Choices],
    ) -> Vec<Part> {
        let (mut seen, mut parts) = (BTreeSet::new(), Vec::new());
        for run in runs {
            let compiled = self.asking.compile(prepared, target.clone(), run);
            if !seen.insert(meaning(&compiled)) {
                continue;
            }
            let part = Part { variables: run.clone(), ..part.clone() };
            let explained = query::explain_dataset(dataset, run, prepared, &self.asking.viewer);
            let tenants = explained.map(|dataset| dataset.tenants).unwrap_or_default();
            let got = match compiled {
                Ok(compiled) => self.asking.ask(compiled).await,
                Err(error) => Err(error),
            };
            parts.push(part.with(got, &tenants));
        }
        parts
    }

    /// Why a dataset answers, or how many of its rows are whose, in every run that asks something of its
    /// own. What refuses it is told by the panels that read it.
    async fn at_dataset(
        &self,
        name: &DatasetName,
        prepared: &PreparedDashboard,
        runs: &[Choices],
    ) -> Vec<Part> {
        let (mut seen, mut parts) = (BTreeSet::new(), Vec::new());
        let dashboard = &prepared.dashboard().name;
        for run in runs {
            let explained = query::explain_dataset(name, run, prepared, &self.asking.viewer);
            let Some(DatasetExplanation { answer: Ok(ground), tenants, .. }) = explained else {
                continue;
            };
            let part = Part {
                note: Some(ground.to_string()),
                variables: run.clone(),
                ..Part::named(dashboard, Kind::Dataset, name.as_str())
            };
            if tenants.is_empty() && seen.insert(Ok(Vec::new())) {
                parts.push(part.clone());
            }
            for tenant in &tenants {
                let Some(counting) = counting(prepared.dashboard(), name, &tenant.column) else {
                    continue;
                };
                let compiled = self.asking.compile(&counting, count_target(), run);
                if seen.insert(meaning(&compiled)) {
                    let got = match compiled {
                        Ok(compiled) => self.asking.ask(compiled).await,
                        Err(error) => Err(error),
                    };
                    parts.push(part.clone().with_owners(got, tenant, ground));
                }
            }
        }
        parts
    }
}

/// The dataset that a control's choices come from.
fn read_by(element: &Element) -> Option<(&Element, &DatasetName)> {
    match &element.kind {
        ElementKind::Dropdown { options: Options::Dataset(options) }
        | ElementKind::MultiSelect { options: Options::Dataset(options) } => {
            Some((element, &options.dataset))
        }
        _ => None,
    }
}

/// A choice as a page sends it back.
fn json_of(cell: Cell<'_>) -> Json {
    match cell {
        Cell::Integer(number) => {
            i64::try_from(number).map_or_else(|_| json!(number.to_string()), Json::from)
        }
        Cell::Boolean(is_true) => json!(is_true),
        other => json!(other.to_string()),
    }
}

/// The dashboard with one panel, which counts a dataset's rows by a column: it goes the way of every
/// panel. `None` when nothing can have this name.
fn counting(
    dashboard: &Dashboard,
    dataset: &DatasetName,
    column: &str,
) -> Option<PreparedDashboard> {
    let document = json!({
        "id": COUNT, "type": "bar", "title": "Rows by their owner",
        "dataset": dataset,
        "dimensions": [{"column": column, "name": "owner"}],
        "measures": [{"name": "rows", "aggregate": "count"}],
        "limit": 10_000,
    });
    let panel: Panel = serde_json::from_value(document).ok()?;
    let counting = Dashboard { panels: vec![panel], layout: Vec::new(), ..dashboard.clone() };
    Some(PreparedDashboard::new(Arc::new(counting)))
}

fn count_target() -> Target {
    Target::Panel(COUNT.parse().unwrap_or_else(|_| unreachable!("it is an id")))
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
            variables: Choices::new(),
            rows: None,
            milliseconds: 0,
            tenant_column: None,
            foreign_rows: None,
            note: None,
            error: None,
        }
    }

    fn with(self, got: Result<Got, String>, tenants: &[TenantIds]) -> Self {
        match got {
            Ok(got) => {
                let (tenant_column, foreign_rows) = got.foreign_rows(tenants).unzip();
                let rows = Some(got.total.unwrap_or(got.rows.result.row_count() as u64));
                Self {
                    rows,
                    milliseconds: milliseconds(got.time),
                    tenant_column,
                    foreign_rows,
                    ..self
                }
            }
            Err(error) => Self { error: Some(error), ..self },
        }
    }

    /// Of a dataset whose rows were counted by their owner.
    fn with_owners(self, got: Result<Got, String>, tenant: &TenantIds, ground: Ground) -> Self {
        let column = &tenant.column;
        match got {
            Ok(got) => {
                let (mut rows, mut foreign) = (0, 0);
                for row in got.rows.result.rows() {
                    let cells: Vec<Cell<'_>> = row.collect();
                    let [owner, Cell::Integer(count)] = cells.as_slice() else { continue };
                    let count = u64::try_from(*count).unwrap_or_default();
                    rows += count;
                    foreign += if belongs(*owner, &tenant.ids) { 0 } else { count };
                }
                Self {
                    rows: Some(rows),
                    foreign_rows: Some(foreign),
                    milliseconds: milliseconds(got.time),
                    tenant_column: Some(column.clone()),
                    ..self
                }
            }
            // A tenant column has to be there; a column that the SQL compares need not be shown.
            Err(error) if ground == Ground::TenantColumn => Self { error: Some(error), ..self },
            Err(error) => {
                let note =
                    format!("not counted by {column}, which its result may not have: {error}");
                Self { note: Some(note), ..self }
            }
        }
    }
}
