//! A dashboard as its viewer may know it: what to draw and where, and nothing of how it is read.

use model::customer::Customer;
use model::dashboard;
use model::dashboard::{
    Better, Bucket, Dashboard, Element, ElementKind, Format, LayoutItem, Measure, Orientation,
    Panel, PanelKind, TableColumn,
};
use model::name::{ColumnName, TimeZoneName};
use schemars::JsonSchema;
use serde::Serialize;

use super::viewer::Viewer;

/// Rows on a page of a table whose author said nothing.
const DEFAULT_PAGE_SIZE: u32 = 50;

/// What to draw and where.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbeddedDashboard")]
pub(crate) struct Definition<'a> {
    embed_id: &'a str,
    name: &'a str,
    title: &'a str,
    version: i64,
    time_zone: &'a str,
    /// Whether panels carry the demo watermark: the customer or an ancestor is a demo customer.
    watermark: bool,
    customer: Viewing<'a>,
    panels: Vec<PanelView<'a>>,
    elements: Vec<ElementView<'a>>,
    layout: Vec<LayoutItem>,
}

/// The customer for whom the dashboard is drawn.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ViewingCustomer")]
struct Viewing<'a> {
    provided_id: &'a str,
    name: &'a str,
    is_demo_group: bool,
}

/// One panel as its viewer may know it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbeddedPanel")]
pub(super) struct PanelView<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: PanelKind,
    title: &'a str,
    description: Option<&'a str>,
    orientation: Orientation,
    stacked: bool,
    page_size: u32,
    columns: Vec<ColumnView<'a>>,
    /// Of trends: which change is for the better.
    #[serde(skip_serializing_if = "Option::is_none")]
    better: Option<Better>,
}

/// A column of a panel's result, in the result's order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbeddedColumn")]
struct ColumnView<'a> {
    name: &'a ColumnName,
    label: &'a str,
    role: ColumnRole,
    bucket: Option<Bucket>,
    format: FormatView<'a>,
}

/// What a column is to its panel.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ColumnRole {
    Dimension,
    Measure,
    /// Of a table.
    Column,
}

/// How a value is written for people.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbeddedFormat")]
struct FormatView<'a> {
    style: dashboard::FormatStyle,
    decimals: Option<u8>,
    unit: Option<&'a str>,
    currency: Option<&'a str>,
}

/// A control.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmbeddedElement")]
struct ElementView<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: ElementType,
    label: Option<&'a str>,
    placeholder: Option<&'a str>,
}

/// What a control looks like.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ElementType {
    DateRange,
    Dropdown,
    MultiSelect,
}

impl<'a> Definition<'a> {
    /// What the viewer's credential opens: the whole dashboard, or one panel of it.
    pub(super) fn new(viewer: &'a Viewer) -> Self {
        let Viewer { published, scope, .. } = viewer;
        let definition = &published.definition;
        // A panel alone is drawn without controls.
        let elements = definition.elements.iter().filter(|_| viewer.only_panel.is_none());
        let panels = definition.panels.iter().filter(|panel| viewer.may_see(&panel.id));
        Self {
            embed_id: published.embed_id.as_str(),
            name: definition.name.as_str(),
            title: definition.display_title(),
            version: published.version,
            time_zone: definition.time_zone.as_ref().map_or("UTC", TimeZoneName::as_str),
            watermark: scope.shows_watermark(),
            customer: Viewing::from(scope.customer()),
            panels: panels.map(PanelView::from).collect(),
            elements: elements.map(ElementView::from).collect(),
            layout: layout(definition, viewer),
        }
    }
}

/// A single panel fills the page.
fn layout(definition: &Dashboard, viewer: &Viewer) -> Vec<LayoutItem> {
    let layout = definition.effective_layout();
    if viewer.only_panel.is_none() {
        return layout;
    }
    let is_seen = |item: &LayoutItem| item.panel.as_ref().is_some_and(|id| viewer.may_see(id));
    let alone = |item: LayoutItem| LayoutItem { x: 0, y: 0, w: 12, ..item };
    layout.into_iter().filter(is_seen).map(alone).collect()
}

