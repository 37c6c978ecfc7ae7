//! Who calls: an API token or the admin key in `Authorization: Bearer`.

use std::ops::Deref;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use model::access::{Caller, ManagementScope, ReadOnly};
use model::name::{GroupId, GroupName};
use model::{GroupScope, OperatorScope};

use crate::api_error::ApiError;
use crate::app::App;
use crate::openapi::{Credential, Describe, Description, Place};
use crate::whence::Whence;

/// A caller within one group: its API token, be it read-only, or the admin key with `?group=NAME`.
pub(crate) struct InGroup(GroupScope);

/// A caller within one group that may write.
pub(crate) struct WriterInGroup(GroupScope);

/// Anybody who may read what is common to all groups: an API token, or the admin key. With
/// `?group=NAME` the operator sees what that group's tokens see.
pub(crate) enum Anyone {
    Group(GroupScope),
    Operator(OperatorScope),
}

/// Anybody who may change what is common to all groups.
pub(crate) struct AnyWriter(Anyone);

/// The operator: the admin key.
pub(crate) struct Operator(OperatorScope);

/// The operator within one group: the admin key with `?group=NAME`.
pub(crate) struct OperatorInGroup(GroupScope);

impl Deref for OperatorInGroup {
    type Target = GroupScope;

    fn deref(&self) -> &GroupScope {
        &self.0
    }
}

impl Deref for InGroup {
    type Target = GroupScope;

    fn deref(&self) -> &GroupScope {
        &self.0
    }
}

impl Deref for WriterInGroup {
    type Target = GroupScope;

    fn deref(&self) -> &GroupScope {
        &self.0
    }
}

impl Deref for Operator {
    type Target = OperatorScope;

    fn deref(&self) -> &OperatorScope {
        &self.0
    }
}

impl FromRequestParts<App> for InGroup {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let scope = match identify(parts, app).await? {
            Identity::Group(scope) => own_group(parts, scope)?,
            Identity::Operator(operator) => named_group(parts, app, &operator).await?,
        };
        Ok(Self(Whence::of(parts).of_group(scope)))
    }
}

impl FromRequestParts<App> for WriterInGroup {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let InGroup(scope) = InGroup::from_request_parts(parts, app).await?;
        scope.require_write()?;
        Ok(Self(scope))
    }
}

impl FromRequestParts<App> for Anyone {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let whence = Whence::of(parts);
        match identify(parts, app).await? {
            Identity::Group(scope) => {
                own_group(parts, scope).map(|it| Self::Group(whence.of_group(it)))
            }
            Identity::Operator(operator) if group_parameter(parts)?.is_some() => {
                let scope = named_group(parts, app, &operator).await?;
                Ok(Self::Group(whence.of_group(scope)))
            }
            Identity::Operator(operator) => Ok(Self::Operator(whence.of_operator(operator))),
        }
    }
}

impl FromRequestParts<App> for AnyWriter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let anyone = Anyone::from_request_parts(parts, app).await?;
        anyone.require_write()?;
        Ok(Self(anyone))
    }
}

impl Anyone {
    /// The one group whose things are seen; `None`: those of all groups.
    pub(crate) fn group(&self) -> Option<GroupId> {
        match self {
            Self::Group(scope) => Some(scope.group()),
            Self::Operator(_) => None,
        }
    }

    fn scope(&self) -> &dyn ManagementScope {
        match self {
            Self::Group(scope) => scope,
            Self::Operator(scope) => scope,
        }
    }
}

impl ManagementScope for Anyone {
    fn caller(&self) -> &Caller {
        self.scope().caller()
    }

    fn require_write(&self) -> Result<(), ReadOnly> {
        self.scope().require_write()
    }
}

impl ManagementScope for AnyWriter {
    fn caller(&self) -> &Caller {
        self.0.caller()
    }

    fn require_write(&self) -> Result<(), ReadOnly> {
        self.0.require_write()
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match identify(parts, app).await? {
            Identity::Operator(scope) => Ok(Self(Whence::of(parts).of_operator(scope))),
            Identity::Group(_) => Err(ApiError::forbidden("only the admin key may do this")),
        }
    }
}

impl FromRequestParts<App> for OperatorInGroup {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let operator = Operator::from_request_parts(parts, app).await?;
        Ok(Self(named_group(parts, app, &operator).await?))
    }
}

