//! Definitions: what operators declare and every request needs. Kept in memory, and read again as
//! soon as any process has changed them.

mod load;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::dashboard::Dashboard;
use model::name::{
    DashboardKey, DashboardName, EmbedId, EnvironmentName, GroupId, GroupName, SchemaId,
    SchemaName, SourceId,
};
use model::source::{DataSource, Schema};
use model::{GroupScope, Levels, ViewerScope};

use crate::error::StoreError;
use crate::purges::Purges;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

pub(crate) use load::Load;

/// Everything declared on the server, of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Definitions {
    /// Grows with every change.
    pub generation: i64,
    pub levels: Levels,
    pub groups: Vec<Group>,
    pub environments: Vec<EnvironmentName>,
    pub schemas: Vec<Schema>,
    pub sources: Vec<Arc<DataSource>>,
    pub dashboards: Vec<StoredDashboard>,
    pub purges: Purges,
}

/// A data visibility group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub name: GroupName,
}

/// A dashboard with those of its versions that somebody may see.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDashboard {
    pub key: DashboardKey,
    pub name: DashboardName,
    pub embed_id: EmbedId,
    /// The newest version and all that an environment shows.
    pub versions: BTreeMap<i64, Arc<Dashboard>>,
    /// Which version each environment shows.
    pub published: BTreeMap<EnvironmentName, i64>,
}

/// One version of a dashboard, as a viewer gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedDashboard {
    pub key: DashboardKey,
    pub embed_id: EmbedId,
    /// From 1.
    pub version: i64,
    pub definition: Arc<Dashboard>,
}

impl Definitions {
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub fn schema(&self, id: SchemaId) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.id == id)
    }

    pub fn schema_named(&self, name: &SchemaName) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == *name)
    }

    pub fn source(&self, id: SourceId) -> Option<&Arc<DataSource>> {
        self.sources.iter().find(|source| source.id == id)
    }

    pub fn dashboard(&self, embed_id: &EmbedId) -> Option<&StoredDashboard> {
        self.dashboards.iter().find(|dashboard| dashboard.embed_id == *embed_id)
    }
}

impl Definitions {
    /// The dashboard that a viewer may see, in the version of `environment`; the newest when `None`.
    pub fn shown_to(
        &self,
        scope: &ViewerScope,
        environment: Option<&EnvironmentName>,
    ) -> Option<PublishedDashboard> {
        let found = self.dashboards.iter().find(|found| found.key == scope.dashboard());
        found.and_then(|found| found.shown(environment))
    }
}

impl StoredDashboard {
    /// The version that an environment shows; the newest when none is named. `None`: nothing is
    /// published there.
    pub fn shown(&self, environment: Option<&EnvironmentName>) -> Option<PublishedDashboard> {
        let version = match environment {
            Some(environment) => *self.published.get(environment)?,
            None => *self.versions.keys().next_back()?,
        };
        let definition = Arc::clone(self.versions.get(&version)?);
        let (key, embed_id) = (self.key, self.embed_id.clone());
        Some(PublishedDashboard { key, embed_id, version, definition })
    }
}

/// The definitions last read.
#[derive(Default)]
pub(crate) struct DefinitionsCache(RwLock<Option<Arc<Definitions>>>);

impl DefinitionsCache {
    fn get(&self, generation: i64) -> Option<Arc<Definitions>> {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().filter(|cached| cached.generation == generation).cloned()
    }

    pub(crate) fn generation(&self) -> Option<i64> {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().map(|cached| cached.generation)
    }

    fn set(&self, definitions: &Arc<Definitions>) {
        let mut cached = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *cached = Some(Arc::clone(definitions));
    }
}

impl Store {
    /// The definitions in force. Costs microseconds while nobody changes them.
    pub async fn definitions(&self) -> Result<Arc<Definitions>, StoreError> {
        let generation = self.generation().await?;
        self.definitions_of(generation).await
    }

    /// The definitions of this generation, or of a newer one.
    pub(crate) async fn definitions_of(
        &self,
        generation: i64,
    ) -> Result<Arc<Definitions>, StoreError> {
        if let Some(cached) = self.definitions_cache().get(generation) {
            return Ok(cached);
        }
        let definitions = Arc::new(self.in_snapshot(Load).await?);
        self.activity().definitions_loads.count();
        self.definitions_cache().set(&definitions);
        Ok(definitions)
    }

    /// The names and embed ids of all dashboards, in creation order.
    pub async fn dashboards(
        &self,
        _: &GroupScope,
    ) -> Result<Vec<(DashboardName, EmbedId)>, StoreError> {
        let definitions = self.definitions().await?;
        let listed = definitions.dashboards.iter();
        Ok(listed.map(|found| (found.name.clone(), found.embed_id.clone())).collect())
    }
}

/// [`generation`] as work of its own.
pub(crate) struct ReadGeneration;

impl Work for ReadGeneration {
    type Output = i64;

    async fn run(&self, session: &Session<'_>) -> Result<i64, StoreError> {
        generation(session).await
    }
}

pub(crate) async fn generation(session: &Session<'_>) -> Result<i64, StoreError> {
    let found = session.row(sql::GENERATION, &[], |row| row.integer(0)).await?;
    found.ok_or_else(|| StoreError::corrupt("no generation of definitions"))
}

/// The dashboard that an embed id names. Errs with `NotFound`.
pub(crate) async fn dashboard_of_embed_id(
    session: &Session<'_>,
    embed_id: &EmbedId,
) -> Result<(DashboardKey, DashboardName), StoreError> {
    let params = [Param::Text(embed_id.as_str())];
    let read = |row: &Cells<'_>| Ok((DashboardKey(row.integer(0)?), row.parsed(1)?));
    let found = session.row(sql::DASHBOARD_BY_EMBED_ID, &params, read).await?;
    found.ok_or(StoreError::NotFound("dashboard"))
}

/// Tells every process that the definitions have changed, once the transaction commits.
pub(crate) async fn touch(session: &Session<'_>) -> Result<(), StoreError> {
    session.row(sql::NEXT_GENERATION, &[], |row| row.integer(0)).await.map(drop)
}