impl<'a> From<&'a Customer> for Viewing<'a> {
    fn from(customer: &'a Customer) -> Self {
        Self {
            provided_id: customer.provided_id.as_str(),
            name: customer.name.as_str(),
            is_demo_group: customer.is_demo,
        }
    }
}

impl<'a> From<&'a Panel> for PanelView<'a> {
    fn from(panel: &'a Panel) -> Self {
        let trend = panel.trend.iter().map(ColumnView::from);
        let dimensions = panel.dimensions.iter().map(ColumnView::from);
        let measures = panel.measures.iter().map(ColumnView::from);
        let columns = panel.columns.iter().map(ColumnView::from);
        Self {
            id: panel.id.as_str(),
            kind: panel.kind,
            title: &panel.title,
            description: panel.description.as_deref(),
            orientation: panel.orientation,
            stacked: panel.stacked,
            page_size: panel.page_size.unwrap_or(DEFAULT_PAGE_SIZE),
            columns: trend.chain(dimensions).chain(measures).chain(columns).collect(),
            better: panel.trend.as_ref().map(|trend| trend.better),
        }
    }
}

/// The points of a trend stand along its date.
impl<'a> From<&'a dashboard::Trend> for ColumnView<'a> {
    fn from(trend: &'a dashboard::Trend) -> Self {
        Self {
            name: &trend.date,
            label: trend.date.as_str(),
            role: ColumnRole::Dimension,
            bucket: trend.bucket,
            format: None.into(),
        }
    }
}

impl<'a> From<&'a dashboard::Dimension> for ColumnView<'a> {
    fn from(dimension: &'a dashboard::Dimension) -> Self {
        Self {
            name: dimension.result_name(),
            label: label(dimension.label.as_deref(), dimension.result_name()),
            role: ColumnRole::Dimension,
            bucket: dimension.bucket,
            format: dimension.format.as_ref().into(),
        }
    }
}

impl<'a> From<&'a Measure> for ColumnView<'a> {
    fn from(measure: &'a Measure) -> Self {
        Self {
            name: &measure.name,
            label: label(measure.label.as_deref(), &measure.name),
            role: ColumnRole::Measure,
            bucket: None,
            format: measure.format.as_ref().into(),
        }
    }
}

impl<'a> From<&'a TableColumn> for ColumnView<'a> {
    fn from(column: &'a TableColumn) -> Self {
        Self {
            name: &column.column,
            label: label(column.label.as_deref(), &column.column),
            role: ColumnRole::Column,
            bucket: None,
            format: column.format.as_ref().into(),
        }
    }
}

/// What the viewer reads: the author's label, else the column's name.
fn label<'a>(label: Option<&'a str>, name: &'a ColumnName) -> &'a str {
    label.unwrap_or_else(|| name.as_str())
}

impl<'a> From<Option<&'a Format>> for FormatView<'a> {
    fn from(format: Option<&'a Format>) -> Self {
        Self {
            style: format.map(|format| format.style).unwrap_or_default(),
            decimals: format.and_then(|format| format.decimals),
            unit: format.and_then(|format| format.unit.as_deref()),
            currency: format.and_then(|format| format.currency.as_deref()),
        }
    }
}

impl<'a> From<&'a Element> for ElementView<'a> {
    fn from(element: &'a Element) -> Self {
        Self {
            id: element.id.as_str(),
            kind: match element.kind {
                ElementKind::DateRange { .. } => ElementType::DateRange,
                ElementKind::Dropdown { .. } => ElementType::Dropdown,
                ElementKind::MultiSelect { .. } => ElementType::MultiSelect,
            },
            label: element.label.as_deref(),
            placeholder: element.placeholder.as_deref(),
        }
    }
}
