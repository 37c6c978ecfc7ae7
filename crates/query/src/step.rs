//! What is done with the rows of a statement once the database has delivered them.
//!
//! These operations are the same for every database, so none is asked to do them. Columns are named by
//! their position, from 0.

use jiff::Timestamp;
use model::dashboard::{Bucket, Running};
use model::name::TimeZoneName;

/// One operation on a whole result. They are part of what a result is kept under.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Step {
    Fill(Fill),
    /// Replaces a figure by that of its row and the rows before it.
    Running {
        column: usize,
        kind: Running,
        /// How many rows take part, the row itself included; all when absent.
        window: Option<u32>,
        /// A column by whose order the rows run, whatever order they stand in.
        along: Option<usize>,
        /// Rows that differ in one of these run apart.
        series: Vec<usize>,
    },
    /// Replaces a figure by its share of the sum of all rows, or of the rows that agree with it in
    /// these columns.
    Share {
        column: usize,
        within: Vec<usize>,
    },
    /// Puts the rows in this order, the first key first; rows that no key tells apart stay as they are.
    Sort(Vec<SortKey>),
    /// Turns the values of a column into columns, one for each and for each measure.
    Pivot {
        column: usize,
        measures: Vec<usize>,
    },
    /// Keeps one page, and the number of rows on all pages.
    Page {
        offset: u64,
        size: u32,
    },
}

/// What finished rows are ordered by. Missing values come last in either direction.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum SortKey {
    Column {
        column: usize,
        descending: bool,
    },
    /// Rows with this text in a column come after those without it.
    Last {
        column: usize,
        text: String,
    },
}

/// Adds the buckets that no row speaks of, for each series. The rows come in no order.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Fill {
    /// The column with the buckets.
    pub axis: usize,
    pub bucket: Bucket,
    /// The zone in which the buckets are cut.
    pub zone: TimeZoneName,
    /// The range to fill; to the first or the last bucket of the rows where it is absent.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Rows that differ in one of these are of different series.
    pub series: Vec<usize>,
    /// Columns that are zero in an empty bucket; the other measures are missing.
    pub zeros: Vec<usize>,
}
