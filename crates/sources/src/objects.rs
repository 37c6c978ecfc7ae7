//! Files in a store of objects: found, fetched into a folder of the server's, and held there while
//! an engine worker reads them.
//!
//! The server does this, because a worker has no network.

mod cache;
mod client;
mod listing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::protocol::{Location, Table};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use model::source::S3;
use object_store::aws::AmazonS3;
use object_store::{GetOptions, ObjectStore};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::connector::Failure;
use crate::network::Network;

pub(crate) use cache::ObjectCache;
use cache::{Held, Wanted};
use listing::{Listing, Object};

/// Objects that one source fetches at once.
const AT_ONCE: usize = 8;

/// How old a listing may be when the connection does not say.
const REFRESH: Duration = Duration::from_secs(60);

/// One bucket, as one login sees it.
pub(crate) struct Bucket {
    store: AmazonS3,
    /// Part of every object's name in the cache: what another login may not read, this one does not
    /// give it.
    login: String,
    refresh: Duration,
    cache: Arc<ObjectCache>,
}

/// The objects of a source's tables, on the disk until this is dropped.
pub(crate) struct Fetched {
    listing: Listing,
    held: Vec<Vec<Held>>,
    checked: Mutex<Instant>,
}

impl Bucket {
    /// Connects to nothing yet.
    pub(crate) fn new(
        s3: &S3,
        network: &Network,
        cache: &Arc<ObjectCache>,
    ) -> Result<Self, Failure> {
        let key = s3.access_key_id.as_deref().unwrap_or_default();
        Ok(Self {
            store: client::client(s3, network)?,
            login: [&s3.endpoint(), &s3.bucket, key].join("\n"),
            refresh: s3.refresh_seconds.map_or(REFRESH, |pause| Duration::from_secs(pause.into())),
            cache: Arc::clone(cache),
        })
    }

    /// What the tables are made of now.
    pub(crate) async fn list(&self, tables: &[Table]) -> Result<Listing, Failure> {
        listing::list(&self.store, tables, self.cache.limits().table_bytes).await
    }

    /// Fetches what is not in the cache. Errs when an object has changed since it was listed.
    pub(crate) async fn fetch(&self, listing: Listing) -> Result<Fetched, Failure> {
        let mut held = Vec::new();
        for objects in listing.tables() {
            let fetches: Vec<_> = objects.iter().map(|object| self.hold(object).boxed()).collect();
            held.push(futures_util::stream::iter(fetches).buffered(AT_ONCE).try_collect().await?);
        }
        Ok(Fetched { listing, held, checked: Mutex::new(Instant::now()) })
    }

    async fn hold(&self, object: &Object) -> Result<Held, Failure> {
        let wanted =
            Wanted { id: object.id(&self.login), name: object.local_name(), bytes: object.bytes() };
        self.cache.hold(wanted, |file| self.download(object, file)).await
    }

    async fn download(&self, object: &Object, mut file: File) -> Result<(), Failure> {
        let failed = |detail: String| Failure::Unavailable(format!("{}: {detail}", object.key()));
        let options = GetOptions { if_match: object.if_match(), ..GetOptions::default() };
        let got = self.store.get_opts(object.path(), options).await;
        let mut parts = got.map_err(|error| failed(error.to_string()))?.into_stream();
        let mut bytes = 0;
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| failed(error.to_string()))?;
            bytes += part.len() as u64;
            self.cache.activity.objects.fetched_bytes.add(part.len() as u64);
            if bytes > object.bytes() {
                break;
            }
            file.write_all(&part).await.map_err(|error| failed(error.to_string()))?;
        }
        if bytes != object.bytes() {
            return Err(failed("it has changed since it was listed".to_owned()));
        }
        // What is seen in the cache must be whole even after a power loss.
        file.sync_all().await.map_err(|error| failed(error.to_string()))
    }

    /// Whether it is time to look for changes.
    pub(crate) fn is_due(&self, fetched: &Fetched) -> bool {
        fetched.checked().elapsed() >= self.refresh
    }

    /// Whether the tables are made of other objects by now.
    pub(crate) async fn has_changed(
        &self,
        tables: &[Table],
        fetched: &Fetched,
    ) -> Result<bool, Failure> {
        let now = self.list(tables).await?;
        *fetched.checked() = Instant::now();
        Ok(now != fetched.listing)
    }

    /// The tables as a worker takes them: of files on this machine.
    pub(crate) fn local(&self, tables: &[Table], fetched: &Fetched) -> Vec<Table> {
        let of_files = |(table, held): (&Table, &Vec<Held>)| {
            let names = held.iter().map(Held::name).collect();
            let folder = self.cache.folder();
            Table { location: Location::Files { folder, names }, ..table.clone() }
        };
        tables.iter().zip(&fetched.held).map(of_files).collect()
    }
}

impl Fetched {
    fn checked(&self) -> MutexGuard<'_, Instant> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
