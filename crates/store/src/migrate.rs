//! Migrations: forward only, at start, under a lock, and with a copy of the old database on SQLite.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::ambient::Ambient;
use crate::dialect::Dialect;
use crate::durable;
use crate::error::StoreError;
use crate::master_key::MasterKeyError;
use crate::seal::{Place, Sealer};
use crate::session::{Cells, Param, Session};
use crate::sql;

/// In order; the schema's version is how many have run. Never change one that has been released.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_customers_as_a_resource.sql"),
    include_str!("migrations/0003_cache_purges.sql"),
];

pub(crate) const KEY_CHECK_SETTING: &str = "key_check";
const KEY_CHECK_TEXT: &[u8] = b"fanlight";

/// Where PostgreSQL keeps the version; SQLite has a place for it.
pub(crate) const VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";

/// Any fixed number: the name of the lock that a migrating node holds.
pub(crate) const POSTGRES_LOCK: i64 = 0x0046_414e_4c49_4748;

pub(crate) fn sqlite(connection: &Mutex<Connection>, path: &Path) -> Result<(), StoreError> {
    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
    sqlite_to(&mut connection, path, MIGRATIONS)
}

fn sqlite_to(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let version = |connection: &Connection| {
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
    };
    let found = version(connection)?;
    if pending(found, migrations)?.is_empty() {
        return Ok(());
    }
    if found > 0 {
        let copy = durable::beside(path, &format!(".v{found}.backup"));
        crate::sqlite::copy_over(connection, &copy)?;
    }
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have migrated meanwhile.
    for migration in pending(version(&tx)?, migrations)? {
        tx.execute_batch(&Dialect::Sqlite.render(migration))?;
    }
    tx.pragma_update(None, "user_version", migrations.len() as i64)?;
    Ok(tx.commit()?)
}

/// The migrations that have not run on a schema of version `found`.
pub(crate) fn pending<'a>(
    found: i64,
    migrations: &'a [&'a str],
) -> Result<&'a [&'a str], StoreError> {
    let known = migrations.len();
    let done = usize::try_from(found).map_err(StoreError::corrupt)?;
    migrations.get(done..).ok_or(StoreError::TooNew { found, known: known as i64 })
}

/// A migration takes the time it needs, and waits as long as another node's takes.
const UNHURRIED: &str = "SET LOCAL statement_timeout = 0";

/// Migrates a PostgreSQL database, one node at a time.
pub(crate) async fn postgres(client: &mut deadpool_postgres::Client) -> Result<(), StoreError> {
    postgres_to(client, MIGRATIONS).await
}

async fn postgres_to(
    client: &mut deadpool_postgres::Client,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let tx = client.transaction().await?;
    tx.batch_execute(UNHURRIED).await?;
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&POSTGRES_LOCK]).await?;
    tx.batch_execute(VERSION_TABLE).await?;
    let found = tx.query_opt("SELECT version FROM schema_version", &[]).await?;
    let found: i64 = found.map_or(Ok(0), |row| row.try_get(0))?;
    let pending = pending(found, migrations)?;
    for migration in pending {
        tx.batch_execute(&Dialect::Postgres.render(migration)).await?;
    }
    if !pending.is_empty() {
        tx.execute("DELETE FROM schema_version", &[]).await?;
        let version = migrations.len() as i64;
        tx.execute("INSERT INTO schema_version (version) VALUES ($1)", &[&version]).await?;
    }
    Ok(tx.commit().await?)
}

/// Proves that the master key is the one this database was made with; a new database takes it.
pub(crate) async fn check_key(session: &Session<'_>) -> Result<(), StoreError> {
    let sealer = &session.tools.sealer;
    let params = [Param::Text(KEY_CHECK_SETTING)];
    let read = |row: &Cells<'_>| Ok(row.text(0)?.to_owned());
    let mut found = session.row(sql::SETTING, &params, read).await?;
    if found.is_none() {
        let sealed = key_check(sealer, &session.tools.ambient);
        let params = [Param::Text(KEY_CHECK_SETTING), Param::Text(&sealed)];
        session.execute(sql::INSERT_SETTING, &params).await?;
        // Read back: another process may have come first, with another key.
        found = session.row(sql::SETTING, &params[..1], read).await?;
    }
    match fits_key_check(sealer, &found.unwrap_or_default()) {
        true => Ok(()),
        false => Err(MasterKeyError::Wrong.into()),
    }
}

/// The text that only its own key opens.
pub(crate) fn key_check(sealer: &Sealer, ambient: &Ambient) -> String {
    hex::encode(sealer.seal(ambient, Place::KeyCheck, KEY_CHECK_TEXT))
}

/// Whether a database with this text was made with the sealer's key.
pub(crate) fn fits_key_check(sealer: &Sealer, text: &str) -> bool {
    hex::decode(text).is_ok_and(|sealed| sealer.open(Place::KeyCheck, &sealed).is_ok())
}

#[cfg(test)]
mod upgrades;

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = "CREATE TABLE later (id {key}) {strict};";
    const BROKEN: &str = "CREATE TABLE half (id {key}) {strict}; CREATE TABLE nonsense (";

    const KNOWN: i64 = MIGRATIONS.len() as i64;

    /// The migrations there are, and one more.
    fn with(next: &'static str) -> Vec<&'static str> {
        [MIGRATIONS, &[next]].concat()
    }

    fn migrate(dir: &Path, migrations: &[&str]) -> Result<Connection, StoreError> {
        let path = dir.join("fanlight.db");
        let mut connection = Connection::open(&path)?;
        sqlite_to(&mut connection, &path, migrations)?;
        Ok(connection)
    }

    fn tables(connection: &Connection) -> Vec<String> {
        let text = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut statement = connection.prepare(text).expect("a statement");
        let names = statement.query_map([], |row| row.get(0)).expect("rows");
        names.collect::<Result<_, _>>().expect("names")
    }

    #[test]
    fn an_existing_database_is_copied_before_it_is_migrated() {
        let dir = tempfile::tempdir().expect("a directory");
        let first = migrate(dir.path(), MIGRATIONS).expect("a new database");
        assert_eq!(std::fs::read_dir(dir.path()).expect("files").count(), 1, "nothing to copy");
        first.execute("INSERT INTO tag (name) VALUES ('kept')", []).expect("a tag");
        drop(first);
        let second = migrate(dir.path(), &with(NEXT)).expect("migrated");
        assert!(tables(&second).contains(&"later".to_owned()));
        let copy = dir.path().join(format!("fanlight.db.v{KNOWN}.backup"));
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&copy).expect("the copy").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        let copy = Connection::open(copy).expect("the copy");
        assert!(!tables(&copy).contains(&"later".to_owned()));
        let kept: String =
            copy.query_row("SELECT name FROM tag", [], |row| row.get(0)).expect("the tag");
        assert_eq!(kept, "kept");
    }

    #[test]
    fn a_migration_that_fails_leaves_the_database_as_it_was() {
        let dir = tempfile::tempdir().expect("a directory");
        let before = tables(&migrate(dir.path(), MIGRATIONS).expect("a new database"));
        assert!(migrate(dir.path(), &with(BROKEN)).is_err());
        let after = migrate(dir.path(), MIGRATIONS).expect("the version before");
        assert_eq!(tables(&after), before);
    }
}
