//! A dashboard whose SQL has been read once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use model::Dashboard;
use model::name::DatasetName;
use model::source::DataSource;

use crate::dialect::Dialect;
use crate::error::DatasetFault;
use crate::fragment::Fragment;
use crate::gate;
use crate::isolation::{Proof, Unproved, prove};
use crate::template::{Template, TemplateError};

/// Most verdicts that are remembered. A dashboard has a few per dataset: one for each combination of
/// optional clauses and lengths of lists.
const MAX_VERDICTS: usize = 1_000;

/// A dashboard with what its texts mean already worked out. Make one per published version and keep
/// it; making one per request is correct and slower.
#[derive(Debug)]
pub struct PreparedDashboard {
    dashboard: Arc<Dashboard>,
    templates: BTreeMap<DatasetName, Result<Template, TemplateError>>,
    /// What the SQL parser found, which is always the same for the same text. Only saves time.
    verdicts: Mutex<HashMap<blake3::Hash, Verdict>>,
}

/// What is known of one rendering: what it may say at all, and whether it keeps to the viewer.
pub(crate) type Verdict = Result<Result<Proof, Unproved>, gate::Refusal>;

impl PreparedDashboard {
    pub fn new(dashboard: Arc<Dashboard>) -> Self {
        let parse = |(name, dataset): (&DatasetName, &model::dashboard::Dataset)| {
            (name.clone(), Template::parse(&dataset.sql))
        };
        let templates = dashboard.datasets.iter().map(parse).collect();
        Self { dashboard, templates, verdicts: Mutex::default() }
    }

    /// The definition itself.
    pub fn dashboard(&self) -> &Dashboard {
        &self.dashboard
    }

    pub(crate) fn template(&self, dataset: &DatasetName) -> Result<&Template, DatasetFault> {
        match self.templates.get(dataset) {
            Some(Ok(template)) => Ok(template),
            Some(Err(fault)) => Err(fault.clone().into()),
            None => unreachable!("templates are made for every dataset of the dashboard"),
        }
    }

    /// What is known of `sql` on `source`.
    pub(crate) fn verdict(
        &self,
        sql: &Fragment,
        source: &DataSource,
        dialect: &dyn Dialect,
    ) -> Verdict {
        let text = sql.text(dialect);
        let standings = sql.standings();
        let key = key(&text, &standings, source);
        let known = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(verdict) = known {
            return verdict;
        }
        let tables = source.connection.tables();
        let tables: Option<Vec<&str>> =
            tables.map(|tables| tables.into_iter().map(|table| table.as_str()).collect());
        let verdict = gate::admit(&text, standings.len(), dialect, tables.as_deref())
            .map(|reading| prove(&reading, &standings));
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        if verdicts.len() < MAX_VERDICTS {
            verdicts.insert(key, verdict.clone());
        }
        verdict
    }
}

/// Everything that a verdict depends on.
fn key(text: &str, standings: &[crate::fragment::Standing], source: &DataSource) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&source.id.0.to_le_bytes());
    hasher.update(&source.revision.to_le_bytes());
    hasher.update(&(standings.len() as u64).to_le_bytes());
    for standing in standings {
        hasher.update(&[*standing as u8]);
    }
    hasher.update(text.as_bytes());
    hasher.finalize()
}
