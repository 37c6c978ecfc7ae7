//! One change of a plan, as rows.

use model::Levels;
use model::dashboard::Dashboard;
use model::declaration::{Change, Declaration, DeclaredSource};
use model::name::{DashboardName, EmbedId, EnvironmentName, GroupName, SchemaName, SourceName};

use crate::error::StoreError;
use crate::groups::group_id;
use crate::seal::Place;
use crate::session::{Param, Session};
use crate::sql::{self, Statement};

pub(super) async fn carry_out(
    session: &Session<'_>,
    change: &Change,
    wanted: &Declaration,
) -> Result<(), StoreError> {
    match change {
        Change::SetLevels { from, to } => set_levels(session, from, to).await,
        Change::CreateGroup(name) => create(session, sql::INSERT_GROUP, name.as_str()).await,
        Change::CreateTag(name) => create(session, sql::INSERT_TAG, name.as_str()).await,
        Change::CreateEnvironment(name) => {
            create(session, sql::INSERT_ENVIRONMENT, name.as_str()).await
        }
        Change::CreateSchema(name) => create(session, sql::INSERT_SCHEMA, name.as_str()).await,
        Change::CreateSource { name, .. } => {
            create_source(session, name, source(wanted, name)?).await
        }
        Change::UpdateSource { name, .. } => {
            update_source(session, name, source(wanted, name)?).await
        }
        Change::SetDefaultSource { schema, source } => {
            set_default(session, schema, source.as_ref()).await
        }
        Change::SetGroupDefault { schema, group, source } => {
            set_group_default(session, schema, group, source.as_ref()).await
        }
        Change::CreateDashboard(name) => {
            create_dashboard(session, name).await?;
            create_version(session, name, 1, definition(wanted, name)?).await
        }
        Change::CreateVersion { dashboard, version } => {
            create_version(session, dashboard, *version, definition(wanted, dashboard)?).await
        }
        Change::Publish { dashboard, environment, version } => {
            publish(session, dashboard, environment, *version).await
        }
    }
}

fn source<'a>(
    wanted: &'a Declaration,
    name: &SourceName,
) -> Result<&'a DeclaredSource, StoreError> {
    wanted.sources.get(name).ok_or(StoreError::NotFound("data source"))
}

fn definition<'a>(
    wanted: &'a Declaration,
    name: &DashboardName,
) -> Result<&'a Dashboard, StoreError> {
    let found = wanted.dashboards.get(name).map(|dashboard| &dashboard.definition);
    found.ok_or(StoreError::NotFound("dashboard"))
}

async fn create(session: &Session<'_>, insert: Statement, name: &str) -> Result<(), StoreError> {
    session.rows(insert, &[Param::Text(name)], |row| row.integer(0)).await.map(drop)
}

/// Customers name a level by its row, so they follow it to its new rank.
async fn set_levels(session: &Session<'_>, from: &Levels, to: &Levels) -> Result<(), StoreError> {
    for gone in from.names().iter().filter(|name| to.rank(name.as_str()).is_none()) {
        session.execute(sql::DELETE_LEVEL, &[Param::Text(gone.as_str())]).await?;
    }
    for (rank, name) in (0..).zip(to.names()) {
        let params = [Param::Text(name.as_str()), Param::Integer(rank)];
        session.execute(sql::SET_LEVEL, &params).await?;
    }
    Ok(())
}

/// The key of a record that the plan has found or made.
async fn key(
    session: &Session<'_>,
    statement: Statement,
    name: &str,
    kind: &'static str,
) -> Result<i64, StoreError> {
    let found = session.row(statement, &[Param::Text(name)], |row| row.integer(0)).await?;
    found.ok_or(StoreError::NotFound(kind))
}

async fn schema_key(session: &Session<'_>, name: &SchemaName) -> Result<i64, StoreError> {
    key(session, sql::SCHEMA_BY_NAME, name.as_str(), "schema").await
}

async fn source_key(session: &Session<'_>, name: &SourceName) -> Result<i64, StoreError> {
    key(session, sql::SOURCE_BY_NAME, name.as_str(), "data source").await
}

async fn dashboard_key(session: &Session<'_>, name: &DashboardName) -> Result<i64, StoreError> {
    key(session, sql::DASHBOARD_BY_NAME, name.as_str(), "dashboard").await
}

