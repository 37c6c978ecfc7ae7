//! What a customer's token can do: end the customer, or be replaced.

use model::GroupScope;
use model::customer::CustomerRecord;
use model::name::CustomerKey;

use super::change::{children, read_keys};
use super::row::draw_token;
use super::{NO_CUSTOMER, record};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::Work;

pub(super) struct Delete {
    pub(super) scope: GroupScope,
    pub(super) fingerprint: [u8; 32],
}

impl Work for Delete {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let key = lock(session, &self.scope, &self.fingerprint).await?;
        match children(session, &self.scope, key).await? {
            (0, _) => {}
            (count, _) => return Err(StoreError::HasChildren { count }),
        }
        // Tags and mapping go with the row.
        let params = [Param::Integer(self.scope.group().0), Param::Integer(key.0)];
        session.execute(sql::DELETE_CUSTOMER, &params).await.map(drop)
    }
}

pub(super) struct RefreshToken {
    pub(super) scope: GroupScope,
    pub(super) fingerprint: [u8; 32],
}

impl Work for RefreshToken {
    type Output = CustomerRecord;

    async fn run(&self, session: &Session<'_>) -> Result<CustomerRecord, StoreError> {
        let key = lock(session, &self.scope, &self.fingerprint).await?;
        let (_, sealed, fingerprint) = draw_token(session, key);
        let params = [
            Param::Integer(self.scope.group().0),
            Param::Integer(key.0),
            Param::Bytes(&sealed),
            Param::Bytes(&fingerprint),
            Param::Integer(session.now_us()),
        ];
        session.execute(sql::UPDATE_CUSTOMER_TOKEN, &params).await?;
        let record = record(session, sql::CUSTOMER_BY_KEY, &params[..2]).await?;
        record.ok_or(StoreError::Contended)
    }
}

/// The customer that has this token, locked until the transaction ends.
async fn lock(
    session: &Session<'_>,
    scope: &GroupScope,
    fingerprint: &[u8; 32],
) -> Result<CustomerKey, StoreError> {
    let group = Param::Integer(scope.group().0);
    let by_token = [group, Param::Bytes(fingerprint)];
    let found = session.row(sql::CUSTOMER_KEY_BY_FINGERPRINT, &by_token, read_keys).await?;
    let (key, _) = found.ok_or(NO_CUSTOMER)?;
    let params = [group, Param::Integer(key.0), Param::Integer(key.0)];
    session.rows(sql::LOCK_CUSTOMERS, &params, |row| row.integer(0)).await?;
    // Between the look-up and the lock the token may have been replaced: then it is dead.
    let again = session.row(sql::CUSTOMER_KEY_BY_FINGERPRINT, &by_token, read_keys).await?;
    again.map(|(key, _)| key).ok_or(NO_CUSTOMER)
}
