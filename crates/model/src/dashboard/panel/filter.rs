//! Filters: conditions on single columns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::name::ColumnName;

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub column: ColumnName,
    pub operator: FilterOperator,
    /// A scalar; a list for `in`, `not_in`, `between` and `not_between`; a length such as `7 days` for
    /// `in_last`; a unit such as `month` for `in_this` and `in_previous`; absent for `is_empty`,
    /// `is_not_empty`, `is_true` and `is_false`.
    ///
    /// An author may write `{variable: name}`: the viewer's choice. While that has no value, the
    /// condition is dropped.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[schemars(extend(
        "type" = ["string", "number", "boolean", "array", "object", "null"],
        "items" = {"type": ["string", "number", "boolean", "null"]},
        "properties" = {"variable": {"type": "string"}},
        "required" = ["variable"],
        "additionalProperties" = false
    ))]
    pub value: Value,
}

/// How a filter compares. A missing value passes only `is_empty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilterOperator {
    #[serde(alias = "=", alias = "eq")]
    Equals,
    #[serde(alias = "!=", alias = "ne")]
    NotEquals,
    In,
    NotIn,
    #[serde(alias = ">", alias = "gt")]
    GreaterThan,
    #[serde(alias = ">=", alias = "gte")]
    AtLeast,
    #[serde(alias = "<", alias = "lt")]
    LessThan,
    #[serde(alias = "<=", alias = "lte")]
    AtMost,
    /// Both ends count.
    Between,
    /// Below the first or above the second.
    NotBetween,
    /// Part of the text, case-insensitive.
    Contains,
    NotContains,
    /// Start of the text, case-insensitive.
    StartsWith,
    /// End of the text, case-insensitive.
    EndsWith,
    IsTrue,
    IsFalse,
    /// So many days, weeks, months, quarters or years up to today, today included.
    InLast,
    /// The day, week, month, quarter or year that it is now.
    InThis,
    /// The whole day, week, month, quarter or year before the present one.
    InPrevious,
    IsEmpty,
    IsNotEmpty,
}

impl Filter {
    /// The variable whose value the author compares with.
    pub fn variable(&self) -> Option<&str> {
        self.value.as_object()?.get("variable")?.as_str()
    }
}
