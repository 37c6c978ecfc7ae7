//! Whether the store can do its work: questions for load balancers and supervisors, cheap enough to
//! be asked every second.

use crate::error::StoreError;
use crate::migrate::MIGRATIONS;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::{Store, Work};

const PROBE_SETTING: &str = "last_write_probe_us";

/// The version of the database's schema, and the newest that this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersion {
    pub found: i64,
    pub known: i64,
}

impl Store {
    /// Asks the database for the version of its schema: the proof that it answers.
    pub async fn schema_version(&self) -> Result<SchemaVersion, StoreError> {
        let reader = self.reader().await?;
        let found = reader.session().row(sql::SCHEMA_VERSION, &[], |row| row.integer(0)).await?;
        let found = found.ok_or_else(|| StoreError::corrupt("no version of the schema"))?;
        Ok(SchemaVersion { found, known: MIGRATIONS.len() as i64 })
    }

    /// Writes one row, as durably as any: the proof that the store takes changes. Costs a flush of
    /// the disk.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        self.write(WriteProbe).await
    }

    /// Whether this node is told of changed definitions. While it is not, it asks for each request.
    /// `None` on SQLite, where nothing needs to be told.
    pub fn hears_changes(&self) -> Option<bool> {
        self.pool_use().map(|_| self.generation_heard().is_some())
    }
}

struct WriteProbe;

impl Work for WriteProbe {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let now = session.now_us().to_string();
        let params = [Param::Text(PROBE_SETTING), Param::Text(&now)];
        session.execute(sql::SET_SETTING, &params).await.map(drop)
    }
}
