//! Reads of one statement each, which any connection answers as well as another.

use deadpool_postgres::Client;
use tokio_postgres::Row;

use super::{Attempts, Postgres, is_lost};
use crate::error::StoreError;
use crate::session::{Param, postgres_rows};
use crate::sql::Statement;

/// A connection whose reads go to another one when it turns out to be lost. The pool learns that
/// only by using it, so after a restart of the server every node holds some.
pub(crate) struct PostgresReader<'a> {
    pub(super) postgres: &'a Postgres,
    pub(super) client: Client,
}

impl PostgresReader<'_> {
    pub(crate) async fn rows(
        &self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut outcome = postgres_rows(&self.client, statement, params).await;
        let mut attempts = Attempts::default();
        while outcome.as_ref().is_err_and(is_lost) && attempts.are_left() {
            attempts.rest().await;
            outcome = self.elsewhere(statement, params).await;
        }
        outcome
    }

    async fn elsewhere(
        &self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.postgres.client().await?;
        postgres_rows(&client, statement, params).await
    }
}
