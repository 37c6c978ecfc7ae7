//! Reading the source: all customers, then who stands below whom.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream::{self, FuturesUnordered};
use jiff::Timestamp;
use model::Levels;

use super::checkpoint::{Basis, Checkpoint, Family};
use super::listed::Listed;
use super::plan::rank;
use super::progress::Progress;
use super::source::{Source, SourceError};
use super::tree::Search;

/// Requests on their way at once.
const AT_ONCE: usize = 6;

/// The source's customers, each once, in the order in which the source lists them.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) customers: Vec<Listed>,
    known: HashSet<String>,
    /// How many there are, and on how many pages.
    total: u64,
    pages: u64,
}

impl Listing {
    /// Reads the first page.
    pub(super) async fn begin(source: &Source, progress: &Progress) -> Result<Self, SourceError> {
        let first = source.page(None, 1, progress).await?;
        let (total, pages) = (first.total_count, first.pages());
        let mut listing = Self { total, pages, ..Self::default() };
        progress.begin("reading customers", total);
        listing.add_all(first.customers(), progress);
        Ok(listing)
    }

    /// Reads all other pages.
    pub(super) async fn read_rest(
        &mut self,
        source: &Source,
        progress: &Progress,
    ) -> Result<(), SourceError> {
        let pages = (2..=self.pages).map(|number| source.page(None, number, progress));
        let mut pages = stream::iter(pages).buffered(AT_ONCE);
        while let Some(page) = pages.next().await {
            self.add_all(page?.customers(), progress);
        }
        if (self.customers.len() as u64) < self.total {
            progress.tell("customers went while they were read; another run finds what was missed");
        }
        Ok(())
    }

    fn add_all(&mut self, customers: impl Iterator<Item = Listed>, progress: &Progress) {
        for customer in customers {
            if self.add(customer) {
                progress.advance(1);
            }
        }
    }

    /// False for a customer that is known already. Those without an id are never known.
    fn add(&mut self, customer: Listed) -> bool {
        let is_new = customer.id.is_empty() || self.known.insert(customer.id.clone());
        if is_new {
            self.customers.push(customer);
        }
        is_new
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.customers.iter().map(|customer| customer.id.as_str()).filter(|id| !id.is_empty())
    }
}

/// The file that keeps what has been read of the tree, and the time that it is opened at.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) now: Timestamp,
}

/// The tree, and the file that remembers it until the import has ended.
pub(super) struct Tree {
    /// The parent's id of each customer that has one.
    pub(super) parents: HashMap<String, String>,
    pub(super) checkpoint: Option<Checkpoint>,
}

impl Tree {
    /// Reads who stands below whom. Customers that came since the list was read are added to it.
    pub(super) async fn read(
        source: &Source,
        listing: &mut Listing,
        levels: &Levels,
        place: Place,
        progress: &Progress,
    ) -> Result<Self, SourceError> {
        let mut reading = Reading::start(listing, levels, progress);
        reading.go_on(source.address().as_str(), place);
        progress.begin("reading the tree", reading.search.left() as u64);
        let mut on_their_way = FuturesUnordered::new();
        loop {
            while on_their_way.len() < AT_ONCE {
                let Some(parent) = reading.search.next() else { break };
                on_their_way.push(children(source, parent, progress));
            }
            let Some(family) = on_their_way.next().await else {
                match reading.search.doubt() {
                    true => continue,
                    false => break,
                }
            };
            let (parent, children) = family?;
            reading.take(parent, children);
            progress.advance(1);
        }
        let Reading { search, checkpoint, .. } = reading;
        Ok(Self { parents: search.into_parents(), checkpoint })
    }
}

/// All children of one customer.
async fn children(
    source: &Source,
    parent: String,
    progress: &Progress,
) -> Result<(String, Vec<Listed>), SourceError> {
    let mut children: Vec<Listed> = Vec::new();
    let (mut number, mut pages) = (1, 1);
    while number <= pages {
        let page = source.page(Some(&parent), number, progress).await?;
        if number == 1 {
            pages = page.pages();
        }
        children.extend(page.customers());
        if children.iter().any(|child| child.id == parent) {
            return Err(source.ignores_parent());
        }
        number += 1;
    }
    Ok((parent, children))
}

/// A tree that is being read.
struct Reading<'a> {
    listing: &'a mut Listing,
    levels: &'a Levels,
    progress: &'a Progress,
    search: Search,
    checkpoint: Option<Checkpoint>,
}

impl<'a> Reading<'a> {
    fn start(listing: &'a mut Listing, levels: &'a Levels, progress: &'a Progress) -> Self {
        let mut search = Search::default();
        for customer in &listing.customers {
            add(&mut search, customer, levels);
        }
        Self { listing, levels, progress, search, checkpoint: None }
    }

    /// Takes what an import that was stopped has read already.
    fn go_on(&mut self, source: &str, place: Place) {
        let basis = Basis::new(source, self.listing.ids(), place.now);
        let families = match Checkpoint::open(place.path, &basis) {
            Ok((checkpoint, families)) => {
                self.checkpoint = Some(checkpoint);
                families
            }
            Err(error) => {
                self.cannot_remember(&error);
                Vec::new()
            }
        };
        if families.is_empty() {
            return;
        }
        self.progress.tell(&format!(
            "going on with an import that was stopped: the children of {} customers are known",
            families.len()
        ));
        let asked: HashSet<&str> = families.iter().map(|family| family.parent.as_str()).collect();
        self.search.skip(|id| asked.contains(id));
        for family in &families {
            self.search.found(&family.parent, family.children.iter().map(String::as_str));
        }
    }

    fn take(&mut self, parent: String, children: Vec<Listed>) {
        let ids: Vec<String> = children.iter().map(|child| child.id.clone()).collect();
        for child in children {
            add(&mut self.search, &child, self.levels);
            self.listing.add(child);
        }
        self.search.found(&parent, ids.iter().map(String::as_str));
        let Some(checkpoint) = &mut self.checkpoint else { return };
        if let Err(error) = checkpoint.note(&Family { parent, children: ids }) {
            self.checkpoint = None;
            self.cannot_remember(&error);
        }
    }

    fn cannot_remember(&self, error: &std::io::Error) {
        self.progress.tell(&format!(
            "warning: the tree cannot be kept in the data folder ({error}); an import that is \
             stopped will read it again"
        ));
    }
}

/// Customers without an id, or on levels that are not declared, are nobody's parent or child.
fn add(search: &mut Search, customer: &Listed, levels: &Levels) {
    if let Some(rank) = rank(levels, customer).filter(|_| !customer.id.is_empty()) {
        search.add(&customer.id, rank);
    }
}
