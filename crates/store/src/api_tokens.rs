//! API tokens as records: they are told by their ids, and only their fingerprints are kept.

use model::OperatorScope;
use model::access::Caller;
use model::credential::{Access, ApiToken, CredentialId};
use model::name::{CredentialName, GroupName};
use serde_json::{Value, json};

use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::groups::group_id;
use crate::recorded::Pending;
use crate::seal::fingerprint;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// What is known of an API token beside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRecord {
    pub id: CredentialId,
    /// `None`: it was given none.
    pub name: Option<CredentialName>,
    pub group: GroupName,
    pub access: Access,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at_us: i64,
}

/// An API token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    pub name: Option<CredentialName>,
    pub group: GroupName,
    pub access: Access,
}

/// Where a page of a list of credentials begins: behind the one made at this time under this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at_us: i64,
    pub id: String,
}

impl After {
    /// The parameters of a page of a list, of one group or of all.
    pub(crate) fn page<'a>(
        after: Option<&'a Self>,
        group: Option<&'a GroupName>,
        limit: u32,
    ) -> [Param<'a>; 4] {
        [
            Param::Integer(after.map_or(i64::MIN, |after| after.created_at_us)),
            Param::Text(after.map_or("", |after| &after.id)),
            group.map(GroupName::as_str).into(),
            Param::Integer(limit.into()),
        ]
    }
}

impl Store {
    /// At most `limit` API tokens in the order in which they were made, of one group or of all.
    pub async fn api_tokens(
        &self,
        _: &OperatorScope,
        group: Option<&GroupName>,
        after: Option<&After>,
        limit: u32,
    ) -> Result<Vec<ApiTokenRecord>, StoreError> {
        let reader = self.reader().await?;
        let params = After::page(after, group, limit);
        reader.session().rows(sql::API_TOKENS, &params, read_record).await
    }

    /// Makes an API token without a name. As [`Store::issue_api_token`].
    pub async fn create_api_token(
        &self,
        operator: &OperatorScope,
        group: &GroupName,
        access: Access,
    ) -> Result<ApiToken, StoreError> {
        let new = NewApiToken { name: None, group: group.clone(), access };
        self.issue_api_token(operator, new).await.map(|(_, token)| token)
    }

    /// Makes an API token for a group. Only its fingerprint is kept: this is the one time its text
    /// is seen. Errs with `NotFound` when there is no such group.
    pub fn issue_api_token(
        &self,
        operator: &OperatorScope,
        new: NewApiToken,
    ) -> Pending<'_, IssueApiToken> {
        Pending::new(self, IssueApiToken { caller: operator.caller().clone(), new })
    }

    /// Gives an API token a new text, which is seen this one time. The text before is dead at once,
    /// on every node.
    pub fn rotate_api_token(
        &self,
        operator: &OperatorScope,
        id: &CredentialId,
    ) -> Pending<'_, RotateApiToken> {
        let caller = operator.caller().clone();
        Pending::new(self, RotateApiToken { caller, id: id.clone() })
    }

    /// Revokes an API token by its id: it is dead at once, on every node.
    pub async fn revoke_api_token(
        &self,
        operator: &OperatorScope,
        id: &CredentialId,
    ) -> Result<(), StoreError> {
        self.write(Revoke { caller: operator.caller().clone(), id: id.clone() }).await
    }

    /// As [`Store::revoke_api_token`], by the token itself. Errs with `NotFound` when it is not in
    /// force.
    pub async fn delete_api_token(
        &self,
        operator: &OperatorScope,
        token: &ApiToken,
    ) -> Result<(), StoreError> {
        let scope = self.group_scope(token).await?;
        match scope.map(|scope| scope.caller().actor.clone()) {
            Some(model::access::Actor::ApiToken(id)) => self.revoke_api_token(operator, &id).await,
            _ => Err(NO_TOKEN),
        }
    }
}

const NO_TOKEN: StoreError = StoreError::NotFound("API token");

