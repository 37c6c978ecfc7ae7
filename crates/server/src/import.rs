//! Customers from another server that speaks the façade: read from its list, planned, and written
//! with the tokens that they have there, so that embeds with those tokens go on working.
//!
//! An import first reads everything ([`source`], [`listing`]), then decides what shall stand here
//! ([`plan`], pure), and only then writes, in parts that commit one by one. It may be stopped at any
//! moment and run again: what stands here already is compared and left as it is.

mod address;
mod checkpoint;
mod compare;
mod listed;
mod listing;
mod mapping;
mod pace;
mod plan;
mod progress;
mod report;
mod source;
mod tree;
mod write;

use std::path::PathBuf;

use jiff::Timestamp;
use model::access::OperatorScope;
use model::name::GroupName;
use model::nearest;
use store::{Definitions, Group, Store, StoreError};

use listing::{Listing, Place, Tree};
use mapping::Translation;
use write::Writer;

pub use address::Address;
pub use mapping::MappingTable;
pub use plan::{Failure, LeftOut};
pub use progress::Progress;
pub use report::{Conflict, Counts, Report};
pub use source::{Source, SourceError};

/// What an operator decides about an import.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// Where customers come to; `None`: the group that has the source's name.
    pub group: Option<GroupName>,
    /// `None`: customers come without their mapping.
    pub mapping: Option<MappingTable>,
    /// Customers that are here and differ become as the source has them.
    pub update: bool,
    /// Decide everything, and write nothing.
    pub dry_run: bool,
    /// The folder in which the tree is kept until the import has ended.
    pub data_dir: PathBuf,
}

/// Why an import wrote nothing, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something has to be declared or decided first. Nothing was written.
    #[error("{}", .0.join("\nerror: "))]
    Refused(Vec<String>),
}

/// Brings the source's customers here.
pub async fn import(
    store: &Store,
    source: &Source,
    wishes: &Wishes,
    now: Timestamp,
    progress: &Progress,
) -> Result<Report, ImportError> {
    let definitions = store.definitions().await?;
    let levels = &definitions.levels;
    let mut listing = Listing::begin(source, progress).await?;
    let target = Target::choose(wishes, &definitions, &listing)?;
    listing.read_rest(source, progress).await?;
    refuse(plan::unknown_levels(&listing.customers, levels))?;
    refuse(target.missing_mappings(&listing))?;
    let place = Place { path: wishes.data_dir.join(CHECKPOINT), now };
    let tree = Tree::read(source, &mut listing, levels, place, progress).await?;
    refuse(plan::turned_levels(&listing.customers, &tree.parents, levels))?;
    let mut report = Report::new(source, wishes, &target.group.name, listing.customers.len());
    let translation = target.translation.as_ref();
    let plan = plan::plan(listing.customers, &tree.parents, levels, translation);
    report.failures = plan.failures;
    report.left_out = plan.left_out;
    let operator = OperatorScope::of_command_line();
    let writer = Writer { store, operator, group: target.group, levels, wishes, progress };
    writer.write(plan.rows, &mut report).await?;
    if let Some(checkpoint) = tree.checkpoint {
        // A file that stays is too old tomorrow.
        let _ = checkpoint.remove();
    }
    Ok(report)
}

/// The name of the file in the data folder.
const CHECKPOINT: &str = "import-explo.jsonl";

fn refuse(refusals: Vec<String>) -> Result<(), ImportError> {
    if refusals.is_empty() { Ok(()) } else { Err(ImportError::Refused(refusals)) }
}

/// Where customers come to.
struct Target<'a> {
    group: &'a Group,
    translation: Option<Translation>,
}

impl<'a> Target<'a> {
    fn choose(
        wishes: &Wishes,
        definitions: &'a Definitions,
        listing: &Listing,
    ) -> Result<Self, ImportError> {
        let group = group(wishes.group.as_ref(), definitions, listing)?;
        let table = wishes.mapping.as_ref();
        let translation = table.map(|table| Translation::new(table, definitions, group.id));
        let translation = translation.transpose().map_err(|faults| {
            ImportError::Refused(faults.iter().map(|fault| format!("--mapping: {fault}")).collect())
        })?;
        Ok(Self { group, translation })
    }

    fn missing_mappings(&self, listing: &Listing) -> Vec<String> {
        let Some(translation) = &self.translation else { return Vec::new() };
        let contents =
            listing.customers.iter().filter_map(|customer| customer.content.as_ref().ok());
        translation.missing(contents.map(|content| &content.mapping)).refusals()
    }
}

fn group<'a>(
    wanted: Option<&GroupName>,
    definitions: &'a Definitions,
    listing: &Listing,
) -> Result<&'a Group, ImportError> {
    let of_source = listing.customers.iter().find_map(|customer| customer.group.as_deref());
    let name = wanted.map(GroupName::as_str).or(of_source);
    let name = match (name, &*definitions.groups) {
        (None, [only]) => return Ok(only),
        (None, _) => {
            let told = "the source does not name its group; name one of this server's with --group";
            return Err(ImportError::Refused(vec![told.to_owned()]));
        }
        (Some(name), _) => name,
    };
    let found = definitions.groups.iter().find(|group| group.name.as_str() == name);
    found.ok_or_else(|| {
        let names = definitions.groups.iter().map(|group| &group.name);
        let unknown = nearest::unknown("group", name, names);
        let hint = if wanted.is_none() { "; name one of this server's with --group" } else { "" };
        ImportError::Refused(vec![format!("{unknown}{hint}")])
    })
}
