//! What an import did: told to the operator, and written to a file for programs.

use std::fmt;

use indicatif::HumanCount;
use model::name::GroupName;
use serde::Serialize;
use store::Outcome;

use super::Wishes;
use super::mapping::MappingTable;
use super::plan::{Failure, LeftOut};
use super::source::Source;

/// What an import did, or would do. Holds no secret.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The source's address.
    pub source: String,
    /// The group that customers were imported into.
    pub group: String,
    /// Nothing was written; the counts say what would be.
    pub dry_run: bool,
    /// How many requests the source was sent.
    pub requests: u64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Tags that were not there before.
    pub created_tags: Vec<String>,
    /// Customers that are not as the source has them and were left alone.
    pub conflicts: Vec<Conflict>,
    /// Customers that were not imported.
    pub failures: Vec<Failure>,
    /// Parts of imported customers that this server does not take.
    pub left_out: Vec<LeftOut>,
    /// The table of schemas and data sources that was used; `null` when mappings were left out.
    pub mapping: Option<MappingTable>,
}

/// How many customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    /// They were as the source has them already.
    pub unchanged: u64,
}

/// A customer that differs from the source's and was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    pub provided_id: String,
    /// In the words of the management API.
    pub fields: Vec<&'static str>,
}

impl Report {
    /// Of an import that has read so many customers and written none.
    pub(super) fn new(source: &Source, wishes: &Wishes, group: &GroupName, read: usize) -> Self {
        Self {
            source: source.address().as_str().to_owned(),
            group: group.as_str().to_owned(),
            dry_run: wishes.dry_run,
            requests: source.requests(),
            counts: Counts { read: read as u64, ..Counts::default() },
            created_tags: Vec::new(),
            conflicts: Vec::new(),
            failures: Vec::new(),
            left_out: Vec::new(),
            mapping: wishes.mapping.clone(),
        }
    }

    /// Counts what became of a customer.
    pub(super) fn note(&mut self, outcome: Outcome) {
        let counts = &mut self.counts;
        let count = match outcome {
            Outcome::Created => &mut counts.created,
            Outcome::Updated => &mut counts.updated,
            Outcome::Unchanged => &mut counts.unchanged,
        };
        *count += 1;
    }

    /// Whether every customer stands here as the source has it.
    pub fn is_complete(&self) -> bool {
        self.conflicts.is_empty() && self.failures.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { read, created, updated, unchanged } = self.counts;
        let would = if self.dry_run { "; nothing has been written, this would be" } else { "" };
        let (read, requests) = (HumanCount(read), HumanCount(self.requests));
        writeln!(f, "{read} customers read from {} with {requests} requests{would}:", self.source)?;
        let lines = [
            ("created", created),
            ("updated", updated),
            ("unchanged", unchanged),
            ("in conflict", self.conflicts.len() as u64),
            ("failed", self.failures.len() as u64),
        ];
        for (outcome, count) in lines {
            writeln!(f, "{:>12} {outcome}", HumanCount(count).to_string())?;
        }
        write!(f, "group {}", self.group)?;
        if !self.created_tags.is_empty() {
            write!(f, "; new tags: {}", self.created_tags.join(", "))?;
        }
        Ok(())
    }
}
