//! Who may call, and in which scope: API tokens as they are shown, and the admin key.

use model::access::Caller;
use model::credential::{Access, AdminKey, ApiToken, CredentialId};
use model::name::GroupId;
use model::{GroupScope, OperatorScope};
use serde_json::json;

use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
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
    pub async fn set_admin_key(
        &self,
        operator: &OperatorScope,
        key: &AdminKey,
    ) -> Result<(), StoreError> {
        let (caller, fingerprint) = (operator.caller().clone(), fingerprint(key.expose()));
        self.write(SetAdminKey { caller, fingerprint }).await
    }

    /// Whether any admin key has been put in force.
    pub async fn has_admin_key(&self, _: &OperatorScope) -> Result<bool, StoreError> {
        let reader = self.reader().await?;
        let found = reader.session().row(sql::ADMIN_KEY, &[], |_| Ok(())).await?;
        Ok(found.is_some())
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

struct SetAdminKey {
    caller: Caller,
    fingerprint: [u8; 32],
}

impl Work for SetAdminKey {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let dead = session.execute(sql::DELETE_ADMIN_KEY, &[]).await?;
        let params = [Param::Bytes(&self.fingerprint), Param::Integer(session.now_us())];
        session.execute(sql::INSERT_ADMIN_KEY, &params).await?;
        let id = id_of(&self.fingerprint);
        let change = Change::created(Kind::AdminKey, id.as_str(), json!({"id": id.as_str()}));
        let action = if dead == 0 { Action::Create } else { Action::Rotate };
        audit::note(session, &self.caller, change.with_action(action)).await
    }
}
