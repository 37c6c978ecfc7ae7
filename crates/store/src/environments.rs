//! Environments: names under which versions of dashboards are shown.

use model::OperatorScope;
use model::access::Caller;
use model::name::EnvironmentName;
use serde_json::{Value, json};

use crate::audit::{self, Change, Kind};
use crate::definitions::touch;
use crate::error::{StoreError, refuse_if_used};
use crate::session::{Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// Renames an environment; what it shows stays. It may take its own name.
    pub async fn rename_environment(
        &self,
        operator: &OperatorScope,
        name: &EnvironmentName,
        new_name: &EnvironmentName,
    ) -> Result<(), StoreError> {
        let caller = operator.caller().clone();
        self.write(Rename { caller, name: name.clone(), new_name: new_name.clone() }).await
    }

    /// Deletes an environment. Errs with `Needed` when it shows a dashboard.
    pub async fn delete_environment(
        &self,
        operator: &OperatorScope,
        name: &EnvironmentName,
    ) -> Result<(), StoreError> {
        self.write(Delete { caller: operator.caller().clone(), name: name.clone() }).await
    }
}

/// The key of an environment, or `NotFound`.
pub(crate) async fn environment_key(
    session: &Session<'_>,
    name: &EnvironmentName,
) -> Result<i64, StoreError> {
    find(session, name).await?.ok_or(StoreError::NotFound("environment"))
}

async fn find(session: &Session<'_>, name: &EnvironmentName) -> Result<Option<i64>, StoreError> {
    let params = [Param::Text(name.as_str())];
    session.row(sql::ENVIRONMENT_BY_NAME, &params, |row| row.integer(0)).await
}

fn state(name: &EnvironmentName) -> Value {
    json!({"name": name.as_str()})
}

struct Rename {
    caller: Caller,
    name: EnvironmentName,
    new_name: EnvironmentName,
}

impl Work for Rename {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let key = environment_key(session, &self.name).await?;
        if self.name == self.new_name {
            return Ok(());
        }
        if find(session, &self.new_name).await?.is_some() {
            return Err(StoreError::Taken("environment name"));
        }
        let params = [Param::Integer(key), Param::Text(self.new_name.as_str())];
        session.execute(sql::RENAME_ENVIRONMENT, &params).await?;
        touch(session).await?;
        let (before, after) = (state(&self.name), state(&self.new_name));
        let change = Change::updated(Kind::Environment, self.name.as_str(), before, after);
        audit::note(session, &self.caller, change).await
    }
}

struct Delete {
    caller: Caller,
    name: EnvironmentName,
}

impl Work for Delete {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let key = [Param::Integer(environment_key(session, &self.name).await?)];
        let shown = session.row(sql::SHOWN_IN_ENVIRONMENT, &key, |row| row.integer(0)).await?;
        let shown = shown.unwrap_or_default().unsigned_abs();
        refuse_if_used("environment", [(shown, "dashboard")])?;
        session.execute(sql::DELETE_ENVIRONMENT, &key).await?;
        touch(session).await?;
        let change = Change::deleted(Kind::Environment, self.name.as_str(), state(&self.name));
        audit::note(session, &self.caller, change).await
    }
}
