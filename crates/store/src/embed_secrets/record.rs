//! Embed secrets as records: listed, rotated with an overlap, revoked.

use model::OperatorScope;
use model::access::Caller;
use model::credential::{EmbedSecret, KeyId};
use model::name::{GroupId, GroupName};
use serde_json::{Value, json};

use super::{Maker, insert};
use crate::api_tokens::After;
use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::groups::group_id;
use crate::recorded::Pending;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// What is known of an embed secret beside its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedSecretRecord {
    pub id: KeyId,
    pub group: GroupName,
    /// The server made it for itself, for JWTs that name no secret.
    pub managed: bool,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at_us: i64,
    /// Until when it opens JWTs, in microseconds since 1970-01-01T00:00:00Z; `None`: for good.
    pub retires_at_us: Option<i64>,
}

/// A secret and the one that it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotatedSecret {
    pub secret: EmbedSecret,
    pub record: EmbedSecretRecord,
    /// Retires.
    pub replaced: EmbedSecretRecord,
}

impl Store {
    /// At most `limit` embed secrets in the order in which they were made, of one group or of all.
    pub async fn embed_secrets(
        &self,
        _: &OperatorScope,
        group: Option<&GroupName>,
        after: Option<&After>,
        limit: u32,
    ) -> Result<Vec<EmbedSecretRecord>, StoreError> {
        let reader = self.reader().await?;
        let params = After::page(after, group, limit);
        reader.session().rows(sql::EMBED_SECRETS, &params, read_record).await
    }

    /// As [`Store::create_embed_secret`], with what is known of it.
    pub fn issue_embed_secret(
        &self,
        operator: &OperatorScope,
        group: &GroupName,
    ) -> Pending<'_, IssueEmbedSecret> {
        let caller = operator.caller().clone();
        Pending::new(self, IssueEmbedSecret { caller, group: group.clone() })
    }

    /// Makes a secret in the place of another, which opens JWTs for `overlap_us` microseconds more
    /// and makes none from now on. When the server managed it, it manages the new one.
    ///
    /// Errs with `RotatedBefore` when it was replaced already.
    pub fn rotate_embed_secret(
        &self,
        operator: &OperatorScope,
        id: &KeyId,
        overlap_us: i64,
    ) -> Pending<'_, RotateEmbedSecret> {
        let caller = operator.caller().clone();
        Pending::new(self, RotateEmbedSecret { caller, id: id.clone(), overlap_us })
    }

    /// Revokes an embed secret: every JWT made with it is dead at once.
    pub async fn delete_embed_secret(
        &self,
        operator: &OperatorScope,
        id: &KeyId,
    ) -> Result<(), StoreError> {
        self.write(Delete { caller: operator.caller().clone(), id: id.clone() }).await
    }
}

const NO_SECRET: StoreError = StoreError::NotFound("embed secret");

fn read_record(row: &Cells<'_>) -> Result<EmbedSecretRecord, StoreError> {
    Ok(EmbedSecretRecord {
        id: row.text(0)?.parse().map_err(StoreError::corrupt)?,
        group: row.parsed(1)?,
        managed: row.boolean(2)?,
        created_at_us: row.integer(3)?,
        retires_at_us: row.optional_integer(4)?,
    })
}

/// What the audit log tells of a secret.
fn state(record: &EmbedSecretRecord) -> Value {
    let retires_at = record.retires_at_us.and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
    json!({
        "group": record.group.as_str(),
        "managed": record.managed,
        "retires_at": retires_at.map(|at| at.to_string()),
    })
}

/// The secret of this id with the key of its group, locked until the transaction ends.
async fn lock(
    session: &Session<'_>,
    id: &KeyId,
) -> Result<(EmbedSecretRecord, GroupId), StoreError> {
    let read = |row: &Cells<'_>| Ok((read_record(row)?, GroupId(row.integer(5)?)));
    let found = session.row(sql::LOCK_EMBED_SECRET, &[Param::Text(id.as_str())], read).await?;
    found.ok_or(NO_SECRET)
}

pub struct IssueEmbedSecret {
    caller: Caller,
    group: GroupName,
}

impl Work for IssueEmbedSecret {
    type Output = (EmbedSecretRecord, EmbedSecret);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let group = group_id(session, &self.group).await?;
        let maker = Maker { caller: &self.caller, group, group_name: &self.group };
        let secret = insert(session, &maker, false).await?.ok_or(StoreError::Contended)?;
        let record = EmbedSecretRecord {
            id: secret.id.clone(),
            group: self.group.clone(),
            managed: false,
            created_at_us: session.now_us(),
            retires_at_us: None,
        };
        Ok((record, secret))
    }
}

pub struct RotateEmbedSecret {
    caller: Caller,
    id: KeyId,
    overlap_us: i64,
}

impl Work for RotateEmbedSecret {
    type Output = RotatedSecret;

    async fn run(&self, session: &Session<'_>) -> Result<RotatedSecret, StoreError> {
        let (before, group) = lock(session, &self.id).await?;
        if before.retires_at_us.is_some() {
            return Err(StoreError::RotatedBefore);
        }
        let now_us = session.now_us();
        let retires_at_us = Some(now_us.saturating_add(self.overlap_us));
        let replaced = EmbedSecretRecord { managed: false, retires_at_us, ..before.clone() };
        let params = [Param::Text(self.id.as_str()), retires_at_us.into()];
        session.execute(sql::RETIRE_EMBED_SECRET, &params).await?;
        self.note(session, &before, &replaced).await?;
        let maker = Maker { caller: &self.caller, group, group_name: &before.group };
        let secret = insert(session, &maker, before.managed).await?;
        let secret = secret.ok_or(StoreError::Contended)?;
        let id = secret.id.clone();
        let record = EmbedSecretRecord { id, created_at_us: now_us, ..before };
        Ok(RotatedSecret { secret, record, replaced })
    }
}

impl RotateEmbedSecret {
    async fn note(
        &self,
        session: &Session<'_>,
        before: &EmbedSecretRecord,
        after: &EmbedSecretRecord,
    ) -> Result<(), StoreError> {
        let subject = self.id.as_str();
        let change = Change::updated(Kind::EmbedSecret, subject, state(before), state(after));
        let change = change.in_group(&before.group).with_action(Action::Rotate);
        audit::note(session, &self.caller, change).await
    }
}

struct Delete {
    caller: Caller,
    id: KeyId,
}

impl Work for Delete {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let (record, _) = lock(session, &self.id).await?;
        let params = [Param::Text(self.id.as_str())];
        session.execute(sql::DELETE_EMBED_SECRET, &params).await?;
        let change = Change::deleted(Kind::EmbedSecret, self.id.as_str(), state(&record));
        audit::note(session, &self.caller, change.in_group(&record.group)).await
    }
}
