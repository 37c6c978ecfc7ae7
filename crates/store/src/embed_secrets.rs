//! Embed secrets: the keys that open embed JWTs, sealed at rest.

mod record;

use model::access::Caller;
use model::credential::{EmbedSecret, KeyId, KeyValue};
use model::name::{GroupId, GroupName};
use model::{GroupScope, OperatorScope};
use serde_json::json;

use crate::audit::{self, Change, Kind};
use crate::error::StoreError;
use crate::seal::Place;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

pub use record::{EmbedSecretRecord, RotatedSecret};

/// A secret found by its key id, before it has proved anything: a JWT that it opens speaks for its
/// group.
pub(crate) struct FoundSecret {
    pub(crate) secret: EmbedSecret,
    pub(crate) group: GroupId,
}

impl Store {
    /// The embed secret that a JWT names. `None`: there is none (any more).
    pub async fn embed_secret(&self, id: &KeyId) -> Result<Option<EmbedSecret>, StoreError> {
        let reader = self.reader().await?;
        Ok(find(&reader.session(), id).await?.map(|found| found.secret))
    }

    /// An embed secret of the caller's group that new JWTs may be made with: not one that retires.
    pub async fn embed_secret_of(
        &self,
        scope: &GroupScope,
        id: &KeyId,
    ) -> Result<Option<EmbedSecret>, StoreError> {
        let reader = self.reader().await?;
        let params = [Param::Integer(scope.group().0), Param::Text(id.as_str())];
        let read = |row: &Cells<'_>| Ok(row.bytes(0)?.to_owned());
        let sealed = reader.session().row(sql::EMBED_SECRET_OF_GROUP, &params, read).await?;
        sealed.map(|sealed| unseal(&reader.session(), id.clone(), &sealed)).transpose()
    }

    /// The group's secret that the server itself manages, made on first use. Errs with `ReadOnly`
    /// when there is none yet and the scope may not make one.
    pub async fn managed_embed_secret(
        &self,
        scope: &GroupScope,
    ) -> Result<EmbedSecret, StoreError> {
        let reader = self.reader().await?;
        if let Some(secret) = managed(&reader.session(), scope.group()).await? {
            return Ok(secret);
        }
        drop(reader);
        scope.require_write()?;
        self.write(ManageSecret { scope: scope.clone() }).await
    }

    /// Makes an embed secret for a group. Errs with `NotFound` when there is no such group.
    pub async fn create_embed_secret(
        &self,
        operator: &OperatorScope,
        group: &GroupName,
    ) -> Result<EmbedSecret, StoreError> {
        self.issue_embed_secret(operator, group).await.map(|(_, secret)| secret)
    }
}

/// The secret of this id. One that has retired is not found.
pub(crate) async fn find(
    session: &Session<'_>,
    id: &KeyId,
) -> Result<Option<FoundSecret>, StoreError> {
    let read =
        |row: &Cells<'_>| Ok((row.integer(0)?, row.bytes(1)?.to_owned(), row.optional_integer(2)?));
    let found = session.row(sql::EMBED_SECRET, &[Param::Text(id.as_str())], read).await?;
    let Some((group, sealed, retires_at_us)) = found else { return Ok(None) };
    if retires_at_us.is_some_and(|at| at <= session.now_us()) {
        return Ok(None);
    }
    let secret = unseal(session, id.clone(), &sealed)?;
    Ok(Some(FoundSecret { secret, group: GroupId(group) }))
}

fn unseal(session: &Session<'_>, id: KeyId, sealed: &[u8]) -> Result<EmbedSecret, StoreError> {
    let text = session.tools.sealer.open(Place::EmbedSecret(id.as_str()), sealed)?;
    let text = String::from_utf8(text).map_err(StoreError::corrupt)?;
    let value = text.parse::<KeyValue>().map_err(StoreError::corrupt)?;
    Ok(EmbedSecret { id, value })
}

async fn managed(session: &Session<'_>, group: GroupId) -> Result<Option<EmbedSecret>, StoreError> {
    let read = |row: &Cells<'_>| Ok((row.text(0)?.to_owned(), row.bytes(1)?.to_owned()));
    let found = session.row(sql::MANAGED_EMBED_SECRET, &[Param::Integer(group.0)], read).await?;
    let Some((id, sealed)) = found else { return Ok(None) };
    let id = id.parse::<KeyId>().map_err(StoreError::corrupt)?;
    unseal(session, id, &sealed).map(Some)
}

/// Who makes a secret, and for which group.
struct Maker<'a> {
    caller: &'a Caller,
    group: GroupId,
    group_name: &'a GroupName,
}

/// Draws and writes a secret. `None`: the group has a managed one, and this would be a second.
async fn insert(
    session: &Session<'_>,
    maker: &Maker<'_>,
    managed: bool,
) -> Result<Option<EmbedSecret>, StoreError> {
    let ambient = &session.tools.ambient;
    let id = KeyId::from_random(ambient.random());
    let value = KeyValue::from_random(ambient.random());
    let place = Place::EmbedSecret(id.as_str());
    let sealed = session.tools.sealer.seal(ambient, place, value.expose().as_bytes());
    let params = [
        Param::Text(id.as_str()),
        Param::Integer(maker.group.0),
        Param::Bytes(&sealed),
        Param::Integer(managed.into()),
        Param::Integer(session.now_us()),
    ];
    if session.execute(sql::INSERT_EMBED_SECRET, &params).await? == 0 {
        return Ok(None);
    }
    let after = json!({"group": maker.group_name.as_str(), "managed": managed});
    let change = Change::created(Kind::EmbedSecret, id.as_str(), after);
    audit::note(session, maker.caller, change.in_group(maker.group_name)).await?;
    Ok(Some(EmbedSecret { id, value }))
}

struct ManageSecret {
    scope: GroupScope,
}

impl Work for ManageSecret {
    type Output = EmbedSecret;

    async fn run(&self, session: &Session<'_>) -> Result<EmbedSecret, StoreError> {
        let scope = &self.scope;
        let (group, group_name) = (scope.group(), scope.group_name());
        let maker = Maker { caller: scope.caller(), group, group_name };
        match insert(session, &maker, true).await? {
            Some(made) => Ok(made),
            // Another call made it first.
            None => managed(session, group).await?.ok_or(StoreError::Contended),
        }
    }
}
