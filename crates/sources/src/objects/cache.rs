//! Fetched objects in a folder of bounded size, each version fetched once for all who read it.
//!
//! An object lies in a folder of its own, which appears there by a rename when it is whole. Who reads
//! it holds it; what nobody holds goes, the longest unused first, when room is needed. The folder may
//! outlive the server, and may lose objects at any time: they are fetched again.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tokio::fs::File;
use tokio::task::spawn_blocking;

use crate::activity::Activity;
use crate::connector::Failure;
use crate::options::ObjectLimits;

/// What is being fetched; it becomes an object by a rename.
const PARTIAL: &str = "partial-";

/// What is partial for so long was left by a server that is gone.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

pub(crate) struct ObjectCache {
    limits: ObjectLimits,
    pub(super) activity: Arc<Activity>,
    place: OnceLock<Place>,
    state: Mutex<State>,
}

struct Place {
    folder: PathBuf,
    /// Removes the folder at the end, if it is only a temporary one.
    _temporary: Option<TempDir>,
}

#[derive(Default)]
struct State {
    is_open: bool,
    entries: HashMap<String, Entry>,
    /// Of all entries, the ones on their way among them.
    bytes: u64,
    /// Counts uses, to tell the longest unused.
    now: u64,
}

struct Entry {
    bytes: u64,
    used: u64,
    holders: usize,
    /// Locked while the object is fetched; true once it is there.
    is_there: Arc<tokio::sync::Mutex<bool>>,
}

/// An object to have.
pub(super) struct Wanted {
    /// Unique to this version of the object; a name of a folder.
    pub(super) id: String,
    /// The file's name in that folder, perhaps with folders of its own.
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// An object on the disk that stays there until this is dropped.
pub(super) struct Held {
    cache: Arc<ObjectCache>,
    wanted: Wanted,
}

impl ObjectCache {
    /// Touches no disk yet.
    pub(crate) fn new(limits: ObjectLimits, activity: Arc<Activity>) -> Arc<Self> {
        Arc::new(Self { limits, activity, place: OnceLock::new(), state: Mutex::default() })
    }

    pub(super) fn limits(&self) -> &ObjectLimits {
        &self.limits
    }

    /// What all objects take together, those on their way among them.
    pub(crate) fn bytes(&self) -> u64 {
        self.state().bytes
    }

    /// Absolute and free of links. Empty before anything was held.
    pub(super) fn folder(&self) -> PathBuf {
        self.place.get().map(|place| place.folder.clone()).unwrap_or_default()
    }

    /// Has the object fetched by `fill`, unless it is there, and keeps it there.
    pub(super) async fn hold<F>(
        self: &Arc<Self>,
        wanted: Wanted,
        fill: impl FnOnce(File) -> F,
    ) -> Result<Held, Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let cache = Arc::clone(self);
        let reserved = spawn_blocking(move || cache.reserve(wanted)).await;
        let (held, is_there) = reserved.map_err(io::Error::other).flatten().map_err(unavailable)?;
        let mut is_there = is_there.lock().await;
        if !*is_there || !held.is_on_disk() {
            held.fetch(fill).await?;
            *is_there = true;
            self.activity.objects.fetched.count();
        } else {
            self.activity.objects.hits.count();
        }
        drop(is_there);
        Ok(held)
    }

    /// Counts the object in, after making room for it.
    fn reserve(
        self: Arc<Self>,
        wanted: Wanted,
    ) -> io::Result<(Held, Arc<tokio::sync::Mutex<bool>>)> {
        let mut state = self.state();
        if !state.is_open {
            let folder = self.open()?;
            state.read(&folder)?;
            state.is_open = true;
        }
        state.now += 1;
        let now = state.now;
        if !state.entries.contains_key(&wanted.id) {
            let room = state.make_room(&self.folder(), wanted.bytes, self.limits.cache_bytes);
            self.activity.objects.evicted.add(room?);
            let is_there = Arc::default();
            let entry = Entry { bytes: wanted.bytes, used: now, holders: 0, is_there };
            state.bytes += entry.bytes;
            state.entries.insert(wanted.id.clone(), entry);
        }
        let entry = state.entries.get_mut(&wanted.id).ok_or(io::ErrorKind::NotFound)?;
        (entry.used, entry.holders) = (now, entry.holders + 1);
        let is_there = Arc::clone(&entry.is_there);
        drop(state);
        Ok((Held { cache: self, wanted }, is_there))
    }

