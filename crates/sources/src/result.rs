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
        self.rows_from(0, usize::MAX)
    }

    /// The rows from this one on, at most so many, as [`ResultSet::rows`] has them.
    pub fn rows_from(
        &self,
        first: usize,
        most: usize,
    ) -> impl Iterator<Item = impl Iterator<Item = Cell<'_>>> {
        let mut before = first;
        let rest = self.batches.iter().flat_map(move |batch| {
            let skipped = before.min(batch.num_rows());
            before -= skipped;
            (skipped..batch.num_rows())
                .map(move |row| batch.columns().iter().map(move |array| cell::cell(array, row)))
        });
        rest.take(most)
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

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, Int64Array};

    use super::*;

    fn batch(numbers: &[i64]) -> RecordBatch {
        let array: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
        RecordBatch::try_from_iter([("n", array)]).unwrap()
    }

    #[track_caller]
    fn check(first: usize, most: usize, expected: &[i128]) {
        let batches = [batch(&[1, 2, 3]), batch(&[]), batch(&[4, 5])];
        let result = ResultSet::of_batches(&batches[0].schema(), &batches).unwrap();
        let rows: Vec<Vec<Cell<'_>>> =
            result.rows_from(first, most).map(|row| row.collect()).collect();
        let expected: Vec<_> = expected.iter().map(|n| vec![Cell::Integer(*n)]).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn rows_are_found_wherever_a_batch_ends() {
        check(0, usize::MAX, &[1, 2, 3, 4, 5]);
        check(0, 2, &[1, 2]);
        check(2, 2, &[3, 4]);
        check(3, 9, &[4, 5]);
        check(5, 9, &[]);
        check(9, 9, &[]);
    }
}
