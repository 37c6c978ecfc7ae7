//! What a panel does with the rows of its dataset: group, aggregate, filter, order, cut.

mod filter;
mod order;

pub(crate) use filter::Condition;
pub(crate) use order::{Key, OrderKey};

use model::dashboard::{Aggregate, Bucket, DatasetOptions, Panel, PanelKind};
use model::name::ColumnName;

use crate::compile::{ColumnRole, ResultColumn};
use crate::error::{QueryError, RequestFault};
use crate::request::Request;

/// Most rows of a chart that sets no limit of its own.
const CHART_ROWS: u32 = 10_000;
/// Most rows of a table in a file. More is an error, because a file that ends early looks whole.
const EXPORT_ROWS: u32 = 100_000;
/// Most choices of a control.
const OPTION_ROWS: u32 = 1_000;
/// Rows on a page of a table that says nothing else.
const PAGE_SIZE: u32 = 50;
/// Most rows on a page.
pub const MAX_PAGE_SIZE: u32 = 1_000;

/// The operations around a dataset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<Column>,
    /// Rows with the same values in all columns that are no measures become one.
    pub(crate) grouped: bool,
    /// Conditions on the dataset's columns.
    pub(crate) before: Vec<Condition>,
    /// Conditions on the result's columns.
    pub(crate) after: Vec<Condition>,
    pub(crate) order: Vec<OrderKey>,
    /// The author's limit.
    pub(crate) limit: Option<u32>,
    pub(crate) page: Option<Page>,
    pub(crate) row_limit: u32,
}

/// One column of the result and what it is computed from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) result: ResultColumn,
    pub(crate) from: Computed,
}

/// How a result column comes from the dataset's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Computed {
    Plain(ColumnName),
    Bucket(ColumnName, Bucket),
    /// `None` counts rows.
    Measure(Aggregate, Option<ColumnName>),
}

/// A part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: u64,
    pub(crate) size: u32,
}

impl Shape {
    /// The operations of a panel, as a request narrows and orders them. What is wrong with the
    /// request goes to `faults`.
    pub(crate) fn of_panel(
        panel: &Panel,
        request: &Request,
        faults: &mut Vec<RequestFault>,
    ) -> Result<Self, QueryError> {
        let columns = columns(panel);
        let grouped = panel.columns.is_empty();
        let of_author = |message| QueryError::Panel { panel: panel.id.clone(), message };
        let mut before = filter::of_author(&panel.filters).map_err(of_author)?;
        let of_viewer = filter::of_viewer(&request.filters, &columns, faults);
        let after = if grouped { of_viewer } else { before_all(&mut before, of_viewer) };
        let order = if request.sort.is_empty() {
            order::of_author(&panel.sort, &columns, !grouped).map_err(of_author)?
        } else {
            order::of_viewer(&request.sort, &columns, faults)
        };
        let is_table = panel.kind == PanelKind::Table;
        let page = is_table.then(|| page(panel, request, faults));
        Ok(Self {
            row_limit: page.map_or(panel.limit.unwrap_or(CHART_ROWS), |page| page.size),
            order: order::complete(order, columns.len()),
            columns,
            grouped,
            before,
            after,
            limit: panel.limit,
            page,
        })
    }

    /// A table's rows of all pages; other shapes have no pages and stay as they are.
    pub(crate) fn on_one_page(self) -> Self {
        match self.page {
            Some(_) => Self { page: None, row_limit: EXPORT_ROWS, ..self },
            None => self,
        }
    }

    /// The distinct values of a column with their labels, in the order of the labels.
    pub(crate) fn of_options(options: &DatasetOptions) -> Self {
        let column = |name: &str, from: &ColumnName| Column {
            result: ResultColumn {
                name: ColumnName::try_from(name.to_owned())
                    .unwrap_or_else(|_| unreachable!("a literal that is a column's name")),
                role: ColumnRole::Column,
                bucket: None,
                format: None,
            },
            from: Computed::Plain(from.clone()),
        };
        let label = options.label.as_ref().unwrap_or(&options.value);
        let by = |index| OrderKey { key: Key::Result(index), descending: false };
        Self {
            columns: vec![column("value", &options.value), column("label", label)],
            grouped: true,
            before: vec![Condition::has_value(&options.value)],
            after: Vec::new(),
            order: vec![by(1), by(0)],
            limit: Some(OPTION_ROWS),
            page: None,
            row_limit: OPTION_ROWS,
        }
    }
}

/// Conditions on rows as they are all hold before anything else.
fn before_all(before: &mut Vec<Condition>, of_viewer: Vec<Condition>) -> Vec<Condition> {
    before.extend(of_viewer);
    Vec::new()
}

fn columns(panel: &Panel) -> Vec<Column> {
    let dimensions = panel.dimensions.iter().map(|dimension| Column {
        result: ResultColumn {
            name: dimension.result_name().clone(),
            role: ColumnRole::Dimension,
            bucket: dimension.bucket,
            format: dimension.format.clone(),
        },
        from: match dimension.bucket {
            Some(bucket) => Computed::Bucket(dimension.column.clone(), bucket),
            None => Computed::Plain(dimension.column.clone()),
        },
    });
    let measures = panel.measures.iter().map(|measure| Column {
        result: ResultColumn {
            name: measure.name.clone(),
            role: ColumnRole::Measure,
            bucket: None,
            format: measure.format.clone(),
        },
        from: Computed::Measure(measure.aggregate, measure.column.clone()),
    });
    let plain = panel.columns.iter().map(|column| Column {
        result: ResultColumn {
            name: column.column.clone(),
            role: ColumnRole::Column,
            bucket: None,
            format: column.format.clone(),
        },
        from: Computed::Plain(column.column.clone()),
    });
    dimensions.chain(measures).chain(plain).collect()
}

fn page(panel: &Panel, request: &Request, faults: &mut Vec<RequestFault>) -> Page {
    let mut within = |pointer: &str, value: u32, most: u32| {
        if !(1..=most).contains(&value) {
            let message = match most {
                u32::MAX => "must be at least 1".to_owned(),
                most => format!("must be 1 to {most}"),
            };
            faults.push(RequestFault { pointer: pointer.to_owned(), message });
        }
        value.clamp(1, most)
    };
    let number = within("/page", request.page.unwrap_or(1), u32::MAX);
    let own_size = panel.page_size.unwrap_or(PAGE_SIZE);
    let size = within("/page_size", request.page_size.unwrap_or(own_size), MAX_PAGE_SIZE);
    Page { offset: u64::from(number - 1) * u64::from(size), size }
}
