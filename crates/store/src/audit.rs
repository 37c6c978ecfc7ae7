//! The audit log: who changed what, when and from where, with the state before and after. An entry
//! commits with the change that it tells of.

use model::OperatorScope;
use model::access::Caller;
use model::name::GroupName;
use serde::Serialize;
use serde_json::Value;

use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Delete,
    /// A credential got a new secret.
    Rotate,
    /// An environment shows another version of a dashboard.
    Publish,
    /// Kept results were given up.
    Purge,
}

impl Action {
    pub const ALL: [Self; 6] =
        [Self::Create, Self::Update, Self::Delete, Self::Rotate, Self::Publish, Self::Purge];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Rotate => "rotate",
            Self::Publish => "publish",
            Self::Purge => "purge",
        }
    }
}

/// The kind of record that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AdminKey,
    ApiToken,
    Cache,
    Customer,
    Dashboard,
    DataSource,
    EmbedSecret,
    Environment,
    Group,
    Levels,
    MasterKey,
    PortalAccess,
    Schema,
    Tag,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::AdminKey,
        Self::ApiToken,
        Self::Cache,
        Self::Customer,
        Self::Dashboard,
        Self::DataSource,
        Self::EmbedSecret,
        Self::Environment,
        Self::Group,
        Self::Levels,
        Self::MasterKey,
        Self::PortalAccess,
        Self::Schema,
        Self::Tag,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AdminKey => "admin_key",
            Self::ApiToken => "api_token",
            Self::Cache => "cache",
            Self::Customer => "customer",
            Self::Dashboard => "dashboard",
            Self::DataSource => "data_source",
            Self::EmbedSecret => "embed_secret",
            Self::Environment => "environment",
            Self::Group => "group",
            Self::Levels => "levels",
            Self::MasterKey => "master_key",
            Self::PortalAccess => "portal_access",
            Self::Schema => "schema",
            Self::Tag => "group_tag",
        }
    }
}

/// One change, as it is written down. States hold no secret.
pub(crate) struct Change<'a> {
    pub(crate) action: Action,
    pub(crate) kind: Kind,
    /// `None` for what belongs to the server as a whole.
    pub(crate) group: Option<&'a GroupName>,
    /// The record's public id: a provided id, a name, a key id.
    pub(crate) subject: &'a str,
    pub(crate) before: Option<State>,
    pub(crate) after: Option<State>,
}

/// A record's state as JSON text.
pub(crate) struct State(String);

impl From<Value> for State {
    fn from(state: Value) -> Self {
        Self(state.to_string())
    }
}

