//! Panels: a chart or table over a dataset, and the operations that shape its rows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::name::{ColumnName, DatasetName, PanelId};

/// A chart, figure or table over one dataset.
///
/// Its result has the dimensions first, then the measures, in declared order; a table without
/// measures has its `columns`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    pub id: PanelId,
    #[serde(rename = "type")]
    pub kind: PanelKind,
    /// Says what is shown.
    pub title: String,
    /// A quiet second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub dataset: DatasetName,
    /// What the rows are grouped by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// What is computed for each group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// The columns of a table that shows the dataset's rows as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<TableColumn>,
    /// Conditions on the dataset's columns, all of which must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sort>,
    /// Most groups or rows, 1 to 10,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Rows on a page of a table, 1 to 1,000; 50 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// Bars that run to the right instead of upwards.
    #[serde(default, skip_serializing_if = "is_default")]
    pub orientation: Orientation,
    /// Bars of several series on top of each other instead of side by side.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stacked: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How a panel shows its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// One figure.
    Kpi,
    Bar,
    Line,
    Table,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    #[default]
    Vertical,
    Horizontal,
}

/// A column to group by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// A column of the dataset.
    pub column: ColumnName,
    /// The name of the result column; the dataset's column name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ColumnName>,
    /// Group dates by this unit, in the time zone in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// The unit of a date bucket. Weeks start on Monday (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A figure computed for each group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The name of the result column.
    pub name: ColumnName,
    pub aggregate: Aggregate,
    /// The dataset's column; absent only for `count`, which then counts rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ColumnName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// How a measure combines a column's values. Missing values do not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

/// A column of a table that shows rows as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    pub column: ColumnName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    pub column: ColumnName,
    pub operator: FilterOperator,
    /// A scalar; a list for `in`, `not_in` and `between`; absent for `is_empty`, `is_not_empty`.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    #[schemars(extend(
        "type" = ["string", "number", "boolean", "array", "null"],
        "items" = {"type": ["string", "number", "boolean", "null"]}
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
    /// Part of the text, case-insensitive.
    Contains,
    /// Start of the text, case-insensitive.
    StartsWith,
    IsEmpty,
    IsNotEmpty,
}

/// One key of an order. Missing values come last in either direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// A column of the panel's result.
    pub column: ColumnName,
    #[serde(default)]
    pub direction: Direction,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    #[default]
    Asc,
    Desc,
}

/// How a value is written for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Format {
    #[serde(default)]
    pub style: FormatStyle,
    /// Digits after the decimal point, 0 to 10; chosen by size when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// What follows a number, for example `min`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// An ISO 4217 code, for the style `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatStyle {
    /// By the column's type.
    #[default]
    Auto,
    Number,
    /// A share from 0 to 1, shown from 0 % to 100 %.
    Percent,
    Currency,
    Date,
    DateTime,
    Text,
}

impl Dimension {
    /// The name of the result column.
    pub fn result_name(&self) -> &ColumnName {
        self.name.as_ref().unwrap_or(&self.column)
    }
}

impl Panel {
    /// What people read above the result's columns, in order: the author's labels, else the names.
    pub fn result_labels(&self) -> impl Iterator<Item = &str> {
        let dimensions = self.dimensions.iter().map(|dimension| &dimension.label);
        let measures = self.measures.iter().map(|measure| &measure.label);
        let columns = self.columns.iter().map(|column| &column.label);
        let labels = dimensions.chain(measures).chain(columns);
        let named = labels.zip(self.result_columns());
        named.map(|(label, name)| label.as_deref().unwrap_or_else(|| name.as_str()))
    }

    /// The names of the result's columns, in order.
    pub fn result_columns(&self) -> impl Iterator<Item = &ColumnName> {
        let dimensions = self.dimensions.iter().map(Dimension::result_name);
        let measures = self.measures.iter().map(|measure| &measure.name);
        dimensions.chain(measures).chain(self.columns.iter().map(|column| &column.column))
    }
}
