//! What a panel does with the rows of its dataset: group, aggregate, filter, order, cut.

mod filter;
mod order;
mod steps;
mod totals;

pub(crate) use filter::{Chosen, Condition, Test, of_author as filters_of_author};
use order::Order;
pub(crate) use order::{Key, OrderKey};

use jiff::civil::Date;
use model::dashboard::{Bucket, DatasetOptions, Dimension, Panel, PanelKind};
use model::name::ColumnName;

use crate::compile::{ColumnRole, ResultColumn};
use crate::error::{QueryError, RequestFault};
use crate::formula::{self, Expr};
use crate::request::Request;
use crate::step::Step;
use crate::zone::Zone;

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
    /// The dataset's own when there are none.
    pub(crate) columns: Vec<Column>,
    /// Rows with the same values in all columns that are no measures become one.
    pub(crate) grouped: bool,
    /// Conditions on the dataset's columns.
    pub(crate) before: Vec<Condition>,
    /// Conditions on the result's columns.
    pub(crate) after: Vec<Condition>,
    /// Only rows of these groups take part.
    pub(crate) groups: Option<Box<Shape>>,
    pub(crate) order: Vec<OrderKey>,
    /// The author's limit.
    pub(crate) limit: Option<u32>,
    /// Beyond the limit, one group more.
    pub(crate) others: Option<Others>,
    pub(crate) page: Option<Page>,
    pub(crate) row_limit: u32,
    /// What is done with the rows afterwards.
    pub(crate) steps: Vec<Step>,
}

/// One column of the result and what it is computed from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) result: ResultColumn,
    pub(crate) from: Computed,
    /// Its figures are finished only when all rows are there.
    pub(crate) looks_around: bool,
}

/// How a result column comes from the dataset's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Computed {
    Plain(ColumnName),
    Bucket(ColumnName, Bucket),
    Measure(Expr),
}

/// The group of what is beyond the limit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Others {
    /// The position of the dimension whose values the limit counts.
    pub(crate) dimension: usize,
    pub(crate) label: String,
    /// The author's order, which says which values come first, however a viewer orders the rows.
    pub(crate) order: Vec<OrderKey>,
}

/// A part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: u64,
    pub(crate) size: u32,
}

impl Shape {
    /// The operations of a panel, as a request narrows and orders them, without the author's
    /// conditions. What is wrong with the request goes to `faults`.
    pub(crate) fn of_panel(
        panel: &Panel,
        dimensions: &[Dimension],
        request: &Request,
        today: Date,
        faults: &mut Vec<RequestFault>,
    ) -> Result<Self, QueryError> {
        let of_author = |message| QueryError::Panel { panel: panel.id.clone(), message };
        let columns = columns(panel, dimensions).map_err(of_author)?;
        let grouped = panel.columns.is_empty();
        let conditions = filter::of_viewer(&request.filters, &columns, today, faults);
        let (before, after) =
            if grouped { (Vec::new(), conditions) } else { (conditions, Vec::new()) };
        let order = Order::of_panel(panel, &columns, request, faults).map_err(of_author)?;
        let is_table = panel.kind == PanelKind::Table;
        let page = is_table.then(|| page(panel, request, faults));
        let others = others(panel, &columns).map_err(of_author)?;
        let steps = steps::of_panel(panel, &columns, order.finished, others.as_ref());
        let shape = Self {
            row_limit: page.map_or(panel.limit.unwrap_or(CHART_ROWS), |page| page.size),
            order: order.database,
            others,
            columns,
            grouped,
            before,
            after,
            groups: None,
            limit: panel.limit,
            page,
            steps,
        };
        Ok(shape.with_whole_result())
    }

    /// Steps need all rows, and so do the groups of a limit with others: the page is then cut last.
    fn with_whole_result(self) -> Self {
        if self.steps.is_empty() && self.others.is_none() {
            return self;
        }
        let mut steps = self.steps;
        let page = self.page.filter(|_| !steps.is_empty());
        steps.extend(page.map(|Page { offset, size }| Step::Page { offset, size }));
        let is_paged_by_database = self.page.is_some() && page.is_none();
        Self {
            page: self.page.filter(|_| is_paged_by_database),
            row_limit: if is_paged_by_database { self.row_limit } else { CHART_ROWS },
            steps,
            ..self
        }
    }

