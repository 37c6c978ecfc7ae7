//! What an author hears before a dashboard is published.

mod advice;
mod columns;
mod facts;
mod names;
mod panels;
mod renderings;

pub use advice::check_sharing;
pub use columns::{ColumnFault, DatasetColumn, Holds, check_columns};
use facts::Reader;
pub use facts::{SchemaFacts, SourceFacts};

use std::fmt;

use model::dashboard::{Dataset, RowPolicy};
use model::name::DatasetName;
use model::{Dashboard, Levels};

use crate::error::{DatasetFault, QueryError};
use crate::gate::{self, Refusal};
use crate::isolation::{Proof, Unproved, prove};
use crate::row_policy;
use crate::template::{Template, VariableName};
use crate::variables::{Subject, subject};
use crate::zone::Zone;
use renderings::{STAND_IN, renderings};

/// Why a dataset may answer a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Every SELECT that reads a table compares a column with a level's id.
    Filtered,
    /// It reads no table.
    ReadsNothing,
    /// Its `tenant_column` keeps the viewer's rows only.
    TenantColumn,
    /// The database's own row security is told who the viewer is.
    RowSecurity,
    /// The viewer's mapping chose an isolated data source.
    Isolated,
    /// The author shares it with every viewer.
    Shared,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Filtered => "filtered by a level's id",
            Self::ReadsNothing => "reads no table",
            Self::TenantColumn => "kept to the viewer's rows by tenant_column",
            Self::RowSecurity => "kept to the viewer's rows by the database's row security",
            Self::Isolated => "read from an isolated data source",
            Self::Shared => "shared with every viewer",
        })
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to do.
    Note,
    /// It works, at least for some viewers.
    Warning,
    /// It cannot answer.
    Error,
}

/// Something an author should know about a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub dataset: DatasetName,
    pub severity: Severity,
    pub message: String,
    /// On what ground the dataset answers, when it does.
    pub ground: Option<Ground>,
}

/// Every dataset's faults, and the ground on which each may answer.
///
/// A dataset without an error has exactly one finding with a ground. Columns are not looked at: only
/// the database knows them.
pub fn check_dashboard(
    dashboard: &Dashboard,
    levels: &Levels,
    schemas: &[SchemaFacts],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, dataset) in &dashboard.datasets {
        let mut found = check_dataset(dashboard, dataset, levels, schemas);
        found.extend(advice::unread(dashboard, name));
        findings.extend(found.into_iter().map(|remark| remark.about(name)));
    }
    for panel in &dashboard.panels {
        let found = panels::check(panel, dashboard, levels);
        findings.extend(found.into_iter().map(|remark| remark.about(&panel.dataset)));
    }
    findings
}

/// A finding before it is known which dataset it is about.
struct Remark {
    severity: Severity,
    message: String,
    ground: Option<Ground>,
}

impl Remark {
    fn error(message: impl fmt::Display) -> Self {
        Self { severity: Severity::Error, message: message.to_string(), ground: None }
    }

    fn warning(message: impl fmt::Display) -> Self {
        Self { severity: Severity::Warning, message: message.to_string(), ground: None }
    }

    fn about(self, dataset: &DatasetName) -> Finding {
        let Self { severity, message, ground } = self;
        Finding { dataset: dataset.clone(), severity, message, ground }
    }
}

fn check_dataset(
    dashboard: &Dashboard,
    dataset: &Dataset,
    levels: &Levels,
    schemas: &[SchemaFacts],
) -> Vec<Remark> {
    if let Some(zone) = dashboard.time_zone.as_ref().filter(|zone| Zone::find(zone).is_none()) {
        return vec![Remark::error(QueryError::UnknownTimeZone(zone.clone()))];
    }
    let Some(schema) = schemas.iter().find(|schema| schema.name == dataset.schema) else {
        return vec![Remark::error(format!("no schema {:?}", dataset.schema.as_str()))];
    };
    let template = match Template::parse(&dataset.sql) {
        Ok(template) => template,
        Err(fault) => return vec![Remark::error(fault)],
    };
    let mut remarks = names::check(&template, dashboard, dataset, levels);
    remarks.extend(advice::allow_lists(&template, dataset));
    remarks.extend(advice::row_security(schema, levels));
    remarks.extend(check_tenant_column(dataset, levels));
    remarks.extend(check_row_policies(dataset, levels));
    if remarks.iter().any(|remark| remark.severity == Severity::Error) {
        return remarks;
    }
    match judge(&template, dataset, levels, schema) {
        Ok(proof) => remarks.push(ground(dataset, schema, proof)),
        Err(refusal) => remarks.push(Remark::error(refusal)),
    }
    remarks
}

