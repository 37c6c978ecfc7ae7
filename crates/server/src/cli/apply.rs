//! `fanlight apply`: brings a server to the state that a workspace declares.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use model::OperatorScope;
use model::declaration::{Plan, Refusal, plan};
use store::{Store, StoreError};
use workspace::Workspace;

use super::{Place, check, complain, installation, print};

#[derive(Args)]
pub(super) struct Options {
    /// The workspace's folder
    #[arg(value_name = "WORKSPACE_DIR")]
    workspace: PathBuf,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Whether the plan is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    DryRun,
    Real,
}

pub(super) async fn run(place: &Place, options: &Options) -> anyhow::Result<ExitCode> {
    let Some(workspace) = check::read(&options.workspace) else { return Ok(ExitCode::FAILURE) };
    let store = installation::open(&place.config(None)?).await?;
    let mode = if options.dry_run { Mode::DryRun } else { Mode::Real };
    let Some(plan) = apply(&store, &workspace, mode).await? else { return Ok(ExitCode::FAILURE) };
    for fault in check::columns::faults(&workspace).await? {
        complain(&format!("warning: {fault}"));
    }
    if mode == Mode::DryRun && !plan.is_empty() {
        complain("dry run: nothing has been changed; this would be:");
    }
    print(plan.to_string().trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// What was changed, or would be; `None` after it was told why not.
pub(super) async fn apply(
    store: &Store,
    workspace: &Workspace,
    mode: Mode,
) -> anyhow::Result<Option<Plan>> {
    let operator = OperatorScope::of_command_line();
    let present = store.present(&operator).await?;
    if check::told_errors(&workspace.assess(&present.levels)) {
        return Ok(None);
    }
    let declaration = workspace.declaration();
    let planned = match mode {
        Mode::DryRun => plan(&present, declaration),
        // Plans once more, inside the transaction that changes things.
        Mode::Real => match store.apply(&operator, declaration).await {
            Err(StoreError::Refused(refusals)) => Err(refusals),
            applied => Ok(applied?),
        },
    };
    Ok(planned.map_err(tell).ok())
}

fn tell(refusals: Vec<Refusal>) {
    for refusal in refusals {
        complain(&format!("error: {refusal}"));
    }
}