    /// The author's conditions come before the viewer's. A range of time among them is what empty
    /// buckets are filled over.
    pub(crate) fn with_conditions(
        mut self,
        conditions: Vec<Condition>,
        zone: &Zone,
        today: Date,
    ) -> Self {
        self.before = conditions.into_iter().chain(self.before).collect();
        steps::fill_range(&mut self, zone, today);
        self
    }

    /// A table's rows of all pages; other shapes have no pages and stay as they are.
    pub(crate) fn on_one_page(self) -> Self {
        let is_page = |step: &Step| matches!(step, Step::Page { .. });
        let is_paged = self.page.is_some() || self.steps.iter().any(is_page);
        if !is_paged {
            return self;
        }
        let steps = self.steps.into_iter().filter(|step| !is_page(step)).collect();
        Self { page: None, row_limit: EXPORT_ROWS, steps, ..self }
    }

    /// The one figure of a trend's rows.
    pub(crate) fn figure(self) -> Self {
        let is_measure = |column: &Column| matches!(column.from, Computed::Measure(_));
        let columns = self.columns.into_iter().filter(is_measure).collect();
        Self { columns, order: Vec::new(), steps: Vec::new(), ..self }
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
            looks_around: false,
        };
        let label = options.label.as_ref().unwrap_or(&options.value);
        let by = |index| OrderKey { key: Key::Result(index), descending: false };
        Self {
            columns: vec![column("value", &options.value), column("label", label)],
            grouped: true,
            before: vec![Condition::has_value(&options.value)],
            after: Vec::new(),
            groups: None,
            order: vec![by(1), by(0)],
            limit: Some(OPTION_ROWS),
            others: None,
            page: None,
            row_limit: OPTION_ROWS,
            steps: Vec::new(),
        }
    }

    /// All columns of a dataset, and no row of it.
    pub(crate) fn of_columns() -> Self {
        Self {
            columns: Vec::new(),
            grouped: false,
            before: Vec::new(),
            after: Vec::new(),
            groups: None,
            order: Vec::new(),
            limit: Some(0),
            others: None,
            page: None,
            row_limit: 1,
            steps: Vec::new(),
        }
    }

    /// Whether a column's values are what the rows are grouped by.
    pub(crate) fn is_key(&self, column: &Column) -> bool {
        self.grouped && !matches!(column.from, Computed::Measure(_))
    }
}

fn columns(panel: &Panel, dimensions: &[Dimension]) -> Result<Vec<Column>, String> {
    let dimensions = dimensions.iter().map(|dimension| {
        Ok(Column {
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
            looks_around: false,
        })
    });
    let measures = panel.measures.iter().enumerate().map(|(at, measure)| {
        let expr = formula::of_measure(measure, &panel.measures)
            .map_err(|fault| format!("/measures/{at}{fault}"))?;
        Ok(Column {
            result: ResultColumn {
                name: measure.name.clone(),
                role: ColumnRole::Measure,
                bucket: None,
                format: measure.format.clone(),
            },
            from: Computed::Measure(expr),
            looks_around: measure.looks_around(),
        })
    });
    let plain = panel.columns.iter().map(|column| {
        Ok(Column {
            result: ResultColumn {
                name: column.column.clone(),
                role: ColumnRole::Column,
                bucket: None,
                format: column.format.clone(),
            },
            from: Computed::Plain(column.column.clone()),
            looks_around: false,
        })
    });
    dimensions.chain(measures).chain(plain).collect()
}

/// The limit counts the values of the one dimension without a bucket.
fn others(panel: &Panel, columns: &[Column]) -> Result<Option<Others>, String> {
    let Some(label) = panel.others_label().map(str::to_owned) else { return Ok(None) };
    let is_counted = |column: &Column| {
        column.result.role == ColumnRole::Dimension && column.result.bucket.is_none()
    };
    let order = order::complete(order::of_author(&panel.sort, columns, false)?, columns.len());
    let dimension = columns.iter().position(is_counted);
    Ok(dimension.map(|dimension| Others { dimension, label, order }))
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
