//! Conditions on single columns.

use model::dashboard::{Filter, FilterOperator};
use model::name::ColumnName;
use serde_json::Value as Json;

use super::Column;
use crate::error::RequestFault;
use crate::nearest::hint;
use crate::value::Value;
use crate::variables::{list, scalar};

/// A condition whose values fit its operator.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) column: ColumnName,
    pub(crate) operator: FilterOperator,
    /// As many as the operator takes.
    pub(crate) values: Vec<Value>,
}

impl Condition {
    pub(super) fn has_value(column: &ColumnName) -> Self {
        let operator = FilterOperator::IsNotEmpty;
        Self { column: column.clone(), operator, values: Vec::new() }
    }

    /// The value of an operator that takes one.
    pub(crate) fn value(&self) -> Value {
        self.values.first().cloned().unwrap_or(Value::Null)
    }

    fn of(filter: &Filter) -> Result<Self, String> {
        let values = values(filter.operator, &filter.value)?;
        Ok(Self { column: filter.column.clone(), operator: filter.operator, values })
    }
}

/// The author's conditions, on columns of the dataset.
pub(super) fn of_author(filters: &[Filter]) -> Result<Vec<Condition>, String> {
    let condition = |(at, filter)| {
        Condition::of(filter).map_err(|message| format!("/filters/{at}/value: {message}"))
    };
    filters.iter().enumerate().map(condition).collect()
}

/// The viewer's conditions, on columns of the result.
pub(super) fn of_viewer(
    filters: &[Filter],
    columns: &[Column],
    faults: &mut Vec<RequestFault>,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (at, filter) in filters.iter().enumerate() {
        let Some(column) = find(columns, filter.column.as_str()) else {
            faults.push(unknown(format!("/filters/{at}/column"), &filter.column, columns));
            continue;
        };
        match Condition::of(filter) {
            // The definition's spelling becomes SQL, not the request's.
            Ok(condition) => {
                let column = columns[column].result.name.clone();
                conditions.push(Condition { column, ..condition });
            }
            Err(message) => {
                faults.push(RequestFault { pointer: format!("/filters/{at}/value"), message });
            }
        }
    }
    conditions
}

/// The position of a result column.
pub(super) fn find(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.result.name.as_str() == name)
}

/// The fault of a column that the result does not have.
pub(super) fn unknown(pointer: String, name: &ColumnName, columns: &[Column]) -> RequestFault {
    let known = columns.iter().map(|column| column.result.name.as_str());
    let hint = hint(name.as_str(), known);
    let message = format!("{:?} is no column of this result{hint}", name.as_str());
    RequestFault { pointer, message }
}

fn values(operator: FilterOperator, json: &Json) -> Result<Vec<Value>, String> {
    use FilterOperator as Op;
    let one = || scalar(json).map(|value| vec![value]).map_err(|fault| fault.to_string());
    match operator {
        Op::IsEmpty | Op::IsNotEmpty if json.is_null() => Ok(Vec::new()),
        Op::IsEmpty | Op::IsNotEmpty => Err("must be absent for this operator".to_owned()),
        Op::In | Op::NotIn => match list(json) {
            Ok(values) if values.is_empty() => Err("must have at least one member".to_owned()),
            found => found.map_err(|fault| fault.to_string()),
        },
        Op::Between => match list(json) {
            Ok(values) if values.len() == 2 => Ok(values),
            Ok(_) => Err("must be a list of two: the least and the greatest".to_owned()),
            Err(fault) => Err(fault.to_string()),
        },
        Op::Contains | Op::StartsWith => match json {
            Json::Number(_) | Json::Bool(_) => Ok(vec![Value::Text(json.to_string())]),
            _ => one(),
        },
        Op::Equals | Op::NotEquals | Op::GreaterThan | Op::AtLeast | Op::LessThan | Op::AtMost => {
            one()
        }
    }
}