impl State {
    /// Without a tree in between: a batch has thousands.
    pub(crate) fn of(record: &impl Serialize) -> Result<Self, StoreError> {
        serde_json::to_string(record).map(Self).map_err(StoreError::corrupt)
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> Change<'a> {
    pub(crate) fn created(kind: Kind, subject: &'a str, after: impl Into<State>) -> Self {
        let after = Some(after.into());
        Self { action: Action::Create, kind, group: None, subject, before: None, after }
    }

    pub(crate) fn updated(
        kind: Kind,
        subject: &'a str,
        before: impl Into<State>,
        after: impl Into<State>,
    ) -> Self {
        let (before, after) = (Some(before.into()), Some(after.into()));
        Self { action: Action::Update, kind, group: None, subject, before, after }
    }

    pub(crate) fn deleted(kind: Kind, subject: &'a str, before: impl Into<State>) -> Self {
        let before = Some(before.into());
        Self { action: Action::Delete, kind, group: None, subject, before, after: None }
    }

    /// Of what belongs to one group.
    #[must_use]
    pub(crate) fn in_group(self, group: &'a GroupName) -> Self {
        Self { group: Some(group), ..self }
    }

    #[must_use]
    pub(crate) fn with_action(self, action: Action) -> Self {
        Self { action, ..self }
    }
}

/// Writes a change down, in the transaction that makes it.
pub(crate) async fn note(
    session: &Session<'_>,
    caller: &Caller,
    change: Change<'_>,
) -> Result<(), StoreError> {
    note_all(session, caller, &[change]).await
}

/// As [`note`], for many changes of one caller.
pub(crate) async fn note_all(
    session: &Session<'_>,
    caller: &Caller,
    changes: &[Change<'_>],
) -> Result<(), StoreError> {
    let actor = caller.actor.to_string();
    let address = caller.address.map(|address| address.to_string());
    let request_id = caller.request_id.as_deref();
    let now_us = session.now_us();
    let rows = changes.iter().map(|change| {
        [
            Param::Integer(now_us),
            Param::Text(&actor),
            address.as_deref().into(),
            request_id.into(),
            Param::Text(change.action.as_str()),
            Param::Text(change.kind.as_str()),
            change.group.map(GroupName::as_str).into(),
            Param::Text(change.subject),
            change.before.as_ref().map(State::as_str).into(),
            change.after.as_ref().map(State::as_str).into(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    session.execute_all(sql::INSERT_AUDIT_ENTRY, &rows).await.map(drop)
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Grows from entry to entry.
    pub id: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
    /// `api_token:<id>`, `admin_key:<id>` or `command_line`.
    pub actor: String,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub action: String,
    pub kind: String,
    pub group: Option<String>,
    pub subject: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Which entries are asked for: all that match every given field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub kind: Option<String>,
    pub group: Option<String>,
    pub subject: Option<String>,
    /// Microseconds since 1970-01-01T00:00:00Z, included.
    pub from_us: Option<i64>,
    /// Microseconds since 1970-01-01T00:00:00Z, excluded.
    pub until_us: Option<i64>,
}

impl Store {
    /// At most `limit` entries, the newest first, older than the entry `before`.
    pub async fn audit_entries(
        &self,
        _: &OperatorScope,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let find = Find { filter: filter.clone(), before: before.unwrap_or(i64::MAX), limit };
        self.in_snapshot(find).await
    }

    /// Forgets entries from before a moment, in microseconds since 1970-01-01T00:00:00Z: the oldest,
    /// at most [`PRUNED_AT_ONCE`] of them, so that nobody waits long. Returns how many.
    pub async fn prune_audit_log(
        &self,
        _: &OperatorScope,
        before_us: i64,
    ) -> Result<u64, StoreError> {
        self.write(Prune { before_us }).await
    }
}

struct Find {
    filter: AuditFilter,
    before: i64,
    limit: u32,
}

impl Work for Find {
    type Output = Vec<AuditEntry>;

    async fn run(&self, session: &Session<'_>) -> Result<Vec<AuditEntry>, StoreError> {
        let filter = &self.filter;
        let params = [
            Param::Integer(self.before),
            Param::Integer(self.limit.into()),
            Param::Integer(filter.from_us.unwrap_or(i64::MIN)),
            Param::Integer(filter.until_us.unwrap_or(i64::MAX)),
            filter.actor.as_deref().into(),
            filter.action.as_deref().into(),
            filter.kind.as_deref().into(),
            filter.group.as_deref().into(),
            filter.subject.as_deref().into(),
        ];
        match filter.subject {
            Some(_) => session.rows(sql::AUDIT_ENTRIES_OF_SUBJECT, &params, read).await,
            None => session.rows(sql::AUDIT_ENTRIES, &params[..8], read).await,
        }
    }
}

fn read(row: &Cells<'_>) -> Result<AuditEntry, StoreError> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(AuditEntry {
        id: row.integer(0)?,
        at_us: row.integer(1)?,
        actor: row.text(2)?.to_owned(),
        address: owned(row.optional_text(3)?),
        request_id: owned(row.optional_text(4)?),
        action: row.text(5)?.to_owned(),
        kind: row.text(6)?.to_owned(),
        group: owned(row.optional_text(7)?),
        subject: row.text(8)?.to_owned(),
        before: state(row.optional_text(9)?)?,
        after: state(row.optional_text(10)?)?,
    })
}

fn state(text: Option<&str>) -> Result<Option<Value>, StoreError> {
    text.map(serde_json::from_str).transpose().map_err(StoreError::corrupt)
}

/// How many entries of the log one transaction forgets at most.
pub const PRUNED_AT_ONCE: u32 = 1000;

struct Prune {
    before_us: i64,
}

impl Work for Prune {
    type Output = u64;

    async fn run(&self, session: &Session<'_>) -> Result<u64, StoreError> {
        let params = [Param::Integer(self.before_us), Param::Integer(PRUNED_AT_ONCE.into())];
        session.execute(sql::DELETE_AUDIT_ENTRIES_BEFORE, &params).await
    }
}
