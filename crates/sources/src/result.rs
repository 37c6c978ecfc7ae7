//! What a query answered: named columns of a few kinds, and cells that need no knowledge of Arrow.

mod builder;
mod canonical;
mod cell;
mod column_builder;
mod decimals;
mod steps;

use std::sync::{Arc, OnceLock};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use bytes::Bytes;

pub(crate) use builder::{MOST_COLUMNS, Measure, ResultBuilder};
pub use cell::{Cell, Decimal};
pub(crate) use column_builder::{ColumnBuilder, days_since_1970, hexadecimal};
pub(crate) use decimals::is_number;
pub(crate) use steps::apply;

use crate::cache::Kept;

/// The rows of one query, shared between its waiters and the cache.
#[derive(Debug)]
pub struct ResultSet {
    columns: Vec<Column>,
    batches: Vec<RecordBatch>,
    row_count: usize,
    total_rows: Option<usize>,
    encoded: OnceLock<Bytes>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: ColumnKind,
    /// Of a value that became a column: the measure whose figures it holds.
    pub measure: Option<String>,
}

/// What the cells of a column are, besides missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    String,
    /// Whole numbers of up to 128 bits, sums of integers among them.
    Integer,
    Float,
    Decimal,
    Boolean,
    Date,
    /// An instant; the database's times without a zone are taken as UTC.
    Timestamp,
    Time,
    /// A list, structure, interval … as its text.
    Other,
}

impl ResultSet {
    /// Brings what a connector delivered into the few forms that [`Cell`] knows.
    pub(crate) fn of_batches(
        schema: &SchemaRef,
        batches: &[RecordBatch],
    ) -> Result<Self, ArrowError> {
        let columns = schema.fields().iter().map(|field| Column {
            name: field.name().clone(),
            kind: canonical::kind(field.data_type()),
            measure: None,
        });
        let batches =
            batches.iter().map(canonical::batch).collect::<Result<Vec<RecordBatch>, _>>()?;
        let row_count = batches.iter().map(RecordBatch::num_rows).sum();
        let columns = columns.collect();
        Ok(Self { columns, batches, row_count, total_rows: None, encoded: OnceLock::new() })
    }

    /// Of columns that were built in those forms: batch by batch, each is an array of a type that a
    /// [`Cell`] is read from.
    fn of_canonical(columns: Vec<Column>, batches: Vec<RecordBatch>) -> Self {
        let row_count = batches.iter().map(RecordBatch::num_rows).sum();
        Self { columns, batches, row_count, total_rows: None, encoded: OnceLock::new() }
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What the steps of a statement have made.
    fn of_steps(columns: Vec<Column>, batch: RecordBatch, total_rows: Option<usize>) -> Self {
        let row_count = batch.num_rows();
        Self { columns, batches: vec![batch], row_count, total_rows, encoded: OnceLock::new() }
    }

    /// The rows on all pages, where one page was cut from a whole result.
    pub fn total_rows(&self) -> Option<usize> {
        self.total_rows
    }

    pub fn row_count(&self) -> usize {
        self.row_count
    }

    /// Row by row, each as many cells as there are columns.
    pub fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = Cell<'_>>> {
        self.batches.iter().flat_map(|batch| {
            (0..batch.num_rows())
                .map(move |row| batch.columns().iter().map(move |array| cell::cell(array, row)))
        })
    }

    /// The caller's encoding of this result, made when first asked for and then kept with it, so
    /// that a cached result is encoded once. All callers must pass the same `encode`.
    pub fn encoded(&self, encode: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(self)).clone()
    }

    /// About what this result holds in memory, its encoding to come included, in bytes.
    pub(crate) fn weight(&self) -> usize {
        let arrays: usize = self.batches.iter().map(RecordBatch::get_array_memory_size).sum();
        512 + 2 * arrays
    }
}

/// A result with its circumstances.
#[derive(Clone, Debug)]
pub struct Answer {
    pub result: Arc<ResultSet>,
    /// Whether it was there before the question came.
    pub cached: bool,
    /// When the database was asked.
    pub as_of: jiff::Timestamp,
}

impl From<Kept> for Answer {
    fn from(kept: Kept) -> Self {
        Self { result: kept.result, cached: true, as_of: kept.as_of }
    }
}