/// A caller within one group, or the operator over all of them.
pub(crate) enum Reach {
    Group(GroupScope),
    All(OperatorScope),
}

impl FromRequestParts<App> for Reach {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match identify(parts, app).await? {
            Identity::Group(scope) => own_group(parts, scope).map(Self::Group),
            Identity::Operator(operator) if group_parameter(parts)?.is_none() => {
                Ok(Self::All(operator))
            }
            Identity::Operator(operator) => {
                named_group(parts, app, &operator).await.map(Self::Group)
            }
        }
    }
}

impl Describe for Reach {
    fn describe(description: &mut Description) {
        InGroup::describe(description);
    }
}

impl Describe for InGroup {
    fn describe(description: &mut Description) {
        description.credentials.extend([Credential::ApiToken, Credential::AdminKey]);
        let meaning = "The data visibility group, for a call with the admin key.";
        description.parameter("group", Place::Query, meaning);
    }
}

impl Describe for WriterInGroup {
    fn describe(description: &mut Description) {
        InGroup::describe(description);
    }
}

impl Describe for Anyone {
    fn describe(description: &mut Description) {
        InGroup::describe(description);
    }
}

impl Describe for AnyWriter {
    fn describe(description: &mut Description) {
        InGroup::describe(description);
    }
}

impl Describe for OperatorInGroup {
    fn describe(description: &mut Description) {
        Operator::describe(description);
        description.parameter("group", Place::Query, "The customer's data visibility group.");
    }
}

impl Describe for Operator {
    fn describe(description: &mut Description) {
        description.credentials.insert(Credential::AdminKey);
    }
}

enum Identity {
    Group(GroupScope),
    Operator(OperatorScope),
}

async fn identify(parts: &Parts, app: &App) -> Result<Identity, ApiError> {
    let secret = bearer(&parts.headers)?;
    let unknown = || ApiError::unauthenticated("there is no such API token or admin key");
    let token = secret.parse().map_err(|_| unknown())?;
    if let Some(scope) = app.store.group_scope(&token).await? {
        app.admit(parts, &scope.caller().actor)?;
        if let Some(origin) = parts.headers.get(ORIGIN) {
            let group = scope.group_name();
            tracing::warn!(%group, ?origin, "an API token came from a web page: it has probably leaked");
        }
        return Ok(Identity::Group(scope));
    }
    let key = secret.parse().map_err(|_| unknown())?;
    let scope = app.store.operator_scope(&key).await?.ok_or_else(unknown)?;
    app.admit(parts, &scope.caller().actor)?;
    Ok(Identity::Operator(scope))
}

fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(ApiError::unauthenticated(
            "the header \"Authorization: Bearer <API token or admin key>\" is missing",
        ));
    };
    let words = value.to_str().ok().and_then(|text| text.trim().split_once(' '));
    match words {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => Ok(secret.trim()),
        _ => Err(ApiError::unauthenticated(
            "the header Authorization must be \"Bearer <API token or admin key>\"",
        )),
    }
}

/// What `?group=` names, if anything.
fn group_parameter(parts: &Parts) -> Result<Option<GroupName>, ApiError> {
    let parameters = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let parameters = parameters.map(|Query(parameters)| parameters).unwrap_or_default();
    let named = parameters.into_iter().find(|(name, _)| name == "group");
    let named = named.map(|(_, name)| GroupName::try_from(name)).transpose();
    named.map_err(|fault| ApiError::invalid("group", fault.to_string()))
}

/// An API token may name its own group; of others it learns nothing.
fn own_group(parts: &Parts, scope: GroupScope) -> Result<GroupScope, ApiError> {
    match group_parameter(parts)? {
        Some(name) if name != *scope.group_name() => Err(no_group()),
        _ => Ok(scope),
    }
}

async fn named_group(
    parts: &Parts,
    app: &App,
    operator: &OperatorScope,
) -> Result<GroupScope, ApiError> {
    let name = group_parameter(parts)?
        .ok_or_else(|| ApiError::invalid("group", "is required with the admin key: ?group=NAME"))?;
    let definitions = app.store.definitions().await?;
    let group = definitions.groups.iter().find(|group| group.name == name).ok_or_else(no_group)?;
    Ok(GroupScope::of_operator(operator, group.id, name))
}

fn no_group() -> ApiError {
    ApiError::not_found("there is no such group")
}
