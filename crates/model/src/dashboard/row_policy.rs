//! Conditions on a dataset's rows by what the customer carries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::ColumnName;

/// Keeps the rows of a dataset whose column fits a property of the customer. It narrows what a viewer
/// may see on another ground, and is none itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RowPolicyDocument", into = "RowPolicyDocument")]
pub struct RowPolicy {
    /// A column of the dataset's result.
    pub column: ColumnName,
    pub test: RowTest,
    /// The property, as datasets write it: `customer.regions`.
    pub property: String,
}

/// How a row's column must compare with the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowTest {
    /// It is the property's value.
    Equals,
    /// It is one of the property's values.
    In,
}

/// Keeps the rows whose column fits a property of the customer: give either `in` or `equals`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RowPolicy")]
struct RowPolicyDocument {
    /// A column of the dataset's result.
    column: ColumnName,
    /// A property whose values the column may have, for example `customer.regions`.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    one_of: Option<String>,
    /// A property whose value the column has, for example `customer.station`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
}

impl TryFrom<RowPolicyDocument> for RowPolicy {
    type Error = &'static str;

    fn try_from(document: RowPolicyDocument) -> Result<Self, Self::Error> {
        let RowPolicyDocument { column, one_of, equals } = document;
        match (one_of, equals) {
            (Some(property), None) => Ok(Self { column, test: RowTest::In, property }),
            (None, Some(property)) => Ok(Self { column, test: RowTest::Equals, property }),
            _ => Err("give either in or equals"),
        }
    }
}

impl From<RowPolicy> for RowPolicyDocument {
    fn from(RowPolicy { column, test, property }: RowPolicy) -> Self {
        match test {
            RowTest::In => Self { column, one_of: Some(property), equals: None },
            RowTest::Equals => Self { column, one_of: None, equals: Some(property) },
        }
    }
}

impl JsonSchema for RowPolicy {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        RowPolicyDocument::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        RowPolicyDocument::json_schema(generator)
    }
}

impl RowPolicy {
    /// As the author wrote it: `region in customer.regions`.
    pub fn describe(&self) -> String {
        let test = match self.test {
            RowTest::Equals => "=",
            RowTest::In => "in",
        };
        format!("{} {test} {}", self.column, self.property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(document: serde_json::Value, expected: Result<&str, &str>) {
        let read = serde_json::from_value::<RowPolicy>(document.clone());
        let told = read.as_ref().map(RowPolicy::describe).map_err(ToString::to_string);
        assert_eq!(told.as_deref().map_err(String::as_str), expected);
        if let Ok(policy) = read {
            assert_eq!(serde_json::to_value(policy).expect("JSON"), document);
        }
    }

    #[test]
    fn a_row_policy_names_one_test() {
        use serde_json::json;
        check(
            json!({"column": "region", "in": "customer.regions"}),
            Ok("region in customer.regions"),
        );
        check(json!({"column": "station", "equals": "customer.hub"}), Ok("station = customer.hub"));
        check(json!({"column": "station"}), Err("give either in or equals"));
        check(
            json!({"column": "station", "in": "customer.a", "equals": "customer.b"}),
            Err("give either in or equals"),
        );
    }
}
