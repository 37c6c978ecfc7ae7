//! A result under construction, for connectors that get their rows one by one.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Field, Schema};

use super::column_builder::ColumnBuilder;
use super::{Column, ResultSet};
use crate::connector::{Failure, Query};
use crate::error::ResultLimit;

/// Rows of one batch.
const BATCH: usize = 4096;

/// More columns than this are no answer to anything that was asked; every one costs memory before its
/// first value. MySQL has at most so many, PostgreSQL fewer.
pub(crate) const MOST_COLUMNS: usize = 4096;

/// The rows of one result so far.
#[derive(Debug)]
pub(crate) struct ResultBuilder {
    columns: Vec<(String, ColumnBuilder)>,
    batches: Vec<RecordBatch>,
    /// Rows of the batch that grows.
    growing: usize,
    measure: Measure,
}

impl ResultBuilder {
    pub(crate) fn new(
        columns: impl Iterator<Item = Result<(String, ColumnBuilder), Failure>>,
        measure: Measure,
    ) -> Result<Self, Failure> {
        let mut builder = Self { columns: Vec::new(), batches: Vec::new(), growing: 0, measure };
        for column in columns {
            if builder.columns.len() == MOST_COLUMNS {
                let detail = format!("the result has more than {MOST_COLUMNS} columns");
                return Err(Failure::Failed(detail));
            }
            builder.columns.push(column?);
        }
        Ok(builder)
    }

    /// Adds a row of so many bytes: `append` adds its value to each column in turn, or says why it is
    /// none of the column's.
    pub(crate) fn row(
        &mut self,
        bytes: usize,
        mut append: impl FnMut(&mut ColumnBuilder) -> Result<(), &'static str>,
    ) -> Result<(), Failure> {
        self.measure.row()?;
        self.measure.value(bytes)?;
        for (name, column) in &mut self.columns {
            append(column).map_err(|why| Failure::Failed(format!("column {name:?}: {why}")))?;
        }
        self.growing += 1;
        if self.growing == BATCH { self.end_batch().map_err(unbuilt) } else { Ok(()) }
    }

    pub(crate) fn finish(mut self) -> Result<ResultSet, Failure> {
        if self.growing > 0 {
            self.end_batch().map_err(unbuilt)?;
        }
        let column = |(name, builder): (String, ColumnBuilder)| Column {
            kind: builder.kind(),
            name,
            measure: None,
        };
        let columns = self.columns.into_iter().map(column).collect();
        Ok(ResultSet::of_canonical(columns, self.batches))
    }

    fn end_batch(&mut self) -> Result<(), ArrowError> {
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(|(_, it)| it.take()).collect();
        let fields = self.columns.iter().zip(&arrays);
        let fields: Vec<Field> = fields
            .map(|((name, _), array)| Field::new(name, array.data_type().clone(), true))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.growing));
        let schema = Arc::new(Schema::new(fields));
        self.batches.push(RecordBatch::try_new_with_options(schema, arrays, &options)?);
        self.growing = 0;
        Ok(())
    }
}

fn unbuilt(error: ArrowError) -> Failure {
    Failure::Failed(error.to_string())
}

/// Counts a result against its limits as its rows come in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    rows: u64,
    bytes: u64,
    row_limit: u64,
    byte_limit: u64,
}

impl Measure {
    pub(crate) fn new(row_limit: u64, byte_limit: u64) -> Self {
        Self { rows: 0, bytes: 0, row_limit, byte_limit }
    }

    /// For what was measured before.
    pub(crate) fn unlimited() -> Self {
        Self::new(u64::MAX, u64::MAX)
    }

    pub(crate) fn of(query: &Query) -> Self {
        Self::new(query.row_limit, query.byte_limit)
    }

    /// One more row.
    pub(crate) fn row(&mut self) -> Result<(), Failure> {
        self.rows += 1;
        let fits = self.rows <= self.row_limit;
        if fits { Ok(()) } else { Err(Failure::TooLarge(ResultLimit::Rows(self.row_limit))) }
    }

    /// More of a row, of so many bytes.
    pub(crate) fn value(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let fits = self.bytes <= self.byte_limit;
        if fits { Ok(()) } else { Err(Failure::TooLarge(ResultLimit::Bytes(self.byte_limit))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder(columns: usize, measure: Measure) -> Result<ResultBuilder, Failure> {
        let column = |n: usize| Ok((n.to_string(), ColumnBuilder::integer()));
        ResultBuilder::new((0..columns).map(column), measure)
    }

    fn append(column: &mut ColumnBuilder) -> Result<(), &'static str> {
        match column {
            ColumnBuilder::Integer(it) => it.append_value(7),
            _ => return Err("it is no number"),
        }
        Ok(())
    }

    #[test]
    fn rows_of_many_batches_are_one_result() {
        let mut growing = builder(2, Measure::new(10_000, 1_000_000)).unwrap();
        for _ in 0..9_000 {
            growing.row(16, append).unwrap();
        }
        let result = growing.finish().unwrap();
        assert_eq!(result.row_count(), 9_000);
        assert!(result.rows().all(|row| row.count() == 2));
    }

    #[test]
    fn a_result_without_rows_or_without_columns_is_one() {
        let result = builder(2, Measure::new(1, 1)).unwrap().finish().unwrap();
        assert_eq!((result.columns().len(), result.row_count()), (2, 0));
        let mut none = builder(0, Measure::new(5, 100)).unwrap();
        none.row(6, append).unwrap();
        none.row(6, append).unwrap();
        let result = none.finish().unwrap();
        assert_eq!((result.columns().len(), result.row_count()), (0, 2));
    }

    #[test]
    fn what_is_beyond_a_limit_is_an_error() {
        let mut rows = builder(1, Measure::new(1, 100)).unwrap();
        rows.row(8, append).unwrap();
        assert_eq!(rows.row(8, append), Err(Failure::TooLarge(ResultLimit::Rows(1))));
        let mut bytes = builder(1, Measure::new(9, 10)).unwrap();
        assert_eq!(bytes.row(11, append), Err(Failure::TooLarge(ResultLimit::Bytes(10))));
        assert!(matches!(builder(4097, Measure::new(1, 1)), Err(Failure::Failed(_))));
        assert!(builder(4096, Measure::new(1, 1)).is_ok());
    }

    #[test]
    fn a_value_that_is_none_of_its_column_is_told_by_the_columns_name() {
        let mut growing = builder(1, Measure::new(9, 100)).unwrap();
        let failed = growing.row(1, |_| Err("it is no date"));
        assert_eq!(failed, Err(Failure::Failed("column \"0\": it is no date".to_owned())));
    }
}
