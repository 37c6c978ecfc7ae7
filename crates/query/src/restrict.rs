//! The second stage: nothing goes on that is not kept to the viewer's rows.

use model::dashboard::RowTest;
use model::name::ColumnName;
use model::source::ChosenBy;

use crate::check::Ground;
use crate::dialect::Dialect;
use crate::error::{DatasetFault, QueryError};
use crate::fragment::Fragment;
use crate::isolation::{Proof, Unproved};
use crate::plan::{Plan, Rendered, tenant};
use crate::prepared::PreparedDashboard;
use crate::row_policy;
use crate::value::Value;
use crate::viewer::Viewer;

/// A plan that shows its viewer nothing but what the viewer may see. Only [`restrict`] makes one.
pub(crate) struct RestrictedPlan<'a>(Plan<'a>);

impl<'a> RestrictedPlan<'a> {
    pub(crate) fn into_plan(self) -> Plan<'a> {
        self.0
    }
}

/// Applies the row policies, and refuses a plan without a ground to answer.
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

/// On what ground a dataset answers the viewer; its tenant column and its row policies are applied.
pub(crate) fn ground(
    rendered: &mut Rendered<'_>,
    prepared: &PreparedDashboard,
    viewer: &Viewer<'_>,
) -> Result<Ground, DatasetFault> {
    let proof = prepared.verdict(&rendered.sql, rendered.source, rendered.dialect)?;
    let ground = ground_of(rendered, proof)?;
    let mut conditions = Vec::new();
    if let Some(policy) = &rendered.dataset.tenant_column {
        let values = vec![tenant(&policy.equals, viewer)?];
        conditions.push(Condition { column: &policy.column, test: RowTest::Equals, values });
    }
    for policy in &rendered.dataset.row_policies {
        let fault = |fault| DatasetFault::RowPolicy { policy: policy.describe(), fault };
        let values = row_policy::values(policy, viewer).map_err(fault)?;
        conditions.push(Condition { column: &policy.column, test: policy.test, values });
    }
    keep_rows(&mut rendered.sql, &conditions, rendered.dialect);
    Ok(ground)
}

/// Row policies are no ground: what properties say keeps nobody apart by itself.
fn ground_of(
    rendered: &Rendered<'_>,
    proof: Result<Proof, Unproved>,
) -> Result<Ground, DatasetFault> {
    if rendered.dataset.tenant_column.is_some() {
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

/// What every row must meet. Without values no row does.
struct Condition<'a> {
    column: &'a ColumnName,
    test: RowTest,
    values: Vec<Value>,
}

/// `select * from (…) as policy where policy.column = value and policy.other in (…)`
fn keep_rows(sql: &mut Fragment, conditions: &[Condition<'_>], dialect: &dyn Dialect) {
    if conditions.is_empty() {
        return;
    }
    let dataset = std::mem::take(sql);
    sql.sql("select *\nfrom (\n");
    sql.append(dataset);
    sql.sql("\n) as policy");
    for (at, Condition { column, test, values }) in conditions.iter().enumerate() {
        sql.sql(if at == 0 { "\nwhere " } else { "\n  and " });
        let column = format!("policy.{}", dialect.quote(column.as_str()));
        match test {
            _ if values.is_empty() => sql.sql("1 = 0"),
            RowTest::Equals | RowTest::In => dialect.is_one_of(sql, &column, values.clone()),
        }
    }
}
