//! Declarations: what stands on the server, and carrying out what a workspace wants of it.

mod audited;
mod present;
mod step;

use model::OperatorScope;
use model::access::Caller;
use model::declaration::{Change, Declaration, Plan, Present, plan};

use crate::audit;
use crate::definitions::{Definitions, Load};
use crate::error::StoreError;
use crate::recorded::Pending;
use crate::session::Session;
use crate::store::{Store, Work};

pub(crate) use audited::{published, source_state};

impl Store {
    /// What stands on the server, as far as a plan needs to know.
    pub async fn present(&self, _: &OperatorScope) -> Result<Present, StoreError> {
        self.in_snapshot(present::Read).await
    }

    /// Carries a declaration out, wholly or not at all, and tells what it changed. Errs with
    /// `Refused` and every reason when it cannot be applied. An empty plan writes nothing.
    pub fn apply(&self, operator: &OperatorScope, wanted: &Declaration) -> Pending<'_, Apply> {
        let caller = operator.caller().clone();
        Pending::new(self, Apply { caller, wanted: wanted.clone() })
    }

    /// Carries out one change to what is declared, by the rules of [`Store::apply`]. `amendment`
    /// gets all that stands but dashboards and levels, and makes it what is wanted; it may run
    /// again, and its error is passed on.
    pub fn amend<F>(&self, operator: &OperatorScope, amendment: F) -> Pending<'_, Amend<F>>
    where
        F: Fn(&mut Declaration) -> Result<(), StoreError> + Send + Sync + 'static,
    {
        Pending::new(self, Amend { caller: operator.caller().clone(), amendment })
    }
}

pub struct Apply {
    caller: Caller,
    wanted: Declaration,
}

impl Work for Apply {
    type Output = Plan;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<Plan, StoreError> {
        // Planned inside the transaction, so that what is refused cannot come true meanwhile.
        let present = present::Read.run(session).await?;
        carry_out(session, &self.caller, &present, &self.wanted).await
    }
}

/// What an amendment led to.
pub struct Amended {
    pub changes: Vec<Change>,
    /// What stands now.
    pub definitions: Definitions,
}

pub struct Amend<F> {
    caller: Caller,
    amendment: F,
}

impl<F> Work for Amend<F>
where
    F: Fn(&mut Declaration) -> Result<(), StoreError> + Send + Sync + 'static,
{
    type Output = Amended;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<Amended, StoreError> {
        let present = present::Read.run(session).await?;
        let mut wanted = present.without_dashboards();
        (self.amendment)(&mut wanted)?;
        let plan = carry_out(session, &self.caller, &present, &wanted).await?;
        Ok(Amended { changes: plan.changes, definitions: Load.run(session).await? })
    }
}

async fn carry_out(
    session: &Session<'_>,
    caller: &Caller,
    present: &Present,
    wanted: &Declaration,
) -> Result<Plan, StoreError> {
    let plan = plan(present, wanted).map_err(StoreError::Refused)?;
    let mut entries = Vec::with_capacity(plan.changes.len());
    for change in &plan.changes {
        step::carry_out(session, change, wanted).await?;
        entries.push(audited::entry(change, present, wanted));
    }
    if !plan.is_empty() {
        audit::note_all(session, caller, &entries).await?;
        crate::definitions::touch(session).await?;
    }
    Ok(plan)
}
