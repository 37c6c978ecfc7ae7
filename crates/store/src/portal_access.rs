//! Who may sign in to the portal of a customer's dashboard.

use std::collections::BTreeSet;

use model::GroupScope;
use model::name::{EmailAddress, EmbedId, ProvidedId};
use serde_json::json;

use crate::audit::{self, Action, Change, Kind};
use crate::customers::{NO_CUSTOMER, lock_customer};
use crate::definitions::dashboard_of_embed_id;
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// Lets these addresses, and no others, sign in to the portal of a customer's dashboard. Case does
    /// not count. Errs with `NotFound` for an unknown customer or dashboard.
    pub async fn set_portal_access(
        &self,
        scope: &GroupScope,
        customer: &ProvidedId,
        dashboard: &EmbedId,
        emails: &[EmailAddress],
    ) -> Result<(), StoreError> {
        scope.require_write()?;
        let emails = emails.iter().map(|email| email.as_str().to_lowercase()).collect();
        let (scope, customer, dashboard) = (scope.clone(), customer.clone(), dashboard.clone());
        self.write(SetAccess { scope, customer, dashboard, emails }).await
    }

    /// The addresses that may sign in, in lower case and in alphabetical order.
    pub async fn portal_access(
        &self,
        scope: &GroupScope,
        customer: &ProvidedId,
        dashboard: &EmbedId,
    ) -> Result<Vec<String>, StoreError> {
        let reader = self.reader().await?;
        let params = [
            Param::Integer(scope.group().0),
            Param::Text(customer.as_str()),
            Param::Text(dashboard.as_str()),
        ];
        let read = |row: &crate::session::Cells<'_>| Ok(row.text(0)?.to_owned());
        reader.session().rows(sql::PORTAL_ACCESS_OF_CUSTOMER, &params, read).await
    }
}

struct SetAccess {
    scope: GroupScope,
    customer: ProvidedId,
    dashboard: EmbedId,
    /// In lower case.
    emails: BTreeSet<String>,
}

impl Work for SetAccess {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let customer = lock_customer(session, &self.scope, &self.customer).await?;
        let customer = Param::Integer(customer.ok_or(NO_CUSTOMER)?.0);
        let (dashboard, name) = dashboard_of_embed_id(session, &self.dashboard).await?;
        let place = [customer, Param::Integer(dashboard.0)];
        let read = |row: &crate::session::Cells<'_>| Ok(row.text(0)?.to_owned());
        let before: BTreeSet<String> =
            session.rows(sql::PORTAL_ACCESS, &place, read).await?.into_iter().collect();
        if before == self.emails {
            return Ok(());
        }
        session.execute(sql::DELETE_PORTAL_ACCESS, &place).await?;
        let rows: Vec<_> =
            self.emails.iter().map(|email| [place[0], place[1], Param::Text(email)]).collect();
        session.execute_all(sql::INSERT_PORTAL_ACCESS, &rows).await?;
        let state =
            |emails: &BTreeSet<String>| json!({"dashboard": name.as_str(), "emails": emails});
        let change = Change {
            action: Action::Update,
            kind: Kind::PortalAccess,
            group: Some(self.scope.group_name()),
            subject: self.customer.as_str(),
            before: Some(state(&before).into()),
            after: Some(state(&self.emails).into()),
        };
        audit::note(session, self.scope.caller(), change).await
    }
}
