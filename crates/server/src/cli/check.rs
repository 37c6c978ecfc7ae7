//! `fanlight check`: a workspace's faults, and the ground on which each dataset answers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use model::Levels;
use query::Severity;
use workspace::{Assessment, Workspace};

use super::{complain, print};

#[derive(Args)]
pub(super) struct Options {
    /// The workspace's folder
    #[arg(value_name = "WORKSPACE_DIR", default_value = ".")]
    workspace: PathBuf,
}

/// Fails when `apply` would refuse the workspace for what stands in its files.
pub(super) fn run(options: &Options) -> ExitCode {
    let Some(workspace) = read(&options.workspace) else { return ExitCode::FAILURE };
    let assessments = workspace.assess(&Levels::default());
    for assessment in &assessments {
        if assessment.ground.is_some() {
            let (dashboard, dataset) = (&assessment.dashboard, &assessment.dataset);
            let message = &assessment.fault.message;
            // Whoever closed stdout does not want to know.
            let _ = print(&format!("{dashboard}: dataset {dataset}: {message}"));
        }
    }
    if told_errors(&assessments) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
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
