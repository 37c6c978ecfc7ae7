//! A plan, as it is shown.

use model::declaration::{Change, LeftAlone, Plan, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use store::audit::Kind;

use crate::api_error::FieldFault;

/// What applying a workspace changed, or would change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub(super) struct ShownPlan {
    dry_run: bool,
    /// In the order in which they are carried out.
    changes: Vec<Step>,
    /// What stands on the server and is not in the workspace.
    left_alone: Vec<Step>,
    /// Why it cannot be applied; only of a dry run.
    refusals: Vec<String>,
    /// What works, at least for some viewers, but deserves a look.
    warnings: Vec<Warning>,
}

/// One change, or one thing that is left alone.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanStep")]
struct Step {
    /// As in the audit log, for example `data_source`.
    kind: &'static str,
    name: String,
    /// In a sentence.
    summary: String,
}

/// A remark of the query compiler.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanWarning")]
struct Warning {
    /// A JSON pointer into the workspace.
    pointer: String,
    detail: String,
}

impl ShownPlan {
    pub(super) fn of(plan: &Plan, warnings: &[FieldFault]) -> Self {
        Self {
            dry_run: false,
            changes: plan.changes.iter().map(Step::of_change).collect(),
            left_alone: plan.left_alone.iter().map(Step::of_left_alone).collect(),
            refusals: Vec::new(),
            warnings: warnings.iter().map(Warning::of).collect(),
        }
    }

    pub(super) fn of_dry_run(plan: &Result<Plan, Vec<Refusal>>, warnings: &[FieldFault]) -> Self {
        let nothing = Plan::default();
        let (plan, refusals) = match plan {
            Ok(plan) => (plan, Vec::new()),
            Err(refusals) => (&nothing, refusals.iter().map(ToString::to_string).collect()),
        };
        Self { dry_run: true, refusals, ..Self::of(plan, warnings) }
    }
}

impl Warning {
    fn of(warning: &FieldFault) -> Self {
        Self { pointer: warning.field.pointer(), detail: warning.detail.clone() }
    }
}

impl Step {
    fn new(kind: Kind, name: &impl ToString, summary: &impl ToString) -> Self {
        Self { kind: kind.as_str(), name: name.to_string(), summary: summary.to_string() }
    }

    fn of_change(change: &Change) -> Self {
        match change {
            Change::SetLevels { .. } => Self::new(Kind::Levels, &"levels", change),
            Change::CreateGroup(name) => Self::new(Kind::Group, name, change),
            Change::CreateTag(name) => Self::new(Kind::Tag, name, change),
            Change::CreateEnvironment(name) => Self::new(Kind::Environment, name, change),
            Change::CreateSchema(name) => Self::new(Kind::Schema, name, change),
            Change::CreateSource { name, .. } | Change::UpdateSource { name, .. } => {
                Self::new(Kind::DataSource, name, change)
            }
            Change::SetDefaultSource { schema, .. } | Change::SetGroupDefault { schema, .. } => {
                Self::new(Kind::Schema, schema, change)
            }
            Change::CreateDashboard(name) => Self::new(Kind::Dashboard, name, change),
            Change::CreateVersion { dashboard, .. } | Change::Publish { dashboard, .. } => {
                Self::new(Kind::Dashboard, dashboard, change)
            }
        }
    }

    fn of_left_alone(left: &LeftAlone) -> Self {
        match left {
            LeftAlone::Group(name) => Self::new(Kind::Group, name, left),
            LeftAlone::Tag(name) => Self::new(Kind::Tag, name, left),
            LeftAlone::Environment(name) => Self::new(Kind::Environment, name, left),
            LeftAlone::Schema(name) => Self::new(Kind::Schema, name, left),
            LeftAlone::Source(name) => Self::new(Kind::DataSource, name, left),
            LeftAlone::Dashboard(name) => Self::new(Kind::Dashboard, name, left),
            LeftAlone::Published { dashboard, .. } => Self::new(Kind::Dashboard, dashboard, left),
        }
    }
}
