//! Panels: a chart or table over a dataset, and the operations that shape its rows.

mod filter;
mod measure;
mod trend;

pub use filter::{Filter, FilterOperator};
pub use measure::{Aggregate, Calculation, Measure, MeasureFault, Running, Simple, Whole};
pub use trend::{Better, CustomPeriod, Period, PeriodVariable, Preset, Trend};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Gather the groups beyond `limit` in one more group: `true`, or what that group is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<Others>,
    /// What stands in buckets of dates in which nothing happened; without it they are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// A dimension of a table whose values become columns, at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pivot: Option<ColumnName>,
    /// A table's last row: its measures over all rows, on whatever page they stand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub totals: bool,
    /// The periods that a `kpi_trend` compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
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
    /// One figure of a period against the period before, with a line.
    KpiTrend,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// What the groups beyond a limit become together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Others {
    /// Whether there is such a group; it is called `Others`.
    Wanted(bool),
    Named(String),
}

/// What stands in an empty bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Zero for what counts or sums; a mean or a ratio of nothing stays missing.
    Zero,
    /// Nothing.
    Null,
}

/// A column of a table that shows rows as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    pub column: ColumnName,
    /// What stands below the column when the table has `totals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<ColumnTotal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// How a column of rows as they are is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnTotal {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
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

impl From<ColumnTotal> for Simple {
    fn from(total: ColumnTotal) -> Self {
        match total {
            ColumnTotal::Count => Self::Count,
            ColumnTotal::CountDistinct => Self::CountDistinct,
            ColumnTotal::Sum => Self::Sum,
            ColumnTotal::Avg => Self::Avg,
            ColumnTotal::Min => Self::Min,
            ColumnTotal::Max => Self::Max,
        }
    }
}

impl Others {
    /// What the group is called, when there is one.
    pub fn label(&self) -> Option<&str> {
        match self {
            Self::Wanted(true) => Some("Others"),
            Self::Wanted(false) => None,
            Self::Named(label) => Some(label),
        }
    }
}

impl Panel {
    /// What the groups beyond the limit are called together, when they are kept.
    pub fn others_label(&self) -> Option<&str> {
        self.others.as_ref().and_then(Others::label)
    }

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
