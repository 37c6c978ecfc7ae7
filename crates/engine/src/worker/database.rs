//! The engine, opened and locked down.

use duckdb::Connection;

use super::files::Files;
use super::listing::Listed;
use super::tables::{self, literal};
use crate::protocol::Setup;

/// The engine that this crate is built and tested against. The library lies beside the binary, so
/// another one there is a mistake of packaging.
const ENGINE_VERSION: &str = "v1.5.6";

/// An open engine whose configuration nobody can change any more.
pub(super) struct Database {
    connection: Connection,
    version: String,
    files: Files,
}

impl Database {
    /// Opens an empty database in memory, limits it, creates the declared tables, and only then
    /// takes all rights away.
    pub(super) fn open(setup: &Setup, listed: &[Listed<'_>]) -> Result<Self, String> {
        let files = Files::now(listed);
        let connection = open_limited(setup).map_err(|error| error.to_string())?;
        let version = connection.version().map_err(|error| error.to_string())?;
        if version != ENGINE_VERSION {
            return Err(format!("the engine's library is {version}, not {ENGINE_VERSION}"));
        }
        tables::create(&connection, listed, setup.materialize)?;
        let lock = lock_sql(setup, listed)?;
        connection.execute_batch(&lock).map_err(|error| error.to_string())?;
        Ok(Self { connection, version, files })
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// A connection to clone, and the files as they were when they were declared to it.
    pub(super) fn into_parts(self) -> (Connection, Files) {
        (self.connection, self.files)
    }
}

/// The limits come before anything is read, and as statements: some of these settings crash the
/// engine when they are given to it while it opens.
fn open_limited(setup: &Setup) -> duckdb::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    let limits = setup.limits;
    let limits = format!(
        "SET GLOBAL temp_directory = {};
         SET GLOBAL max_temp_directory_size = '{}B';
         SET GLOBAL memory_limit = '{}B';
         SET GLOBAL threads = {};
         SET GLOBAL autoinstall_known_extensions = false;
         SET GLOBAL autoload_known_extensions = false;
         SET GLOBAL allow_community_extensions = false;
         SET GLOBAL allow_persistent_secrets = false;
         SET GLOBAL TimeZone = 'UTC';",
        literal(&setup.temporary_folder.to_string_lossy()),
        limits.temporary_bytes,
        limits.memory_bytes,
        limits.threads.max(1),
    );
    connection.execute_batch(&limits)?;
    Ok(connection)
}

/// A copied table needs its file no more; a view reads it for each query.
fn lock_sql(setup: &Setup, listed: &[Listed<'_>]) -> Result<String, String> {
    let readable = if setup.materialize { &[] } else { listed };
    let files = readable.iter().flat_map(|table| &table.files);
    let paths = files.map(|file| tables::path_text(file).map(literal));
    let paths = paths.collect::<Result<Vec<_>, _>>()?.join(", ");
    Ok(format!(
        "SET GLOBAL allowed_paths = [{paths}];
         SET GLOBAL enable_external_access = false;
         SET GLOBAL lock_configuration = true;"
    ))
}
