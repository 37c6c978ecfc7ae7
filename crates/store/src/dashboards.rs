//! Versions of dashboards, where they are shown, and what ends a dashboard. They are made by
//! [`Store::amend`].

use model::access::Caller;
use model::name::{DashboardName, EnvironmentName};
use model::{Dashboard, OperatorScope};
use serde_json::json;

use crate::apply::published;
use crate::audit::{self, Change, Kind};
use crate::definitions::touch;
use crate::environments::environment_key;
use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// One version of a dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct DashboardVersion {
    /// From 1.
    pub version: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at_us: i64,
    pub definition: Dashboard,
}

impl Store {
    /// At most `limit` versions of a dashboard, the newest first, older than the version `before`.
    pub async fn dashboard_versions(
        &self,
        _: &OperatorScope,
        name: &DashboardName,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DashboardVersion>, StoreError> {
        let reader = self.reader().await?;
        let session = reader.session();
        let params = [
            Param::Integer(dashboard_key(&session, name).await?),
            Param::Integer(before.unwrap_or(i64::MAX)),
            Param::Integer(limit.into()),
        ];
        session.rows(sql::DASHBOARD_VERSIONS, &params, read_version).await
    }

    /// Lets an environment show a version of a dashboard; `None`: it shows the dashboard no more.
    pub async fn show_dashboard(
        &self,
        operator: &OperatorScope,
        dashboard: &DashboardName,
        environment: &EnvironmentName,
        version: Option<i64>,
    ) -> Result<(), StoreError> {
        let (dashboard, environment) = (dashboard.clone(), environment.clone());
        let caller = operator.caller().clone();
        self.write(Show { caller, dashboard, environment, version }).await
    }

    /// Deletes a dashboard with all its versions; its embed id opens nothing any more.
    pub async fn delete_dashboard(
        &self,
        operator: &OperatorScope,
        name: &DashboardName,
    ) -> Result<(), StoreError> {
        self.write(Delete { caller: operator.caller().clone(), name: name.clone() }).await
    }
}

fn read_version(row: &Cells<'_>) -> Result<DashboardVersion, StoreError> {
    Ok(DashboardVersion {
        version: row.integer(0)?,
        created_at_us: row.integer(1)?,
        definition: serde_json::from_str(row.text(2)?).map_err(StoreError::corrupt)?,
    })
}

async fn dashboard_key(session: &Session<'_>, name: &DashboardName) -> Result<i64, StoreError> {
    let params = [Param::Text(name.as_str())];
    let found = session.row(sql::DASHBOARD_BY_NAME, &params, |row| row.integer(0)).await?;
    found.ok_or(StoreError::NotFound("dashboard"))
}

struct Show {
    caller: Caller,
    dashboard: DashboardName,
    environment: EnvironmentName,
    version: Option<i64>,
}

impl Work for Show {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let dashboard = Param::Integer(dashboard_key(session, &self.dashboard).await?);
        let environment = Param::Integer(environment_key(session, &self.environment).await?);
        let place = [dashboard, environment];
        let before = session.row(sql::SHOWN_VERSION, &place, |row| row.integer(0)).await?;
        if before == self.version {
            return Ok(());
        }
        match self.version {
            Some(version) => publish(session, place, version).await?,
            None => drop(session.execute(sql::UNPUBLISH, &place).await?),
        }
        touch(session).await?;
        let change = published(&self.dashboard, &self.environment, before, self.version);
        audit::note(session, &self.caller, change).await
    }
}

async fn publish(
    session: &Session<'_>,
    [dashboard, environment]: [Param<'_>; 2],
    version: i64,
) -> Result<(), StoreError> {
    let version = Param::Integer(version);
    let wanted = [dashboard, version];
    let found = session.row(sql::VERSION_EXISTS, &wanted, |row| row.integer(0)).await?;
    if found.unwrap_or_default() == 0 {
        return Err(StoreError::rejected("version", "the dashboard has no such version"));
    }
    session.execute(sql::PUBLISH, &[dashboard, environment, version]).await.map(drop)
}

struct Delete {
    caller: Caller,
    name: DashboardName,
}

impl Work for Delete {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let key = dashboard_key(session, &self.name).await?;
        let params = [Param::Integer(key), Param::Integer(i64::MAX), Param::Integer(1)];
        let newest = session.row(sql::DASHBOARD_VERSIONS, &params, |row| row.integer(0)).await?;
        for statement in [
            sql::DELETE_DASHBOARD_FROM_ENVIRONMENTS,
            sql::DELETE_DASHBOARD_VERSIONS,
            sql::DELETE_DASHBOARD,
        ] {
            session.execute(statement, &[Param::Integer(key)]).await?;
        }
        touch(session).await?;
        let change =
            Change::deleted(Kind::Dashboard, self.name.as_str(), json!({"version": newest}));
        audit::note(session, &self.caller, change).await
    }
}
