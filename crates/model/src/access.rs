//! Scopes: proof of what a caller may touch.
//!
//! A scope is made here and nowhere else, from a credential that `store` or the embed-token verifier
//! has found valid. Every store method on customers' data takes one, so there is no way to name a
//! customer without saying by what right.

use std::fmt;
use std::net::IpAddr;

use crate::credential::{Access, CredentialId};
use crate::customer::Customer;
use crate::inheritance;
use crate::level::Levels;
use crate::name::{DashboardKey, EmbedId, GroupId, GroupName};

/// Who is behind a scope and where it was seen: what the audit log tells of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub actor: Actor,
    /// `None` on the command line.
    pub address: Option<IpAddr>,
    /// `None` on the command line.
    pub request_id: Option<String>,
}

/// A credential by its public id, or whoever holds the data directory and the master key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    ApiToken(CredentialId),
    AdminKey(CredentialId),
    CommandLine,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiToken(id) => write!(f, "api_token:{id}"),
            Self::AdminKey(id) => write!(f, "admin_key:{id}"),
            Self::CommandLine => f.write_str("command_line"),
        }
    }
}

impl Caller {
    fn new(actor: Actor) -> Self {
        Self { actor, address: None, request_id: None }
    }

    fn seen(&mut self, address: IpAddr, request_id: String) {
        self.address = Some(address);
        self.request_id = Some(request_id);
    }
}

/// A scope that manages something: of an API token or of the operator. What is common to all groups,
/// such as tags, takes either.
pub trait ManagementScope {
    /// Who is behind it.
    fn caller(&self) -> &Caller;

    /// Errs for a read-only token.
    fn require_write(&self) -> Result<(), ReadOnly>;
}

impl ManagementScope for GroupScope {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn require_write(&self) -> Result<(), ReadOnly> {
        Self::require_write(self)
    }
}

impl ManagementScope for OperatorScope {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn require_write(&self) -> Result<(), ReadOnly> {
        Ok(())
    }
}

/// What an API token may touch: the customers, sources and secrets of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupScope {
    group: GroupId,
    group_name: GroupName,
    access: Access,
    caller: Caller,
}

/// A read-only token was used to change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this API token is read-only")]
pub struct ReadOnly;

impl GroupScope {
    /// For the API token of this id, which has just been verified to belong to this group.
    pub fn of_verified_token(
        group: GroupId,
        group_name: GroupName,
        access: Access,
        token: CredentialId,
    ) -> Self {
        Self { group, group_name, access, caller: Caller::new(Actor::ApiToken(token)) }
    }

    /// One group for the operator, who may do everything in it.
    pub fn of_operator(operator: &OperatorScope, group: GroupId, group_name: GroupName) -> Self {
        let caller = operator.caller.clone();
        Self { group, group_name, access: Access::ReadWrite, caller }
    }

    /// Notes where the credential came from, for the audit log.
    #[must_use]
    pub fn seen_from(mut self, address: IpAddr, request_id: String) -> Self {
        self.caller.seen(address, request_id);
        self
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    pub fn group(&self) -> GroupId {
        self.group
    }

    pub fn group_name(&self) -> &GroupName {
        &self.group_name
    }

    pub fn access(&self) -> Access {
        self.access
    }

    /// Errs for a read-only token.
    pub fn require_write(&self) -> Result<(), ReadOnly> {
        match self.access {
            Access::ReadWrite => Ok(()),
            Access::ReadOnly => Err(ReadOnly),
        }
    }
}

/// What an embed credential may touch: one dashboard as one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewerScope {
    group: GroupId,
    dashboard: DashboardKey,
    embed_id: EmbedId,
    levels: Levels,
    path: Vec<Customer>,
}

/// A viewer needs a path that ends with the customer it speaks for, all of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path of a viewer is empty or crosses groups")]
pub struct InvalidPath;

impl ViewerScope {
    /// For a verified embed credential: `path` runs from the root down to the viewing customer.
    pub fn of_verified_credential(
        dashboard: DashboardKey,
        embed_id: EmbedId,
        levels: Levels,
        path: Vec<Customer>,
    ) -> Result<Self, InvalidPath> {
        let group = path.last().ok_or(InvalidPath)?.group;
        if path.iter().any(|customer| customer.group != group) {
            return Err(InvalidPath);
        }
        Ok(Self { group, dashboard, embed_id, levels, path })
    }

    pub fn group(&self) -> GroupId {
        self.group
    }

    pub fn dashboard(&self) -> DashboardKey {
        self.dashboard
    }

    pub fn embed_id(&self) -> &EmbedId {
        &self.embed_id
    }

    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// From the root down to the viewing customer, never empty.
    pub fn path(&self) -> &[Customer] {
        &self.path
    }

    /// The customer the credential speaks for.
    pub fn customer(&self) -> &Customer {
        self.path.last().unwrap_or_else(|| unreachable!("checked when the scope was made"))
    }

    /// Whether panels carry the demo watermark for this viewer.
    pub fn shows_watermark(&self) -> bool {
        inheritance::shows_watermark(&self.path)
    }
}

/// What the operator may touch: everything. Made for the admin key and for the command line, which
/// has the data directory and the master key in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorScope {
    caller: Caller,
}

impl OperatorScope {
    /// For a verified admin key.
    pub fn of_verified_admin_key(key: CredentialId) -> Self {
        Self { caller: Caller::new(Actor::AdminKey(key)) }
    }

    /// For a command that was given the data directory and the master key.
    pub fn of_command_line() -> Self {
        Self { caller: Caller::new(Actor::CommandLine) }
    }

    /// Notes where the credential came from, for the audit log.
    #[must_use]
    pub fn seen_from(mut self, address: IpAddr, request_id: String) -> Self {
        self.caller.seen(address, request_id);
        self
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}
