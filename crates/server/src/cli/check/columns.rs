//! Whether panels ask of their datasets' columns what those hold, where a data source tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::dashboard::Panel;
use model::name::{DashboardName, DatasetName, PanelId, ProvidedId};
use model::source::Connection;
use query::{ColumnFault, DatasetColumn, Holds, PreparedDashboard, Target, Viewer, check_columns};
use sources::{ColumnKind, CustomerKey, Sources};
use workspace::{Fault, Workspace};

use super::AsCustomer;
use super::asking::Asking;
use super::choices::Choices;
use super::installed::Installed;
use crate::cli::serve::worker_command;
use crate::clock::Clock;
use crate::config::Config;

/// The customer as whom datasets are asked for their columns; it sees no row.
const NOBODY: &str = "fanlight-check";

/// The faults of panels whose data is in files beside the workspace. What only a database knows, or a
/// dataset only answers for some customers, is not told here.
pub(in crate::cli) async fn faults(workspace: &Workspace) -> anyhow::Result<Vec<Fault>> {
    let sources = Sources::new(Config::defaults().queries, worker_command()?);
    let mut found = Vec::new();
    for group in &workspace.declaration().groups {
        let customer: ProvidedId = NOBODY.parse()?;
        let viewing = AsCustomer { group: Some(group.clone()), ..AsCustomer::of(customer) };
        let installed = Installed::imagined(workspace, &viewing).await?;
        for (dashboard, panel, fault) in of_group(&installed, &viewing, &sources).await? {
            let ColumnFault { pointer, message } = fault;
            let fault = workspace.fault_of_panel(&dashboard, &panel, &pointer, &message);
            if !found.contains(&fault) {
                found.push(fault);
            }
        }
    }
    sources.shutdown().await;
    Ok(found)
}

async fn of_group(
    installed: &Installed,
    viewing: &AsCustomer,
    sources: &Sources,
) -> anyhow::Result<Vec<(DashboardName, PanelId, ColumnFault)>> {
    let group = installed.group(viewing.group.as_ref()).await?;
    let mut found = Vec::new();
    for dashboard in &installed.store.definitions().await?.dashboards {
        let (scope, definitions) =
            installed.granted(&group, &viewing.customer, &dashboard.embed_id).await?;
        let Some(published) = definitions.shown_to(&scope, None) else { continue };
        let viewer = Viewer::new(&scope, &definitions.schemas, &definitions.sources);
        let customer = CustomerKey(scope.customer().key.to_string());
        let now = Clock::system().now();
        let asking = Asking { sources, definitions: &definitions, viewer, customer, now };
        let definition = &published.definition;
        let prepared = PreparedDashboard::new(Arc::clone(definition));
        let columns = told(&asking, &prepared, is_beside).await;
        for panel in &definition.panels {
            let faults = columns.faults(panel).into_iter();
            found.extend(faults.map(|fault| (dashboard.name.clone(), panel.id.clone(), fault)));
        }
    }
    Ok(found)
}

/// Whether opening it reads nothing but the beginnings of local files.
fn is_beside(connection: &Connection) -> bool {
    match connection {
        Connection::Files(files) => files.storage.is_none() && !files.materialize,
        _ => false,
    }
}

/// The columns of the datasets that told them.
pub(super) struct Columns<'a>(BTreeMap<&'a DatasetName, Vec<DatasetColumn>>);

impl Columns<'_> {
    pub(super) fn faults(&self, panel: &Panel) -> Vec<ColumnFault> {
        let columns = self.0.get(&panel.dataset);
        columns.map(|columns| check_columns(panel, columns)).unwrap_or_default()
    }
}

/// What the datasets of a dashboard tell of their columns, before anything is chosen. Why a dataset has
/// no answer is told by the panels that read it.
pub(super) async fn told<'a>(
    asking: &Asking<'_>,
    prepared: &'a PreparedDashboard,
    may_ask: impl Fn(&Connection) -> bool,
) -> Columns<'a> {
    let mut columns = BTreeMap::new();
    for name in prepared.dashboard().datasets.keys() {
        let target = Target::Columns(name.clone());
        let Ok(compiled) = asking.compile(prepared, target, &Choices::default()) else { continue };
        let source = asking.definitions.source(compiled.rows.source());
        if !source.is_some_and(|source| may_ask(&source.connection)) {
            continue;
        }
        if let Ok(got) = asking.ask(compiled).await {
            let of_result = got.rows.result.columns().iter().map(dataset_column);
            columns.insert(name, of_result.collect());
        }
    }
    Columns(columns)
}

fn dataset_column(column: &sources::Column) -> DatasetColumn {
    let holds = match column.kind {
        ColumnKind::Integer | ColumnKind::Float | ColumnKind::Decimal => Holds::Number,
        ColumnKind::String => Holds::Text,
        ColumnKind::Date | ColumnKind::Timestamp | ColumnKind::Time => Holds::Time,
        ColumnKind::Boolean | ColumnKind::Other => Holds::Other,
    };
    DatasetColumn { name: column.name.clone(), holds }
}
