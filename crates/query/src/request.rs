//! What a viewer asks for.

use jiff::Timestamp;
use model::dashboard::{Filter, Sort};
use model::name::{DatasetName, ElementId, PanelId, TimeZoneName};
use serde_json::{Map, Value};

/// One read of a dashboard: a panel's rows or an element's choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub target: Target,
    /// What the viewer's controls and the embedding page say, by variable name. Names that speak of
    /// the customer are ignored.
    pub variables: Map<String, Value>,
    /// The zone for date buckets and date ranges; the dashboard's when absent.
    pub time_zone: Option<TimeZoneName>,
    /// The page of a table, from 1. Other targets have no pages and ignore it.
    pub page: Option<u32>,
    /// Rows on a page of a table, 1 to 1,000; the panel's own when absent.
    pub page_size: Option<u32>,
    /// The order of the rows, in place of the panel's own; columns of the panel's result.
    pub sort: Vec<Sort>,
    /// Further conditions on columns of the panel's result.
    pub filters: Vec<Filter>,
    /// When it is asked: the day of this instant in the zone in force is today.
    pub now: Timestamp,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The rows of a panel; of a table, one page.
    Panel(PanelId),
    /// The rows of a panel for a file: of a table, those of all pages.
    Export(PanelId),
    /// The choices of an element that reads them from a dataset.
    Options(ElementId),
    /// The columns of a dataset, without a row.
    Columns(DatasetName),
}

impl Request {
    /// A target as the dashboard defines it, without variables.
    pub fn of(target: Target, now: Timestamp) -> Self {
        Self {
            target,
            variables: Map::new(),
            time_zone: None,
            page: None,
            page_size: None,
            sort: Vec::new(),
            filters: Vec::new(),
            now,
        }
    }
}
