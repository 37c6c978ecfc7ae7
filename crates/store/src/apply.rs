//! Declarations: what stands on the server, and carrying out what a workspace wants of it.

mod present;
mod step;

use model::OperatorScope;
use model::declaration::{Declaration, Plan, Present, plan};

use crate::error::StoreError;
use crate::session::Session;
use crate::store::{Store, Work};

impl Store {
    /// What stands on the server, as far as a plan needs to know.
    pub async fn present(&self, _: &OperatorScope) -> Result<Present, StoreError> {
        self.in_snapshot(present::Read).await
    }

    /// Carries a declaration out, wholly or not at all, and tells what it changed. Errs with
    /// `Refused` and every reason when it cannot be applied. An empty plan writes nothing.
    pub async fn apply(&self, _: &OperatorScope, wanted: &Declaration) -> Result<Plan, StoreError> {
        self.write(Apply { wanted: wanted.clone() }).await
    }
}

struct Apply {
    wanted: Declaration,
}

impl Work for Apply {
    type Output = Plan;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<Plan, StoreError> {
        // Planned inside the transaction, so that what is refused cannot come true meanwhile.
        let present = present::Read.run(session).await?;
        let plan = plan(&present, &self.wanted).map_err(StoreError::Refused)?;
        for change in &plan.changes {
            step::carry_out(session, change, &self.wanted).await?;
        }
        if !plan.is_empty() {
            crate::definitions::touch(session).await?;
        }
        Ok(plan)
    }
}
