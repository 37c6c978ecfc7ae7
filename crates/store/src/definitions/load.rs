//! Reads all definitions, in one snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::dashboard::Dashboard;
use model::name::{DashboardKey, EmbedId, EnvironmentName, GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};

use super::{Definitions, Group, StoredDashboard, generation};
use crate::customers::levels;
use crate::error::StoreError;
use crate::purges::Purges;
use crate::seal::Place;
use crate::session::{Cells, Session};
use crate::sql;
use crate::store::Work;

pub(crate) struct Load;

impl Work for Load {
    type Output = Definitions;

    async fn run(&self, session: &Session<'_>) -> Result<Definitions, StoreError> {
        let sources = session.rows(sql::SOURCES, &[], read_source).await?;
        Ok(Definitions {
            generation: generation(session).await?,
            levels: levels(session).await?,
            groups: session.rows(sql::GROUPS, &[], read_group).await?,
            environments: session.rows(sql::ENVIRONMENTS, &[], |row| row.parsed(0)).await?,
            schemas: schemas(session).await?,
            sources: sources.into_iter().map(|row| row.open(session)).collect::<Result<_, _>>()?,
            dashboards: dashboards(session).await?,
            purges: Purges::read(session).await?,
        })
    }
}

fn read_group(row: &Cells<'_>) -> Result<Group, StoreError> {
    Ok(Group { id: GroupId(row.integer(0)?), name: row.parsed(1)? })
}

async fn schemas(session: &Session<'_>) -> Result<Vec<Schema>, StoreError> {
    let mut schemas = session.rows(sql::SCHEMAS, &[], read_schema).await?;
    for (schema, group, source) in session.rows(sql::GROUP_DEFAULTS, &[], read_default).await? {
        if let Some(found) = schemas.iter_mut().find(|found| found.id == schema) {
            found.group_defaults.insert(group, source);
        }
    }
    Ok(schemas)
}

fn read_schema(row: &Cells<'_>) -> Result<Schema, StoreError> {
    Ok(Schema {
        id: SchemaId(row.integer(0)?),
        name: row.parsed(1)?,
        default_source: row.optional_integer(2)?.map(SourceId),
        group_defaults: BTreeMap::new(),
    })
}

fn read_default(row: &Cells<'_>) -> Result<(SchemaId, GroupId, SourceId), StoreError> {
    Ok((SchemaId(row.integer(0)?), GroupId(row.integer(1)?), SourceId(row.integer(2)?)))
}

/// A data source whose connection is still sealed.
struct SourceRow {
    id: i64,
    name: model::name::SourceName,
    schema: SchemaId,
    group: GroupId,
    isolated: bool,
    connection_sealed: Vec<u8>,
    revision: i64,
}

fn read_source(row: &Cells<'_>) -> Result<SourceRow, StoreError> {
    Ok(SourceRow {
        id: row.integer(0)?,
        name: row.parsed(1)?,
        schema: SchemaId(row.integer(2)?),
        group: GroupId(row.integer(3)?),
        isolated: row.boolean(4)?,
        connection_sealed: row.bytes(5)?.to_owned(),
        revision: row.integer(6)?,
    })
}

impl SourceRow {
    fn open(self, session: &Session<'_>) -> Result<Arc<DataSource>, StoreError> {
        let place = Place::Connection(self.id);
        let text = session.tools.sealer.open(place, &self.connection_sealed)?;
        let connection: Connection = serde_json::from_slice(&text).map_err(StoreError::corrupt)?;
        Ok(Arc::new(DataSource {
            id: SourceId(self.id),
            name: self.name,
            schema: self.schema,
            group: self.group,
            isolated: self.isolated,
            connection,
            revision: self.revision,
        }))
    }
}

async fn dashboards(session: &Session<'_>) -> Result<Vec<StoredDashboard>, StoreError> {
    let mut dashboards = session.rows(sql::DASHBOARDS, &[], read_dashboard).await?;
    let versions = session.rows(sql::VERSIONS, &[], read_version).await?;
    let published = session.rows(sql::PUBLISHED, &[], read_published).await?;
    let at: BTreeMap<DashboardKey, usize> =
        dashboards.iter().enumerate().map(|(at, found)| (found.key, at)).collect();
    for (dashboard, version, definition) in versions {
        if let Some(&at) = at.get(&dashboard) {
            dashboards[at].versions.insert(version, definition);
        }
    }
    for (dashboard, environment, version) in published {
        if let Some(&at) = at.get(&dashboard) {
            dashboards[at].published.insert(environment, version);
        }
    }
    Ok(dashboards)
}

fn read_dashboard(row: &Cells<'_>) -> Result<StoredDashboard, StoreError> {
    Ok(StoredDashboard {
        key: DashboardKey(row.integer(0)?),
        name: row.parsed(1)?,
        embed_id: row.parsed::<EmbedId>(2)?,
        versions: BTreeMap::new(),
        published: BTreeMap::new(),
    })
}

fn read_version(row: &Cells<'_>) -> Result<(DashboardKey, i64, Arc<Dashboard>), StoreError> {
    let definition = serde_json::from_str(row.text(2)?).map_err(StoreError::corrupt)?;
    Ok((DashboardKey(row.integer(0)?), row.integer(1)?, Arc::new(definition)))
}

fn read_published(row: &Cells<'_>) -> Result<(DashboardKey, EnvironmentName, i64), StoreError> {
    Ok((DashboardKey(row.integer(0)?), row.parsed(1)?, row.integer(2)?))
}