fn read_record(row: &Cells<'_>) -> Result<ApiTokenRecord, StoreError> {
    let name = Some(row.text(1)?).filter(|name| !name.is_empty());
    Ok(ApiTokenRecord {
        id: row.text(0)?.parse().map_err(StoreError::corrupt)?,
        name: name.map(str::parse).transpose().map_err(StoreError::corrupt)?,
        group: row.parsed(2)?,
        access: row.text(3)?.parse().map_err(StoreError::corrupt)?,
        created_at_us: row.integer(4)?,
    })
}

/// What the audit log tells of a token.
fn state(record: &ApiTokenRecord) -> Value {
    json!({
        "name": record.name.as_ref().map(CredentialName::as_str),
        "group": record.group.as_str(),
        "access": record.access.as_str(),
    })
}

/// A fresh token with its fingerprint.
fn draw(session: &Session<'_>) -> (ApiToken, [u8; 32]) {
    let token = ApiToken::from_random(session.tools.ambient.random());
    let fingerprint = fingerprint(token.expose());
    (token, fingerprint)
}

/// The token of this id with its fingerprint, locked until the transaction ends.
async fn lock(
    session: &Session<'_>,
    id: &CredentialId,
) -> Result<(ApiTokenRecord, Vec<u8>), StoreError> {
    let read = |row: &Cells<'_>| Ok((read_record(row)?, row.bytes(5)?.to_owned()));
    let found = session.row(sql::LOCK_API_TOKEN, &[Param::Text(id.as_str())], read).await?;
    found.ok_or(NO_TOKEN)
}

pub struct IssueApiToken {
    caller: Caller,
    new: NewApiToken,
}

impl Work for IssueApiToken {
    type Output = (ApiTokenRecord, ApiToken);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let (token, fingerprint) = draw(session);
        let NewApiToken { name, group, access } = self.new.clone();
        let group_id = group_id(session, &group).await?;
        let id = CredentialId::from_bytes(session.tools.ambient.random());
        let record = ApiTokenRecord { id, name, group, access, created_at_us: session.now_us() };
        let params = [
            Param::Bytes(&fingerprint),
            Param::Integer(group_id.0),
            Param::Text(access.as_str()),
            Param::Integer(record.created_at_us),
            Param::Text(record.id.as_str()),
            Param::Text(record.name.as_ref().map_or("", CredentialName::as_str)),
        ];
        session.execute(sql::INSERT_API_TOKEN, &params).await?;
        let change = Change::created(Kind::ApiToken, record.id.as_str(), state(&record));
        audit::note(session, &self.caller, change.in_group(&record.group)).await?;
        Ok((record, token))
    }
}

pub struct RotateApiToken {
    caller: Caller,
    id: CredentialId,
}

impl Work for RotateApiToken {
    type Output = (ApiTokenRecord, ApiToken);

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let (record, before) = lock(session, &self.id).await?;
        let (token, fingerprint) = draw(session);
        let id = Param::Text(self.id.as_str());
        let params = [Param::Bytes(&before), Param::Bytes(&fingerprint), id];
        session.execute(sql::ROTATE_API_TOKEN, &params).await?;
        let (before, after) = (state(&record), state(&record));
        let change = Change::updated(Kind::ApiToken, self.id.as_str(), before, after);
        let change = change.in_group(&record.group).with_action(Action::Rotate);
        audit::note(session, &self.caller, change).await?;
        Ok((record, token))
    }
}

struct Revoke {
    caller: Caller,
    id: CredentialId,
}

impl Work for Revoke {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let (record, fingerprint) = lock(session, &self.id).await?;
        session.execute(sql::DELETE_API_TOKEN, &[Param::Bytes(&fingerprint)]).await?;
        let change = Change::deleted(Kind::ApiToken, self.id.as_str(), state(&record));
        audit::note(session, &self.caller, change.in_group(&record.group)).await
    }
}
