//! Which objects the tables of a source are made of.

use engine::protocol::selection::{MAX_FILES, Selection};
use engine::protocol::{Location, Table};
use futures_util::TryStreamExt;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::connector::Failure;

/// More objects than this below a prefix are not looked through.
const MAX_LISTED: usize = 100_000;

/// The objects of each table. Two listings are equal as long as nothing has changed.
#[derive(PartialEq)]
pub(crate) struct Listing(Vec<Vec<Object>>);

/// One version of one object.
pub(super) struct Object {
    meta: ObjectMeta,
    /// The key's part after the prefix of the table.
    name: String,
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.key().to_owned(), it.name.clone(), it.bytes(), it.version());
        of(self) == of(other)
    }
}

impl Listing {
    pub(super) fn tables(&self) -> &[Vec<Object>] {
        &self.0
    }
}

impl Object {
    pub(super) fn path(&self) -> &Path {
        &self.meta.location
    }

    pub(super) fn key(&self) -> &str {
        self.meta.location.as_ref()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.meta.size
    }

    /// The condition under which a GET answers this version; a weak ETag is none.
    pub(super) fn if_match(&self) -> Option<String> {
        self.meta.e_tag.clone().filter(|e_tag| !e_tag.starts_with("W/"))
    }

    /// The ETag, or where a store has none, the time of the last change.
    fn version(&self) -> String {
        let changed = || self.meta.last_modified.timestamp_micros().to_string();
        self.meta.e_tag.clone().unwrap_or_else(changed)
    }

    /// Names this version of the object among all objects that any login has fetched.
    pub(super) fn id(&self, login: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let bytes = self.bytes().to_string();
        for part in [login, self.key(), &self.name, &self.version(), &bytes] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The file's own name, below the folders that stand for columns.
    pub(super) fn local_name(&self) -> String {
        let (folders, file) = self.name.rsplit_once('/').unwrap_or(("", &self.name));
        let columns = folders.split('/').filter(|folder| folder.contains('='));
        columns.chain([file]).collect::<Vec<_>>().join("/")
    }
}

pub(super) async fn list(
    store: &AmazonS3,
    tables: &[Table],
    table_bytes: u64,
) -> Result<Listing, Failure> {
    let mut listed = Vec::new();
    for table in tables {
        let objects = list_one(store, table).await.and_then(|objects| {
            check_size(&objects, table_bytes)?;
            Ok(objects)
        });
        let of_table = |detail| Failure::Unavailable(format!("table \"{}\": {detail}", table.name));
        listed.push(objects.map_err(of_table)?);
    }
    Ok(Listing(listed))
}

fn check_size(objects: &[Object], limit: u64) -> Result<(), String> {
    let bytes: u64 = objects.iter().map(Object::bytes).sum();
    if bytes <= limit {
        return Ok(());
    }
    Err(format!(
        "its objects have {bytes} bytes, and the setting object_table_max_bytes allows {limit}"
    ))
}

async fn list_one(store: &AmazonS3, table: &Table) -> Result<Vec<Object>, String> {
    match &table.location {
        Location::Path(path) => match path.to_string_lossy() {
            prefix if prefix.is_empty() || prefix.ends_with('/') => {
                list_prefix(store, table, &prefix, None).await
            }
            key => look_up(store, &key).await.map(|object| vec![object]),
        },
        Location::Pattern { folder, pattern } => {
            list_prefix(store, table, &folder.to_string_lossy(), Some(pattern)).await
        }
        Location::Files { .. } => Err("its files are on a disk".to_owned()),
    }
}

async fn look_up(store: &AmazonS3, key: &str) -> Result<Object, String> {
    let location = Path::parse(key).map_err(|error| error.to_string())?;
    let meta = store.head(&location).await.map_err(|error| error.to_string())?;
    let name = key.rsplit('/').next().unwrap_or(key).to_owned();
    Ok(Object { meta, name })
}

async fn list_prefix(
    store: &AmazonS3,
    table: &Table,
    prefix: &str,
    pattern: Option<&str>,
) -> Result<Vec<Object>, String> {
    let selection = Selection::new(pattern, table.format)?;
    let location = Path::parse(prefix).map_err(|error| error.to_string())?;
    let mut found = store.list((!prefix.is_empty()).then_some(&location));
    let (mut objects, mut seen) = (Vec::new(), 0);
    while let Some(meta) = found.try_next().await.map_err(|error| error.to_string())? {
        seen += 1;
        if seen > MAX_LISTED || objects.len() > MAX_FILES {
            return Err(format!(
                "more than {MAX_FILES} files, or {MAX_LISTED} objects, below \"{prefix}\""
            ));
        }
        let name = meta.location.as_ref().strip_prefix(prefix).unwrap_or_default().to_owned();
        if selection.takes(&name) {
            objects.push(Object { meta, name });
        }
    }
    if objects.is_empty() {
        let what = pattern.unwrap_or("*.parquet, *.csv or *.json");
        return Err(format!("there is no object {what} below \"{prefix}\""));
    }
    objects.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, prefix: &str, e_tag: Option<&str>) -> Object {
        let meta = ObjectMeta {
            location: Path::parse(key).unwrap(),
            last_modified: std::time::UNIX_EPOCH.into(),
            size: 7,
            e_tag: e_tag.map(str::to_owned),
            version: None,
        };
        Object { meta, name: key.strip_prefix(prefix).unwrap().to_owned() }
    }

    #[test]
    fn a_local_name_keeps_the_folders_that_are_columns() {
        let cases = [
            ("sales/a.csv", "sales/", "a.csv"),
            ("sales/2024/region=eu/deep/a.csv", "sales/", "region=eu/a.csv"),
            ("env=x/sales/region=eu/a.csv", "env=x/sales/", "region=eu/a.csv"),
        ];
        for (key, prefix, expected) in cases {
            assert_eq!(object(key, prefix, None).local_name(), expected, "{key}");
        }
    }

    #[test]
    fn versions_keys_and_logins_have_names_of_their_own() {
        let ids = [
            object("a/b.csv", "a/", Some("1")).id("x"),
            object("a/b.csv", "a/", Some("2")).id("x"),
            object("a/b.csv", "a/", None).id("x"),
            object("a/b.csv", "a/", Some("1")).id("y"),
            object("a/c.csv", "a/", Some("1")).id("x"),
        ];
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!(ids[0], object("a/b.csv", "a/", Some("1")).id("x"));
    }
}
