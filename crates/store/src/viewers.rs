//! From an embed credential to what it may see.

use std::sync::Arc;

use model::credential::{CustomerToken, EmbedSecret, KeyId};
use model::name::{EmbedId, ProvidedId};
use model::{GroupScope, ViewerScope};

use crate::customers::row;
use crate::definitions::Definitions;
use crate::embed_secrets;
use crate::error::StoreError;
use crate::seal::fingerprint;
use crate::session::{Param, Session};
use crate::sql::{self, Statement};
use crate::store::Store;

/// What an embed credential turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Viewing {
    Granted {
        scope: ViewerScope,
        /// The definitions by which it was granted, for whatever is done with it next.
        definitions: Arc<Definitions>,
    },
    /// The credential names no embed secret or no customer (any more).
    Unknown,
    /// The customer is known, the dashboard is not.
    NoDashboard,
}

impl Store {
    /// For a JWT, which names its secret: `open` opens it with the secret and tells which customer of
    /// the secret's group it speaks for, and which dashboard it opens.
    ///
    /// All is read in one snapshot, because this is on the way of every embed call.
    pub async fn viewer_by_jwt<E: From<StoreError>>(
        &self,
        id: &KeyId,
        open: impl FnOnce(&EmbedSecret) -> Result<(ProvidedId, EmbedId), E>,
    ) -> Result<Viewing, E> {
        let reader = self.reader().await?;
        let snapshot = reader.snapshot()?;
        let session = reader.session();
        let Some(found) = embed_secrets::find(&session, id).await? else {
            return Ok(Viewing::Unknown);
        };
        let (customer, dashboard) = open(&found.secret)?;
        let params = [Param::Integer(found.group.0), Param::Text(customer.as_str())];
        let rows = path(&session, sql::CUSTOMER_BY_PROVIDED_ID, &params).await?;
        let generation = self.generation_seen_by(&reader).await?;
        drop(snapshot);
        drop(reader);
        Ok(self.view(rows, generation, &dashboard).await?)
    }

    /// For a customer token, which is its own proof.
    pub async fn viewer_by_token(
        &self,
        token: &CustomerToken,
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        let fingerprint = fingerprint(token.expose());
        let reader = self.reader().await?;
        let snapshot = reader.snapshot()?;
        let params = [Param::Bytes(&fingerprint)];
        let rows = path(&reader.session(), sql::CUSTOMER_BY_FINGERPRINT_ALONE, &params).await?;
        let generation = self.generation_seen_by(&reader).await?;
        drop(snapshot);
        drop(reader);
        self.view(rows, generation, dashboard).await
    }

    /// For somebody who may read the customer: what a viewer is who speaks for it.
    pub async fn viewer_in_group(
        &self,
        scope: &GroupScope,
        customer: &ProvidedId,
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        let reader = self.reader().await?;
        let snapshot = reader.snapshot()?;
        let params = [Param::Integer(scope.group().0), Param::Text(customer.as_str())];
        let rows = path(&reader.session(), sql::CUSTOMER_BY_PROVIDED_ID, &params).await?;
        let generation = self.generation_seen_by(&reader).await?;
        drop(snapshot);
        drop(reader);
        self.view(rows, generation, dashboard).await
    }

    async fn view(
        &self,
        mut rows: Vec<row::CustomerRow>,
        generation: i64,
        dashboard: &EmbedId,
    ) -> Result<Viewing, StoreError> {
        if rows.is_empty() {
            return Ok(Viewing::Unknown);
        }
        let definitions = self.definitions_of(generation).await?;
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
        let scope = scope.map_err(StoreError::corrupt)?;
        Ok(Viewing::Granted { scope, definitions })
    }
}

async fn path(
    session: &Session<'_>,
    statement: Statement,
    params: &[Param<'_>],
) -> Result<Vec<row::CustomerRow>, StoreError> {
    session.rows(statement, params, row::read).await
}
