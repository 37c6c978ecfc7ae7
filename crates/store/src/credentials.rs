//! Groups, API tokens and the admin key: who may call, and in which scope.

use model::credential::{Access, AdminKey, ApiToken, CredentialId};
use model::name::{GroupId, GroupName};
use model::{GroupScope, OperatorScope};

use crate::error::StoreError;
use crate::recorded::Pending;
use crate::seal::fingerprint;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// What an API token may touch. `None`: there is no such token (any more).
    pub async fn group_scope(&self, token: &ApiToken) -> Result<Option<GroupScope>, StoreError> {
        let fingerprint = fingerprint(token.expose());
        let reader = self.reader().await?;
        let params = [Param::Bytes(&fingerprint)];
        reader.session().row(sql::SCOPE_OF_API_TOKEN, &params, read_scope).await
    }

    /// The operator's scope for the admin key in force. `None`: this is not it.
    pub async fn operator_scope(
        &self,
        key: &AdminKey,
    ) -> Result<Option<OperatorScope>, StoreError> {
        // Fingerprints are compared, so the time tells nothing about the key itself.
        let given = fingerprint(key.expose());
        let reader = self.reader().await?;
        let read = |row: &Cells<'_>| Ok(row.bytes(0)?.to_owned());
        let known = reader.session().row(sql::ADMIN_KEY, &[], read).await?;
        let fits = known.is_some_and(|known| known == given);
        Ok(fits.then(|| OperatorScope::of_verified_admin_key(id_of(&given))))
    }

    /// Puts a new admin key in force; the one before is dead at once.
    pub async fn set_admin_key(&self, _: &OperatorScope, key: &AdminKey) -> Result<(), StoreError> {
        self.write(SetAdminKey { fingerprint: fingerprint(key.expose()) }).await
    }

    /// Whether any admin key has been put in force.
    pub async fn has_admin_key(&self, _: &OperatorScope) -> Result<bool, StoreError> {
        let reader = self.reader().await?;
        let found = reader.session().row(sql::ADMIN_KEY, &[], |_| Ok(())).await?;
        Ok(found.is_some())
    }

    /// Makes a data visibility group. Errs with `Taken` when the name is.
    pub fn create_group(&self, _: &OperatorScope, name: &GroupName) -> Pending<'_, CreateGroup> {
        Pending::new(self, CreateGroup { name: name.clone() })
    }

    /// Makes an API token for a group. Only its fingerprint is kept: this is the one time its text
    /// is seen. Errs with `NotFound` when there is no such group.
    pub async fn create_api_token(
        &self,
        _: &OperatorScope,
        group: &GroupName,
        access: Access,
    ) -> Result<ApiToken, StoreError> {
        let ambient = &self.tools().ambient;
        let token = ApiToken::from_random(ambient.random());
        let id = CredentialId::from_bytes(ambient.random());
        let fingerprint = fingerprint(token.expose());
        self.write(CreateApiToken { id, fingerprint, group: group.clone(), access }).await?;
        Ok(token)
    }

    /// Revokes an API token: it is dead at once, on every node. Errs with `NotFound` when it is not
    /// in force.
    pub async fn delete_api_token(
        &self,
        _: &OperatorScope,
        token: &ApiToken,
    ) -> Result<(), StoreError> {
        self.write(DeleteApiToken { fingerprint: fingerprint(token.expose()) }).await
    }
}

fn read_scope(row: &Cells<'_>) -> Result<GroupScope, StoreError> {
    let access = row.text(2)?.parse::<Access>().map_err(StoreError::corrupt)?;
    let id = row.text(3)?.parse::<CredentialId>().map_err(StoreError::corrupt)?;
    Ok(GroupScope::of_verified_token(GroupId(row.integer(0)?), row.parsed(1)?, access, id))
}

/// The id of a key that has no other: the start of its fingerprint.
fn id_of(fingerprint: &[u8; 32]) -> CredentialId {
    let [a, b, c, d, e, f, g, h, ..] = *fingerprint;
    CredentialId::from_bytes([a, b, c, d, e, f, g, h])
}

/// The key of a group, or `NotFound`.
pub(crate) async fn group_id(
    session: &Session<'_>,
    name: &GroupName,
) -> Result<GroupId, StoreError> {
    let params = [Param::Text(name.as_str())];
    let found = session.row(sql::GROUP_BY_NAME, &params, |row| row.integer(0)).await?;
    found.map(GroupId).ok_or(StoreError::NotFound("group"))
}

struct SetAdminKey {
    fingerprint: [u8; 32],
}

impl Work for SetAdminKey {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        session.execute(sql::DELETE_ADMIN_KEY, &[]).await?;
        let params = [Param::Bytes(&self.fingerprint), Param::Integer(session.now_us())];
        session.execute(sql::INSERT_ADMIN_KEY, &params).await.map(drop)
    }
}

pub struct CreateGroup {
    name: GroupName,
}

impl Work for CreateGroup {
    type Output = GroupId;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<GroupId, StoreError> {
        let params = [Param::Text(self.name.as_str())];
        let made = session.row(sql::INSERT_GROUP, &params, |row| row.integer(0)).await?;
        let made = made.ok_or(StoreError::Taken("group name"))?;
        crate::definitions::touch(session).await?;
        Ok(GroupId(made))
    }
}

struct CreateApiToken {
    id: CredentialId,
    fingerprint: [u8; 32],
    group: GroupName,
    access: Access,
}

impl Work for CreateApiToken {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let group = group_id(session, &self.group).await?;
        let params = [
            Param::Bytes(&self.fingerprint),
            Param::Integer(group.0),
            Param::Text(self.access.as_str()),
            Param::Integer(session.now_us()),
            Param::Text(self.id.as_str()),
        ];
        session.execute(sql::INSERT_API_TOKEN, &params).await.map(drop)
    }
}

struct DeleteApiToken {
    fingerprint: [u8; 32],
}

impl Work for DeleteApiToken {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        match session.execute(sql::DELETE_API_TOKEN, &[Param::Bytes(&self.fingerprint)]).await? {
            0 => Err(StoreError::NotFound("API token")),
            _ => Ok(()),
        }
    }
}
