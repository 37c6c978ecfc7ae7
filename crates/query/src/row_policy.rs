//! What a row policy compares with: a property of the customer, never anything the viewer sent.

use model::Levels;
use model::dashboard::{RowPolicy, RowTest};
use serde_json::Value as Json;

use crate::error::RowPolicyFault;
use crate::template::VariableName;
use crate::value::Value;
use crate::variables::{Subject, subject};
use crate::viewer::Viewer;

/// The keys of the property that a policy names.
pub(crate) fn keys<'a>(
    policy: &'a RowPolicy,
    levels: &Levels,
) -> Result<Vec<&'a str>, RowPolicyFault> {
    let fault = || RowPolicyFault::NoProperty(policy.property.clone());
    let name = VariableName::parse(&policy.property).ok_or_else(fault)?;
    match subject(&name, levels) {
        Ok(Subject::Property(_)) => Ok(policy.property.split('.').skip(1).collect()),
        _ => Err(fault()),
    }
}

/// The property in force for the viewer, whatever it holds.
pub(crate) fn property<'a>(policy: &RowPolicy, viewer: &'a Viewer<'_>) -> Option<&'a Json> {
    viewer.property(&keys(policy, viewer.levels()).ok()?)
}

/// The values that the column may have; none matches nothing.
///
/// # Errors
/// Whatever leaves open what the policy means. A property that is absent is no empty list: the
/// customer was never given one, and its author counted on it.
pub(crate) fn values(
    policy: &RowPolicy,
    viewer: &Viewer<'_>,
) -> Result<Vec<Value>, RowPolicyFault> {
    let name = || policy.property.clone();
    let keys = keys(policy, viewer.levels())?;
    let json = viewer.property(&keys).ok_or_else(|| RowPolicyFault::Absent(name()))?;
    match json {
        Json::Null => Ok(Vec::new()),
        Json::Object(_) => Err(RowPolicyFault::Object(name())),
        Json::Array(_) if policy.test == RowTest::Equals => Err(RowPolicyFault::List(name())),
        Json::Array(members) => {
            let members = members.iter().filter(|member| !member.is_null());
            let values: Option<Vec<Value>> = members.map(Value::of_scalar).collect();
            values.ok_or_else(|| RowPolicyFault::Nested(name()))
        }
        scalar => Ok(Value::of_scalar(scalar).into_iter().collect()),
    }
}
