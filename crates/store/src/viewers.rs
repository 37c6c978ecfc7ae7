//! From a verified embed credential to what it may see.

use model::ViewerScope;
use model::credential::CustomerToken;
use model::name::{EmbedId, ProvidedId};

use crate::customers::row;
use crate::embed_secrets::SecretGroup;
use crate::error::StoreError;
use crate::seal::fingerprint;
use crate::session::Param;
use crate::sql::{self, Statement};
use crate::store::Store;

/// What an embed credential turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Viewing {
    Granted(ViewerScope),
    /// The credential names no customer (any more).
    NoCustomer,
    /// The customer is known, the dashboard is not.
    NoDashboard,
}

impl Store {
    /// For a JWT that the secret of `group` has opened: its customer and its dashboard.
    pub async fn viewer(
        &self,
        group: SecretGroup,
        customer: &ProvidedId,
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        let params = [Param::Integer(group.0.0), Param::Text(customer.as_str())];
        self.view(sql::CUSTOMER_BY_PROVIDED_ID, &params, dashboard).await
    }

    /// For a customer token, which is its own proof.
    pub async fn viewer_by_token(
        &self,
        token: &CustomerToken,
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        let fingerprint = fingerprint(token.expose());
        let params = [Param::Bytes(&fingerprint)];
        self.view(sql::CUSTOMER_BY_FINGERPRINT_ALONE, &params, dashboard).await
    }

    async fn view(
        &self,
        statement: Statement,
        params: &[Param<'_>],
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        let reader = self.reader().await?;
        let mut rows = reader.session().rows(statement, params, row::read).await?;
        drop(reader);
        if rows.is_empty() {
            return Ok(Viewing::NoCustomer);
        }
        let definitions = self.definitions().await?;
        let Some(found) = definitions.dashboard(dashboard) else {
            return Ok(Viewing::NoDashboard);
        };
        let is_known = |row: &row::CustomerRow| {
            let name = definitions.levels.name(row.customer.rank);
            name.is_some_and(|name| name.as_str() == row.level)
        };
        if !rows.iter().all(is_known) {
            // The levels have changed between the two reads: the ids of this path would be bound to
            // the variables of other levels.
            return Err(StoreError::Contended);
        }
        row::sort_path(&mut rows);
        let path = rows.into_iter().map(|row| row.customer).collect();
        let levels = definitions.levels.clone();
        let (key, embed_id) = (found.key, found.embed_id.clone());
        let scope = ViewerScope::of_verified_credential(key, embed_id, levels, path);
        scope.map(Viewing::Granted).map_err(StoreError::corrupt)
    }
}
