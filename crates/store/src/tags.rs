//! Group tags: labels on customers, common to all groups of the server.

use model::access::{Caller, ManagementScope};
use model::name::TagName;
use serde_json::{Value, json};

use crate::audit::{self, Change, Kind};
use crate::error::StoreError;
use crate::recorded::Pending;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// All tags, in the order in which they were made.
    pub async fn tags(&self, _: &impl ManagementScope) -> Result<Vec<TagName>, StoreError> {
        let reader = self.reader().await?;
        reader.session().rows(sql::TAGS, &[], |row| row.parsed(0)).await
    }

    /// Makes a tag. Errs with `Taken` when there is one of this name.
    pub fn create_tag(
        &self,
        scope: &impl ManagementScope,
        name: &TagName,
    ) -> Pending<'_, CreateTag> {
        let work = CreateTag { caller: scope.caller().clone(), name: name.clone() };
        Pending::allowed(self, scope.require_write(), work)
    }

    /// Renames a tag; customers keep it under its new name. A tag may take its own name.
    pub async fn rename_tag(
        &self,
        scope: &impl ManagementScope,
        name: &TagName,
        new_name: &TagName,
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let caller = scope.caller().clone();
        self.write(RenameTag { caller, name: name.clone(), new_name: new_name.clone() }).await
    }

    /// Deletes a tag and takes it from every customer.
    pub async fn delete_tag(
        &self,
        scope: &impl ManagementScope,
        name: &TagName,
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let caller = scope.caller().clone();
        self.write(DeleteTag { caller, name: name.clone() }).await
    }
}

/// The key of a tag whose row is locked until the transaction ends.
async fn lock(session: &Session<'_>, name: &TagName) -> Result<Option<i64>, StoreError> {
    session.row(sql::LOCK_TAG, &[Param::Text(name.as_str())], |row| row.integer(0)).await
}

fn state(name: &TagName) -> Value {
    json!({"name": name.as_str()})
}

pub struct CreateTag {
    caller: Caller,
    name: TagName,
}

impl Work for CreateTag {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let params = [Param::Text(self.name.as_str())];
        let made = session.row(sql::INSERT_TAG, &params, |row| row.integer(0)).await?;
        made.ok_or(StoreError::Taken("group tag"))?;
        let change = Change::created(Kind::Tag, self.name.as_str(), state(&self.name));
        audit::note(session, &self.caller, change).await
    }
}

struct RenameTag {
    caller: Caller,
    name: TagName,
    new_name: TagName,
}

impl Work for RenameTag {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let tag = lock(session, &self.name).await?.ok_or(StoreError::NotFound("group tag"))?;
        if self.name == self.new_name {
            return Ok(());
        }
        if lock(session, &self.new_name).await?.is_some() {
            return Err(StoreError::Taken("group tag"));
        }
        let params = [Param::Integer(tag), Param::Text(self.new_name.as_str())];
        session.execute(sql::RENAME_TAG, &params).await?;
        let (before, after) = (state(&self.name), state(&self.new_name));
        let change = Change::updated(Kind::Tag, self.name.as_str(), before, after);
        audit::note(session, &self.caller, change).await
    }
}

struct DeleteTag {
    caller: Caller,
    name: TagName,
}

impl Work for DeleteTag {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let tag = lock(session, &self.name).await?.ok_or(StoreError::NotFound("group tag"))?;
        session.execute(sql::DELETE_TAG, &[Param::Integer(tag)]).await?;
        let change = Change::deleted(Kind::Tag, self.name.as_str(), state(&self.name));
        audit::note(session, &self.caller, change).await
    }
}
