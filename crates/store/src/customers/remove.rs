//! What ends a customer, and what replaces its token.

use model::GroupScope;
use model::customer::CustomerRecord;
use model::name::{CustomerKey, ProvidedId};

use super::change::{children, key_of, read_keys};
use super::row::{draw_token, seal_token};
use super::state::state_of;
use super::{NO_CUSTOMER, Precondition, record};
use crate::audit::{self, Action, Change, Kind, State};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::Work;

/// How a call names the customer.
pub(super) enum Selector {
    /// By the fingerprint of its token.
    Token([u8; 32]),
    Id(ProvidedId),
}

pub(super) struct Delete {
    pub(super) scope: GroupScope,
    pub(super) customer: Selector,
    pub(super) precondition: Option<Precondition>,
}

impl Work for Delete {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let found = lock(session, &self.scope, &self.customer).await?;
        super::hold_to(self.precondition.as_ref(), Some(&found))?;
        let key = found.customer().key;
        match children(session, &self.scope, key).await? {
            (0, _) => {}
            (count, _) => return Err(StoreError::HasChildren { count }),
        }
        // Tags and mapping go with the row.
        let params = [Param::Integer(self.scope.group().0), Param::Integer(key.0)];
        session.execute(sql::DELETE_CUSTOMER, &params).await?;
        let before = Some(state_of(&found)?);
        note(session, &self.scope, &found, Action::Delete, before).await
    }
}

pub struct RefreshToken {
    pub(super) scope: GroupScope,
    pub(super) customer: Selector,
}

impl Work for RefreshToken {
    type Output = CustomerRecord;

    async fn run(&self, session: &Session<'_>) -> Result<CustomerRecord, StoreError> {
        let found = lock(session, &self.scope, &self.customer).await?;
        let key = found.customer().key;
        let (sealed, fingerprint) = seal_token(session, key, &draw_token(session))?;
        let params = [
            Param::Integer(self.scope.group().0),
            Param::Integer(key.0),
            Param::Bytes(&sealed),
            Param::Bytes(&fingerprint),
            Param::Integer(session.now_us()),
        ];
        session.execute(sql::UPDATE_CUSTOMER_TOKEN, &params).await?;
        note(session, &self.scope, &found, Action::Rotate, None).await?;
        let record = record(session, sql::CUSTOMER_BY_KEY, &params[..2]).await?;
        record.ok_or(StoreError::Contended)
    }
}

async fn note(
    session: &Session<'_>,
    scope: &GroupScope,
    customer: &CustomerRecord,
    action: Action,
    before: Option<State>,
) -> Result<(), StoreError> {
    let change = Change {
        action,
        kind: Kind::Customer,
        group: Some(scope.group_name()),
        subject: customer.customer().provided_id.as_str(),
        before,
        after: None,
    };
    audit::note(session, scope.caller(), change).await
}

/// The customer that is named, locked until the transaction ends.
async fn lock(
    session: &Session<'_>,
    scope: &GroupScope,
    customer: &Selector,
) -> Result<CustomerRecord, StoreError> {
    let key = find(session, scope, customer).await?;
    let params = [scope.group().0, key.0, key.0].map(Param::Integer);
    session.rows(sql::LOCK_CUSTOMERS, &params, |row| row.integer(0)).await?;
    // Between the look-up and the lock the token may have been replaced: then it is dead.
    let key = find(session, scope, customer).await?;
    let params = [scope.group().0, key.0].map(Param::Integer);
    record(session, sql::CUSTOMER_BY_KEY, &params).await?.ok_or(StoreError::Contended)
}

async fn find(
    session: &Session<'_>,
    scope: &GroupScope,
    customer: &Selector,
) -> Result<CustomerKey, StoreError> {
    let found = match customer {
        Selector::Id(id) => key_of(session, scope, id).await?,
        Selector::Token(fingerprint) => {
            let params = [Param::Integer(scope.group().0), Param::Bytes(fingerprint)];
            session.row(sql::CUSTOMER_KEY_BY_FINGERPRINT, &params, read_keys).await?
        }
    };
    found.map(|(key, _)| key).ok_or(NO_CUSTOMER)
}
