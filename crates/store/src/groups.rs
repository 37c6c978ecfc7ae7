//! Data visibility groups.

use model::OperatorScope;
use model::access::Caller;
use model::name::{GroupId, GroupName};
use serde_json::{Value, json};

use crate::audit::{self, Change, Kind};
use crate::definitions::touch;
use crate::error::{StoreError, refuse_if_used};
use crate::recorded::Pending;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// Makes a data visibility group. Errs with `Taken` when the name is.
    pub fn create_group(
        &self,
        operator: &OperatorScope,
        name: &GroupName,
    ) -> Pending<'_, CreateGroup> {
        let caller = operator.caller().clone();
        Pending::new(self, CreateGroup { caller, name: name.clone() })
    }

    /// Renames a group; all that is in it stays. A group may take its own name.
    pub async fn rename_group(
        &self,
        operator: &OperatorScope,
        name: &GroupName,
        new_name: &GroupName,
    ) -> Result<(), StoreError> {
        let caller = operator.caller().clone();
        self.write(RenameGroup { caller, name: name.clone(), new_name: new_name.clone() }).await
    }

    /// Deletes an empty group. Errs with `Needed` when anything is in it.
    pub async fn delete_group(
        &self,
        operator: &OperatorScope,
        name: &GroupName,
    ) -> Result<(), StoreError> {
        let caller = operator.caller().clone();
        self.write(DeleteGroup { caller, name: name.clone() }).await
    }
}

/// The key of a group, or `NotFound`.
pub(crate) async fn group_id(
    session: &Session<'_>,
    name: &GroupName,
) -> Result<GroupId, StoreError> {
    find(session, name).await?.ok_or(StoreError::NotFound("group"))
}

async fn find(session: &Session<'_>, name: &GroupName) -> Result<Option<GroupId>, StoreError> {
    let params = [Param::Text(name.as_str())];
    let found = session.row(sql::GROUP_BY_NAME, &params, |row| row.integer(0)).await?;
    Ok(found.map(GroupId))
}

fn state(name: &GroupName) -> Value {
    json!({"name": name.as_str()})
}

pub struct CreateGroup {
    caller: Caller,
    name: GroupName,
}

impl Work for CreateGroup {
    type Output = GroupId;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<GroupId, StoreError> {
        let params = [Param::Text(self.name.as_str())];
        let made = session.row(sql::INSERT_GROUP, &params, |row| row.integer(0)).await?;
        let made = made.ok_or(StoreError::Taken("group name"))?;
        touch(session).await?;
        let change = Change::created(Kind::Group, self.name.as_str(), state(&self.name));
        audit::note(session, &self.caller, change.in_group(&self.name)).await?;
        Ok(GroupId(made))
    }
}

struct RenameGroup {
    caller: Caller,
    name: GroupName,
    new_name: GroupName,
}

impl Work for RenameGroup {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let group = group_id(session, &self.name).await?;
        if self.name == self.new_name {
            return Ok(());
        }
        if find(session, &self.new_name).await?.is_some() {
            return Err(StoreError::Taken("group name"));
        }
        let params = [Param::Integer(group.0), Param::Text(self.new_name.as_str())];
        session.execute(sql::RENAME_GROUP, &params).await?;
        touch(session).await?;
        let (before, after) = (state(&self.name), state(&self.new_name));
        let change = Change::updated(Kind::Group, self.name.as_str(), before, after);
        audit::note(session, &self.caller, change.in_group(&self.name)).await
    }
}

struct DeleteGroup {
    caller: Caller,
    name: GroupName,
}

impl Work for DeleteGroup {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let group = Param::Integer(group_id(session, &self.name).await?.0);
        let contents = session.row(sql::GROUP_CONTENTS, &[group], read_contents).await?;
        refuse_if_used("group", contents.unwrap_or_default())?;
        session.execute(sql::DELETE_GROUP, &[group]).await?;
        touch(session).await?;
        let change = Change::deleted(Kind::Group, self.name.as_str(), state(&self.name));
        audit::note(session, &self.caller, change.in_group(&self.name)).await
    }
}

fn read_contents(row: &Cells<'_>) -> Result<[(u64, &'static str); 4], StoreError> {
    let count = |at| row.integer(at).map(i64::unsigned_abs);
    Ok([
        (count(0)?, "customer"),
        (count(1)?, "data source"),
        (count(2)?, "API token"),
        (count(3)?, "embed secret"),
    ])
}