async fn create_source(
    session: &Session<'_>,
    name: &SourceName,
    wanted: &DeclaredSource,
) -> Result<(), StoreError> {
    let params = [
        Param::Text(name.as_str()),
        Param::Integer(schema_key(session, &wanted.schema).await?),
        Param::Integer(group_id(session, &wanted.group).await?.0),
        Param::Bytes(&[]),
    ];
    // The connection is sealed with the row's key, which the row must first have.
    session.execute(sql::INSERT_SOURCE, &params).await?;
    update_source(session, name, wanted).await
}

async fn update_source(
    session: &Session<'_>,
    name: &SourceName,
    wanted: &DeclaredSource,
) -> Result<(), StoreError> {
    let key = source_key(session, name).await?;
    let connection = serde_json::to_vec(&wanted.connection).map_err(StoreError::corrupt)?;
    let tools = session.tools;
    let sealed = tools.sealer.seal(&tools.ambient, Place::Connection(key), &connection);
    let params = [
        Param::Integer(key),
        Param::Integer(schema_key(session, &wanted.schema).await?),
        Param::Integer(group_id(session, &wanted.group).await?.0),
        Param::Integer(wanted.isolated.into()),
        Param::Bytes(&sealed),
    ];
    session.execute(sql::UPDATE_SOURCE, &params).await.map(drop)
}

async fn set_default(
    session: &Session<'_>,
    schema: &SchemaName,
    source: Option<&SourceName>,
) -> Result<(), StoreError> {
    let schema = Param::Integer(schema_key(session, schema).await?);
    let source = match source {
        Some(source) => Param::Integer(source_key(session, source).await?),
        None => Param::Null,
    };
    session.execute(sql::SET_DEFAULT_SOURCE, &[schema, source]).await.map(drop)
}

async fn set_group_default(
    session: &Session<'_>,
    schema: &SchemaName,
    group: &GroupName,
    source: Option<&SourceName>,
) -> Result<(), StoreError> {
    let schema = Param::Integer(schema_key(session, schema).await?);
    let group = Param::Integer(group_id(session, group).await?.0);
    session.execute(sql::DELETE_GROUP_DEFAULT, &[schema, group]).await?;
    let Some(source) = source else { return Ok(()) };
    let source = Param::Integer(source_key(session, source).await?);
    session.execute(sql::INSERT_GROUP_DEFAULT, &[schema, group, source]).await.map(drop)
}

async fn create_dashboard(session: &Session<'_>, name: &DashboardName) -> Result<(), StoreError> {
    let embed_id = draw_embed_id(session)?;
    let params = [Param::Text(name.as_str()), Param::Text(embed_id.as_str())];
    session.execute(sql::INSERT_DASHBOARD, &params).await.map(drop)
}

/// Ten letters and digits: enough never to meet twice, short enough to read out.
fn draw_embed_id(session: &Session<'_>) -> Result<EmbedId, StoreError> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bytes: [u8; 10] = session.tools.ambient.random();
    let character = |byte: u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
    let text: String = bytes.into_iter().map(character).collect();
    text.parse().map_err(StoreError::corrupt)
}

async fn create_version(
    session: &Session<'_>,
    dashboard: &DashboardName,
    version: i64,
    definition: &Dashboard,
) -> Result<(), StoreError> {
    let definition = serde_json::to_string(definition).map_err(StoreError::corrupt)?;
    let params = [
        Param::Integer(dashboard_key(session, dashboard).await?),
        Param::Integer(version),
        Param::Text(&definition),
        Param::Integer(session.now_us()),
    ];
    session.execute(sql::INSERT_VERSION, &params).await.map(drop)
}

async fn publish(
    session: &Session<'_>,
    dashboard: &DashboardName,
    environment: &EnvironmentName,
    version: i64,
) -> Result<(), StoreError> {
    let name = environment.as_str();
    let params = [
        Param::Integer(dashboard_key(session, dashboard).await?),
        Param::Integer(key(session, sql::ENVIRONMENT_BY_NAME, name, "environment").await?),
        Param::Integer(version),
    ];
    session.execute(sql::PUBLISH, &params).await.map(drop)
}