    fn open(&self) -> io::Result<PathBuf> {
        let (folder, temporary) = match &self.limits.folder {
            Some(folder) => (folder.clone(), None),
            None => {
                let temporary = tempfile::Builder::new().prefix("fanlight-objects-").tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        // Customers' rows are for no other user of the machine.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let folder = fs::canonicalize(folder)?;
        let place = Place { folder: folder.clone(), _temporary: temporary };
        Ok(self.place.get_or_init(|| place).folder.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes stock of what an earlier server has fetched, and removes what it left half done.
    fn read(&mut self, folder: &Path) -> io::Result<()> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (metadata, name) = (entry.metadata()?, entry.file_name());
            let (Ok(changed), Some(name)) = (metadata.modified(), name.to_str()) else { continue };
            if !name.starts_with(PARTIAL) {
                found.push((changed, name.to_owned(), bytes_in(&entry.path())?));
            } else if changed.elapsed().is_ok_and(|age| age > ABANDONED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        found.sort();
        for (_, id, bytes) in found {
            self.now += 1;
            self.bytes += bytes;
            let is_there = Arc::new(tokio::sync::Mutex::new(true));
            self.entries.insert(id, Entry { bytes, used: self.now, holders: 0, is_there });
        }
        Ok(())
    }

    /// Removes what nobody holds until there is room; how many objects that took.
    fn make_room(&mut self, folder: &Path, bytes: u64, limit: u64) -> io::Result<u64> {
        let mut removed = 0;
        while self.bytes.saturating_add(bytes) > limit {
            let unheld = self.entries.iter().filter(|(_, entry)| entry.holders == 0);
            let oldest = unheld.min_by_key(|(_, entry)| entry.used).map(|(id, _)| id.clone());
            let Some(id) = oldest else {
                return Err(io::Error::other(format!(
                    "{bytes} bytes more do not fit beside the {} bytes of objects in use; the \
                     setting object_cache_max_bytes allows {limit}",
                    self.bytes
                )));
            };
            remove(&folder.join(&id))?;
            self.forget(&id);
            removed += 1;
        }
        Ok(removed)
    }

    fn forget(&mut self, id: &str) {
        if let Some(entry) = self.entries.remove(id) {
            self.bytes -= entry.bytes;
        }
    }
}

impl Held {
    /// The file below the cache's folder.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.wanted.id, self.wanted.name)
    }

    fn is_on_disk(&self) -> bool {
        let found = fs::metadata(self.cache.folder().join(self.name()));
        found.is_ok_and(|found| found.is_file() && found.len() == self.wanted.bytes)
    }

    async fn fetch<F>(&self, fill: impl FnOnce(File) -> F) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let folder = self.cache.folder();
        let partial = tempfile::Builder::new().prefix(PARTIAL).tempdir_in(&folder);
        let partial = partial.map_err(unavailable)?;
        let file = partial.path().join(&self.wanted.name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(unavailable)?;
        }
        fill(File::create(&file).await.map_err(unavailable)?).await?;
        let whole = folder.join(&self.wanted.id);
        remove(&whole).map_err(unavailable)?;
        fs::rename(partial.path(), &whole).map_err(unavailable)?;
        // Nothing is left to remove.
        let _ = partial.keep();
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.cache.state();
        let Some(entry) = state.entries.get_mut(&self.wanted.id) else { return };
        entry.holders -= 1;
        let is_there = entry.is_there.try_lock().is_ok_and(|is_there| *is_there);
        if entry.holders == 0 && !is_there {
            state.forget(&self.wanted.id);
        }
    }
}

fn bytes_in(path: &Path) -> io::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    fs::read_dir(path)?.map(|entry| bytes_in(&entry?.path())).sum()
}

/// What is gone already is as good as removed.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn unavailable(error: io::Error) -> Failure {
    Failure::Unavailable(format!("the cache of objects: {error}"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::AsyncWriteExt;

    use super::*;
    use crate::activity::Objects;

    fn cache(folder: &TempDir, cache_bytes: u64) -> Arc<ObjectCache> {
        let folder = Some(folder.path().join("objects"));
        let limits = ObjectLimits { folder, cache_bytes, ..ObjectLimits::default() };
        ObjectCache::new(limits, Arc::default())
    }

    /// An object of 10 bytes.
    fn wanted(id: &str) -> Wanted {
        Wanted { id: id.to_owned(), name: "a=1/x.csv".to_owned(), bytes: 10 }
    }

    async fn hold(cache: &Arc<ObjectCache>, id: &str, fetches: &AtomicUsize) -> Option<Held> {
        let fill = async |mut file: File| {
            fetches.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            file.write_all(b"0123456789").await.unwrap();
            file.flush().await.unwrap();
            Ok(())
        };
        cache.hold(wanted(id), fill).await.ok()
    }

    fn objects(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path().join("objects")).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
        let mut names: Vec<String> = entries.map(|entry| name(entry).unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn who_comes_while_an_object_is_fetched_waits_for_it() {
        let (folder, fetches) = (TempDir::new().unwrap(), AtomicUsize::new(0));
        let cache = cache(&folder, 100);
        let asked = (0..8).map(|_| hold(&cache, "a", &fetches));
        let held = futures_util::future::join_all(asked).await;
        assert!(held.iter().all(Option::is_some));
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        let file = cache.folder().join(held[0].as_ref().unwrap().name());
        assert_eq!(fs::read(file).unwrap(), b"0123456789");
    }

    #[tokio::test]
    async fn the_longest_unused_object_makes_room() {
        let (folder, fetches) = (TempDir::new().unwrap(), AtomicUsize::new(0));
        let cache = cache(&folder, 25);
        drop(hold(&cache, "a", &fetches).await);
        drop(hold(&cache, "b", &fetches).await);
        drop(hold(&cache, "a", &fetches).await);
        let c = hold(&cache, "c", &fetches).await;
        assert_eq!(objects(&folder), ["a", "c"]);
        let Objects { hits, fetched, evicted, .. } = &cache.activity.objects;
        assert_eq!([hits, fetched, evicted].map(|it| it.value()), [1, 3, 1]);
        let a = hold(&cache, "a", &fetches).await;
        assert!(a.is_some() && c.is_some());
        assert!(hold(&cache, "d", &fetches).await.is_none(), "both others are held");
        drop(a);
        assert!(hold(&cache, "d", &fetches).await.is_some());
        assert_eq!((objects(&folder), fetches.into_inner()), (vec!["c".into(), "d".into()], 4));
    }

    #[tokio::test]
    async fn what_fails_on_the_way_is_never_seen_and_takes_no_room() {
        let (folder, fetches) = (TempDir::new().unwrap(), AtomicUsize::new(0));
        let cache = cache(&folder, 10);
        let fails = async |mut file: File| {
            file.write_all(b"0123").await.unwrap();
            Err(Failure::Unavailable("cut off".to_owned()))
        };
        assert!(cache.hold(wanted("a"), fails).await.is_err());
        assert_eq!(objects(&folder), [""; 0]);
        let endless = async |_: File| std::future::pending().await;
        let abandoned = cache.hold(wanted("b"), endless);
        assert!(tokio::time::timeout(Duration::from_millis(50), abandoned).await.is_err());
        assert!(hold(&cache, "c", &fetches).await.is_some());
        assert_eq!(objects(&folder), ["c"]);
    }

    #[tokio::test]
    async fn the_next_server_finds_what_is_whole_and_fetches_what_is_lost() {
        let (folder, fetches) = (TempDir::new().unwrap(), AtomicUsize::new(0));
        let first = cache(&folder, 30);
        for id in ["a", "b"] {
            drop(hold(&first, id, &fetches).await);
        }
        fs::create_dir(first.folder().join("partial-of-another-server")).unwrap();
        fs::remove_dir_all(first.folder().join("b")).unwrap();
        let second = cache(&folder, 30);
        let a = hold(&second, "a", &fetches).await;
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
        let b = hold(&second, "b", &fetches).await;
        assert_eq!(fetches.load(Ordering::SeqCst), 3);
        assert!(a.is_some() && b.is_some());
        assert_eq!(objects(&folder), ["a", "b", "partial-of-another-server"]);
        let mode = fs::metadata(second.folder()).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o700);
    }
}
