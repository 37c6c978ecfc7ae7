//! The second stage: nothing goes on that is not kept to the viewer's rows.

use model::source::ChosenBy;

use crate::check::Ground;
use crate::dialect::Dialect;
use crate::error::{DatasetFault, QueryError};
use crate::fragment::Fragment;
use crate::isolation::Proof;
use crate::plan::{Plan, Rendered, tenant};
use crate::prepared::PreparedDashboard;
use crate::value::Value;
use crate::viewer::Viewer;

/// A plan that shows its viewer nothing but what the viewer may see. Only [`restrict`] makes one.
pub(crate) struct RestrictedPlan<'a>(Plan<'a>);

impl<'a> RestrictedPlan<'a> {
    pub(crate) fn into_plan(self) -> Plan<'a> {
        self.0
    }
}

/// Applies the row policy, and refuses a plan without a ground to answer.
pub(crate) fn restrict<'a>(
    mut plan: Plan<'a>,
    prepared: &PreparedDashboard,
    viewer: &Viewer<'_>,
) -> Result<RestrictedPlan<'a>, QueryError> {
    match ground(&mut plan.rendered, prepared, viewer) {
        Ok(_) => Ok(RestrictedPlan(plan)),
        Err(fault) => Err(QueryError::Dataset { dataset: plan.rendered.name.clone(), fault }),
    }
}

/// On what ground a dataset answers the viewer; its row policy is applied.
pub(crate) fn ground(
    rendered: &mut Rendered<'_>,
    prepared: &PreparedDashboard,
    viewer: &Viewer<'_>,
) -> Result<Ground, DatasetFault> {
    let proof = prepared.verdict(&rendered.sql, rendered.source, rendered.dialect)?;
    if let Some(policy) = &rendered.dataset.tenant_column {
        let value = tenant(&policy.equals, viewer)?;
        let column = rendered.dialect.quote(policy.column.as_str());
        keep_rows(&mut rendered.sql, &column, value, rendered.dialect);
        return Ok(Ground::TenantColumn);
    }
    if rendered.dataset.shared {
        return Ok(Ground::Shared);
    }
    let keeps_apart = |id: &&str| rendered.dialect.keeps_apart(id);
    match proof {
        Ok(Proof::Filtered) => match rendered.sql.tenants().find(|id| !keeps_apart(id)) {
            None => Ok(Ground::Filtered),
            Some(id) => Err(DatasetFault::Ambiguous(id.to_owned())),
        },
        Ok(Proof::ReadsNothing) => Ok(Ground::ReadsNothing),
        Err(_) if rendered.source.connection.row_security().is_some() => Ok(Ground::RowSecurity),
        Err(_) if rendered.source.isolated && rendered.chosen_by == ChosenBy::Mapping => {
            Ok(Ground::Isolated)
        }
        Err(reason) => Err(DatasetFault::NotIsolated(reason)),
    }
}

/// `select * from (…) as policy where policy.column = value`
fn keep_rows(sql: &mut Fragment, column: &str, value: Value, dialect: &dyn Dialect) {
    let dataset = std::mem::take(sql);
    sql.append(dataset.between("select *\nfrom (\n", "\n) as policy\nwhere "));
    dialect.is_tenant(sql, &format!("policy.{column}"), value);
}
