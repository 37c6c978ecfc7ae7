//! Publishing: an environment shows a version of a dashboard.

use model::GroupScope;
use model::name::{DashboardKey, DashboardName, EmbedId, EnvironmentName};
use serde_json::json;

use crate::audit::{self, Action, Change, Kind};
use crate::definitions::{dashboard_of_embed_id, touch};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// Lets an environment show this version of a dashboard, at once. Dashboards belong to no group, so
    /// every read-write token may do it, as at Explo. Errs with `NotFound` for an unknown dashboard or
    /// version, and with `Rejected` for an unknown environment, which is not made.
    pub async fn publish(
        &self,
        scope: &GroupScope,
        dashboard: &EmbedId,
        environment: &EnvironmentName,
        version: i64,
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let (scope, dashboard) = (scope.clone(), dashboard.clone());
        self.write(Publish { scope, dashboard, environment: environment.clone(), version }).await
    }
}

struct Publish {
    scope: GroupScope,
    dashboard: EmbedId,
    environment: EnvironmentName,
    version: i64,
}

impl Work for Publish {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let (dashboard, name) = dashboard_of_embed_id(session, &self.dashboard).await?;
        let environment = self.environment_key(session).await?;
        self.check_version(session, dashboard).await?;
        let place = [Param::Integer(dashboard.0), Param::Integer(environment)];
        let before = session.row(sql::SHOWN_VERSION, &place, |row| row.integer(0)).await?;
        if before == Some(self.version) {
            return Ok(());
        }
        let params = [place[0], place[1], Param::Integer(self.version)];
        session.execute(sql::PUBLISH, &params).await?;
        touch(session).await?;
        self.note(session, &name, before).await
    }
}

impl Publish {
    async fn environment_key(&self, session: &Session<'_>) -> Result<i64, StoreError> {
        let name = self.environment.as_str();
        let params = [Param::Text(name)];
        let found = session.row(sql::ENVIRONMENT_BY_NAME, &params, |row| row.integer(0)).await?;
        let unknown = || format!("there is no environment {name:?}");
        found.ok_or_else(|| StoreError::rejected("environment", unknown()))
    }

    async fn check_version(
        &self,
        session: &Session<'_>,
        dashboard: DashboardKey,
    ) -> Result<(), StoreError> {
        let params = [Param::Integer(dashboard.0), Param::Integer(self.version)];
        let found = session.row(sql::DASHBOARD_VERSION, &params, |row| row.integer(0)).await?;
        found.map(drop).ok_or(StoreError::NotFound("dashboard version"))
    }

    async fn note(
        &self,
        session: &Session<'_>,
        name: &DashboardName,
        before: Option<i64>,
    ) -> Result<(), StoreError> {
        let state = |version| json!({"environment": self.environment.as_str(), "version": version});
        let change = Change {
            action: Action::Publish,
            kind: Kind::Dashboard,
            group: None,
            subject: name.as_str(),
            before: Some(state(before).into()),
            after: Some(state(Some(self.version)).into()),
        };
        audit::note(session, self.scope.caller(), change).await
    }
}
