//! What stands on the server, in names only.

use std::collections::{BTreeMap, BTreeSet};

use model::declaration::{DeclaredSchema, DeclaredSource, Present, PresentDashboard};
use model::level::LevelName;
use model::name::{DashboardName, GroupId, GroupName, SchemaName, SourceId, SourceName};

use crate::definitions::{Definitions, Load, StoredDashboard};
use crate::error::StoreError;
use crate::session::{Cells, Session};
use crate::sql;
use crate::store::Work;

pub(super) struct Read;

impl Work for Read {
    type Output = Present;

    async fn run(&self, session: &Session<'_>) -> Result<Present, StoreError> {
        let definitions = Load.run(session).await?;
        let tags = session.rows(sql::TAGS, &[], |row| row.parsed(0)).await?;
        let dashboards: Result<_, _> = definitions.dashboards.iter().map(dashboard).collect();
        Ok(Present {
            levels: definitions.levels.clone(),
            groups: definitions.groups.iter().map(|group| group.name.clone()).collect(),
            tags: tags.into_iter().collect(),
            environments: definitions.environments.iter().cloned().collect(),
            schemas: schemas(&definitions)?,
            sources: sources(&definitions)?,
            dashboards: dashboards?,
            customers_by_level: customers_by_level(session).await?,
            level_pairs: level_pairs(session).await?,
            customers_by_source: customers_by_source(session).await?,
        })
    }
}

fn group_name(definitions: &Definitions, id: GroupId) -> Result<GroupName, StoreError> {
    let found = definitions.group(id).map(|group| group.name.clone());
    found.ok_or_else(|| StoreError::corrupt(format!("no group {id}")))
}

fn source_name(definitions: &Definitions, id: SourceId) -> Result<SourceName, StoreError> {
    let found = definitions.source(id).map(|source| source.name.clone());
    found.ok_or_else(|| StoreError::corrupt(format!("no data source {id}")))
}

fn schemas(definitions: &Definitions) -> Result<BTreeMap<SchemaName, DeclaredSchema>, StoreError> {
    let declared = |schema: &model::source::Schema| {
        let default_source = schema.default_source.map(|id| source_name(definitions, id));
        let group_defaults = schema.group_defaults.iter().map(|(group, source)| {
            Ok((group_name(definitions, *group)?, source_name(definitions, *source)?))
        });
        let group_defaults = group_defaults.collect::<Result<_, StoreError>>()?;
        let default_source = default_source.transpose()?;
        Ok((schema.name.clone(), DeclaredSchema { default_source, group_defaults }))
    };
    definitions.schemas.iter().map(declared).collect()
}

fn sources(definitions: &Definitions) -> Result<BTreeMap<SourceName, DeclaredSource>, StoreError> {
    let declared = |source: &std::sync::Arc<model::source::DataSource>| {
        let schema = definitions.schema(source.schema).map(|schema| schema.name.clone());
        let declared = DeclaredSource {
            schema: schema
                .ok_or_else(|| StoreError::corrupt(format!("no schema {}", source.schema)))?,
            group: group_name(definitions, source.group)?,
            isolated: source.isolated,
            connection: source.connection.clone(),
        };
        Ok((source.name.clone(), declared))
    };
    definitions.sources.iter().map(declared).collect()
}

fn dashboard(stored: &StoredDashboard) -> Result<(DashboardName, PresentDashboard), StoreError> {
    let newest = stored.shown(None);
    let newest =
        newest.ok_or_else(|| StoreError::corrupt(format!("{} has no version", stored.name)))?;
    let present = PresentDashboard {
        definition: newest.definition.as_ref().clone(),
        version: newest.version,
        published: stored.published.clone(),
    };
    Ok((stored.name.clone(), present))
}

async fn customers_by_level(session: &Session<'_>) -> Result<BTreeMap<LevelName, u64>, StoreError> {
    let read = |row: &Cells<'_>| Ok((row.parsed(0)?, row.integer(1)?.unsigned_abs()));
    let found = session.rows(sql::CUSTOMERS_BY_LEVEL, &[], read).await?;
    Ok(found.into_iter().collect())
}

async fn level_pairs(
    session: &Session<'_>,
) -> Result<BTreeSet<(LevelName, LevelName)>, StoreError> {
    let read = |row: &Cells<'_>| Ok((row.parsed(0)?, row.parsed(1)?));
    Ok(session.rows(sql::LEVEL_PAIRS, &[], read).await?.into_iter().collect())
}

async fn customers_by_source(
    session: &Session<'_>,
) -> Result<BTreeMap<SourceName, u64>, StoreError> {
    let read = |row: &Cells<'_>| Ok((row.parsed(0)?, row.integer(1)?.unsigned_abs()));
    let found = session.rows(sql::CUSTOMERS_BY_SOURCE, &[], read).await?;
    Ok(found.into_iter().collect())
}
