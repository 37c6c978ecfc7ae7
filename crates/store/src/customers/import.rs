//! Customers of another server, written with the tokens that they have there.

use std::collections::HashSet;

use model::credential::CustomerToken;
use model::customer::NewCustomer;
use model::name::{GroupId, GroupName, ProvidedId};
use model::{GroupScope, OperatorScope};

use super::change::key_of;
use super::put::{BatchOptions, Outcome, Put, PutRow};
use super::row::seal_token;
use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::groups::group_id;
use crate::seal::fingerprint;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// A customer as it shall be, and the token that it shall have.
#[derive(Clone, Debug)]
pub struct ImportRow {
    pub wanted: NewCustomer,
    pub token: CustomerToken,
}

impl Store {
    /// Brings customers to their wanted states, each with its given token, in one transaction. One
    /// result per row, in their order, as of [`Store::put_customers`]; a row whose token another
    /// customer has fails with `Rejected`. Errs with `NotFound` when there is no such group.
    ///
    /// Only the operator may choose tokens: whoever knows one sees the customer's dashboards.
    pub async fn import_customers(
        &self,
        operator: &OperatorScope,
        group: &GroupName,
        rows: Vec<ImportRow>,
    ) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        self.write(Import { operator: operator.clone(), group: group.clone(), rows }).await
    }
}

struct Import {
    operator: OperatorScope,
    group: GroupName,
    rows: Vec<ImportRow>,
}

/// Who has a row's token before the import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Itself,
    /// Another customer, or another row.
    Another,
}

impl Work for Import {
    type Output = Vec<Result<Outcome, StoreError>>;

    async fn run(&self, session: &Session<'_>) -> Result<Self::Output, StoreError> {
        let group = group_id(session, &self.group).await?;
        let scope = GroupScope::of_operator(&self.operator, group, self.group.clone());
        let owners = self.owners(session, group).await?;
        let rows = self.rows.iter().zip(&owners).filter(|(_, owner)| **owner != Owner::Another);
        let rows = rows.map(|(row, _)| row.into()).collect();
        let put = Put { scope: scope.clone(), rows, options: BatchOptions::default() };
        let mut written = put.run(session).await?.into_iter();
        let mut outcomes = Vec::with_capacity(self.rows.len());
        for (row, owner) in self.rows.iter().zip(owners) {
            let outcome = match owner {
                Owner::Another => Err(StoreError::rejected("token", ANOTHERS)),
                Owner::Nobody | Owner::Itself => written.next().unwrap_or_else(|| {
                    Err(StoreError::corrupt("a row of the import was not written"))
                }),
            };
            outcomes.push(match outcome {
                Ok(Outcome::Updated | Outcome::Unchanged) if owner == Owner::Nobody => {
                    set_token(session, &scope, row).await?;
                    Ok(Outcome::Updated)
                }
                outcome => outcome,
            });
        }
        Ok(outcomes)
    }
}

const ANOTHERS: &str = "another customer of this server has it";

impl From<&ImportRow> for PutRow {
    fn from(row: &ImportRow) -> Self {
        Self { wanted: row.wanted.clone(), token: Some(row.token.clone()) }
    }
}

impl Import {
    /// One per row. Of two rows with one token, the second has lost it to the first.
    async fn owners(
        &self,
        session: &Session<'_>,
        group: GroupId,
    ) -> Result<Vec<Owner>, StoreError> {
        let mut owners = Vec::with_capacity(self.rows.len());
        let mut seen = HashSet::with_capacity(self.rows.len());
        for ImportRow { wanted, token } in &self.rows {
            let params = [Param::Bytes(&fingerprint(token.expose()))];
            let found = session.row(sql::OWNER_OF_TOKEN, &params, read_owner).await?;
            owners.push(match found {
                _ if !seen.insert(token) => Owner::Another,
                None => Owner::Nobody,
                Some((of, id)) if of == group && id == wanted.provided_id => Owner::Itself,
                Some(_) => Owner::Another,
            });
        }
        Ok(owners)
    }
}

fn read_owner(row: &Cells<'_>) -> Result<(GroupId, ProvidedId), StoreError> {
    Ok((GroupId(row.integer(0)?), row.parsed(1)?))
}

/// Replaces the token of a customer that was there; the one before is dead at once.
async fn set_token(
    session: &Session<'_>,
    scope: &GroupScope,
    row: &ImportRow,
) -> Result<(), StoreError> {
    let id = &row.wanted.provided_id;
    let (key, _) = key_of(session, scope, id).await?.ok_or(StoreError::Contended)?;
    let (sealed, fingerprint) = seal_token(session, key, &row.token)?;
    let params = [
        Param::Integer(scope.group().0),
        Param::Integer(key.0),
        Param::Bytes(&sealed),
        Param::Bytes(&fingerprint),
        Param::Integer(session.now_us()),
    ];
    session.execute(sql::UPDATE_CUSTOMER_TOKEN, &params).await?;
    let change = Change {
        action: Action::Rotate,
        kind: Kind::Customer,
        group: Some(scope.group_name()),
        subject: id.as_str(),
        before: None,
        after: None,
    };
    audit::note(session, scope.caller(), change).await
}
