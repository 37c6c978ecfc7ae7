//! A dashboard's definition: datasets, panels, elements and their layout.
//!
//! A definition is a document: the same shape in a workspace's YAML file and in the store, so these
//! aggregates derive serde, and unknown keys are errors. Rules that need more than one part of the
//! document are in [`Dashboard::check`].

mod cache;
mod check;
mod layout;
mod panel;
mod row_policy;

pub use cache::{CachePolicy, Reuse};
pub use check::DashboardFault;
pub use panel::{
    Aggregate, Better, Bucket, Calculation, ColumnTotal, CustomPeriod, Dimension, Direction, Fill,
    Filter, FilterOperator, Format, FormatStyle, Measure, MeasureFault, Orientation, Others, Panel,
    PanelKind, Period, PeriodVariable, Preset, Running, Simple, Sort, TableColumn, Trend, Whole,
};
pub use row_policy::{RowPolicy, RowTest};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::name::{
    ColumnName, DashboardName, DatasetName, ElementId, PanelId, SchemaName, TimeZoneName,
};

/// One page of panels and elements over datasets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// The dashboard's name, unique on the server.
    pub name: DashboardName,
    /// What viewers read above the dashboard; the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Labels for those who manage dashboards, by name, such as `Owner: Finance`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The time zone in which dates are bucketed and date ranges are read, unless the viewer sends
    /// its own. UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZoneName>,
    /// How long results may be reused.
    #[serde(default)]
    pub cache: CachePolicy,
    /// SQL texts that panels and elements read, by name.
    pub datasets: BTreeMap<DatasetName, Dataset>,
    /// Charts, figures and tables.
    pub panels: Vec<Panel>,
    /// Controls; each one's id is a variable.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// Types of variables that the embedding page sends and no element declares, by name. A variable
    /// that nobody declares is taken as the JSON value it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, VariableType>,
    /// Where things stand on twelve columns. Empty: elements on top, then panels in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layout: Vec<LayoutItem>,
}

/// A SQL text with variables, over the tables of one schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// The schema whose tables the SQL names.
    pub schema: SchemaName,
    /// One SELECT, with `{{variables}}` and `[[optional clauses]]`.
    pub sql: String,
    /// The author's word that every viewer may see every row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// A row policy: only rows whose column equals the viewer's variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_column: Option<TenantColumn>,
    /// Conditions on columns of the result by the customer's properties, all of which hold for every
    /// row. They narrow; what keeps customers apart stands elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row_policies: Vec<RowPolicy>,
    /// Customer properties that `.raw()` may render as identifiers, for example
    /// `customer.table_name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<String>,
    /// Per variable, the texts that `.raw()` may render when a viewer chooses one of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, Vec<String>>,
}

/// `column = {{variable}}` around a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantColumn {
    /// A column of the dataset's result.
    pub column: ColumnName,
    /// A level's id variable, for example `customer_id`.
    pub equals: String,
}

/// The type of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    String,
    Integer,
    Float,
    Boolean,
    Date,
    Timestamp,
    /// A list of strings.
    List,
}

/// A control whose value the viewer chooses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("unevaluatedProperties" = false))]
pub struct Element {
    /// The element's id and the name of its variable.
    pub id: ElementId,
    /// What the viewer reads beside the control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What an empty control shows, for example `All airports`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(flatten)]
    pub kind: ElementKind,
}

/// What kind of control an element is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ElementKind {
    /// Two dates: `<id>.startDate` is the first instant of the first day and `<id>.endDate` the last
    /// instant of the last day, in the time zone in force, so `<=` means what it says.
    DateRange {
        /// Bind timestamps (the default), or dates for a column of type DATE.
        #[serde(default)]
        value: RangeValue,
    },
    /// One value of a list.
    Dropdown { options: Options },
    /// Any number of values of a list; none is no value.
    MultiSelect { options: Options },
}

/// What a date range binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RangeValue {
    #[default]
    Timestamp,
    Date,
}

/// Where a control's choices come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Options {
    /// The distinct values of a dataset's column, under the same gate as panels.
    Dataset(DatasetOptions),
    /// Choices that the author wrote.
    Fixed(Vec<FixedOption>),
}

/// Choices read from a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetOptions {
    pub dataset: DatasetName,
    /// The column with the value.
    pub value: ColumnName,
    /// The column with the text that the viewer reads; the value itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<ColumnName>,
}

/// A choice that the author wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedOption {
    /// A string, number or boolean.
    pub value: Value,
    /// The text that the viewer reads; the value itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A panel or an element on the grid of twelve columns. Rows are about 40 pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutItem {
    /// The panel that stands here; give either this or `element`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<PanelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
    /// The first column, 0 to 11.
    pub x: u8,
    /// The first row, from 0.
    pub y: u16,
    /// Columns, 1 to 12.
    pub w: u8,
    /// Rows, at least 1.
    pub h: u16,
}

impl Dashboard {
    /// The text above the dashboard.
    pub fn display_title(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.name.as_str())
    }

    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id.as_str() == id)
    }

    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.id.as_str() == id)
    }
}
