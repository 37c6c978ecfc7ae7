//! `fanlight check`: a workspace's faults, and the ground on which each dataset answers; and what one
//! customer gets of it.

mod asking;
mod belonging;
mod choices;
pub(super) mod columns;
mod installed;
mod report;
mod viewed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use model::Levels;
use model::name::{DashboardName, GroupName, ProvidedId};
use query::Severity;
use workspace::{Assessment, Workspace};

use self::installed::Installed;
use super::{Place, complain, print};

#[derive(Args)]
pub(super) struct Options {
    /// The workspace's folder [default: .]
    #[arg(value_name = "WORKSPACE_DIR")]
    workspace: Option<PathBuf>,
    #[command(flatten)]
    viewing: Option<AsCustomer>,
}

#[derive(Args)]
pub(super) struct AsCustomer {
    /// Run every panel and every list of choices as this customer, against the real data sources,
    /// and look for rows that are another's
    #[arg(long = "as", value_name = "CUSTOMER", required = false)]
    customer: ProvidedId,
    /// The customer's group [default: the only one]
    #[arg(long, value_name = "NAME", requires = "customer")]
    group: Option<GroupName>,
    /// A JSON list of customers with their properties and mappings, parents first; without it, the
    /// customer stands on the first level and carries nothing
    #[arg(long, value_name = "FILE", requires = "customer")]
    customers: Option<PathBuf>,
    /// Look at the dashboards, data sources and customers of this installation, not at a workspace
    #[arg(long, requires = "customer", conflicts_with_all = ["workspace", "customers"])]
    stored: bool,
    /// Only this dashboard
    #[arg(long, value_name = "NAME", requires = "customer")]
    dashboard: Option<DashboardName>,
    /// Choose this in every run: JSON, or else a text. May be repeated. Controls that are not named are
    /// tried besides, each alone and all together: with their first choice, or the last 30 days
    #[arg(long = "variable", value_name = "NAME=VALUE", requires = "customer",
          value_parser = choices::given)]
    variables: Vec<choices::Given>,
    /// Print JSON instead of a table
    #[arg(long, requires = "customer")]
    json: bool,
}

/// Fails when `apply` would refuse the workspace for what stands in its files; as a customer, also
/// when a part has no answer or a row that is another's.
pub(super) async fn run(place: &Place, options: &Options) -> anyhow::Result<ExitCode> {
    let folder = options.workspace.clone().unwrap_or_else(|| ".".into());
    match &options.viewing {
        None => check(&folder).await,
        Some(viewing) if viewing.stored => {
            let config = place.config(None)?;
            let store = super::installation::open(&config).await?;
            look(viewing, config, Installed::of(store)).await
        }
        Some(viewing) => {
            let Some(workspace) = read(&folder) else { return Ok(ExitCode::FAILURE) };
            if told_errors(&workspace.assess(&Levels::default())) {
                return Ok(ExitCode::FAILURE);
            }
            let installed = Installed::imagined(&workspace, viewing).await?;
            look(viewing, place.config(None)?, installed).await
        }
    }
}

async fn check(folder: &std::path::Path) -> anyhow::Result<ExitCode> {
    let Some(workspace) = read(folder) else { return Ok(ExitCode::FAILURE) };
    let assessments = workspace.assess(&Levels::default());
    for assessment in &assessments {
        if assessment.ground.is_some() {
            let (dashboard, dataset) = (&assessment.dashboard, &assessment.dataset);
            let message = &assessment.fault.message;
            // Whoever closed stdout does not want to know.
            let _ = print(&format!("{dashboard}: dataset {dataset}: {message}"));
        }
    }
    if told_errors(&assessments) {
        return Ok(ExitCode::FAILURE);
    }
    let faults = columns::faults(&workspace).await?;
    for fault in &faults {
        complain(&format!("error: {fault}"));
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl AsCustomer {
    /// Looks at everything as this customer, of the only group.
    fn of(customer: ProvidedId) -> Self {
        Self {
            customer,
            group: None,
            customers: None,
            stored: false,
            dashboard: None,
            variables: Vec::new(),
            json: false,
        }
    }
}

async fn look(
    viewing: &AsCustomer,
    config: crate::config::Config,
    installed: Installed,
) -> anyhow::Result<ExitCode> {
    let report = viewed::look(viewing, config, &installed).await?;
    match viewing.json {
        true => print(&report.json()?)?,
        false => print(&report.table())?,
    }
    Ok(if report.faults() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The workspace, or `None` after its faults were told.
pub(super) fn read(folder: &std::path::Path) -> Option<Workspace> {
    match Workspace::read(folder) {
        Ok(workspace) => Some(workspace),
        Err(faults) => {
            for fault in faults {
                complain(&format!("error: {fault}"));
            }
            None
        }
    }
}

/// Tells warnings and errors, and returns whether there was an error.
pub(super) fn told_errors(assessments: &[Assessment]) -> bool {
    for assessment in assessments {
        match assessment.severity {
            Severity::Error => complain(&format!("error: {}", assessment.fault)),
            Severity::Warning => complain(&format!("warning: {}", assessment.fault)),
            Severity::Note => {}
        }
    }
    assessments.iter().any(|assessment| assessment.severity == Severity::Error)
}