fn check_tenant_column(dataset: &Dataset, levels: &Levels) -> Option<Remark> {
    let policy = dataset.tenant_column.as_ref()?;
    let name = VariableName::parse(&policy.equals);
    let subject = name.as_ref().and_then(|name| subject(name, levels).ok());
    match subject {
        Some(Subject::LevelId | Subject::ViewerId) => None,
        _ => Some(Remark::error(DatasetFault::TenantVariable(policy.equals.clone()))),
    }
}

fn check_row_policies(dataset: &Dataset, levels: &Levels) -> Vec<Remark> {
    let policies = dataset.row_policies.iter();
    let fault = |policy: &RowPolicy| {
        let fault = row_policy::keys(policy, levels).err()?;
        Some(Remark::error(DatasetFault::RowPolicy { policy: policy.describe(), fault }))
    };
    policies.filter_map(fault).collect()
}

/// Whether the dataset may be said at all, and proves isolation by itself, in whatever way its
/// optional clauses and choices fall, on every source of its schema.
fn judge(
    template: &Template,
    dataset: &Dataset,
    levels: &Levels,
    schema: &SchemaFacts,
) -> Result<Result<Proof, Unproved>, Refusal> {
    let mut verdict = Ok(Proof::ReadsNothing);
    for Reader { dialect, mut tables } in schema.readers() {
        if let Some(tables) = &mut tables {
            tables.push(STAND_IN);
        }
        for sql in renderings(template, dataset, levels, dialect) {
            let standings = sql.standings();
            let text = sql.text(dialect);
            let reading = gate::admit(&text, standings.len(), dialect, tables.as_deref())?;
            match prove(&reading, &standings) {
                Ok(Proof::ReadsNothing) => {}
                Ok(Proof::Filtered) => verdict = verdict.map(|_| Proof::Filtered),
                Err(reason) => verdict = verdict.and(Err(reason)),
            }
        }
    }
    Ok(verdict)
}

/// On what ground the dataset answers, in the order in which the compiler asks.
fn ground(dataset: &Dataset, schema: &SchemaFacts, proof: Result<Proof, Unproved>) -> Remark {
    let note = |ground: Ground| Remark {
        severity: Severity::Note,
        message: format!("{ground}{}", narrowing(dataset)),
        ground: Some(ground),
    };
    let isolated = schema.sources.iter().filter(|source| source.isolated).count();
    let has_row_security = |source: &SourceFacts| source.connection.row_security().is_some();
    let all_secured = !schema.sources.is_empty() && schema.sources.iter().all(has_row_security);
    match proof {
        _ if dataset.tenant_column.is_some() => note(Ground::TenantColumn),
        _ if dataset.shared => note(Ground::Shared),
        Ok(Proof::Filtered) => note(Ground::Filtered),
        Ok(Proof::ReadsNothing) => note(Ground::ReadsNothing),
        Err(_) if all_secured => note(Ground::RowSecurity),
        Err(_) if isolated > 0 && isolated == schema.sources.len() => note(Ground::Isolated),
        Err(reason) if isolated > 0 => Remark {
            severity: Severity::Warning,
            message: format!(
                "answers only viewers whose mapping chooses an isolated data source; the others get \
                 an error: {reason}"
            ),
            ground: Some(Ground::Isolated),
        },
        Err(reason) => Remark::error(DatasetFault::NotIsolated(reason)),
    }
}

/// What row policies add to the ground.
fn narrowing(dataset: &Dataset) -> String {
    let policies: Vec<String> = dataset.row_policies.iter().map(RowPolicy::describe).collect();
    match policies.as_slice() {
        [] => String::new(),
        some => format!(", and narrowed to {}", some.join(" and ")),
    }
}
